"""Scripts that leave the app: run where nothing but NumPy can be imported, they print the numbers of the race."""

import ast
import dataclasses
import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import optim
from optim.core.errors import ScriptError
from optim.explain import formulas, replay, written_lines
from optim.export import COLUMNS, Script, csv, network_script, numpy_script, optim_script, parquet, torch_script
from optim.export.function_code import function_code
from optim.export.source_code import Sources
from optim.problems.transforms import dialled
from optim.races.entry import no_modifier, no_schedule
from tests.support import compare_step_by_step, samples

STEPS = 200
TOLERANCE = 1e-12
WRITTEN = [rule for rule in optim.OPTIMIZERS.values() if "script" not in rule.exempt]
RUNNER = """
import contextlib, importlib.abc, io, json, sys

class OnlyNumpy(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] not in sys.stdlib_module_names | {"numpy"}:
            raise ImportError(f"{name} is not there")

sys.meta_path.insert(0, OnlyNumpy())
printed = []
for script in json.load(sys.stdin):
    with contextlib.redirect_stdout(io.StringIO()) as out:
        exec(compile(script, "script", "exec"), {"__name__": "__main__"})
    printed.append(out.getvalue())
json.dump(printed, sys.stdout)
"""


def printed(scripts):
    """Return what scripts print that run one after another where only NumPy and the standard library can be imported."""
    done = subprocess.run(
        [sys.executable, "-I", "-W", "error", "-c", RUNNER], input=json.dumps(scripts), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return [pd.read_csv(io.StringIO(text)) for text in json.loads(done.stdout)]


def deviation(table, spec):
    """Return how far a printed table is off the race's own, each number relative to its size or to 1."""
    ours = optim.race(spec).table()[list(COLUMNS)]
    assert list(table.columns) == list(COLUMNS)
    assert table["optimizer"].tolist() == ours["optimizer"].astype(str).tolist()
    assert table["step"].tolist() == ours["step"].tolist()
    a, b = (frame[list(COLUMNS[2:])].to_numpy(float) for frame in (table, ours))
    assert (np.isnan(a) == np.isnan(b)).all()
    with np.errstate(all="ignore"):
        off = np.where((a == b) | np.isnan(a), 0.0, np.abs(a - b) / np.maximum(1.0, np.abs(b)))
    return float(np.max(off))


def settings(rule, drawn=1):
    """Yield entries of a rule: as its demonstration, and with settings drawn at random."""
    rng = np.random.default_rng(3)
    yield optim.Entry(rule.name, rule.demo)
    yield from (optim.Entry(rule.name, samples.hyper(rule, rng)) for _ in range(drawn))


def faced(problem, start, steps=STEPS, **more):
    return optim.RaceSpec(problem, optim.Entry("sgd"), start, steps, **more)


LONG = {"quadratic": faced("elongated_bowl", (-7.0, 2.0)), "valley": faced("rosenbrock", (-1.5, 2.0))}
SHORT = {
    "waves": faced("ackley", (2.0, 1.5), 40, rotate=30.0, stretch=2.0, shift=(0.1, -0.2)),
    "noise": faced("himmelblau", (0.5, -1.0), 40, noise=0.3, seed=4),
    "central": faced("beale", (1.0, 1.5), 40, gradient="central"),
    "central noise": faced("matyas", (1.0, 1.5), 40, gradient="central", noise=0.1, rotate=-50.0),
    "typed": faced("abs(x)**1.5 + max(x, 2*y)**2 + exp(x/5) + 2**0.3*y**20", (1.0, 0.8), 40),
    "mended": faced("sqrt(x**2 + y**2)", (1.0, 0.0), 40),
    "budget": faced("booth", (1.0, 0.0), 40, budget=17),
}


def assert_printed(specs):
    """Assert that the scripts of these races leave nothing out and print the races' numbers."""
    scripts = [numpy_script(spec) for spec in specs]
    assert not [script.left_out for script in scripts if script.left_out]
    for spec, table in zip(specs, printed([script.text for script in scripts]), strict=True):
        assert deviation(table, spec) <= TOLERANCE, spec


@pytest.mark.parametrize("face", LONG)
def test_the_numpy_script_prints_the_numbers_of_the_race(face):
    assert_printed([dataclasses.replace(LONG[face], entries=tuple(settings(rule))) for rule in WRITTEN])


@pytest.mark.parametrize("face", SHORT)
@pytest.mark.long
def test_the_numpy_script_keeps_every_condition(face):
    rules = [entry for rule in WRITTEN for entry in settings(rule)]
    assert_printed([dataclasses.replace(SHORT[face], entries=tuple(rules[i : i + 12])) for i in range(0, len(rules), 12)])


@pytest.mark.long
def test_the_numpy_script_keeps_schedules_and_modifiers():
    entries = []
    for rule in WRITTEN:
        modifiers = [name for name in optim.MODIFIERS if not no_modifier(rule, name)]
        entries += [optim.Entry(rule.name, rule.demo, modifiers=[name]) for name in modifiers]
    for schedule in optim.SCHEDULES:
        entries.append(optim.Entry("yogi", {"lr": 0.3}, schedule=schedule, modifiers=["clip_norm", "l2", "clip_value"]))
    entries += [optim.Entry(rule.name, rule.demo, schedule="one_cycle") for rule in WRITTEN if not no_schedule(rule)]
    spec = faced("rosenbrock", (-1.0, 1.0), 40)
    assert_printed([dataclasses.replace(spec, entries=tuple(entries[i : i + 12])) for i in range(0, len(entries), 12)])


def test_first_order_optimizers_all_have_a_script():
    lacking = {rule.name for rule in optim.OPTIMIZERS.values() if rule not in WRITTEN}
    assert lacking == {rule.name for rule in optim.OPTIMIZERS.values() if "value" in rule.uses}


def test_who_cannot_be_written_is_named_and_the_others_race():
    spec = optim.RaceSpec("sphere", (optim.Entry("nelder_mead"), optim.Entry("sgd", {"lr": 0.1})), (1.0, 1.0), 5)
    script = numpy_script(spec)
    assert len(script.left_out) == 1
    assert script.left_out[0].startswith("Nelder-Mead is left out: its lines")
    assert script.left_out[0] in script.text
    (table,) = printed([script.text])
    assert deviation(table, dataclasses.replace(spec, entries=spec.entries[1:])) <= TOLERANCE
    alone = numpy_script(dataclasses.replace(spec, entries=spec.entries[:1]))
    assert (alone.text, len(alone.left_out)) == ("", 1)


@pytest.mark.parametrize(
    "spec",
    [
        optim.RaceSpec("rosenbrock_n", optim.Entry("sgd"), (1.0, 2.0, 3.0)),
        optim.RaceSpec(optim.Problem("mine", lambda x: x[0], lambda x: x), optim.Entry("sgd"), (1.0, 2.0)),
        optim.RaceSpec("sphere", optim.Entry("cma_es"), (1.0, 2.0), budget=9),
    ],
)
def test_where_there_is_no_script_a_sentence_says_why(spec):
    script = numpy_script(spec)
    assert script.text == ""
    assert script.left_out[0].endswith(".")


@pytest.mark.parametrize("name", ["adam", "adagrad", "momentum", "prodigy", "schedule_free_sgd", "lookahead_adam", "lbfgs"])
@pytest.mark.long
def test_a_line_that_is_changed_changes_path_shown_numbers_and_script_together(name, monkeypatch):
    whole = optim.OPTIMIZERS[name]
    place = max(i for i, line in enumerate(whole.lines) if line.name == "x")
    rewritten = [f"x = 0.25 + ({line.text})" if i == place else line for i, line in enumerate(whole.lines)]
    changed = dataclasses.replace(whole, lines=whole.lines.changed(*rewritten))
    spec = optim.RaceSpec("sphere", optim.Entry(name, {"lr": 0.1}), (1.0, 2.0), 5)
    before = optim.race(spec)
    monkeypatch.setitem(optim.OPTIMIZERS._items, name, changed)
    after = optim.race(spec)
    assert not np.isclose(before.path[0, 1:], after.path[0, 1:]).any()
    run = replay(spec)
    np.testing.assert_allclose(run.all_steps.after["x"], after.path[0, 1:].T, rtol=1e-14)
    assert any("0.25" in text for text in written_lines(run, 2))
    assert any("0.25" in text for text in formulas(changed))
    (table,) = printed([numpy_script(spec).text])
    assert deviation(table, spec) <= TOLERANCE


def test_what_a_visitor_writes_stays_a_text():
    label = '"""\n\\ \'); import os; print(1) #é\u2028'
    spec = optim.RaceSpec("x**2 + y**2 + 0*x", optim.Entry("sgd", {"lr": 0.1}, label=label), (1.0, 2.0), 3)
    for script in (numpy_script(spec), optim_script(spec)):
        constants = [node.value for node in ast.walk(ast.parse(script.text)) if isinstance(node, ast.Constant)]
        assert label in constants
        assert "import os" not in [ast.unparse(node) for node in ast.walk(ast.parse(script.text)) if isinstance(node, ast.Import)]
    assert "0*x" not in numpy_script(spec).text


@pytest.mark.long
def test_the_optim_script_prints_the_table():
    spec = optim.RaceSpec(
        "x**2 + y**4",
        (optim.Entry("adam", {"lr": 0.3}, "cosine", ["clip_norm"], "mine"), optim.Entry("nelder_mead"), optim.Entry("sgd")),
        (1.0, 2.0),
        20,
        noise=0.1,
        budget=30,
        rotate=20.0,
    )
    bounded = optim.RaceSpec("rosenbrock_n", optim.Entry("adam"), (1.0, 2.0, 3.0), target=0.5, gradient="central", seed=3)
    for one in (spec, bounded):
        script = optim_script(one)
        namespace = {}
        exec(script.text.rpartition("print(")[0], namespace)
        assert namespace["spec"] == one
    root = Path(optim.__file__).parent.parent
    run = [sys.executable, "-c", optim_script(spec).text]
    table = subprocess.run(run, cwd=root, capture_output=True, text=True, check=True).stdout
    assert table == optim.race(spec).table().to_csv(index=False)


@pytest.mark.long
def test_the_script_of_a_training_prints_its_table():
    entries = (optim.Entry("adam", {"lr": 0.02}, "cosine"), optim.Entry("g = gradient(x)\nx = x - lr * g", {"lr": 0.1}))
    spec = optim.NetworkSpec("sin(x)*y", entries, layers=(5,), activation="tanh", batch=8, steps=6, weights="own", dropout=0.1)
    script = network_script(spec)
    namespace = {}
    exec(script.text.rpartition("print(")[0], namespace)
    assert namespace["spec"] == spec
    run = [sys.executable, "-c", script.text]
    table = subprocess.run(run, cwd=Path(optim.__file__).parent.parent, capture_output=True, text=True, check=True).stdout
    assert table == optim.train(spec).table().to_csv(index=False)
    own = dataclasses.replace(spec, data=spec.examples)
    assert network_script(own).text == ""
    assert "cannot hold" in network_script(own).left_out[0]


def call_of(text):
    """Return the class of a call of PyTorch and its keywords, as it is written."""
    tree = ast.parse(text, mode="eval").body
    return ast.unparse(tree.func), {keyword.arg: ast.unparse(keyword.value) for keyword in tree.keywords}


TORCH = [case for case in compare_step_by_step.cases() if case.library.startswith("PyTorch ")]


@pytest.mark.parametrize("case", TORCH, ids=lambda case: case.name)
def test_the_call_of_pytorch_is_the_one_of_the_recorded_run(case):
    ours, keywords = call_of(case.entry.rule.torch.written(case.entry.hyper))
    recorded, given = call_of(case.call.split(" with ")[0])
    assert ours == recorded
    for name, text in given.items():
        value = case.entry.hyper["lr"] if text == "lr" else ast.literal_eval(text)
        assert ast.literal_eval(keywords[name]) == value, name
    script = torch_script(optim.RaceSpec(case.problem, case.entry, tuple(case.path[0]), 5))
    assert f"optimizer = {ours}(model, " in script.text


def test_whoever_is_held_against_pytorch_has_its_call():
    held = {case.entry.optimizer for case in TORCH if case.entry.rule.family != "Wrappers"}
    assert held | {"lbfgs"} == {rule.name for rule in optim.OPTIMIZERS.values() if rule.torch}
    for case in TORCH:
        for kind, text in zip(case.entry.modifiers, case.call.split(" with ")[1:], strict=False):
            if "clip" in text:
                assert call_of(optim.MODIFIERS[kind[0]].torch.format(**dict(kind[1:])))[0] == call_of(text)[0]


def test_the_torch_script_prints_the_numbers_of_the_race(torch_python):
    entries = [optim.Entry(rule.name, rule.demo) for rule in optim.OPTIMIZERS.values() if rule.torch]
    entries += [optim.Entry("sgd", {"lr": 0.1}, "cosine", ["clip_norm"]), optim.Entry("adagrad", modifiers=["l2", "clip_value"])]
    entries += [optim.Entry("momentum", {"lr": 0.01}, "step"), optim.Entry("rmsprop", modifiers=["decoupled_decay"])]
    first, second = tuple(entries[:12]), tuple(entries[12:])
    specs = [optim.RaceSpec("elongated_bowl", part, (-7.0, 2.0), STEPS) for part in (first, second)]
    specs += [optim.RaceSpec("himmelblau", part, (0.5, -1.0), 40, noise=0.1, rotate=20.0) for part in (first, second)]
    specs += [optim.RaceSpec("ackley", second, (0.5, -1.0), 40, gradient="central", noise=0.1, budget=60)]
    specs += [optim.RaceSpec("exp(x)*max(x, y) + 2**x + abs(y)**1.5 + sqrt(2)", second, (0.5, -1.0), 20)]
    for spec in specs:
        script = torch_script(spec)
        done = subprocess.run([torch_python, "-W", "error", "-c", script.text], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert deviation(pd.read_csv(io.StringIO(done.stdout)), spec) <= 1e-9, spec


@pytest.mark.parametrize(
    ("entry", "problem", "reason"),
    [
        (optim.Entry("prodigy"), "sphere", "Prodigy is left out: PyTorch does not have it."),
        (optim.Entry("lookahead_adam"), "sphere", "Lookahead Adam is left out: PyTorch does not have it."),
        (optim.Entry("nesterov", {"momentum": 0.0}), "sphere", "Nesterov is left out: PyTorch's needs a momentum above 0."),
        (optim.Entry("sgd"), "5", "PyTorch finds no gradient of a function that is constant."),
    ],
)
def test_where_pytorch_has_no_such_thing_a_sentence_says_so(entry, problem, reason):
    assert torch_script(optim.RaceSpec(problem, entry, (1.0, 1.0))) == Script("", (reason,))


@pytest.mark.parametrize("problem", optim.PROBLEMS.values(), ids=lambda problem: problem.name)
@pytest.mark.long
def test_every_function_is_written_to_the_last_bit(problem):
    points = np.random.default_rng(5).uniform(*np.array(problem.domain).T, size=(20, 2))
    points = np.concatenate([points, np.zeros((1, 2)), np.ones((1, 2)), *[np.array([start]) for start in problem.starts]])
    for spec in (optim.RaceSpec(problem.name, optim.Entry("sgd"), (1.0, 1.0), **dials) for dials in ({}, {"rotate": 25.0})):
        sources, made = Sources(), {"np": np}
        codes = function_code(spec, sources, hessian=True)
        exec("\n\n".join([*sources.code, *codes]), made)
        faced = dialled(problem, spec.rotate)
        with np.errstate(all="ignore"):
            for point in points:
                for ours, theirs in ((made["f"], faced.value), (made["grad_f"], faced.gradient), (made["hess_f"], faced.hessian)):
                    np.testing.assert_array_equal(ours(point), theirs(point[:, None])[..., 0])


def test_a_name_of_a_rule_hides_no_function_of_its_script():
    entry = optim.Entry("rmsprop", {"centered": True, "lr": 0.1}, modifiers=["cautious"])
    assert_printed([optim.RaceSpec("booth", entry, (1.0, 2.0), 6)])


@pytest.mark.parametrize("write", [numpy_script, optim_script, torch_script], ids=lambda write: write.__name__)
def test_a_script_of_twelve_racers_takes_no_time_to_write(write):
    rules = [rule for rule in WRITTEN if rule.torch][:12]
    spec = dataclasses.replace(faced("rosenbrock", (1.0, 2.0), 9), entries=tuple(optim.Entry(rule.name) for rule in rules))
    short, long = write(spec), write(dataclasses.replace(spec, steps=optim.races.spec.MAX_STEPS))
    assert len(rules) == 12
    assert long.left_out == ()
    assert [rule.name for rule in rules if rule.name not in long.text] == []
    # Whatever the number of steps: only that number is longer.
    assert long.text.replace(str(optim.races.spec.MAX_STEPS), "9") == short.text
    assert len(long.text) < 40_000


def test_the_table_as_a_file():
    result = optim.race(dataclasses.replace(faced("sphere", (1.0, 2.0), 5), entries=(optim.Entry("sgd"), optim.Entry("cma_es"))))
    table = result.table().astype({"optimizer": str})
    pd.testing.assert_frame_equal(pd.read_csv(io.StringIO(csv(result))), table, check_exact=True, check_dtype=False)
    pytest.importorskip("pyarrow", reason="Parquet needs pyarrow")
    pd.testing.assert_frame_equal(pd.read_parquet(io.BytesIO(parquet(result))).astype({"optimizer": str}), table, check_exact=True)


def test_without_pyarrow_a_sentence_says_so(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ScriptError, match="pyarrow"):
        parquet(optim.race(faced("sphere", (1.0, 2.0), 5)))
