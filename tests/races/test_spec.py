"""Specs: plain hashable data with a JSON form, and an error that names the field for everything that cannot be used."""

import contextlib
import json
import math
import pickle
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import optim
from optim import Entry, FormulaError, RaceSpec, SpecError
from optim.problems.transforms import dialled
from optim.races.entry import no_modifier, no_schedule
from optim.races.spec import MAX_ENTRIES, MAX_SEED, MAX_STEPS
from tests.support import samples

NAN, INF = float("nan"), float("inf")
GOOD = {"problem": "rosenbrock", "entries": (Entry("sgd", {"lr": 0.001}),), "start": (-1.2, 1.0)}

NOT_NUMBERS: list[Any] = [NAN, INF, -INF, None, "0.1", "x", b"1", [1.0], {}, 1 + 1j, np.array([1.0, 2.0]), 10**400, True, np.False_]

BAD_FIELDS: dict[str, list[Any]] = {
    "problem": [None, 5, ["rosenbrock"], b"rosenbrock"],
    "entries": [(), [], None, "sgd", ["sgd"], [None], 5, {}, [Entry("sgd")] * (MAX_ENTRIES + 1)],
    "start": [
        None,
        1.0,
        "ab",
        (),
        (1.0,),
        (1.0, 2.0, 3.0),
        (NAN, 1.0),
        (INF, 1.0),
        ("1", 2),
        (None, 1),
        ((1, 2), (3, 4)),
        1 + 1j,
        (True, 1.0),
    ],
    "steps": [0, -3, 2.5, MAX_STEPS + 1, *NOT_NUMBERS],
    "gradient": ["", "Exact", "forward", None, 1, ["exact"]],
    "noise": [-1.0, -1e-300, *NOT_NUMBERS],
    "seed": [-1, 0.5, MAX_SEED + 1, *NOT_NUMBERS],
    "rotate": [361.0, -361.0, *NOT_NUMBERS],
    "stretch": [0.0, -1.0, 1e7, *NOT_NUMBERS],
    "shift": [None, 0.0, "00", (), (NAN, 0.0), ("0", 0), (1.0,), (1.0, 2.0, 3.0), (0, False)],
    "target": [-1.0, *(value for value in NOT_NUMBERS if value is not None)],
    "budget": [-1, 1.5, *(value for value in NOT_NUMBERS if value is not None)],
}
"""Field of a race -> values that it cannot hold."""

BAD_ENTRY_FIELDS: dict[str, list[Any]] = {
    "optimizer": [None, "", "SGD", "sgd ", 5, ["sgd"]],
    "values": [None, 5, "lr", [1.0], [("lr",)]],
    "schedule": [None, 5, (), ("cos",), "", [["cosine"]]],
    "modifiers": [None, 5, "clip", "clip_norm"],
    "label": [5, "a" * 81, ("a",)],
    "origin": [None, 5, "a" * 81],
}
"""Field of an entry -> values that it cannot hold."""

CASES = [(field, value) for field, values in BAD_FIELDS.items() for value in values]
ENTRY_CASES = [(field, value) for field, values in BAD_ENTRY_FIELDS.items() for value in values]
PARAMETERS = [(rule, parameter) for rule in optim.OPTIMIZERS.values() for parameter in rule.parameters]


def shown(value):
    return repr(value)[:30]


def assert_named(error, field, value):
    """Assert that a SpecError names the field, holds the value, and says all of it."""
    assert error.field == field
    assert error.value is value or repr(error.value) == repr(value)
    assert error.expected
    assert field in str(error)
    assert error.expected in str(error)


@pytest.mark.parametrize(("field", "value"), CASES, ids=shown)
def test_a_bad_field_of_a_race_is_named(field, value):
    with pytest.raises(SpecError) as raised:
        RaceSpec(**{**GOOD, field: value})
    assert raised.value.field == field
    assert raised.value.expected in str(raised.value)


@pytest.mark.parametrize(("field", "value"), ENTRY_CASES, ids=shown)
def test_a_bad_field_of_an_entry_is_named(field, value):
    with pytest.raises(SpecError) as raised:
        Entry(**{"optimizer": "sgd", field: value})
    assert_named(raised.value, field, value)


NAMED = [
    ("schedule", ("step", {"gamma": 2.0}), "schedule.step.gamma", 2.0),
    ("schedule", ("step", ("step_size", 0)), "schedule.step.step_size", 0),
    ("schedule", ("cosine", {"gamma": 0.5}), "schedule.cosine.gamma", 0.5),
    ("modifiers", ["clip"], "modifiers", "clip"),
    ("modifiers", [("clip_norm", {"max_norm": -1.0})], "modifiers.clip_norm.max_norm", -1.0),
    ("modifiers", ["clip_norm", "clip_norm"], "modifiers", "clip_norm"),
    ("modifiers", ["l2"], "modifiers", "l2"),
]


@pytest.mark.parametrize(("field", "given", "named", "value"), NAMED)
def test_a_bad_schedule_or_modifier_is_named(field, given, named, value):
    with pytest.raises(SpecError) as raised:
        Entry("sgd", **{field: given})
    assert_named(raised.value, named, value)


def test_an_optimizer_that_takes_no_schedule_says_why():
    for rule in optim.OPTIMIZERS.values():
        if no_schedule(rule):
            with pytest.raises(SpecError, match=re.escape(no_schedule(rule))):
                Entry(rule.name, schedule="cosine")
        for modifier in optim.MODIFIERS:
            if no_modifier(rule, modifier):
                with pytest.raises(SpecError, match=re.escape(no_modifier(rule, modifier))):
                    Entry(rule.name, modifiers=[modifier])


def test_every_first_order_optimizer_takes_every_schedule_and_every_modifier():
    for rule in optim.OPTIMIZERS.values():
        if set(rule.uses) == {"gradient"}:
            assert not no_schedule(rule) or "schedule" in rule.exempt or "lr" in rule.exempt
            refused = {name for name in optim.MODIFIERS if no_modifier(rule, name)} if "modifiers" not in rule.exempt else set()
            own = "weight_decay" in {parameter.name for parameter in rule.parameters}
            shared = {name for name, modifier in optim.MODIFIERS.items() if modifier.meanings and len(rule.uses) > 1}
            assert refused == ({"l2", "decoupled_decay"} if own else set()) | (shared if refused else set())


def test_every_field_is_tried():
    assert set(BAD_FIELDS) == set(RaceSpec.__dataclass_fields__)
    assert set(BAD_ENTRY_FIELDS) == set(Entry.__dataclass_fields__)


@pytest.mark.parametrize(("rule", "parameter"), PARAMETERS, ids=lambda item: item.name)
def test_a_bad_value_of_a_parameter_is_named(rule, parameter):
    low, high = parameter.bounds
    beyond = [low - 1] + ([] if math.isinf(high) else [math.nextafter(high, INF), high + 1])
    broken = [] if parameter.kind == "float" else [low + 0.5]
    not_numbers = [value for value in NOT_NUMBERS if parameter.kind != "bool" or not isinstance(value, bool | np.bool_)]
    for value in [*not_numbers, *beyond, *broken]:
        with pytest.raises(SpecError) as raised:
            Entry(rule.name, {parameter.name: value})
        assert_named(raised.value, f"{rule.name}.{parameter.name}", value)


@pytest.mark.parametrize(("rule", "parameter"), PARAMETERS, ids=lambda item: item.name)
def test_every_value_in_the_range_of_a_parameter_is_taken(rule, parameter):
    kind = {"float": float, "int": int, "bool": bool}[parameter.kind]
    for value in (parameter.default, parameter.low, parameter.high, parameter.bounds[0], np.float64(parameter.low)):
        entry = Entry(rule.name, {parameter.name: value})
        assert entry.hyper[parameter.name] == value
        assert type(entry.hyper[parameter.name]) is kind


def test_an_unknown_parameter_is_named():
    with pytest.raises(SpecError) as raised:
        Entry("sgd", {"momentum": 0.9})
    assert_named(raised.value, "sgd.momentum", 0.9)


@pytest.mark.parametrize(
    ("make", "near"),
    [
        (lambda: Entry("adam", {"learning_rate": 0.5}), "lr"),
        (lambda: Entry("adam", {"LR": 0.5}), "lr"),
        (lambda: Entry("adam", {"beta_1": 0.5}), "beta1"),
        (lambda: Entry("Adam"), "adam"),
        (lambda: Entry("sgd", schedule=("cosin",)), "cosine"),
        (lambda: Entry("sgd", modifiers=["clipnorm"]), "clip_norm"),
        (lambda: RaceSpec.from_json(junk(noize=1)), "noise"),
        (lambda: RaceSpec.from_json(junk(entries=[{"optimizer": "adam", "values": {"learning_rate": 0.5}}])), "lr"),
        (lambda: RaceSpec.from_json(junk(entries=[{"optimizer": "adam", "schedules": "cosine"}])), "schedule"),
    ],
)
def test_what_is_not_known_is_named_with_the_nearest_that_is(make, near):
    with pytest.raises(SpecError) as raised:
        make()
    assert f"(nearest: {near})" in str(raised.value)


@pytest.mark.parametrize("value", [True, False, np.True_])
def test_a_truth_value_is_no_number(value):
    for make in (lambda: Entry("sgd", {"lr": value}), lambda: RaceSpec(**GOOD, steps=value), lambda: RaceSpec(**GOOD, noise=value)):
        with pytest.raises(SpecError, match=r"a .*number .*, not a truth value"):
            make()


@pytest.mark.parametrize("formula", ["", "rosenbrok", "1/2x", "x + z"])
def test_a_bad_formula_is_a_formula_error(formula):
    with pytest.raises(FormulaError):
        RaceSpec(**{**GOOD, "problem": formula})


def test_a_long_value_is_shortened_in_the_message():
    with pytest.raises(SpecError) as raised:
        Entry("sgd", {"lr": "9" * 1000})
    assert len(str(raised.value)) < 150


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Entry("rmsprop", {"centered": True}), Entry("rmsprop", {"centered": 1.0})),
        (Entry("rmsprop", {"centered": 1}), Entry("rmsprop", {"centered": np.True_})),
        (Entry("sgd", {"lr": 1}), Entry("sgd", {"lr": 1.0})),
        (Entry("adam", {"lr": 0.1, "eps": 1e-8}), Entry("adam", {"eps": 1e-8, "lr": 0.1})),
        (Entry("adam", {"lr": 0.1, "eps": 1e-8}), Entry("adam", (("lr", 0.1), ("eps", 1e-8)))),
        (RaceSpec(**GOOD), RaceSpec(**{**GOOD, "start": [-1.2, 1]})),
        (RaceSpec(**GOOD), RaceSpec(**{**GOOD, "start": np.array([-1.2, 1.0])})),
        (RaceSpec(**GOOD), RaceSpec(**{**GOOD, "entries": GOOD["entries"][0]})),
        (RaceSpec(**GOOD), RaceSpec(**{**GOOD, "entries": list(GOOD["entries"])})),
        (RaceSpec(**GOOD, steps=30), RaceSpec(**GOOD, steps=30.0)),
        (RaceSpec(**GOOD, seed=1), RaceSpec(**GOOD, seed=np.int64(1))),
    ],
)
def test_equal_settings_are_equal_specs(one, other):
    assert one == other
    assert hash(one) == hash(other)
    assert repr(one) == repr(other)


def test_different_settings_are_different_specs():
    specs = [RaceSpec(**GOOD), RaceSpec(**GOOD, steps=31), RaceSpec(**GOOD, seed=1), RaceSpec(**GOOD, gradient="central")]
    specs += [RaceSpec(**{**GOOD, "entries": entry}) for entry in (Entry("sgd", {"lr": 0.001}, label="a"), Entry("sgd"))]
    assert len(set(specs)) == len(specs)


def test_a_spec_is_frozen():
    for spec, field in ((RaceSpec(**GOOD), "steps"), (Entry("sgd"), "values")):
        with pytest.raises(AttributeError):
            setattr(spec, field, 5)


@settings(max_examples=60, derandomize=True, deadline=None)
@given(samples.SPECS)
@pytest.mark.long
def test_json_and_pickle_give_the_spec_back(spec):
    text = spec.to_json()
    again = RaceSpec.from_json(text)
    assert again == spec
    assert hash(again) == hash(spec)
    assert again.to_json() == text
    assert json.loads(text)["steps"] == spec.steps
    assert pickle.loads(pickle.dumps(spec)) == spec


@pytest.mark.parametrize("problem", ["rosenbrock", "x**2 + y**4", optim.PROBLEMS["booth"]], ids=["name", "formula", "object"])
def test_the_problem_after_its_dials_is_made_once_and_changes_nothing_else_of_a_spec(problem):
    spec, untouched = (RaceSpec(problem, Entry("sgd"), (1.0, 2.0), rotate=30.0, stretch=2.0, shift=(1.0, 0.0)) for _ in range(2))
    x = np.array([[0.3, -1.2], [0.7, 2.0]])
    assert spec.dialled_problem is spec.dialled_problem
    expected = dialled(spec.base_problem, 30.0, 2.0, (1.0, 0.0))
    assert samples.bits(spec.dialled_problem.value(x)) == samples.bits(expected.value(x))
    assert (spec, repr(spec)) == (untouched, repr(untouched))
    assert replace(spec, rotate=0.0, stretch=1.0, shift=(0.0, 0.0)).dialled_problem is spec.base_problem
    if isinstance(problem, str):
        assert hash(spec) == hash(untouched)
        assert spec.to_json() == untouched.to_json()
        assert pickle.loads(pickle.dumps(spec)) == spec


def test_an_optimizer_without_a_hash_has_a_problem_too():
    class Own:
        __hash__ = None

        def update(self, params, grads):
            raise AssertionError("nobody runs it here")

    spec = RaceSpec("sphere", Entry(Own()), (1.0, 2.0))
    with pytest.raises(TypeError, match="unhashable"):
        hash(spec)
    assert spec.dialled_problem is optim.PROBLEMS["sphere"]


@pytest.mark.parametrize("start", [{5, 1}, frozenset({1.0, 2.0}), {1: 2, 3: 4}])
def test_a_start_without_an_order_is_refused(start):
    with pytest.raises(SpecError) as raised:
        RaceSpec("sphere", Entry("sgd"), start)
    assert raised.value.field == "start"


def test_a_byte_order_mark_is_no_part_of_the_json():
    spec = RaceSpec(**GOOD)
    assert RaceSpec.from_json("\ufeff" + spec.to_json()) == spec


def test_what_json_leaves_out_has_its_default():
    text = '{"problem": "sphere", "entries": [{"optimizer": "sgd"}], "start": [1, 2]}'
    assert RaceSpec.from_json(text) == RaceSpec("sphere", Entry("sgd"), (1.0, 2.0))


def test_a_problem_of_one_s_own_has_no_json_form():
    with pytest.raises(SpecError) as raised:
        RaceSpec(optim.PROBLEMS["sphere"], Entry("sgd"), (1.0, 2.0)).to_json()
    assert raised.value.field == "problem"


def junk(**changes):
    return json.dumps({**json.loads(RaceSpec(**GOOD).to_json()), **changes})


JUNK = {
    "": "json",
    "{": "json",
    "null": "json",
    "5": "json",
    '"sgd"': "json",
    "[]": "json",
    "[1, 2]": "json",
    "{}": "entries",
    '{"version": 1}': "entries",
    "[" * 100_000: "json",
    '{"entries": ' + "[" * 100_000: "json",
    '{"entries": []}': "problem",
    '{"entries": [], "problem": "sphere"}': "start",
    junk(entries=[]): "entries",
    junk(entries=None): "entries",
    junk(entries=5): "entries",
    junk(entries="sgd"): "entries",
    junk(entries={"optimizer": "sgd"}): "entries",
    junk(entries=["sgd"]): "entries",
    junk(entries=[[]]): "entries",
    junk(entries=[{}]): "optimizer",
    junk(entries=[{"optimizer": "nope"}]): "optimizer",
    junk(entries=[{"optimizer": {}}]): "optimizer",
    junk(entries=[{"optimizer": "sgd", "values": {"lr": "big"}}]): "sgd.lr",
    junk(entries=[{"optimizer": "sgd", "values": {"lr": NAN}}]): "sgd.lr",
    junk(entries=[{"optimizer": "sgd", "values": 5}]): "values",
    junk(entries=[{"optimizer": "sgd", "schedule": None}]): "schedule",
    junk(entries=[{"optimizer": "sgd", "modifiers": 5}]): "modifiers",
    junk(entries=[{"optimizer": "sgd", "speed": 5}]): "speed",
    junk(entries=[{"optimizer": "sgd"}] * (MAX_ENTRIES + 1)): "entries",
    junk(problem=None): "problem",
    junk(problem={}): "problem",
    junk(start=None): "start",
    junk(start={"x": 1, "y": 2}): "start",
    junk(start=[NAN, 1]): "start",
    junk(steps=10**400): "steps",
    junk(steps="30"): "steps",
    junk(gradient=[]): "gradient",
    junk(noise=INF): "noise",
    junk(colour="red"): "colour",
    '{"seed": ' + "9" * 5000 + "}": "json",
    junk(version=2): "version",
    junk(version="1"): "version",
    junk(version=True): "version",
    junk(version=None): "version",
    junk(label="x" * 200_000): "json",
    junk(start=[0] * 60_000): "json",
    junk(problem=json.loads("[" * 30 + "]" * 30)): "json",
    '{"problem": ' + "[" * 900 + "]" * 900 + ', "entries": []}': "json",
    '{"problem": "sphere", "problem": "booth", "entries": []}': "problem",
    junk().replace('"lr": 0.001', '"lr": 0.001, "lr": 0.002'): "lr",
    junk()[:-1]: "json",
    junk() + junk(): "json",
    "\ud800": "json",
}
"""Text -> the field that its SpecError names."""


@pytest.mark.parametrize("text", JUNK, ids=lambda text: ascii(text[:40]))
def test_junk_is_a_spec_error(text):
    with pytest.raises(SpecError) as raised:
        RaceSpec.from_json(text)
    assert raised.value.field == JUNK[text]


@pytest.mark.parametrize("text", [None, 5, b"\xff", [], {}], ids=repr)
def test_what_is_no_text_is_a_spec_error(text):
    with pytest.raises(SpecError):
        RaceSpec.from_json(text)


SCALARS = st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5)
PLAIN = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3), max_leaves=5)
ALTERED = st.builds(
    lambda race, entry: {**json.loads(RaceSpec(**GOOD).to_json()), "entries": [{"optimizer": "sgd", **entry}], **race},
    st.dictionaries(st.sampled_from(list(RaceSpec.__dataclass_fields__)), PLAIN, max_size=2),
    st.dictionaries(st.sampled_from(list(Entry.__dataclass_fields__)), PLAIN, max_size=2),
)


@settings(max_examples=150, derandomize=True, deadline=None)
@given(ALTERED)
@example({"problem": "sphere", "entries": [{"optimizer": "sgd", "modifiers": None}], "start": [0, 0]})
def test_altered_json_is_a_spec_or_a_clear_error(data):
    with contextlib.suppress(SpecError, FormulaError):
        assert isinstance(RaceSpec.from_json(json.dumps(data)), RaceSpec)


@settings(max_examples=80, derandomize=True, deadline=None)
@given(st.data())
@pytest.mark.long
def test_a_text_with_slips_is_a_spec_or_a_clear_error(data):
    text = data.draw(samples.SPECS).to_json()
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(text)))
        text = text[:place] + data.draw(st.sampled_from([*'{}[]",:0-.eN\\\x00é', "", "null", "NaN", "1e999"])) + text[place + 1 :]
    with contextlib.suppress(FormulaError):
        assert refusal(text) == "" or 10 < len(refusal(text)) < 500


def refusal(text):
    """Return what is wrong with a JSON text, or nothing where it is a spec."""
    try:
        RaceSpec.from_json(text)
    except SpecError as error:
        return f"{error.field}: {error}"
    return ""


def test_what_is_no_json_is_told_where():
    with pytest.raises(SpecError, match="line 2, column 3") as raised:
        RaceSpec.from_json('{"steps": 5,\n  oops}')
    assert "property name" not in str(raised.value)  # Python's own words, which no catalogue holds


@pytest.mark.parametrize("formula", ["__import__('os').system('true')", "x.__class__", "open('a')", "9**9**9**9", "x" * 400])
def test_code_in_place_of_a_formula_is_a_formula_error(formula):
    with pytest.raises(FormulaError):
        RaceSpec.from_json(junk(problem=formula, start=[1, 1]))


@pytest.mark.parametrize("value", [5, "x" * 100, None, (1, 2)])
def test_a_spec_error_survives_pickling(value):
    error = SpecError("steps", value, "a whole number")
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is SpecError
    assert (again.field, again.value, again.expected, str(again)) == ("steps", value, "a whole number", str(error))
    assert isinstance(error, ValueError)
