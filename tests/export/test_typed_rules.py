"""Typed rules that leave the app: as NumPy, as code for this library and as classes for PyTorch, none holding what was typed."""

import ast
import io
import random
import re
import subprocess
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import optim
from optim.export import COLUMNS, Script, numpy_script, optim_script, torch_classes, torch_line, torch_script
from optim.export.names import safe_names
from optim.optimizers.typed import typed
from tests.export.test_scripts import assert_printed, deviation
from tests.optimizers.test_typed import ADAM, HEAVY_BALL, MANY_KINDS, hostile_texts, random_text

BORROWED = """
range = range + 1
torch = torch + range
f = f + torch
print = gradient(x)
f_ = norm(print)
__debug__ = 1 + f - f
x = x - lr * print * __debug__ / (next + f_ ** power + abs(norm + params + np - range * state))
"""
"""Names that are those of something else in Python, in a script, or in what it copies."""
LOOKS = "g = gradient(x)\nh = curvature(x)\nx = x - lr * g / (abs(h) + value_of)\nvalue_of = 1 + eps"
TESTS_A_SETTING = "g = gradient(x)\nx = x - lr * g if lr < 0.3 else x - lr * sign(g)"
NAMED = [HEAVY_BALL, ADAM, MANY_KINDS, BORROWED, LOOKS, TESTS_A_SETTING]


def those_that_race(texts):
    """Return the texts that are rules."""
    found = []
    for text in texts:
        try:
            typed(text)
        except optim.RuleError:
            continue
        found.append(text)
    return found


def races(texts, **more):
    """Return races of these rules, twelve at a time, each with a name of its own."""
    entries = [optim.Entry(text, label=f"rule {i}", **more) for i, text in enumerate(texts)]
    return [optim.RaceSpec("rosenbrock", entries[i : i + 12], (-1.2, 1.0), 12) for i in range(0, len(entries), 12)]


def random_rules(count):
    rng = random.Random(23)
    return those_that_race(random_text(rng) for _ in range(count))


@pytest.mark.long
def test_the_numpy_script_of_typed_rules_prints_the_numbers_of_the_race():
    specs = races([*NAMED, *random_rules(60), *those_that_race(hostile_texts())])
    assert sum(len(spec.entries) for spec in specs) > 60
    assert_printed(specs)


def test_the_numpy_script_keeps_conditions_schedule_and_modifiers():
    entries = [optim.Entry(text, {"lr": 0.02}, "cosine", ["clip_norm"]) for text in (HEAVY_BALL, ADAM, BORROWED)]
    specs = [optim.RaceSpec("himmelblau", entries, (0.5, -1.0), 40, noise=0.3, rotate=20.0)]
    specs += [replace(specs[0], gradient="central"), replace(specs[0], entries=[optim.Entry(MANY_KINDS)], noise=0.0, budget=30)]
    assert_printed(specs)


@pytest.mark.parametrize(
    ("entry", "more", "reason"),
    [
        (optim.Entry(MANY_KINDS), {"noise": 0.1}, "its lines look at the function in a way of their own"),
        (optim.Entry(TESTS_A_SETTING, schedule="cosine"), {}, "its lines test lr, which the schedule changes"),
    ],
)
def test_where_there_is_no_numpy_script_a_sentence_says_so(entry, more, reason):
    spec = optim.RaceSpec("rosenbrock", entry, (-1.2, 1.0), 5, **more)
    assert numpy_script(spec) == Script("", (f"Your rule is left out: {reason}.",))


def test_the_script_for_this_library_holds_the_lines_and_races_them(capsys):
    spec = optim.RaceSpec("rosenbrock", [optim.Entry(HEAVY_BALL, {"lr": 0.001}), optim.Entry("x = 0.9 * x")], (-1.2, 1.0), 20)
    text = optim_script(spec).text
    assert HEAVY_BALL in text
    exec(text)
    assert deviation(pd.read_csv(io.StringIO(capsys.readouterr().out))[list(COLUMNS)], spec) == 0
    assert ast.parse(optim_script(replace(spec, entries=[optim.Entry('x = x # """\ny = 1')])).text)


def test_a_class_for_pytorch_is_made_of_nodes_alone():
    text = "secret = 12345.678 * doom # not here\ng  =  gradient( x )\nx = x - lr*secret*g"
    script = torch_classes(optim.RaceSpec("sphere", [optim.Entry(text), optim.Entry(ADAM)], (1.0, 2.0)))
    assert script.left_out == ()
    assert "not here" not in script.text
    assert "gradient(" not in script.text
    assert re.findall(r"class (\w+)", script.text) == ["YourRule1", "YourRule2"]
    values = ", ".join(f"{name}={value!r}" for name, value in optim.Entry(ADAM).hyper.items())
    assert f"optimizer = YourRule2(model.parameters(), {values})" in script.text
    ast.parse(script.text)


def test_the_same_rule_twice_is_one_class():
    entries = [optim.Entry(HEAVY_BALL, {"lr": 0.1}), optim.Entry("adam"), optim.Entry(HEAVY_BALL, {"lr": 0.2})]
    script = torch_classes(optim.RaceSpec("sphere", entries, (1.0, 2.0)))
    assert re.findall(r"class (\w+)", script.text) == ["YourRule"]


@pytest.mark.parametrize(
    "text",
    [
        MANY_KINDS,
        LOOKS,
        "g = gradient(x)\nh = gradient(x)\nx = x - lr * g * h",
        "y = x - lr * m\ng = gradient(y)\nm = g\nx = y",
        "x = 0.9 * x\ng = gradient(x)\nx = x - lr * g",
    ],
)
def test_where_there_is_no_class_a_sentence_says_so(text):
    spec = optim.RaceSpec("rosenbrock", optim.Entry(text), (-1.2, 1.0), 5)
    reason = "PyTorch hands an optimizer one gradient, at the point; its lines ask for something else"
    assert torch_classes(spec) == torch_script(spec) == Script("", (f"Your rule is left out: {reason}.",))
    assert "is under “Export and share”" in torch_line(spec.entries[0]).left_out[0]


def compared_with_pytorch(spec):
    """Whether PyTorch can follow a race: not where a number is divided by zero, whose sign it gives otherwise in a remainder."""
    return bool(torch_script(spec).text) and np.isfinite(optim.race(spec).path).all()


def test_the_torch_script_of_typed_rules_prints_the_numbers_of_the_race(torch_python):
    specs = races([text for text in [*NAMED, *random_rules(200)] if compared_with_pytorch(races([text])[0])])
    assert sum(len(spec.entries) for spec in specs) > 30
    entries = [optim.Entry(text, {"lr": 0.02}, "cosine", ["clip_norm"]) for text in (HEAVY_BALL, ADAM, BORROWED)]
    specs.append(optim.RaceSpec("himmelblau", entries, (0.5, -1.0), 40, noise=0.3, rotate=20.0))
    for spec in specs:
        script = torch_script(spec)
        done = subprocess.run([torch_python, "-W", "error", "-c", script.text], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert deviation(pd.read_csv(io.StringIO(done.stdout)), spec) <= 1e-9, spec


TRAINING = """
torch.manual_seed(0)
model = torch.nn.Linear(3, 2)
optimizer = YourRule(model.parameters(), lr=0.01)
data = torch.randn(50, 3)
first = None
for _ in range(200):
    loss = ((model(data) - data[:, :2]) ** 2).mean()
    first = first or loss.item()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
assert loss.item() < 0.2 * first, (first, loss.item())
optimizer.load_state_dict(optimizer.state_dict())
assert optimizer.step(lambda: loss) is loss
"""


@pytest.mark.parametrize("text", [HEAVY_BALL, ADAM, "g = gradient(x)\nm = beta1 * m + g / max(norm(g), 1)\nx = x - lr * m"])
def test_the_class_trains_a_model(torch_python, text):
    code = torch_classes(optim.RaceSpec("sphere", optim.Entry(text), (1.0, 2.0))).text + TRAINING
    done = subprocess.run([torch_python, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_names_are_told_apart_from_those_that_are_taken():
    called = safe_names(["f", "f_", "__debug__", "debug", "____", "lr"], {"f", "lr"})
    assert called == {"f": "f_", "f_": "f__", "__debug__": "debug", "debug": "debug_", "____": "name", "lr": "lr_"}
