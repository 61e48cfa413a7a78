"""Rules that somebody types: equal to the built-in ones, wrong ones named with line and column, and nothing typed evaluated."""

import random
import re

import numpy as np
import pytest

import optim
from optim.core.rules.arrange import _Arrange
from optim.core.simulate import Conditions, simulate
from optim.explain import replay, written_lines
from optim.export import numpy_script, optim_script
from optim.i18n.message import translated
from optim.optimizers.typed import LARGEST, LENGTH, typed
from optim.races.entry import no_modifier
from tests.export.test_scripts import printed
from tests.support import rule_contract, samples
from tests.support.random_rules import random_text

HEAVY_BALL = """
g = gradient(x)
velocity = momentum * velocity + g
x = x - lr * velocity
"""
ADAM = """
g = gradient(x)
m = beta1 * m + (1 - beta1) * g
v = beta2 * v + (1 - beta2) * g**2
m_hat = m / (1 - beta1**t)
v_hat = v / (1 - beta2**t)
x = x - lr * m_hat / (sqrt(v_hat) + eps)
"""
MANY_KINDS = """
g = gradient(x)
here = value(x)
best starts at 1
best = min(best, here)
old starts at x
change = x - old
scale = clip(norm(g) / (norm1(g) + eps), 0.1, 1) if here > best or not here <= 1 else exp(-abs(a))
old := x
mask = 1 if g * change > 0 else b
m = c * m + (1 - c) * g * mask / max(mean(mask), 0.001) - zero(g)
x = x - lr * scale * sign(m) * sqrt(abs(m)) if t % 2 == 1 else x - lr * g / (1 + dot(g, g))
"""


@pytest.mark.parametrize(
    ("text", "name", "values"),
    [(HEAVY_BALL, "momentum", {"momentum": 0.8}), (ADAM, "adam", {"beta1": 0.8, "beta2": 0.95, "eps": 1e-6})],
)
def test_a_typed_rule_has_the_bits_of_the_built_in_one(text, name, values):
    values = {"lr": 0.03, **values}
    spec = optim.RaceSpec("rosenbrock", [optim.Entry(text, values), optim.Entry(name, values)], (-1.0, 1.0), 100, noise=0.1)
    typed_path, built_in = optim.race(spec).path
    assert samples.bits(typed_path) == samples.bits(built_in)


@pytest.mark.parametrize("text", [HEAVY_BALL, ADAM, MANY_KINDS])
def test_a_typed_rule_keeps_what_rules_promise(text):
    made, problem = optim.rule(text), optim.PROBLEMS["rosenbrock"]
    rule_contract.check_alone_is_in_a_batch(made, problem)
    rule_contract.check_pure(made, problem)
    rule_contract.check_charges(made, problem)
    x, hypers = rule_contract.batch(made, problem)
    ends = [simulate(made, hypers[1], x, Conditions(problem, 20), [0] * x.shape[1], keeps_states=keeps) for keeps in (True, False)]
    assert samples.bits(ends[0]) == samples.bits(ends[1])


def test_a_typed_rule_is_shown_and_taken_home():
    entry = optim.Entry(ADAM, {"lr": 0.3}, "cosine", ["clip_norm"])
    spec = optim.RaceSpec("elongated_bowl", entry, (-7.0, 2.0), 12)
    assert optim.RaceSpec.from_json(spec.to_json()) == spec
    run = replay(spec)
    assert any(r"\sqrt" in text for text in written_lines(run, 3))
    np.testing.assert_allclose(run.all_steps.after["x"], run.path[1:].T, rtol=1e-12)
    assert "beta1" in numpy_script(spec).text
    assert f'"""\\\n{ADAM}"""' in optim_script(spec).text


def test_settings_are_found_with_their_ranges_and_memory_starts_at_zero():
    made = optim.rule("gain starts at 2\ng = gradient(x)\nx = x - lr * gain * g - drift * pull\npull = beta1 * pull + g", lr=0.2)
    assert [(p.name, p.default) for p in made.parameters] == [("lr", 0.2), ("drift", 0.5), ("beta1", 0.9)]
    assert made.parameter("beta1") == optim.OPTIMIZERS["adam"].parameter("beta1")
    assert set(made.memory) == {"gain", "pull"}
    state = made.init(None, np.ones((2, 3)), samples.defaults(made))
    assert np.array_equal(state["pull"], np.zeros((2, 3)))
    assert state["gain"] == 2
    with pytest.raises(ValueError, match="beta9 is no setting"):
        optim.rule(ADAM, beta9=0.1)


WRONG = {
    "y = 1": (1, 1, "no line sets x"),
    "x = x - lr * gradient(x)": (1, 14, "line of its own"),
    "g = gradient(x)\nx = x - lr * foo(g)": (2, 14, "no function foo"),
    "g = gradient(x)\nx = x -* g": (2, 8, "cannot be read"),
    "g = gradient(x)\n\n  x = x - (lr * g": (3, 11, "cannot be read"),
    "x = x - lr * x.real": (1, 14, "x.real cannot stand"),
    "x = x - 'a'": (1, 9, "cannot stand"),
    "x = x - (x > 0)": (1, 10, "only stand in a test"),
    "x = x - max(x)": (1, 9, "max takes 2"),
    "x = x - norm(lr) * x": (1, 9, "of a vector"),
    "x = x**3": (1, 5, "can be squared"),
    "v = v + g^2": (1, 10, "a power is written with **, as in g**2"),
    "é = 1\nx = x - (é + g)^2 * g": (2, 16, "a power is written with **"),
    "x = x[0]": (1, 5, "x[0] cannot stand in a rule"),
    "x = x - 1e200": (1, 9, "at most"),
    "x = x - identity": (1, 9, "meaning of its own"),
    "sqrt = 1\nx = x - sqrt": (1, 8, "meaning of its own"),
    "lambda = 1\nx = x": (1, 10, "meaning of its own"),
    "a starts at b + c\nb = 1\nx = x - a": (1, 13, "not known yet"),
    "x = x - lr * g": (1, 14, "begin with g = gradient(x)"),
    "x == 1": (1, 1, "no line of a rule"),
    "x = x" + ".a" * 900: (1, 5, "cannot stand in a rule"),
    "x = x" + "()" * 900: (1, 5, "cannot stand in a rule"),
    "x = " + "~" * 1500 + "x": (1, 5, "cannot stand in a rule"),
    "x starts at 3\nx = x - lr": (1, 13, "starts nowhere"),
    "g starts at 3\ng = gradient(x)\nx = x - g": (1, 13, "starts nowhere"),
    "v starts at 1\nv starts at 2\nv = v + 1\nx = x - v": (2, 13, "starts twice"),
    "g = gradient(x)\nx = x - lr * identity * g": (2, 14, "meaning of its own"),
    "just words": (1, 1, "no line of a rule"),
}


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_is_said_with_line_and_column(text):
    line, column, words = WRONG[text]
    with pytest.raises(optim.RuleError, match=re.escape(words)) as caught:
        optim.rule(text)
    assert (caught.value.line, caught.value.column) == (line, column)
    assert f"(line {line}, column {column})" in str(caught.value)


class Everything:
    """A language that translates every single word."""

    def gettext(self, message):
        return "§" if message.isidentifier() else message


@pytest.mark.parametrize(
    "text",
    [
        "x = x - step(x)",
        "gradient = 1\nx = x - gradient",
        "loss starts at 1\nx = x - x",
        "step = step + 1\nv starts at step\nv = v + 1\nx = x - v",
        "x = x - sign(1, 2)",
        "x = x - 2*gradient(x)",
    ],
)
def test_names_in_code_are_not_translated(text):
    with pytest.raises(optim.RuleError) as caught:
        optim.rule(text)
    assert "§" not in translated(caught.value.problem, Everything())


@pytest.mark.parametrize("text", [5, None, b"x = x"])
def test_a_rule_is_a_text(text):
    with pytest.raises(optim.RuleError, match="text of lines"):
        optim.rule(text)


@pytest.mark.parametrize("value", ["x", float("nan"), -1, None])
def test_a_default_is_a_value_that_the_setting_takes(value):
    with pytest.raises(optim.SpecError, match=r"lr is .*a number of 0 or more"):
        optim.rule("g = gradient(x)\nx = x - lr * g", lr=value)


@pytest.mark.parametrize("term", ["1", "g", "g / 2 + 1", "sqrt(abs(g) + 1)"])
def test_a_long_sum_is_arranged_as_fast_as_it_is_long(term, monkeypatch):
    counted, plain = [], _Arrange._plain
    monkeypatch.setattr(_Arrange, "_plain", lambda self, node: (counted.append(1), plain(self, node))[1])
    text = f"g = gradient(x)\nx = x - 1e-3 * (g{f' + {term}' * 18})"
    made = optim.rule(text)
    made.compiled.program({})
    assert len(counted) < 1000


def moved(text, **values):
    """Return where a typed rule goes from (1, 2) on x**2 + y**2, (6, 2), as a race, by its lines and by its script."""
    spec = optim.RaceSpec("x**2 + y**2", optim.Entry(text, values), (1.0, 2.0), 5)
    again = replay(spec)
    assert all(written_lines(again, step) for step in range(1, 6))
    shown = np.vstack([again.path[:1], again.all_steps.after["x"].T])
    return again.path, shown, printed([numpy_script(spec).text])[0][["x", "y"]].to_numpy()


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("g = gradient(x)\nµ = 0.9 * µ + g\nx = x - 0.1 * µ", [0.8, 1.6]),
        ("ｇ ＝ gradient（ｘ）\nｘ ＝ ｘ － 0.1 ＊ ｇ", [0.8, 1.6]),
        ("g = gradient(x)\nv = 1\nd = norm(v)\nv = g\nx = x - 0.1 * d * d * v", [0.6, 1.2]),
        ("g = gradient(x)\nc = c + 1\nd = dot(g, c if t > 0 else g)\nx = x - 0.1 * d * g", [-0.2, -0.4]),
        ("g = gradient(x)\nc = c + 1\nd = norm(c if lr > 0 else g)\nx = x - 0.1 * d * d * g", [0.6, 1.2]),
        ("g = gradient(x)\nd = norm1(3 if lr > 0 else g)\nx = x - 0.1 * d * g", [-0.2, -0.4]),
        ("g = gradient(x)\nb_sum = b_sum + g\nx = x - 0.05 * b_sum / (1 - b**t)", [0.8, 1.6]),
        ("t starts at 1\ng = gradient(x)\nx = x - 0.1 * g * (1 - b**t)", [0.85, 1.7]),
    ],
)
def test_race_shown_numbers_and_script_are_the_same_however_it_is_written(text, first):
    path, shown, script = moved(text)
    np.testing.assert_allclose(path[1], first, rtol=1e-14)
    np.testing.assert_allclose(shown, path, rtol=1e-14)
    np.testing.assert_allclose(script, path, rtol=1e-14)


def test_a_sum_of_weights_stays_one_under_a_schedule_of_the_rate():
    """1 - lr**t has the lr of its step, and is no sum of weights, whose lr would be another in every term."""
    entry = optim.Entry("x = x - (1 - lr**t)", {"lr": 0.5}, schedule=("exponential", {"gamma": 0.9}))
    path = optim.race(optim.RaceSpec("x", entry, (1.0, 2.0), 2)).path[0, :, 0]
    np.testing.assert_allclose(path, [1.0, 0.5, 0.5 - (1 - 0.45**2)], rtol=1e-14)


def race_or_error(text):
    """Race a text as a rule, a few steps of three runs; return whether it raced. Anything but a RuleError fails the test."""
    try:
        made = typed(text)
    except optim.RuleError as caught:
        error = caught
    else:
        error = None
    if error:
        assert 1 <= error.line <= max(1, len(text.splitlines()))
        assert error.column >= 1
        return False
    problem, x = optim.PROBLEMS["rosenbrock"], np.array([[1.0, -2.0, 1e200], [0.5, 0.0, -1e200]])
    end = simulate(made, samples.defaults(made), x, Conditions(problem, 5), [0, 1, 2])
    assert end.shape == x.shape
    return True


def test_300_random_rules_race_or_are_named_wrong():
    rng = random.Random(7)
    raced = sum(race_or_error(random_text(rng)) for _ in range(300))
    assert 30 < raced < 270


HOSTILE = [
    "__import__('os').system('true')",
    "().__class__.__bases__[0].__subclasses__()",
    "[a for a in (1, 2)]",
    "(lambda: 1)()",
    "exec('1')",
    "eval(x)",
    "open('f')",
    "9**9**9**9",
    "9**9**9**9 * x",
    "2**(2**(2**x))",
    "x" + " + x" * 400,
    "-" * 290 + "x",
    "(" * 140 + "x" + ")" * 140,
    "abs(" * 60 + "x" + ")" * 60,
    "1 if " * 40 + "x",
    "x if x else " * 60 + "x",
    "10**400",
    "1" * 5000,
    "1e999",
    "1e999 - 1e999",
    "0x" + "f" * 300,
    "x; import os",
    "x\x00",
    "x # = y",
    "f'{x}'",
    "x := 3",
    "*x",
    "x[0:2]",
    "x[10**9]",
    "{x}",
    "x @ x",
    "await x",
    "yield x",
    "print(x)",
    "value",
    "oracle",
    "state",
    "hp['lr']",
    "c1",
    "n2(x)",
    "np",
    "sqrt(-1) * x",
    "1 / 0",
    "0 / 0 * x",
    "5 % 0",
    "x % 0",
    "exp(exp(exp(9)))",
    "exp(exp(exp(x)))",
    "sqrt(0 - lr)",
    "(0 - 8)**0.333",
    "0**(0 - 1)",
    "True",
    "None",
    "...",
    "1j",
    "'=' * 9",
    "ﬁ + x",
    "ｘ",
    "β * x",
    "λ",
    "x\u2028y",
    "t * t * t",
    "max(min(max(x, 1), 2), lr)",
    "dot(x, 1)",
    "norm(norm(x))",
    "mean(1)",
    "zero(lr)",
    "sign()",
    "clip(x)",
    "identity * x",
]


def hostile_texts():
    for text in HOSTILE:
        yield f"x = {text}"
        yield f"g = gradient(x)\nm = {text}\nx = x - m"
        yield f"m starts at {text}\nm = m * m + m * 3\nx = x - m"
    yield from ("x = x\n" * 31, "x" * (LENGTH + 1), "", "\n", "=", "x =", "= x", "x = x = x", "gradient = 1\nx = gradient(x)")
    yield "\n".join(["x = x", *(f"a{i} = a{i} + 1" for i in range(13))])
    yield "x = " + " + ".join(f"a{i}" for i in range(13))
    yield "\n".join([*(f"g{i} = gradient(x)" for i in range(5)), "x = x"])


def test_200_hostile_rules_race_or_are_named_wrong():
    texts = list(hostile_texts())
    assert len(texts) >= 200
    raced = [text for text in texts if race_or_error(text)]
    assert 5 < len(raced) < len(texts) - 100


def test_numbers_do_not_grow_without_end():
    """Whole numbers of Python would double their digits in every step."""
    made = optim.rule("m = m * m + 3\nx = x - 0 * m")
    end = simulate(made, {}, np.ones((2, 2)), Conditions(optim.PROBLEMS["sphere"], 200), [0, 0])
    assert np.isnan(end).all()
    assert LARGEST < 1e154


def test_code_holds_nothing_that_was_typed():
    text = "secret_name = 12345.678 * gradient_of_doom\ng = gradient(x)\nx = x - lr * secret_name * g"
    made = typed(text)
    function = made.compiled._for(samples.defaults(made)).step
    names = {*function.__code__.co_names, *function.__code__.co_varnames}
    assert not any("secret" in name or "doom" in name for name in names)


@pytest.mark.parametrize(
    ("lines", "modifier", "reason"),
    [
        ("g = gradient(x)\npull = 0.9 * pull + g\nx = x - lr * pull", "decoupled_decay", "another use for the name pull"),
        ("g = gradient(x)\nmax_norm = norm(g)\nx = x - lr * g / max_norm", "clip_norm", "another use for the name max_norm"),
        ("g = gradient(x)\nx = x - lr * g / max_norm", "clip_norm", "max_norm among its own settings"),
        ("slope = gradient(x)\nx = x - lr * slope", "cautious", "do not call the gradient g"),
    ],
)
def test_a_modifier_and_lines_never_share_a_name(lines, modifier, reason):
    assert reason in no_modifier(typed(lines), modifier)
    with pytest.raises(optim.SpecError, match="modifiers"):
        optim.Entry(lines, modifiers=[modifier])
    assert no_modifier(typed("g = gradient(x)\nx = x - lr * g"), modifier) == ""
