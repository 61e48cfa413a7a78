"""A rule that the visitor types, through Streamlit's own test harness: raced, mended, linked, kept, and never in the way."""

import json

import pytest

import optim
from optim.explain import replay, written_lines
from optim.figures import styles
from optim.reports.fair import fair_claim
from optim.reports.rates import rates_claim
from optim.reports.starts import starts_claim
from pages.shared.compute import sweep_specs
from pages.shared.inputs.link_codec import decode, encode, not_held, spec_of
from pages.shared.inputs.rules import ADAM, EXAMPLES, HEAVY_BALL
from tests.optimizers.test_typed import HOSTILE, MANY_KINDS
from tests.pages.test_race_page import headline, listed, losses, opened, ran, text_of, written
from tests.support import samples, sweep_pages

SIGNS = "g = gradient(x)\nm = beta1 * m + gain * g\nx = x - lr * sign(m)"
BROKEN = "g = gradient(x)\nx = x - lr * foo(g)"
LINES = "o1.rule"


def typing(app, text, key=LINES):
    app.text_area(key=key).set_value(text)
    return ran(app)


def with_own(text=None):
    app = opened()
    app.selectbox(key="o1").set_value("own")
    ran(app)
    return app if text is None else typing(app, text)


def inputs(app, slot=1):
    return {widget.key.partition(".")[2]: widget.value for widget in app.number_input if widget.key.startswith(f"o{slot}.")}


def own(text, **values):
    return optim.RaceSpec("elongated_bowl", [optim.Entry(text, values), optim.Entry("adam", {"lr": 0.3})], (-7.0, 2.0), 30)


def test_a_rule_of_ones_own_begins_as_heavy_ball_and_races():
    app = with_own()
    assert app.text_area(key=LINES).value == HEAVY_BALL
    assert list(inputs(app)) == ["lr", "momentum"]
    spec = spec_of(decode(dict(app.query_params))[0])
    raced = optim.race(spec)
    assert raced.labels[0] in losses(app).columns
    same = optim.RaceSpec(spec.problem, optim.Entry("momentum", spec.entries[0].hyper), spec.start, spec.steps)
    assert samples.bits(raced.path[0]) == samples.bits(optim.race(same).path[0])


@pytest.mark.parametrize(("lines", "name"), [(HEAVY_BALL, "momentum"), (ADAM, "adam")])
def test_the_examples_have_the_bits_of_the_built_in_rules_through_the_pages_spec(lines, name):
    assert lines in EXAMPLES.values()
    spec = spec_of(decode(encode(own(lines, lr=0.1)))[0])
    built_in = optim.RaceSpec(spec.problem, optim.Entry(name, spec.entries[0].hyper), spec.start, spec.steps)
    assert samples.bits(optim.race(spec).path[0]) == samples.bits(optim.race(built_in).path[0])


@pytest.mark.long
def test_settings_found_in_the_lines_are_inputs_and_keep_what_was_changed():
    app = with_own(SIGNS)
    assert list(inputs(app)) == ["lr", "beta1", "gain"]
    assert app.number_input(key="o1.beta1").max == optim.OPTIMIZERS["adam"].parameter("beta1").bounds[1]
    app.number_input(key="o1.gain").set_value(2.5)
    app.number_input(key="o1.lr").set_value(0.07)
    ran(app)
    typing(app, SIGNS.replace("lr *", "lr * scale *"))
    assert inputs(app) == {"lr": 0.07, "beta1": 0.9, "gain": 2.5, "scale": 0.5}


def test_a_rate_that_nobody_changed_becomes_the_one_offered_for_the_new_lines():
    app = with_own()
    offered = app.number_input(key="o1.lr").value
    typing(app, SIGNS)
    assert app.number_input(key="o1.lr").value != offered
    assert f"Your rule: lr {app.number_input(key='o1.lr').value:g} (tuned for this function)" in text_of(app)


@pytest.mark.long
def test_a_mistake_is_named_by_line_and_column_and_the_last_race_goes_on():
    app = with_own(SIGNS)
    before = losses(app)
    typing(app, BROKEN)
    assert app.text_area(key=LINES).value == BROKEN
    assert "Line 2, column 14: there is no function foo" in text_of(app)
    assert "x = x - lr * foo(g)\n             ^" in [block.value for block in app.code]
    assert losses(app).equals(before)
    assert list(inputs(app)) == ["lr", "beta1", "gain"]
    app.number_input(key="n").set_value(31)
    app.button(key="random").click()
    ran(app)
    assert app.text_area(key=LINES).value == BROKEN
    app.switch_page("pages/step.py")
    ran(ran(app))  # in the first run after a switch the harness has not told the page its inputs yet
    assert app.text_area(key=LINES).value == BROKEN
    typing(app, BROKEN.replace("foo(g)", "g"))
    assert "there is no function" not in text_of(app)
    assert list(inputs(app)) == ["lr"]


@pytest.mark.parametrize("lines", [SIGNS, BROKEN])
def test_what_was_typed_comes_back_with_the_choice(lines):
    app = typing(with_own(SIGNS), lines)
    app.selectbox(key="o1").set_value("rmsprop")
    ran(app)
    assert not app.text_area
    app.selectbox(key="o1").set_value("own")
    ran(app)
    assert app.text_area(key=LINES).value == lines
    assert list(inputs(app)) == ["lr", "beta1", "gain"]


def test_an_example_is_put_into_the_field():
    app = with_own()
    app.button(key="1 Adam").click()
    ran(app)
    assert app.text_area(key=LINES).value == ADAM
    assert list(inputs(app)) == ["lr", "beta1", "beta2", "eps"]


def test_racers_have_different_rules_names_and_looks():
    entries = [
        optim.Entry(HEAVY_BALL, {"lr": 0.1}, label="Mine"),
        optim.Entry(SIGNS, {"lr": 0.1, "gain": 3.0}, "cosine", ["clip_norm"]),
        optim.Entry(ADAM),
    ]
    spec = optim.RaceSpec("rosenbrock", entries, (-1.0, 1.0), 40)
    assert not_held(spec) == ""
    app = opened(encode(spec))
    assert [app.text_area(key=f"o{slot}.rule").value for slot in (1, 2, 3)] == [HEAVY_BALL, SIGNS, ADAM]
    assert list(listed(losses(app)).values()) == list(listed(written(optim.race(spec))).values())
    assert next(iter(losses(app).columns)) == "Mine"
    looks = styles(spec.entries)
    assert len({look.sign for look in looks}) == len({look.colour for look in looks}) == 3
    app.menu_button(key="more 1").click("down")
    ran(app)
    assert [app.text_area(key=f"o{slot}.rule").value for slot in (1, 2, 3)] == [SIGNS, HEAVY_BALL, ADAM]
    assert inputs(app)["gain"] == 3.0


@pytest.mark.parametrize("lines", [*EXAMPLES.values(), SIGNS, MANY_KINDS, "x = x - β * x", "a_ = 1\nx = x - _lr_ * a_ * x"])
def test_lines_survive_the_link_and_json(lines):
    spec = own(lines)
    again, notes = decode(encode(spec))
    assert notes == []
    assert spec_of(again).entries[0].optimizer == lines
    assert optim.RaceSpec.from_json(spec.to_json()).entries == spec.entries


def test_lines_of_a_link_that_cannot_be_used_are_named_with_the_place():
    app = opened({"o1": "own", LINES: BROKEN})
    assert app.text_area(key=LINES).value == HEAVY_BALL
    assert "Lines of racer 1 (o1.rule)" in text_of(app)
    assert "there is no function foo" in text_of(app)
    assert "(line 2, column 14)" in text_of(app)


def test_an_experiment_with_lines_is_opened_from_json():
    app = opened()
    app.session_state["race take away"] = True
    ran(app)
    spec = own(SIGNS, lr=0.05, gain=2.0)
    app.text_area(key="race JSON text").set_value(spec.to_json())
    app.button(key="race open JSON").click()
    ran(app)
    assert app.text_area(key=LINES).value == SIGNS
    assert inputs(app) == {"lr": 0.05, "beta1": 0.9, "gain": 2.0}


@pytest.mark.parametrize("text", ["", "x" * 4000, *(f"g = gradient(x)\nx = x - {text}" for text in HOSTILE[::6])])
@pytest.mark.long
def test_hostile_lines_race_or_are_named_on_the_page(text):
    app = typing(with_own(), text)
    assert app.text_area(key=LINES).value == text
    try:
        optim.rule(text)
    except optim.RuleError:
        assert "Line " in text_of(app)
        assert "Until you correct this" in text_of(app)
    else:
        assert "Until you correct this" not in text_of(app)


@pytest.mark.parametrize("name", ["rule", "name", "clip_norm"])
def test_a_setting_may_not_have_the_key_of_another_input(name):
    lines = f"g = gradient(x)\nx = x - {name} * g"
    app = typing(with_own(), lines)
    assert f"Line 2, column 9: {name} has a meaning of its own" in text_of(app)
    assert not_held(own(lines)).startswith("Lines of racer 1 (o1.rule)")
    assert json.loads(own(lines).to_json())["entries"][0]["optimizer"] == lines


TWO = optim.RaceSpec(
    "elongated_bowl", [optim.Entry(SIGNS, {"gain": 2.0}), optim.Entry(HEAVY_BALL), optim.Entry("momentum")], (-7.0, 2.0), 20
)


@pytest.mark.parametrize(
    ("name", "run", "claim"),
    [
        ("rates", lambda race: optim.sweep(sweep_specs.rates_spec(race)[0]), rates_claim),
        ("starts", lambda race: optim.sweep(sweep_specs.starts_spec(race)), starts_claim),
        ("fair", lambda race: optim.tune(sweep_specs.fair_spec(race)), fair_claim),
    ],
)
@pytest.mark.long
def test_typed_rules_are_swept_and_tuned_in_processes_of_their_own(name, run, claim):
    app = sweep_pages.page(name, encode(TWO))
    assert claim(run(spec_of(decode(encode(TWO))[0]))) in headline(app)
    assert "Your rule" in "".join(app.dataframe[0].value.optimizer)


@pytest.mark.parametrize("lines", [SIGNS, MANY_KINDS, *EXAMPLES.values()])
def test_a_step_of_a_typed_rule_is_worked_out(lines):
    spec = optim.RaceSpec("rosenbrock", optim.Entry(lines), (-1.2, 1.0), 8)
    app = opened(encode(spec) | {"step": "3"})
    app.switch_page("pages/step.py")
    ran(ran(app))
    assert "Why did Your rule take step 3?" in text_of(app)
    shown = [block.value for block in app.latex]
    run = replay(spec)
    assert [text.strip() for text in shown] == [f"$$\n{text}\n$$" for text in written_lines(run, 3)]
    assert all(f"`{name}`: remembered from step to step" in text_of(app) for name in run.rule.memory if name in run.states)
