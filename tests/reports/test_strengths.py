"""When an optimizer shines and when it fails: the recorded prices are those measured now, and the sentences are borne by them."""

import json
import math

import pytest

import optim
from optim.reports.comparison.strengths import FILE, Strength, kinds, price, strengths

RECORDED = json.loads(FILE.read_text(encoding="utf-8"))


def test_every_optimizer_was_tried_on_one_function_of_each_kind():
    assert list(RECORDED) == list(optim.OPTIMIZERS)
    assert {tuple(prices) for prices in RECORDED.values()} == {kinds()}
    scored = {problem.family for problem in optim.PROBLEMS.values() if problem.bounded and problem.lowest is not None}
    assert {optim.PROBLEMS[name].family for name in kinds()} == scored


@pytest.mark.parametrize(("name", "function"), [("sgd", "himmelblau"), ("adam", "elongated_bowl"), ("newton", "rosenbrock")])
def test_the_recorded_prices_are_those_measured_now(name, function):
    assert price(name, function) == pytest.approx(RECORDED[name][function], rel=1e-3)


def test_it_shines_where_it_is_farthest_ahead_and_fails_where_it_is_farthest_behind():
    (shining, shines), (failing, fails) = strengths(optim.OPTIMIZERS["adam"])
    assert (shining, failing) == ("When it shines.", "When it fails.")
    own, other = ({name: math.inf if paid is None else paid for name, paid in RECORDED[rule].items()} for rule in ("adam", "sgd"))
    ahead = max((name for name in own if math.isfinite(own[name])), key=lambda name: other[name] / own[name])
    assert optim.PROBLEMS[ahead].title in shines
    assert any(math.isinf(own[name]) for name in own)
    assert any(math.isinf(own[name]) and optim.PROBLEMS[name].title in fails for name in own)


def test_who_is_nowhere_ahead_or_never_arrives_is_not_said_to_shine():
    head, said = strengths(optim.OPTIMIZERS["rmsprop"])[0]
    assert head == "Where it comes nearest."
    assert said.startswith("It is nowhere ahead of SGD here.")
    ((head, said),) = strengths(optim.OPTIMIZERS["lion"])
    assert head == "When it fails."
    assert said.startswith("On none of the functions tried does it reach and keep the target. On ")
    assert "Momentum needs" in strengths(optim.OPTIMIZERS["sgd"])[0][1]


@pytest.mark.parametrize("rule", optim.OPTIMIZERS.values(), ids=lambda rule: rule.name)
def test_a_heading_says_what_the_prices_bear(rule):
    """Who shines is ahead of its rival somewhere; who fails does not arrive somewhere; who arrives nowhere has no other heading."""
    own, other = (RECORDED[name] for name in (rule.name, "momentum" if rule.name == "sgd" else "sgd"))
    arrives = {name for name in own if own[name] is not None}
    ahead = any(other[name] is None or own[name] < other[name] for name in arrives)
    heads = {head for head, _ in strengths(rule)}
    assert ("When it shines." in heads) == ahead
    assert ("When it fails." in heads) == (arrives < own.keys())
    assert len(heads) == (2 if arrives else 1)


@pytest.mark.parametrize(
    ("own", "other", "words"),
    [
        (12.4, 80.8, "On A it reaches the target in 12 evaluations; B needs 81."),
        (12345, math.inf, "On A it reaches the target in 12,300 evaluations; B does not."),
        (math.inf, 80.8, "On A it does not reach the target; B needs 81 evaluations."),
        (math.inf, math.inf, "On A neither it nor B reaches the target."),
    ],
)
def test_prices_are_said_in_whole_evaluations(own, other, words):
    assert Strength("A", "B", own, other).words == words
