"""The Optimizers page through Streamlit's own test harness: every rule is explained, and its proof is the measured one."""

import pytest

import optim
from optim.optimizers import MATRIX_OPTIMIZERS
from optim.reports.comparison.strengths import strengths
from optim.reports.optimizers import demonstration, evidence, formula, overview, proven
from optim.reports.verification.recorded import proof
from tests.pages.test_race_page import headline, opened, ran, text_of


def catalogue(**query):
    app = opened()
    app.switch_page("pages/optimizers.py")
    for key, text in query.items():
        app.query_params[key] = text
    return ran(app)


@pytest.fixture(scope="module")
def shelf():
    """One visit for all optimizers, one after the other."""
    return catalogue()


def test_the_first_lines_say_how_many_there_are_and_how_far_off():
    text = text_of(catalogue())
    assert f"{len(optim.OPTIMIZERS)} optimizers, each checked independently" in text
    assert proven() in text
    assert len(optim.OPTIMIZERS) == 37


@pytest.mark.parametrize("name", optim.OPTIMIZERS)
def test_every_optimizer_is_explained_with_its_proof(shelf, name):
    rule, app = optim.OPTIMIZERS[name], shelf
    app.selectbox(key="opt").set_value(name)
    text = text_of(ran(app))
    for words in (rule.idea, rule.reference, rule.form, *rule.exempt.values()):
        assert (words[:1].upper() + words[1:] if words in rule.exempt.values() else words) in text
    assert headline(app).startswith(f"# {rule.title} {rule.idea}")
    assert all(f"**{head}** {said}" in text for head, said in strengths(rule))
    assert [block.value.strip("$\n") for block in app.latex] == [formula(rule)]
    shown = next(frame.value for frame in app.dataframe if "what" in frame.value)
    assert shown["deviation"].max() == max(one.deviation for one in proof(name))
    assert list(shown["library"]) == list(evidence(rule)["library"])
    for parameter in rule.parameters:
        assert any(parameter.doc in set(frame.value["meaning"]) for frame in app.dataframe if "meaning" in frame.value)
    for meaning in rule.memory.values():
        assert meaning in text


@pytest.mark.parametrize("name", MATRIX_OPTIMIZERS)
def test_a_rule_on_matrices_is_explained_without_a_race(shelf, name):
    rule, app = MATRIX_OPTIMIZERS[name], shelf
    app.selectbox(key="opt").set_value(name)
    text = text_of(ran(app))
    for words in (rule.idea, rule.reference, rule.form, *rule.memory.values(), "It asks for 1 gradient in a step."):
        assert words in text
    assert "takes no part in races" in text
    assert "None yet: no run of another implementation has been recorded for it." in text
    assert [block.value.strip("$\n") for block in app.latex] == [formula(rule)]
    assert not app.get("plotly_chart")
    assert "each checked against" not in text
    assert ("two learning rates" in text) == ("else_lr" in {parameter.name for parameter in rule.parameters})
    shown = app.dataframe[0].value.set_index("name").loc[name]
    assert (shown["runs"], shown["family"]) == (0, "On matrices")


def test_a_rule_on_matrices_can_be_trained_from_here():
    app = catalogue(opt="SOAP")
    app.button(key="train").click()
    ran(app)
    assert app.session_state["net.opt"] == ("sgd", "adam", "soap")


def test_the_list_can_be_one_family():
    app = catalogue()
    app.selectbox(key="family").set_value("Signs")
    ran(app)
    assert list(app.dataframe[0].value["name"]) == list(overview("Signs")["name"]) == ["rprop", "signum", "lion"]


@pytest.mark.parametrize("name", optim.OPTIMIZERS)
def test_the_race_that_shows_an_optimizer_gets_somewhere(name):
    result = optim.race(demonstration(optim.OPTIMIZERS[name]))
    assert result.answer_loss[0, -1] < 0.9 * result.answer_loss[0, 0]


def test_a_link_opens_an_optimizer_by_its_title():
    app = catalogue(opt="Nelder-Mead")
    assert app.selectbox(key="opt").value == "nelder_mead"
    assert optim.OPTIMIZERS["nelder_mead"].idea in text_of(app)


def test_a_bad_choice_in_the_link_shows_the_default():
    app = catalogue(opt="nope", family="nope")
    assert app.selectbox(key="opt").value == "adam"
    assert not app.exception
