"""Wrappers, schedules and modifiers around every first-order rule: neutral settings change nothing, others do what they say."""

import dataclasses
import math

import hypothesis
import hypothesis.strategies as st
import numpy as np
import pytest

import optim
from optim.core.simulate import Conditions, simulate, stacked
from optim.optimizers.first_order.wrappers import lookahead, sam
from optim.races.entry import no_modifier, no_schedule
from optim.reports.protocol import entrants, protocol
from tests.support import reference, samples

FIRST_ORDER = [rule for rule in optim.OPTIMIZERS.values() if set(rule.uses) == {"gradient"}]
EACH = pytest.mark.parametrize("rule", FIRST_ORDER, ids=lambda rule: rule.name)
START, STEPS = (-1.2, 1.0), 25


def collides(base, *names):
    return any(parameter.name in names for parameter in base.parameters)


def same_settings(base, wrapped, **own):
    """Return the paths of a rule and of its wrapped form, with the same drawn settings of the rule."""
    rng = np.random.default_rng(2)
    hypers = [samples.hyper(base, rng, **samples.structural(base, np.random.default_rng(3))) for _ in range(6)]
    x = samples.points(optim.PROBLEMS["rosenbrock"].view, 6, rng)
    paths = []
    for rule, more in ((base, {}), (wrapped, own)):
        log = []
        hp = stacked([{**hyper, **more} for hyper in hypers])
        simulate(rule, hp, x, Conditions(optim.PROBLEMS["rosenbrock"], STEPS), [0] * 6, lambda x, *_, log=log: log.append(x))
        paths.append(np.stack(log))
    return paths


@EACH
def test_lookahead_wraps_it_and_with_a_full_slow_step_changes_nothing(rule):
    if collides(rule, "sync_period", "slow_step"):
        pytest.skip("it is Lookahead already")
    wrapped = lookahead(rule, "wrapped")
    plain, same = same_settings(rule, wrapped, sync_period=4, slow_step=1.0)
    assert samples.bits(plain) == samples.bits(same)
    plain, other = same_settings(rule, wrapped, sync_period=4, slow_step=0.3)
    assert samples.bits(plain[:4]) == samples.bits(other[:4])
    assert not np.array_equal(plain[4:], other[4:], equal_nan=True)


@EACH
def test_lookahead_goes_back_to_a_point_between_slow_and_fast(rule):
    if collides(rule, "sync_period", "slow_step"):
        pytest.skip("it is Lookahead already")
    plain, other = same_settings(rule, lookahead(rule, "wrapped"), sync_period=3, slow_step=0.25)
    np.testing.assert_allclose(other[3], plain[0] + 0.25 * (plain[3] - plain[0]), rtol=1e-12, equal_nan=True)


@EACH
def test_sam_wraps_it_and_with_no_radius_changes_nothing(rule):
    if collides(rule, "rho"):
        pytest.skip("it has a rho of its own")
    wrapped = sam(rule, "wrapped")
    assert wrapped.uses == ("gradient",) * 2 * len(rule.uses)
    plain, same = same_settings(rule, wrapped, rho=0.0)
    assert samples.bits(plain) == samples.bits(same)
    plain, other = same_settings(rule, wrapped, rho=0.4)
    assert not np.array_equal(plain, other, equal_nan=True)


@pytest.mark.parametrize("wrap", [lambda rule: lookahead(lookahead(rule, "a"), "b"), lambda rule: sam(sam(rule, "a"), "b")])
def test_a_wrapper_whose_settings_collide_is_refused_when_it_is_made(wrap):
    with pytest.raises(ValueError, match="share a name"):
        wrap(optim.OPTIMIZERS["adam"])


def test_sam_takes_its_gradient_up_the_slope():
    bowl = optim.PROBLEMS["elongated_bowl"]
    x = np.array([[-7.0], [2.0]])
    g = bowl.gradient(x)
    expected = x - 0.1 * bowl.gradient(x + 0.3 * g / np.linalg.norm(g))
    spec = optim.RaceSpec("elongated_bowl", optim.Entry("sam_sgd", {"lr": 0.1, "rho": 0.3}), (-7.0, 2.0), 1)
    np.testing.assert_allclose(optim.race(spec).path[0, 1], expected[:, 0], rtol=1e-14)


def race(rule, steps=STEPS, lr=1e-3, problem="rosenbrock", states=False, **more):
    entry = dataclasses.replace(samples.entry(rule, lr=lr), **more)
    return optim.race(optim.RaceSpec(problem, entry, START, steps), states=states)


@EACH
def test_a_schedule_that_stays_the_same_changes_nothing(rule):
    if no_schedule(rule):
        pytest.skip(no_schedule(rule))
    plain, scheduled = race(rule), race(rule, schedule=("exponential", {"gamma": 1.0}))
    assert samples.bits(plain.path) == samples.bits(scheduled.path)
    assert samples.bits(plain.evaluations) == samples.bits(scheduled.evaluations)


@EACH
@pytest.mark.parametrize("schedule", [schedule for schedule in optim.SCHEDULES if schedule != "constant"])
def test_every_schedule_works_with_it_and_is_said(rule, schedule):
    if no_schedule(rule):
        pytest.skip(no_schedule(rule))
    result = race(rule, schedule=schedule, states=True, steps=40)
    assert samples.bits(result.path) != samples.bits(race(rule, steps=40).path)
    title = optim.SCHEDULES[schedule].title
    assert f"{title[:1].lower()}{title[1:]} schedule" in entrants(result)
    assert "constant learning rates" not in protocol(result)
    shown = result.states[0]["scheduled_lr"][1 : result.taken[0] + 1]
    np.testing.assert_allclose(shown, result.spec.entries[0].rates(40)[: result.taken[0]], rtol=1e-15)


@EACH
@pytest.mark.parametrize("name", optim.MODIFIERS)
def test_every_modifier_works_with_it_and_is_said(rule, name):
    if no_modifier(rule, name):
        pytest.skip(no_modifier(rule, name))
    modifier = optim.MODIFIERS[name]
    plain, on = race(rule), race(rule, modifiers=[(name, STRONG.get(name, {}))])
    if name in NEUTRAL:
        np.testing.assert_array_equal(plain.path, race(rule, modifiers=[(name, NEUTRAL[name])]).path)
    # A caution changes nothing as long as a step does not go against the newest slope.
    idle = rule.family == "Signs" or name == "cautious"
    assert not np.array_equal(plain.path, on.path, equal_nan=True) or idle
    title = modifier.title
    assert (title if title[:2] in ("L2", "MA") else title[:1].lower() + title[1:]) in entrants(on)
    assert "no clipping" not in protocol(on)
    assert "no clipping" in protocol(plain)


STRONG = {
    "clip_value": {"clip_value": 0.5},
    "clip_norm": {"max_norm": 0.5},
    "l2": {"weight_decay": 50.0},
    "decoupled_decay": {"weight_decay": 50.0},
}
NEUTRAL = {
    "clip_value": {"clip_value": 1e300},
    "clip_norm": {"max_norm": 1e300},
    "l2": {"weight_decay": 0.0},
    "decoupled_decay": {"weight_decay": 0.0},
    "grokfast": {"grok_gain": 0.0},
}


def momentum_by_hand(changed=lambda g: g, moved=lambda step, g: step, lr=0.05, steps=40):
    """Return the path of heavy ball on the elongated bowl, its gradients and steps changed, written out number by number."""
    x, velocity, path = np.array([-7.0, 2.0]), np.zeros(2), []
    for _ in range(steps):
        g = changed(np.array([x[0] / 10.0, 2.0 * x[1]]))
        velocity = 0.9 * velocity + g
        x = x + moved(-lr * velocity, g)
        path.append(x)
    return np.array(path)


def momentum_with(modifier, **values):
    entry = optim.Entry("momentum", {"lr": 0.05}, modifiers=[(modifier, values)])
    return optim.race(optim.RaceSpec("elongated_bowl", entry, (-7.0, 2.0), 40)).path[0, 1:]


def test_caution_holds_still_what_goes_against_the_newest_gradient():
    def moved(step, g):
        agrees = (step * g < 0).astype(float)
        return step * agrees / max(agrees.mean(), 1e-3)

    expected = momentum_by_hand(moved=moved)
    assert not np.allclose(expected, momentum_by_hand())
    np.testing.assert_allclose(momentum_with("cautious"), expected, rtol=1e-11, atol=1e-13)


def test_grokfast_adds_the_slow_part_of_the_gradients():
    slow = []

    def changed(g):
        slow.append(g if not slow else 0.8 * slow[-1] + 0.2 * g)
        return g + 1.5 * slow[-1]

    given = momentum_with("grokfast", grok_memory=0.8, grok_gain=1.5)
    np.testing.assert_allclose(given, momentum_by_hand(changed), rtol=1e-11, atol=1e-13)


def test_mars_adds_the_change_of_the_gradient_and_shortens_it():
    before = [np.zeros(2)]

    def changed(g):
        c = g + 0.1 * 0.9 / (1 - 0.9) * (g - before[-1])
        before.append(g)
        return c / max(1.0, np.hypot(*c))

    given = momentum_with("mars", mars_gain=0.1, mars_beta=0.9)
    np.testing.assert_allclose(given, momentum_by_hand(changed), rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize(("function", "problem"), [("quad", "elongated_bowl"), ("rosenbrock", "rosenbrock"), ("beale", "beale")])
def test_mars_on_adam_is_the_optimizer_of_that_name(function, problem):
    """pytorch_optimizer's MARS, to its own single precision of a few parts in ten millions."""
    path, lr = reference.golden_path("koz_mars", function), reference.MANIFEST["runs"]["koz_mars"]["lr"][function]
    entry = optim.Entry("adam", {"lr": lr, "beta1": 0.95, "beta2": 0.99}, modifiers=["mars"])
    ours = optim.race(optim.RaceSpec(problem, entry, tuple(path[0]), 200)).path[0]
    np.testing.assert_allclose(ours, path, atol=1e-6)
    plain = optim.race(optim.RaceSpec(problem, dataclasses.replace(entry, modifiers=()), tuple(path[0]), 200)).path[0]
    assert np.max(np.abs(plain - path)) > 1e-2


def one_step(entry, start=(3.0, 4.0), problem="sphere"):
    return optim.race(optim.RaceSpec(problem, entry, start, 1)).path[0, 1]


def test_clipping_does_what_it_says():
    """The slope of the sphere at (3, 4) is (6, 8)."""
    by_value = optim.Entry("sgd", {"lr": 1.0}, modifiers=[("clip_value", {"clip_value": 7.0})])
    by_norm = optim.Entry("sgd", {"lr": 1.0}, modifiers=[("clip_norm", {"max_norm": 5.0})])
    loose = optim.Entry("sgd", {"lr": 1.0}, modifiers=[("clip_norm", {"max_norm": 50.0})])
    np.testing.assert_allclose(one_step(by_value), (3.0 - 6.0, 4.0 - 7.0), rtol=1e-15)
    np.testing.assert_allclose(one_step(by_norm), np.array((3.0, 4.0)) - np.array((6.0, 8.0)) * (5 / (10 + 1e-6)), rtol=1e-15)
    np.testing.assert_allclose(one_step(loose), (-3.0, -4.0), rtol=1e-15)


def test_modifiers_act_in_the_order_given():
    """Clipping before the penalty leaves the penalty whole; after it, both are clipped."""
    penalty, clip = ("l2", {"weight_decay": 10.0}), ("clip_value", {"clip_value": 1.0})
    first, last = (
        one_step(optim.Entry("signum", {"beta": 0.0, "lr": 1.0}, modifiers=m)) for m in ([clip, penalty], [penalty, clip])
    )
    assert np.array_equal(first, last)
    averaged = [one_step(optim.Entry("adadelta", {"lr": 1.0, "eps": 1.0}, modifiers=m)) for m in ([clip, penalty], [penalty, clip])]
    assert np.all(np.abs(averaged[0] - (3.0, 4.0)) > np.abs(averaged[1] - (3.0, 4.0)))


@EACH
def test_the_penalty_is_the_race_on_the_penalised_function(rule):
    if no_modifier(rule, "l2"):
        pytest.skip(no_modifier(rule, "l2"))
    own = optim.problem("(1 - x)**2 + 100*(y - x**2)**2 + 0.3*(x**2 + y**2)/2")
    entry = samples.entry(rule, lr=1e-3)
    penalised = dataclasses.replace(entry, modifiers=[("l2", {"weight_decay": 0.3})])
    one = optim.race(optim.RaceSpec("rosenbrock", penalised, START, STEPS)).path
    other = optim.race(optim.RaceSpec(own, entry, START, STEPS)).path
    np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-9)


def test_decoupled_decay_is_the_w_of_adamw():
    plain = optim.Entry("ademamix", {"lr": 0.05, "alpha": 0.0}, modifiers=[("decoupled_decay", {"weight_decay": 0.2})])
    result = optim.race(optim.RaceSpec("rosenbrock", [plain, optim.Entry("adamw", {"lr": 0.05, "weight_decay": 0.2})], START, 100))
    np.testing.assert_allclose(result.path[0], result.path[1], rtol=1e-12, atol=1e-13)


def test_a_scheduled_decay_shrinks_with_the_learning_rate():
    flat = optim.Problem("flat", lambda x: np.zeros(x.shape[1:]), np.zeros_like)
    entry = optim.Entry("signum", {"lr": 0.5}, schedule=("exponential", {"gamma": 0.5}), modifiers=["decoupled_decay"])
    path = optim.race(optim.RaceSpec(flat, entry, (1.0, -2.0), 3)).path[0]
    factors = np.cumprod([1.0, 1 - 0.01 * 0.5, 1 - 0.01 * 0.25, 1 - 0.01 * 0.125])
    np.testing.assert_allclose(path, factors[:, None] * (1.0, -2.0), rtol=1e-14)


RATES = {
    ("step", ("gamma", 0.5), ("step_size", 2)): [1, 1, 0.5, 0.5, 0.25, 0.25],
    ("exponential", ("gamma", 0.5)): [1, 0.5, 0.25, 0.125, 0.0625, 0.03125],
    ("cosine",): [1, 0.9330127018922193, 0.75, 0.5, 0.25, 0.0669872981077807],
    ("cosine", ("floor", 0.5)): [1, 0.96650635094611, 0.875, 0.75, 0.625, 0.53349364905389],
    ("warmup_cosine", ("start", 0.0), ("warmup_steps", 2)): [0, 0.5, 1, 0.8535533905932737, 0.5, 0.14644660940672627],
    ("inverse_sqrt",): [1, 2**-0.5, 3**-0.5, 0.5, 5**-0.5, 6**-0.5],
}


@pytest.mark.parametrize(("schedule", "rates"), RATES.items(), ids=lambda item: str(item[0]))
def test_rates_are_the_closed_form(schedule, rates):
    np.testing.assert_allclose(
        optim.Entry("sgd", {"lr": 2.0}, schedule=schedule).rates(6), 2 * np.array(rates), rtol=1e-12, atol=1e-15
    )


@pytest.mark.parametrize("steps", [1, 2, 3, 5, 10, 100, 10_000])
@pytest.mark.parametrize("schedule", optim.SCHEDULES)
def test_rates_of_any_race_are_between_nothing_and_lr(schedule, steps):
    rates = np.array(optim.Entry("sgd", {"lr": 2.0}, schedule=schedule).rates(steps))
    assert rates.shape == (steps,)
    assert np.all((rates >= 0) & (rates <= 2.0))
    assert np.max(rates) == pytest.approx(2.0) or schedule in ("warmup_cosine", "one_cycle")


def one_cycle_of_pytorch(step, steps, pct_start, div_factor, final_div_factor):
    """The factor on lr of torch.optim.lr_scheduler.OneCycleLR, two phases of cosines, as its source describes them."""
    first, peak, last = 1.0 / div_factor, 1.0, 1.0 / div_factor / final_div_factor
    phases = [(pct_start * steps - 1.0, first, peak), (steps - 1.0, peak, last)]
    begin = 0.0
    for number, (end, low, high) in enumerate(phases):
        if step <= end or number == 1:
            share = (step - begin) / (end - begin)
            return high + (low - high) / 2.0 * (math.cos(math.pi * share) + 1.0)
        begin = end
    raise AssertionError


@pytest.mark.long
@hypothesis.given(st.integers(2, 400), st.floats(0.0, 1.0), st.floats(1.0, 1e3), st.floats(1.0, 1e6))
@hypothesis.settings(max_examples=300, derandomize=True, deadline=None)
def test_one_cycle_is_pytorch_s_also_where_a_phase_is_shorter_than_a_step(steps, pct_start, div_factor, final_div_factor):
    values = {"pct_start": pct_start, "div_factor": div_factor, "final_div_factor": final_div_factor}
    hypothesis.assume(pct_start * steps != 1.0)  # there PyTorch divides zero by zero
    rates = optim.Entry("sgd", {"lr": 1.0}, schedule=("one_cycle", values)).rates(steps)
    expected = [one_cycle_of_pytorch(step, steps, **values) for step in range(steps)]
    assert rates == pytest.approx(expected, rel=1e-9, abs=1e-15)


def test_one_cycle_with_hardly_any_rise_or_fall():
    """What PyTorch 2.13 gives: with no rise the first rate is already on its way down, with hardly any fall the last is the end."""
    fall = optim.Entry("sgd", {"lr": 1.0}, schedule=("one_cycle", {"pct_start": 0.0})).rates(10)
    assert fall[:2] == pytest.approx((0.976, 0.905), abs=1e-3)
    rise = optim.Entry("sgd", {"lr": 1.0}, schedule=("one_cycle", {"pct_start": 0.995})).rates(100)
    assert rise[-1] == pytest.approx(4e-6, rel=1e-6)
    assert optim.Entry("sgd", {"lr": 1.0}, schedule=("one_cycle", {"pct_start": 0.1})).rates(10)[0] == 1.0


def test_a_schedule_s_largest_product_is_what_the_limit_is_held_against():
    """lr 3 on curvature 2 is far beyond the limit; with the step schedule only the first ten steps are."""
    entry = optim.Entry("sgd", {"lr": 1.05}, schedule=("step", {"step_size": 400, "gamma": 0.1}))
    result = optim.race(optim.RaceSpec("elongated_bowl", entry, (-7.0, 2.0), 350))
    assert "1.05 × 2 = 2.1 > 2" in result.status[0].reason
    calm = optim.Entry("sgd", {"lr": 0.9}, schedule="cosine")
    assert " > 2" not in optim.race(optim.RaceSpec("elongated_bowl", calm, (-7.0, 2.0), 50)).status[0].reason


def test_entries_with_and_without_extras_race_side_by_side_bit_for_bit():
    entries = [
        optim.Entry("adam", {"lr": 0.1}),
        optim.Entry("adam", {"lr": 0.1}, schedule="cosine"),
        optim.Entry("adam", {"lr": 0.2}, schedule="cosine"),
        optim.Entry("adam", {"lr": 0.1}, modifiers=["clip_norm"]),
        optim.Entry("adam", {"lr": 0.1}, modifiers=[("clip_norm", {"max_norm": 3.0})]),
        optim.Entry("adam", {"lr": 0.1}, schedule="one_cycle", modifiers=["clip_norm", "clip_value"]),
    ]
    together = optim.race(optim.RaceSpec("rosenbrock", entries, START, 60))
    for i, entry in enumerate(entries):
        alone = optim.race(optim.RaceSpec("rosenbrock", entry, START, 60))
        assert samples.bits(alone.path[0]) == samples.bits(together.path[i])
    assert len({samples.bits(path) for path in together.path}) == len(entries)
