"""The Functions page through Streamlit's own test harness."""

from urllib.parse import parse_qsl

import pytest
from streamlit.testing.v1 import AppTest

import optim
from optim.i18n.phrases import place
from optim.problems.diagnostics import conditioning
from optim.races.suggested import first_race
from optim.reports.functions import checked, facts, tags
from pages.shared.inputs.link_codec import decode, encode, not_held, spec_of
from tests.conftest import ROOT
from tests.pages.shared.inputs.test_link_codec import same_race
from tests.pages.test_race_page import headline, ran, text_of
from tests.support import samples


def opened(**query):
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60)
    app.run()
    app.switch_page("pages/functions.py")
    for key, text in query.items():
        app.query_params[key] = text
    return ran(app)


def sent(link):
    """Return the race that a link between pages carries."""
    return optim.RaceSpec.from_json(dict(parse_qsl(link.query_string))["race"])


def pictured(app):
    return [button.key.removeprefix("show ") for button in app.button if (button.key or "").startswith("show ")]


def test_the_first_line_is_the_answer():
    app = opened()
    assert headline(app).startswith(f"# {len(optim.PROBLEMS)} functions, by what they teach")
    assert "(#gradients-checked)" in headline(app)
    assert checked() in text_of(app)
    assert [block.anchor for block in app.subheader] == ["gradients-checked"]


@pytest.fixture(scope="module")
def gallery():
    """One visit for all functions, one after the other."""
    return opened()


@pytest.mark.parametrize("name", samples.SHOWN)
def test_a_function_can_be_looked_at_by_its_button(gallery, name):
    app, problem = gallery, optim.PROBLEMS[name]
    app.button(key=f"show {name}").click()
    ran(app)
    assert app.selectbox(key="show").value == name
    assert problem.latex in app.latex[0].value
    said = text_of(app)
    for words in (problem.title, problem.teaches, problem.reference, *facts(problem).values()):
        assert words in said
    if conditioning(problem).kappa is None:
        assert conditioning(problem).reason in said


def test_the_functions_looked_at_have_a_condition_number_or_a_reason_why_not():
    numbers = [conditioning(optim.PROBLEMS[name]).kappa for name in samples.SHOWN]
    assert {number is None for number in numbers} == {True, False}
    assert {optim.PROBLEMS[name].bounded for name in samples.SHOWN} == {True, False}


@pytest.mark.long
def test_the_gallery_shows_all_or_one_keywords():
    app = opened()
    families = list(dict.fromkeys(problem.family for problem in optim.PROBLEMS.values()))
    assert pictured(app) == [name for family in families for name, problem in optim.PROBLEMS.items() if problem.family == family]
    headings = [block.value.replace("\\", "").strip("*") for block in app.markdown]
    assert [words for words in headings if words in families] == families
    for tag in tags():
        app.selectbox(key="tag").set_value(tag)
        wanted = [name for name, problem in optim.PROBLEMS.items() if tag in problem.tags]
        assert sorted(pictured(ran(app))) == sorted(wanted)


def test_a_link_opens_a_function_and_a_keyword_by_title():
    app = opened(show="Rosenbrock (banana)", tag="valley")
    assert app.selectbox(key="show").value == "rosenbrock"
    assert pictured(app) == ["rosenbrock", "serpentine_valley"]


@pytest.mark.parametrize("name", samples.SHOWN)
@pytest.mark.long
def test_every_start_has_a_link_that_opens_its_race(gallery, name):
    problem, app = optim.PROBLEMS[name], gallery
    app.switch_page("pages/functions.py")
    ran(app)
    app.selectbox(key="show").set_value(name)
    ran(app)
    links = [link.proto for link in app.get("page_link")]
    assert [link.label for link in links] == [f"Race from {place(start)}" for start in problem.starts]
    assert [sent(link) for link in links] == [first_race(problem, i) for i in range(len(links))]
    wanted = sent(links[-1])
    app.switch_page("pages/race.py")
    app.query_params["race"] = wanted.to_json()
    ran(app)
    assert app.selectbox(key="fn").value == name
    assert (app.number_input(key="x").value, app.number_input(key="y").value) == wanted.start
    assert app.number_input(key="n").value == wanted.steps
    assert app.selectbox(key="o1").value == wanted.entries[0].optimizer
    app.switch_page("pages/functions.py")
    ran(app)


def test_the_race_from_every_start_of_every_function_survives_its_link_and_the_inputs():
    for problem in optim.PROBLEMS.values():
        for i, start in enumerate(problem.starts):
            race = first_race(problem, i)
            assert (race.problem, race.start) == (problem.name, start)
            assert optim.RaceSpec.from_json(race.to_json()) == race
            values, notes = decode(encode(race))
            assert notes == []
            assert not_held(race) == ""
            assert same_race(spec_of(values), race)
