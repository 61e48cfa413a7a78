"""Loops in machine code: the engine's bits for all that is fused, the engine for the rest; in threads, called off, broken."""

import dataclasses
import random
import re
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import optim
from optim.core.errors import RuleError
from optim.core.rules.text import Lines
from optim.races.entry import no_modifier, no_schedule
from optim.sweeps import run
from optim.sweeps.fused import block, kernels
from optim.sweeps.fused.block import fused
from optim.sweeps.fused.formula_rows import formula_of
from optim.sweeps.reductions import judged
from optim.sweeps.run import block_of, pieces, run_block
from tests.support import samples
from tests.support.fused import outcome, read, warm
from tests.support.random_rules import random_text

pytest.importorskip("numba")

RATES = (0.001, 0.05, 0.5, 20.0)
"""Among them one that lets runs diverge."""
POLYNOMIALS = [name for name, problem in optim.PROBLEMS.items() if formula_of(problem)]
LINES = [rule for rule in optim.OPTIMIZERS.values() if "gradient" in rule.uses and not (rule.by_hand or rule.answer)]
FIRST_ORDER = [rule for rule in LINES if set(rule.uses) == {"gradient"} and not rule.lines.calls]
"""Rules with functions of their own, such as eigenvectors, stay with the engine."""
POWERS = """
g = gradient(x)
lower = value(x - lr * g)
swapped = t2
t2 = t3 + 1
t3 = swapped + 2
scale = power(norm1(g) + 1, -0.5) * power(norm(x), beta1) + power(t3, 1.5) % 3 + 0.5**t3 + (1 + lr)**0.5
m = beta1 * m + (1 - beta1) * g
far = 1 if not norm(m) > 1 and g * m > 0 or mean(g) < lower else 0.1
x = x - lr * far * scale * clip(m / steepest(m), -0.5, 0.5) - zero(x)
"""


def sweep_of(entry, problem, steps=40, rates=RATES, starts=None, seeds=(), **race):
    """Return a sweep over a few rates and starts."""
    axes = {"lr": rates} if any(parameter.name == "lr" for parameter in entry.rule.parameters) and len(rates) > 1 else {}
    spec = optim.RaceSpec(problem, entry, (1.0, 1.0), steps, **race)
    return optim.SweepSpec(spec, axes, starts or optim.Jittered(2), seeds=seeds)


def everything(result):
    """Return all that reductions hold, as bytes."""
    return [samples.bits(getattr(result, field.name)) for field in dataclasses.fields(result)]


def check(spec, compiler):
    """Assert that every block of a sweep has the engine's bits where its loop is made by `compiler`."""
    for piece in pieces(spec):
        assert everything(outcome(piece, compiler)) == everything(run_block(block_of(piece)))


def test_first_order_rules_and_polynomials_are_fused():
    assert len(FIRST_ORDER) > 25
    assert len(POLYNOMIALS) > 15
    assert {rule.name for rule in FIRST_ORDER} >= {"adam", "prodigy", "sam_sgd", "lookahead_adam", "adamw", "ranger"}


@pytest.mark.parametrize("rule", FIRST_ORDER, ids=samples.named(FIRST_ORDER))
@pytest.mark.long
def test_every_rule_has_the_engines_bits_on_every_polynomial(rule):
    for number, problem in enumerate(POLYNOMIALS):
        check(sweep_of(optim.Entry(rule.name), problem, rates=RATES[: 1 + 3 * (number % 2)]), read)


@pytest.mark.parametrize("rule", FIRST_ORDER, ids=samples.named(FIRST_ORDER))
@pytest.mark.long
def test_every_rule_has_them_in_machine_code(rule):
    problem = POLYNOMIALS[FIRST_ORDER.index(rule) % len(POLYNOMIALS)]
    check(sweep_of(optim.Entry(rule.name), problem, 300, starts=optim.Lattice(17, 17)), kernels.compiled)


@pytest.mark.parametrize("compiler", [read, kernels.compiled])
@pytest.mark.long
def test_powers_and_counters_that_change_places_have_them(compiler):
    given = optim.OPTIMIZERS["adam"]
    rule = given.with_lines(Lines(POWERS))
    made = block_of(pieces(sweep_of(optim.Entry("adam"), "himmelblau", noise=0.1))[0])
    made = dataclasses.replace(made, rule=rule, base=rule)
    own = fused(made)
    assert {"power(", "raised(", " % ", "hypot("} <= {
        word for word in ("power(", "raised(", " % ", "hypot(") if word in own.source.text
    }
    with np.errstate(all="ignore"):
        ours = judged(made.criteria, own.run(compiler(own.source.text)))
    assert everything(ours) == everything(run_block(made))


def random_fused(count):
    """Return sweeps of that many rules drawn at random that are fused."""
    rng, found = random.Random(11), []
    while len(found) < count:
        try:
            entry = optim.Entry(random_text(rng))
        except RuleError:
            continue
        spec = sweep_of(entry, rng.choice(POLYNOMIALS), 12, noise=rng.choice([0.0, 0.1]))
        found += [spec] if fused(block_of(pieces(spec)[0])) else []
    return found


@pytest.mark.long
def test_100_rules_drawn_at_random_have_them():
    for spec in random_fused(100):
        check(spec, read)


@pytest.mark.long
def test_some_of_them_have_them_in_machine_code():
    for spec in random_fused(3):
        check(spec, kernels.compiled)


@pytest.mark.parametrize("rates", [RATES, ()], ids=["a rate per run", "one rate"])
@pytest.mark.parametrize("name", optim.SCHEDULES)
def test_schedules_have_them(name, rates):
    check(sweep_of(optim.Entry("adam", schedule=name), "rosenbrock", rates=rates), read)


@pytest.mark.parametrize("name", optim.MODIFIERS)
@pytest.mark.long
def test_modifiers_have_them(name):
    for rule in FIRST_ORDER:
        if not no_modifier(rule, name):
            schedule = "constant" if no_schedule(rule) else "cosine"
            check(sweep_of(optim.Entry(rule.name, schedule=schedule, modifiers=(name,)), "himmelblau", 20), read)


CONDITIONS = {
    "noise": {"noise": 0.3, "seeds": (1, 2, 3)},
    "no budget at all": {"budget": 0},
    "a small budget": {"budget": 7},
    "a budget that runs diverge before": {"budget": 60, "target": 0.5, "steps": 200},
    "a target": {"target": 0.1},
    "one step": {"steps": 1},
    "fewer steps than a tail": {"steps": 3},
    "many steps": {"steps": 400},
    "starts that are lost": {"starts": optim.Points(((1e200, 1.0), (0.5, 0.5), (-1e300, 2.0)))},
}


FAR_WELL = "x**2*((x - 20)**2 - 1)/400 + y**2"
"""A function whose lowest values lie outside the window that is searched, where runs with large rates get to."""


@pytest.mark.parametrize("problem", ["monkey_saddle", "(x**2 - 1)**2 + y**2", FAR_WELL, "x**3 + y", "5"])
@pytest.mark.parametrize("given", CONDITIONS.values(), ids=CONDITIONS)
def test_what_a_sweep_looks_for_is_found_alike(given, problem):
    for name in ("adam", "sam_sgd"):
        check(sweep_of(optim.Entry(name), problem, **given), read)


@pytest.mark.parametrize("given", [{"noise": 0.3, "seeds": (1, 2, 3)}, {"budget": 60, "target": 0.5, "steps": 200}])
@pytest.mark.long
def test_searches_and_noise_and_targets_have_them_in_machine_code(given):
    check(sweep_of(optim.Entry("momentum", schedule="cosine"), "x**4 - 3*x*y + y**2/7", **given), kernels.compiled)


STAY = {
    "a line search": ("conjugate_gradient", "himmelblau", {}),
    "a Hessian": ("newton", "himmelblau", {}),
    "a rule's own functions": ("lbfgs", "himmelblau", {}),
    "an answer that is not the point": ("schedule_free_sgd", "himmelblau", {}),
    "central differences": ("adam", "himmelblau", {"gradient": "central"}),
    "no polynomial": ("adam", "rastrigin", {}),
    "corners": ("adam", "abs(x) + y**2", {}),
    "a power too high for products": ("adam", "x**20 + y**2", {}),
    "dials": ("adam", "himmelblau", {"rotate": 30.0}),
    "more than two coordinates": ("adam", "rosenbrock_n", {}),
    "exponentials": ("g = gradient(x)\nx = x - lr * exp(-abs(g))", "himmelblau", {}),
}


@pytest.mark.parametrize(("rule", "problem", "given"), STAY.values(), ids=STAY)
def test_what_is_not_fused_stays_with_the_engine(rule, problem, given):
    spec = sweep_of(optim.Entry(rule), problem, **given)
    assert fused(block_of(pieces(spec)[0])) is None
    assert warm(spec) == 0
    assert optim.sweep(spec).complete


def test_an_evaluation_that_not_every_run_pays_stays_with_the_engine():
    made = block_of(pieces(sweep_of(optim.Entry("adam"), "himmelblau"))[0])
    lines = Lines("g = gradient(x)", "x = x - lr * (g if lr > 0.1 else gradient(x - g))")
    assert fused(made) is not None
    assert fused(dataclasses.replace(made, base=optim.OPTIMIZERS["adam"].with_lines(lines))) is None


def spec_of_two():
    """Return a sweep of two racers: one that is fused, and one that is not."""
    race = optim.RaceSpec("himmelblau", [optim.Entry("adam"), optim.Entry("newton")], (1.0, 1.0), 30)
    return optim.SweepSpec(race, {"lr": RATES}, optim.Lattice(20, 20))


@pytest.fixture
def fresh(monkeypatch):
    """Give a test loops that nobody compiled before."""
    loops = kernels.Loops()
    for user in (block, run):
        monkeypatch.setattr(user, "loops", lambda: loops)


def counted(monkeypatch):
    """Return the list of blocks that compiled loops run from now on."""
    blocks, ran = [], block.Fused.run
    monkeypatch.setattr(block.Fused, "run", lambda self, *given: blocks.append(self) or ran(self, *given))
    return blocks


@pytest.mark.long
def test_a_sweep_is_the_same_with_and_without_numba(fresh, monkeypatch):
    spec, blocks = spec_of_two(), counted(monkeypatch)
    cold = optim.sweep(spec, block=500)
    assert not blocks
    assert warm(spec) == 1
    hot = optim.sweep(spec)
    assert len(blocks) == 1
    monkeypatch.setattr(block, "installed", lambda: False)
    without = optim.sweep(spec)
    assert len(blocks) == 1
    for name in ("status", "end_gap", "reached_step", "reached_evaluations", "evaluations", "taken", "end"):
        assert samples.bits(getattr(hot, name)) == samples.bits(getattr(cold, name)) == samples.bits(getattr(without, name))


def test_without_numba_nothing_is_written_or_compiled(fresh, monkeypatch):
    monkeypatch.setattr(block, "installed", lambda: False)
    monkeypatch.setattr(block, "source", None)
    assert optim.sweep(spec_of_two(), block=100).complete


def test_the_first_picture_waits_for_nothing(fresh, monkeypatch):
    seen, written = [], block.source
    monkeypatch.setattr(block, "source", lambda *given: seen.append(given) or written(*given))
    spec = spec_of_two()
    assert all(run.run_piece(piece) for piece in pieces(spec, 100) if piece.number == 0)
    assert not seen
    assert all(run.run_piece(piece) for piece in pieces(spec, 100))
    assert seen


def test_a_loop_is_compiled_once_it_pays_and_not_before_the_coarse_picture(monkeypatch):
    monkeypatch.setattr(kernels, "PAYS", 1000)
    made, compiling = [], threading.Event()

    def compiled(text):
        made.append(text)
        compiling.wait(10)
        return len

    monkeypatch.setattr(kernels, "compiled", compiled)
    loops = kernels.Loops()
    assert loops.ready("text", 900) is None
    assert loops.ready("other", 900) is None
    assert loops.ready("text", 200, may_start=False) is None
    assert made == []
    assert loops.ready("text", 1) is None  # NumPy goes on while it is compiled
    assert loops.ready("text", 10_000) is None
    compiling.set()
    assert loops.wait("text") is len
    assert loops.ready("text", 1) is len
    assert made == ["text"]


def test_a_process_compiles_and_counts_only_so_many(monkeypatch):
    monkeypatch.setattr(kernels, "compiled", lambda text: len)
    monkeypatch.setattr(kernels, "MOST", 3)
    monkeypatch.setattr(kernels, "KNOWN", 5)
    loops = kernels.Loops()
    texts = [str(number) for number in range(9)]
    for text in texts:
        loops.ready(text, kernels.PAYS + 1)
    assert [loops.wait(text) for text in texts[:3]] == [len] * 3
    assert [loops.ready(text, kernels.PAYS + 1) for text in texts[3:]] == [None] * 6
    assert len(loops._done) == 5


def test_a_sweep_that_is_long_enough_compiles_its_loop_in_the_background(fresh, monkeypatch):
    monkeypatch.setattr(kernels, "PAYS", 20_000)
    blocks, spec = counted(monkeypatch), spec_of_two()
    first = optim.sweep(spec, block=100)
    fused(block_of(pieces(spec)[0])).compiled()
    assert everything_of(optim.sweep(spec, block=100)) == everything_of(first)
    assert len(blocks) >= len(pieces(spec, 100)) // 2


def everything_of(result):
    """Return a sweep's status and ends, as bytes."""
    return samples.bits(result.status), samples.bits(result.end), samples.bits(result.end_gap)


@pytest.mark.parametrize("text", ["def loop(:", "def other(): pass", "def loop(): return nothing"])
def test_what_cannot_be_compiled_is_left_to_numpy_for_good(text, monkeypatch):
    tried, compiled = [], kernels.compiled
    monkeypatch.setattr(kernels, "compiled", lambda text: tried.append(text) or compiled(text))
    loops = kernels.Loops()
    assert loops.wait(text) is None
    assert loops.ready(text, 10 * kernels.PAYS) is None
    assert loops.wait(text) is None
    assert len(tried) == 1


def test_a_broken_compiler_changes_no_sweep_and_is_logged(fresh, monkeypatch, caplog):
    spec = spec_of_two()
    expected = everything_of(optim.sweep(spec))

    def broken(text):
        raise ImportError("llvmlite is not for this machine")

    monkeypatch.setattr(kernels, "compiled", broken)
    assert warm(spec) == 0
    assert everything_of(optim.sweep(spec)) == expected
    assert "llvmlite is not for this machine" in caplog.text


@pytest.mark.long
def test_a_block_is_called_off_within_itself():
    spec = sweep_of(optim.Entry("sgd"), "sphere", starts=optim.Lattice(60, 60))
    (piece,) = pieces(spec)
    asked = []

    def stop():
        asked.append(True)
        return len(asked) > 2

    assert outcome(piece, kernels.compiled, stop) is None
    assert len(asked) == 3
    assert len(piece.cells) > 3 * block.RUNS


def test_a_sweep_called_off_goes_on_from_where_it_was():
    spec = sweep_of(optim.Entry("sgd"), "sphere", starts=optim.Lattice(60, 60))
    assert warm(spec)
    asked = iter(range(1000))
    partial = optim.sweep(spec, cancel=lambda: next(asked) > 5, block=3000)
    assert 0 < partial.done.sum() < partial.done.size
    assert everything_of(optim.sweep(spec, resume=partial, block=3000)) == everything_of(optim.sweep(spec))


@pytest.mark.long
def test_threads_share_a_loop(fresh):
    spec = sweep_of(optim.Entry("adam"), "rosenbrock", 100, starts=optim.Lattice(40, 40))
    expected = everything_of(optim.sweep(spec))
    (piece,) = pieces(spec)
    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(lambda _: warm(spec), range(4)))
        assert len({fused(block_of(piece)).compiled() for _ in range(2)}) == 1
        for result in pool.map(lambda _: optim.sweep(spec, block=900), range(8)):
            assert everything_of(result) == expected


@pytest.mark.parametrize("divisor", [3.0, 7.0, 20.0, 49.0, 4000.0, 2.0**53 - 1])
def test_a_division_by_a_known_number_is_exact(divisor):
    rng = np.random.default_rng(0)
    values = rng.choice([-1.0, 1.0], 1_000_000) * (1 + rng.random(1_000_000)) * np.exp2(rng.uniform(-960, 1023, 1_000_000))
    values[:6] = 0.0, -0.0, np.inf, -np.inf, np.nan, np.finfo(float).max
    text = f"def loop(values, out):\n    for i in range(len(values)):\n        out[i] = divided(values[i], {divisor})"
    found = np.empty_like(values)
    kernels.compiled(text, "float64[::1] float64[::1]")(values, found)
    assert samples.bits(found) == samples.bits(values / divisor)


def test_nothing_typed_gets_into_the_code():
    entry = optim.Entry("g = gradient(x)\nown_word = 0.125 * own_word + g\nx = x - lr * own_word / (other_word + 1)")
    source = fused(block_of(pieces(sweep_of(entry, "(x - 0.0625)**2 + y**2"))[0])).source
    assert set(source.numbers + source.own + source.memory) == {"lr", "own_word", "other_word"}
    assert not {"own_word", "other_word", "lr"} & set(re.findall(r"\w+", source.text))
