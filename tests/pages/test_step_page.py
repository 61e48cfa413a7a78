"""The Step page through Streamlit's own test harness: it answers for every optimizer, and says so where there is no step."""

from dataclasses import replace

import pytest

import optim
from optim.explain.replay import replay
from optim.explain.rule_latex import written_lines
from optim.reports.step import because
from pages.shared.inputs.presets import PRESETS
from tests.pages.test_race_page import opened, ran, text_of

BOOK = PRESETS[0].spec


@pytest.fixture(scope="module")
def walker():
    """One visit for all optimizers, one after the other."""
    return opened()


def glass(spec=BOOK, racer=1, step=1, app=None):
    """Open the Step page as a link from another page does, one without a race's inputs; in a visit, or as a newcomer."""
    app = app or opened()
    app.switch_page("pages/optimizers.py")
    ran(app)
    app.switch_page("pages/step.py")
    app.query_params["race"] = spec.to_json()
    app.query_params["r"], app.query_params["step"] = str(racer), str(step)
    ran(app)
    app.query_params.clear()
    return app


def alone(optimizer, values=(), **more):
    return replace(BOOK, entries=(optim.Entry(optimizer, values),), **more)


def said_on(app, parts):
    return all(part in text_of(app) for part in parts)


def formulas_of(app):
    return [block.value.strip("$\n") for block in app.latex]


@pytest.mark.parametrize("name", optim.OPTIMIZERS)
@pytest.mark.long
def test_every_optimizer_is_worked_out(walker, name):
    rule, spec = optim.OPTIMIZERS[name], alone(name)
    app, run = glass(spec, step=4, app=walker), replay(spec)
    assert app.selectbox(key="o1").value == name
    assert formulas_of(app) == written_lines(run, 4)
    assert said_on(app, because(run, 4, rule.title))


def test_a_japanese_reader_finds_no_english_words_in_formulas():
    app = opened({"lang": "ja"})
    shown = " ".join(formulas_of(glass(alone("conjugate_gradient"), step=2, app=app)))
    assert "直線探索" in shown
    assert "line search" not in shown


@pytest.mark.parametrize("slot", range(1, 5))
def test_every_racer_of_the_race_can_be_looked_at(walker, slot):
    app = glass(racer=slot, step=9, app=walker)
    run = replay(BOOK, slot - 1)
    label = run.result.labels[0]
    assert f"Why did {label} take step 9?" in text_of(app)
    assert said_on(app, because(run, 9, label))
    assert formulas_of(app) == written_lines(run, 9)
    row = app.dataframe[0].value
    assert list(row["step"]) == [8, 9]
    assert row["x"].tolist() == run.path[8:10, 0].tolist()


@pytest.mark.long
def test_the_buttons_walk_through_the_run():
    app = glass(step=2)
    for key, step in (("step-on", 3), ("step-back", 2), ("step-last", 30), ("step-back", 29), ("step-first", 1), ("step-back", 0)):
        app.button(key=key).click()
        ran(app)
        assert app.number_input(key="step").value == step
    assert app.button(key="step-back").disabled
    assert "starts" in text_of(app)


def test_a_changed_setting_changes_the_numbers():
    app = glass()
    before = formulas_of(app)
    app.number_input(key="o1.lr").set_value(0.5)
    ran(app)
    assert formulas_of(app) != before
    assert formulas_of(app) == written_lines(replay(optim.RaceSpec(BOOK.problem, optim.Entry("sgd", {"lr": 0.5}), BOOK.start)), 1)


def test_a_step_that_was_not_taken_is_said_to_be_none():
    app = glass(step=77)
    assert "There is no step 77:** SGD took 30 steps." in text_of(app)
    app.button(key="step-last").click()
    ran(app)
    assert app.number_input(key="step").value == 30


def test_a_run_that_diverges_is_worked_out_to_its_end():
    app = glass(alone("sgd", {"lr": 1e200}))
    run = replay(alone("sgd", {"lr": 1e200}))
    for step in range(run.taken + 2):
        app.number_input(key="step").set_value(step)
        ran(app)
    assert "There is no step" in text_of(app)
    assert run.result.status[0].reason[1:] in text_of(app)


def test_a_racer_that_is_not_there_gives_way_to_the_first():
    app = glass(racer=9)
    assert "There is no racer 9: this race has 4" in text_of(app)
    assert "Why did SGD take step 1?" in text_of(app)


def test_what_the_link_asks_for_badly_is_reported():
    app = opened({"r": "nobody", "step": "many"})
    assert "Step (step) was 'many'; expected a whole number from 0 to 10000. Using 1." in text_of(app)
    assert "Optimizer (r) was 'nobody'" in text_of(app)


def test_the_long_run_shows_how_adagrad_shrinks():
    app = glass(alone("adagrad", {"lr": 1.5}, steps=10_000), step=100)
    assert "its step per unit of slope has shrunk from 2.14" in text_of(app)


def test_a_typed_formula_and_noise_and_modifiers_are_worked_out():
    entry = optim.Entry("adam", modifiers=["clip_norm"], schedule="cosine")
    spec = replace(BOOK, problem="x**2 + abs(y)", entries=(entry,), noise=0.2)
    app = glass(spec, step=3)
    assert [text for text in formulas_of(app) if text in written_lines(replay(spec), 3)] == written_lines(replay(spec), 3)
    assert any(r"\min" in text for text in formulas_of(app))
