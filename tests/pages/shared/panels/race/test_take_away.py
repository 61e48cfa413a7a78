"""The panel "Export and share" and the view within a frame: what leaves the app is the library's, what comes back is checked."""

import json
from urllib.parse import parse_qsl, urlsplit

import pytest
from streamlit.runtime.context import ContextProxy
from streamlit.testing.v1 import AppTest

import optim
from optim.export import numpy_script, optim_script, torch_script
from optim.reports.verdict import verdict
from pages.shared.inputs.link_codec import decode, encode, not_held, spec_of
from pages.shared.inputs.presets import PRESETS
from pages.shared.text.translation import KEY
from tests.conftest import ROOT, SEEN
from tests.pages.test_race_page import headline, losses, opened, ran, text_of

BOX, CODE = "race take away", "race scripts"
SPEC = optim.RaceSpec(
    "himmelblau",
    (optim.Entry("adam", {"lr": 0.3}, "cosine", ("clip_norm",)), optim.Entry("prodigy")),
    (0.5, -1.0),
    20,
    noise=0.1,
    seed=3,
)


def panel(query=None, tab=None):
    """Open a page with the panel open, at one of its scripts."""
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60)
    for key, text in (query or {}).items():
        app.query_params[key] = text
    app.session_state[BOX] = True
    if tab:
        app.session_state[CODE] = tab
    return ran(app)


def codes(app):
    return [block.value for block in app.code]


@pytest.mark.parametrize(("tab", "write"), [("NumPy", numpy_script), ("optim", optim_script), ("PyTorch", torch_script)])
def test_the_scripts_shown_are_the_library_s(tab, write):
    app = panel(encode(SPEC), tab)
    script = write(spec_of(decode(encode(SPEC))[0]))
    assert script.text.strip() in codes(app)
    assert [sentence for sentence in script.left_out if sentence not in text_of(app)] == []
    assert (tab == "PyTorch") == bool(script.left_out)


def test_a_closed_panel_makes_nothing(monkeypatch):
    monkeypatch.setattr("pages.shared.panels.race.export._code", lambda *_: pytest.fail("the panel is closed"))
    app = opened()
    assert [one.proto.label for one in app.get("download_button")] == []


def test_link_and_frame_open_the_same_race():
    app = panel(encode(SPEC))
    link, frame = [text for text in codes(app) if "embed=true" in text or text.startswith(("http", ":"))]
    assert frame.startswith('<iframe src="')
    assert 'width="700" height="500"' in frame
    for address in (link, frame.split('"')[1].replace("&amp;", "&").replace("embed=true", "")):
        assert spec_of(decode(dict(parse_qsl(urlsplit(address).query)))[0]) == spec_of(decode(encode(SPEC))[0])


def test_an_experiment_goes_out_as_json_and_comes_back():
    app = opened()
    app.session_state[BOX] = True
    ran(app)
    app.text_area(key="race JSON text").set_value(SPEC.to_json())
    app.button(key="race open JSON").click()
    ran(app)
    assert app.success[0].value == "Opened."
    assert losses(app).equals(optim.race(SPEC).losses())
    assert verdict(optim.race(SPEC)).headline in headline(app)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "There is nothing to open yet"),
        ("{", "json is"),
        ('{"entries": []}', "problem is None"),
        (SPEC.to_json().replace("0.3", '"0.3"'), "adam.lr is '0.3'"),
        (SPEC.to_json().replace('"seed": 3', '"seed": 3, "colour": "red"'), "colour is 'red'"),
        (SPEC.to_json().replace("himmelblau", "__import__('os')"), "the formula: "),
        (SPEC.to_json().replace('"version": 1', '"version": 9'), "version is 9"),
        ('{"a": ' + "[" * 5000, "json is"),
        (optim.RaceSpec("sphere", optim.Entry("sgd"), (1.0, 2.0), budget=9).to_json(), "has a budget of evaluations"),
        (optim.RaceSpec("sphere_n", optim.Entry("sgd"), (1.0, 2.0, 3.0)).to_json(), "functions of x and y only"),
        (optim.RaceSpec("sphere", optim.Entry("sgd"), (1e200, 2.0)).to_json(), "(x) is 1e+200"),
    ],
)
@pytest.mark.long
def test_what_cannot_be_opened_is_named_and_changes_nothing(text, said):
    app = panel()
    before = losses(app)
    app.text_area(key="race JSON text").set_value(text)
    app.button(key="race open JSON").click()
    ran(app)
    assert said in app.error[0].value.replace("\\", "")
    assert losses(app).equals(before)


def test_the_step_page_has_the_panel_too():
    app = opened()
    app.switch_page("pages/step.py")
    app.session_state["step take away"] = True
    ran(app)
    assert numpy_script(PRESETS[0].spec).text.strip() in codes(app)
    app.text_area(key="step JSON text").set_value(SPEC.to_json())
    app.button(key="step open JSON").click()
    assert numpy_script(SPEC).text.strip() in codes(ran(app))


def two_panels():
    import optim
    from pages.shared.panels.race.export import take_away

    wide = optim.RaceSpec("rosenbrock_n", optim.Entry("adam"), (1.0, 2.0, 3.0), budget=9)
    take_away(optim.race(wide), "wide", "light")
    take_away(optim.race(optim.RaceSpec("sphere", optim.Entry("cma_es"), (1.0, 2.0), 5)), "told", "dark")


def test_races_that_are_not_the_visitor_s_have_panels_of_their_own():
    app = AppTest.from_function(two_panels)
    app.session_state["wide take away"] = app.session_state["told take away"] = True
    ran(app)
    said = text_of(app)
    for sentence in ("is a function of many variables", "There are pictures of functions of x and y only", "opens in no page"):
        assert sentence in said
    assert "CMA-ES is left out" in said
    assert [one.proto.label for one in app.get("download_button")].count("CSV") == 2
    assert not app.text_area


@pytest.mark.parametrize(("label", "told"), [("mine", False), ("<b>mine</b>", True), ("x" * 80, True)])
def test_names_that_are_not_kept_are_told(label, told):
    app = panel()
    spec = optim.RaceSpec("sphere", optim.Entry("sgd", {"lr": 0.1}, label=label), (1.0, 2.0))
    app.text_area(key="race JSON text").set_value(spec.to_json())
    app.button(key="race open JSON").click()
    assert ("without the names" in ran(app).success[0].value) == told
    assert ("mine" in app.session_state["o1.name"]) != told


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("g = gradient(x)\nx = x - lr * g / name", "name has a meaning of its own"),
        ("g = gradient(x)\nx = x - lr * g / rule", "rule has a meaning of its own"),
        ("x = x - lr * * g", "this cannot be read"),
        ("x = y(", "line 1"),
    ],
)
@pytest.mark.long
def test_lines_of_a_rule_that_no_input_can_hold_are_refused_in_a_sentence(lines, told):
    text = optim.RaceSpec("sphere", optim.Entry("sgd", {"lr": 0.1}), (1.0, 2.0)).to_json().replace('"sgd"', json.dumps(lines))
    app = panel()
    app.text_area(key="race JSON text").set_value(text)
    app.button(key="race open JSON").click()
    assert told in ran(app).error[0].value
    app = opened({"race": text})
    assert any("could not be used" in warning.value for warning in [*app.warning, *app.info, *app.markdown])


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.title)
def test_the_inputs_hold_every_ready_experiment(preset):
    assert not_held(preset.spec) == ""


def test_an_order_of_modifiers_that_the_inputs_do_not_keep_is_told():
    there, back = (("clip_value", "clip_norm"), ("clip_norm", "clip_value"))
    refused = [bool(not_held(optim.RaceSpec("sphere", optim.Entry("sgd", modifiers=order), (1.0, 2.0)))) for order in (there, back)]
    assert sorted(refused) == [False, True]


@pytest.fixture
def framed(monkeypatch):
    monkeypatch.setattr(ContextProxy, "is_embedded", property(lambda self: True))


@pytest.mark.parametrize("query", [{}, {"fn": "nope"}, {"fn": "own", "f": "x +"}])
def test_a_frame_has_the_verdict_and_no_inputs(framed, query):
    app = opened(query)
    assert len(app.sidebar) == 0
    assert not [*app.button, *app.get("download_button"), *app.expander, *app.number_input]
    assert "won: its loss after 30 steps" in headline(app)


def test_the_panel_speaks_japanese():
    app = panel({KEY: "ja"})
    shown = " ".join([*(block.value for block in app.markdown), *(one.proto.label for one in app.get("download_button"))])
    assert "コード" in shown
    assert "As code" not in shown


def test_a_frame_of_another_page_shows_the_race_and_the_panel_s_files_are_the_race_s(visit, app_url, chromium, tmp_path):
    visitor = visit("?n=12")
    visitor.page.get_by_text("Export and share").click()
    snippet = visitor.page.locator("code", has_text="<iframe").inner_text()
    with visitor.page.expect_download() as download:
        visitor.page.get_by_role("button", name="JSON", exact=True).click()
    download.value.save_as(tmp_path / "race.json")
    spec = optim.RaceSpec.from_json((tmp_path / "race.json").read_text())
    assert (spec.steps, spec.problem) == (12, PRESETS[0].spec.problem)
    with visitor.page.expect_download() as download:
        visitor.page.get_by_role("button", name="CSV", exact=True).click()
    download.value.save_as(tmp_path / "race.csv")
    assert (tmp_path / "race.csv").read_text() == optim.race(spec).table().to_csv(index=False)
    assert f'src="{app_url}?n=12&amp;embed=true"' in snippet
    page = chromium.new_page(viewport={"width": 800, "height": 600})
    page.add_init_script(SEEN)
    page.set_content(f"<!doctype html><body>{snippet}")
    frame = page.frame_locator("iframe")
    frame.locator("h1").wait_for(timeout=60_000)
    frame.locator(".race-view[data-ready]").wait_for(timeout=60_000)
    assert verdict(optim.race(spec)).headline == frame.locator("h1").inner_text()
    inner = page.frames[1]
    inner.wait_for_function("() => document.querySelector('.rv-scrub').max === '12'")
    size = inner.evaluate(
        "() => { const main = document.querySelector('[data-testid=stMain]'); return [main.scrollWidth, main.scrollHeight] }"
    )
    assert size[0] <= 700
    assert size[1] <= 500
    assert [frame.get_by_test_id(part).count() for part in ("stSidebar", "stTopNavLink", "stSidebarNavLink")] == [0, 0, 0]
    assert not frame.get_by_test_id("stHeader").is_visible()
    frame.get_by_role("button", name="Play (space)").click()
    inner.wait_for_function("() => document.querySelector('.rv-scrub').value === '12'", timeout=30_000)
    page.close()
