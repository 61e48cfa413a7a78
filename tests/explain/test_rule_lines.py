"""A rule's lines against the rule itself: worked out from the recorded memory they give the recorded next step."""

import numpy as np
import pytest

import optim
from optim.core.rules.evaluate import evaluate
from optim.core.rules.operations import FUNCTIONS
from optim.core.rules.text import Lines
from optim.explain.latex import symbol, written
from optim.explain.replay import replay
from optim.explain.rule_latex import formulas, written_lines
from optim.explain.step import angles, scales, share
from optim.races.entry import no_modifier, no_schedule
from optim.reports.step import because
from tests.support import samples

TOLERANCE = 1e-12
RULES = pytest.mark.parametrize("rule", optim.OPTIMIZERS.values(), ids=lambda rule: rule.name)
FACED = (
    optim.RaceSpec("elongated_bowl", optim.Entry("sgd"), (-7.0, 2.0), 60),
    optim.RaceSpec("rosenbrock", optim.Entry("sgd"), (-1.5, 2.0), 60, noise=0.3, seed=4),
    optim.RaceSpec("ackley", optim.Entry("sgd"), (2.0, 1.5), 60, rotate=30.0, stretch=2.0),
    optim.RaceSpec("himmelblau", optim.Entry("sgd"), (0.5, -1.0), 60, gradient="central"),
    optim.RaceSpec("x**2 + abs(y)", optim.Entry("sgd"), (1.0, 1.0), 25),
)


def entries(rule):
    """Return entries of a rule: plain, as its demonstration, with drawn settings, with a schedule and each modifier it takes."""
    rng = np.random.default_rng(8)
    yield optim.Entry(rule.name)
    yield optim.Entry(rule.name, rule.demo)
    yield from (optim.Entry(rule.name, samples.hyper(rule, rng)) for _ in range(4))
    modifiers = [name for name in optim.MODIFIERS if not no_modifier(rule, name)]
    yield from (optim.Entry(rule.name, rule.demo, modifiers=[name]) for name in modifiers)
    if not no_schedule(rule):
        taken = []
        for name in modifiers:
            taken += [] if no_modifier(rule, name, taken) else [name]
        yield optim.Entry(rule.name, rule.demo, schedule="warmup_cosine", modifiers=taken)


def deviation(run):
    """Return by name how far what the lines set is off what was recorded, relative to the largest number there before and after."""
    taken, after, off = run.taken, run.all_steps.after, {}
    recorded = {"x": run.path, **{name: run.states[name] for name in run.states if name in {line.name for line in run.rule.lines}}}
    for name, rows in recorded.items():
        old, new = (np.moveaxis(part, 0, -1).reshape(-1, taken) for part in (rows[:taken], rows[1 : taken + 1]))
        with np.errstate(all="ignore"):
            ours = np.broadcast_to(after[name], (*rows[1 : taken + 1].shape[1:], taken)).reshape(-1, taken)
            size = np.maximum(np.abs(old).max(axis=0), np.abs(new).max(axis=0))
            # A run may overflow in its last step, and a memory before its point: nothing can be said where nothing is a number.
            good = np.isfinite(new).all(axis=0) & (size > 0)
            off[name] = float(np.max(np.abs(ours - new).max(axis=0)[good] / size[good], initial=0.0))
    return off


@RULES
@pytest.mark.parametrize("faced", FACED, ids=lambda spec: spec.problem)
@pytest.mark.long
def test_the_lines_reproduce_every_recorded_step(rule, faced):
    for entry in entries(rule):
        run = replay(optim.RaceSpec(**{**vars(faced), "entries": (entry,)}))
        if run.taken:
            off = deviation(run)
            assert max(off.values()) <= TOLERANCE, (entry, off)


@RULES
def test_a_step_alone_is_the_step_among_all(rule):
    run = replay(optim.RaceSpec("rosenbrock", optim.Entry(rule.name, rule.demo), (-1.0, 1.0), 12, noise=0.1))
    for step in range(1, run.taken + 1):
        assert samples.bits(run.evaluated([step]).after["x"][:, 0]) == samples.bits(run.all_steps.after["x"][:, step - 1])


@RULES
def test_a_rule_has_lines_and_every_name_in_them_means_something(rule):
    assert len(rule.lines) > 0
    known = {"x", "identity", *(parameter.name for parameter in rule.parameters), *rule.memory}
    for line in rule.lines:
        assert line.node.names <= known | {line.name}, line
        assert line.node.functions <= FUNCTIONS.keys() | rule.lines.calls.keys(), line
        known.add(line.name)
    assert [line.name for line in rule.lines].count("x") >= 1
    assert set(rule.lines.carries) <= set(rule.memory)
    assert set(rule.lines.symbols) <= known | {"schedule"}
    called = {call for node in (*(line.node for line in rule.lines), *rule.lines.starts.values()) for call in node.functions}
    assert called >= set(rule.lines.calls)


@RULES
def test_every_step_can_be_read(rule):
    run = replay(optim.RaceSpec("elongated_bowl", optim.Entry(rule.name, rule.demo), (-7.0, 2.0), 12))
    for step in range(1, run.taken + 1):
        texts = written_lines(run, step)
        assert texts or not (run.path[step] - run.path[step - 1]).any()
        for text in texts:
            assert text.count("{") == text.count("}")
            assert text.count(r"\left") == text.count(r"\right") + text.count(r"\leftarrow")
        assert because(run, step, "It")[0].startswith("It ")
    assert all(text.count("{") == text.count("}") for text in formulas(rule))


def test_momentum_in_numbers():
    run = replay(optim.RaceSpec("elongated_bowl", optim.Entry("momentum", {"lr": 0.1}), (-7.0, 2.0), 30))
    gradient, velocity, move = written_lines(run, 2)
    assert r"v \leftarrow {} & \mu \, v + g \\" in velocity  # a dampening of 0 is not shown
    assert r"0.9 \cdot \begin{pmatrix} -0.7 \\ 4 \end{pmatrix} + \begin{pmatrix} -0.693 \\ 3.2 \end{pmatrix}" in velocity
    assert velocity.endswith(r"\begin{pmatrix} -1.323 \\ 6.8 \end{pmatrix} \end{aligned}")
    assert r"\begin{pmatrix} -6.93 \\ 1.6 \end{pmatrix} - 0.1 \cdot" in move
    assert r"\nabla f" in gradient
    went = run.path[2] - run.path[1]
    fresh = -0.1 * np.array([-0.693, 3.2])
    assert share(run, 2) == pytest.approx(float((went - fresh) @ went / (went @ went)))


def test_a_setting_is_shown_where_it_does_something():
    dampened = optim.RaceSpec("elongated_bowl", optim.Entry("momentum", {"lr": 0.1, "dampening": 0.5}), (-7.0, 2.0), 30)
    assert r"\mu \, v + \left(1 - \tau\right) \, g" in written_lines(replay(dampened), 2)[1]
    decayed = optim.RaceSpec("elongated_bowl", optim.Entry("adagrad", {"lr_decay": 0.1}), (-7.0, 2.0), 30)
    assert r"\frac{\eta}{1 + t \, \delta}" in written_lines(replay(decayed), 2)[-1]


def test_adagrad_says_how_far_it_has_shrunk():
    run = replay(optim.RaceSpec("elongated_bowl", optim.Entry("adagrad", {"lr": 1.5}), (-7.0, 2.0), 10_000))
    scale = scales(run)
    expected = 1.5 / (np.sqrt(run.states["accumulator"][1:]) + 1e-10)
    steep = np.isfinite(scale)  # what has arrived moves by less than can be told
    assert steep[:, :1000].sum() > 500
    np.testing.assert_allclose(scale[steep], expected.T[steep], rtol=1e-6)
    assert "has shrunk from 2.14" in " ".join(because(run, 100, "AdaGrad"))


def test_gradient_descent_goes_straight_down():
    run = replay(optim.RaceSpec("rosenbrock", optim.Entry("sgd", {"lr": 1e-3}), (-1.5, 2.0), 20))
    np.testing.assert_allclose(angles(run), 0.0, atol=1e-5)
    assert share(run, 3) is None
    assert "straight downhill" in because(run, 3, "SGD")[0]


@pytest.mark.parametrize(
    "line",
    [
        "x",
        "x = ",
        "x = x.real",
        "x = __import__('os')",
        "x = (lambda: 1)()",
        "x = [1]",
        "x = 'text'",
        "x = f(a=1)",
        "x = a[b]",
        "x = 1 < x < 2",
        "x = f(*a)",
        "x = True",
    ],
)
def test_what_is_not_in_the_language_is_refused(line):
    with pytest.raises(ValueError, match="line"):
        Lines(line)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2 * a - 1", 5.0),
        ("a**2 / 2", 4.5),
        ("-a if a > 2 and not a == 4 else a", -3.0),
        ("max(a, 7) % 4", 3.0),
        ("sqrt(a + 1)", 2.0),
    ],
)
def test_the_evaluator_counts_as_python_does(text, value):
    (line,) = Lines(f"y = {text}")
    assert evaluate(line.node, {"a": 3.0, "x": np.ones((2, 1))}, None, {}) == value


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.5, "0.5"),
        (-0.0, "0"),
        (1 / 3, "0.33333"),
        (123456.0, "123456"),
        (1e-5, "10^{-5}"),
        (-2.5e9, r"-2.5 \cdot 10^{9}"),
        (float("nan"), r"\text{not a number}"),
        (float("-inf"), r"-\infty"),
        (np.array([1.0, -2.0]), r"\begin{pmatrix} 1 \\ -2 \end{pmatrix}"),
    ],
)
def test_numbers_are_written_short(number, text):
    assert written(number) == text


def test_symbols_become_latex():
    assert symbol("β₁").replace(" ", "") == r"\beta_{1}"
    assert symbol("η⁻").replace(" ", "") in (r"\eta^{-}", r"\eta^{−}")


@pytest.mark.parametrize(
    ("line", "written"),
    [
        ("x = x - 1 * (1 - (1 - b**t))", r"1 - \left(1-b^t\right)"),
        ("x = x - (1 - b**t)**2 * x", r"\left(1-b^t\right)^{2}"),
        ("x = x * (1 - b**t)", r"\theta \, \left(1-b^t\right)"),
        ("x = x / (1 - b**t)", r"\frac{\theta}{1-b^t}"),
    ],
)
def test_a_sum_of_weights_is_written_as_the_difference_that_it_stands_for(line, written):
    assert written in formulas(optim.rule(line))[-1]


def test_the_length_of_radams_average_is_as_in_the_paper():
    line = next(text for text in formulas(optim.OPTIMIZERS["radam"]) if text.startswith(r"\rho_t"))
    assert line == r"\rho_t = \rho_\infty - \frac{2 \, t \, \left(1 - \left(1-\beta_{2}^t\right)\right)}{1-\beta_{2}^t}"
