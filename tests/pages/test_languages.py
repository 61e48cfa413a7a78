"""The Race page speaks the visitor's language, all of it, and its links are understood in every language."""

import html
import re

import pytest

import optim
from optim import Entry, RaceSpec
from pages.shared.components import assets
from pages.shared.components.race_view.component import arriving, fixed_scene
from pages.shared.components.race_view.file import race_file
from pages.shared.components.race_view.texts import TEXTS
from pages.shared.inputs.link_codec import encode
from pages.shared.inputs.presets import PRESETS
from pages.shared.text import translation
from pages.shared.text.languages import LANGUAGES
from tests.pages.test_race_page import ROOT, AppTest, headline, losses, ran, text_of
from tests.support import bracket_language

RACED = RaceSpec(
    "himmelblau",
    (
        Entry("sgd", {"lr": 0.01}, schedule=("cosine", {"floor": 0.1}), modifiers=("clip_norm",)),
        Entry("sgd", {"lr": 0.02}, schedule="warmup_cosine"),
        Entry("adadelta", modifiers=("clip_value",)),
        Entry("schedule_free_sgd"),
        Entry("newton"),
    ),
    (0.0, 0.0),
    100,
    gradient="central",
    rotate=20.0,
    stretch=1.5,
    shift=(0.5, 0.5),
)
STATES = {
    "default": {},
    "schedules": encode(RACED),
    "noise": {"noise": "0.5", "curve": "distance", "along": "evaluations", "z": "logarithmic"},
    "diverged": {"k": "2", "o1.lr": "3", "o2.lr": "9", "n": "300"},
    "alone": {"k": "1", "o1": "Newton"},
    "tie": {"x": "0", "y": "0"},
    "unbounded": {"fn": "saddle"},
    "typed": {"fn": "own", "f": "sin(3*x)/2 + x**2/9 + y**2"},
    "falls": {"fn": "own", "f": "x**3 + y**2"},
    "pinned": {"pin": "fn=Rosenbrock+%28banana%29&n=60&o2=SGD&o2.lr=0.1&o4.schedule=Cosine", "o1.lr": "1.02", "g": "numerical"},
    "pinned as it is": {"pin": "fn=Elongated+bowl+%28the+book%27s%29"},
    "pinned, alone": {"pin": "k=1", "k": "1", "o1": "Newton"},
    "several functions": {"also": "himmelblau,beale,saddle"},
    "bad pin": {"pin": "fn=no&also=beale", "also": "beale,no"},
    "no pin": {"pin": "no", "also": "no"},
    "bad link": {"o1": "no", "o2.lr": "1e400", "fn": "no", "g": "no", "lang": "no", "x": "no"},
    "bad race": {"race": '{"problem": "sphere", "start": [1, 1], "entries": [{"optimizer": "no"}]}'},
    **{preset.title: encode(preset.spec) for preset in PRESETS[1:]},
}


def opened(query=None, locale=None):
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60)
    for key, text in (query or {}).items():
        app.query_params[key] = text
    if locale:
        app.context["locale"] = locale
    return ran(app)


@pytest.fixture
def bracketed(monkeypatch):
    bracket_language.speak(monkeypatch)
    yield
    bracket_language.forget()


@pytest.mark.usefixtures("bracketed")
@pytest.mark.parametrize("state", STATES)
@pytest.mark.long
def test_every_text_on_the_page_comes_from_the_catalogue(state):
    assert_bracketed(opened(STATES[state], "ja"))


@pytest.mark.usefixtures("bracketed")
@pytest.mark.parametrize(
    "formula", ["", "x +", "2x", "foo(y)", "floor(x)", "max(x)", "x.y", "9**9**9", "x/0", "z", "sphere2", "x % 2"]
)
def test_what_is_wrong_with_a_formula_comes_from_the_catalogue(formula):
    app = opened({"fn": "own"}, "ja")
    app.text_input(key="f").set_value(formula)
    assert_bracketed(ran(app))


@pytest.mark.usefixtures("bracketed")
def test_a_file_that_plays_by_itself_is_in_the_language_of_who_made_it(monkeypatch):
    monkeypatch.setattr(translation, "language", lambda: "ja")
    result = optim.race(RACED)
    ground, played = fixed_scene(result, "light")
    page = race_file(result, ground, played, "light")
    assert '<html lang="ja">' in page
    texts = [html.unescape(text) for text in re.findall(r"<(?:title|h1|p)>(?:<small>)?([^<]+)<", page.split("<script>")[0])]
    assert len(texts) == 4
    assert {text: bracket_language.strangers(text) for text in texts if bracket_language.strangers(text)} == {}
    assert arriving(ground)["texts"]["board"] == "⟦Leader board⟧"


def test_the_race_view_asks_for_the_texts_that_it_gets():
    programs = "".join(path.read_text(encoding="utf-8") for path in assets.RACE_VIEW.glob("*.js"))
    asked = set(re.findall(r"""data-(?:text|label|title|alt)="(\w+)"|texts\.(\w+)|texts\["([^"]+)"\]|Error\("(\w+)"\)""", programs))
    asked = {name for names in asked for name in names if name}
    by_name = {
        "restart",
        "back",
        "play",
        "forward",
        "pause",
        "a_slope",
        "a_velocity",
        "a_step",
        "l_together",
        "l_side",
        "l_surfaces",
        "full_surface",
        "full_map",
        "full_curve",
        "present",
        "tour_end",
        "reset_camera",
        "wheel",
    }
    assert asked - {"a_", "l_"} | by_name == {*TEXTS, "js"}
    assert not re.search(r"""(?:aria-label|title|placeholder)="[A-Z]|textContent = ["`][A-Za-z]""", programs)


def assert_bracketed(app, least=50):
    texts = list(bracket_language.shown(app))
    assert sum("⟦" in text for text in texts) > least
    assert {text: bracket_language.strangers(text) for text in texts if bracket_language.strangers(text)} == {}


@pytest.mark.long
def test_the_browser_chooses_the_language_and_the_link_overrules_it():
    for query, locale, japanese in [
        ({}, None, False),
        ({}, "en-GB", False),
        ({}, "ja-JP", True),
        ({}, "ja", True),
        ({}, "fr-FR", False),
        ({"lang": "ja"}, "en-US", True),
        ({"lang": "en"}, "ja-JP", False),
    ]:
        app = opened(query, locale)
        assert ("AdaGrad の勝ち" in headline(app)) == japanese
        assert ("AdaGrad won" in headline(app)) != japanese
        assert app.selectbox(key="fn").label == ("関数" if japanese else "Function")


def test_the_numbers_are_the_same_in_every_language():
    english, japanese = opened(), opened({"lang": "ja"})
    assert losses(english).to_numpy().tolist() == losses(japanese).to_numpy().tolist()
    assert losses(japanese).index.name == "ステップ"


@pytest.mark.parametrize(("lang", "shown"), [("en", "Rosenbrock (banana)"), ("ja", "Rosenbrock（バナナ）")])
@pytest.mark.parametrize("fn", ["rosenbrock", "Rosenbrock (banana)", "Rosenbrock（バナナ）", "rosenbrock（バナナ） "])
@pytest.mark.long
def test_a_link_is_understood_whatever_language_it_was_written_in(lang, shown, fn):
    for g in ("central", "numerical", "数値微分"):
        app = opened({"lang": lang, "fn": fn, "g": g, "o1.schedule": "コサイン" if fn == "rosenbrock" else "Cosine"})
        assert app.query_params["fn"] == shown
        assert app.selectbox(key="fn").value == "rosenbrock"
        assert app.selectbox(key="g").value == "central"
        assert app.selectbox(key="o1.schedule").value == "cosine"
        assert "could not be used" not in text_of(app)
        assert "使えませんでした" not in text_of(app)


def test_the_switch_shows_the_language_in_every_message():
    for lang in ("en", "ja"):
        app = opened({"lang": lang})
        for _ in range(2):
            switch = next(one.proto for one in app.get("button_group") if one.key == "lang")
            assert not switch.set_value  # a value that is set comes once, and may be dropped on the way
            assert [switch.options[place].content for place in switch.default] == [LANGUAGES[lang]]
            ran(app)


@pytest.mark.long
def test_another_language_keeps_every_input():
    query = {"fn": "himmelblau", "n": "77", "o1": "adam", "o1.schedule": "cosine", "o2.clip_norm": "true", "g": "numerical"}
    app = opened({**query, "curve": "distance", "z": "logarithmic", "noise": "0.25"})
    before = {key: app.session_state[key] for key in (*query, "curve", "z", "noise", "x", "o1.lr")}
    for language, word in (("ja", "勝ち"), ("en", "won"), ("ja", "勝ち")):
        app.segmented_control(key="lang").set_value(language)
        ran(app)
        assert word in headline(app)
        assert {key: app.session_state[key] for key in before} == before
        ran(app)
        assert {key: app.session_state[key] for key in before} == before


def test_a_language_that_is_none_is_noted_and_leaves_the_address():
    app = opened({"lang": "tlh", "n": "12"}, "ja-JP")
    assert "言語（lang）の値 'tlh' は使えません" in text_of(app)
    assert "lang" not in app.query_params
    assert app.number_input(key="n").value == 12


def test_a_preset_loads_and_its_question_is_asked_in_japanese():
    app = opened({"lang": "ja"})
    app.selectbox(key="preset").set_value(PRESETS[1].title)
    ran(app)
    assert losses(app).shape == (31, 4)
    assert "どの手法も lr = 0.1 です" in text_of(app)
    assert "勝者が入れ替わります：ここでは Momentum、「教科書のレース」では AdaGrad" in text_of(app)


@pytest.mark.parametrize("fn", ["細長いお椀（本の関数）", "細長いお椀（教科書の関数）", "6こぶラクダ", "6 こぶラクダ"])
def test_a_japanese_link_of_an_earlier_version_still_opens(fn):
    app = opened({"lang": "ja", "fn": fn})
    assert app.selectbox(key="fn").value == ("elongated_bowl" if "お椀" in fn else "six_hump_camel")
    assert "使えませんでした" not in text_of(app)


@pytest.mark.parametrize("page", ["step", "functions", "optimizers"])
def test_a_page_opens_in_japanese_and_leads_back(page):
    app = opened({"lang": "ja", "fn": "球", "o1.schedule": "コサイン"})
    app.switch_page(f"pages/{page}.py")
    ran(app)
    app.switch_page("pages/race.py")
    assert "勝ち" in headline(ran(app))
