"""A race as a script for PyTorch: its own optimizers, gradients by its autograd, in double precision."""

from optim.core.derivatives import CENTRAL_STEP
from optim.core.errors import ScriptError
from optim.export.comments import docstring, headline
from optim.export.formula_code import TORCH, body
from optim.export.function_code import derived, dials, is_dialled
from optim.export.numpy_script import lasts
from optim.export.script import COLUMNS, Script, race_words, script_text, write_racers
from optim.export.source_code import Sources
from optim.export.torch_class import HELPERS, class_call, class_code
from optim.i18n.message import message
from optim.i18n.phrases import listed
from optim.optimizers.transforms.modifiers import MODIFIERS
from optim.optimizers.typed import is_typed
from optim.races.entry import CONSTANT, Entry, with_defaults
from optim.races.spec import RaceSpec

SLOPE = '''
def slope(point):
    """Return the gradient, by PyTorch's autograd."""
    point = point.detach().requires_grad_()
    return torch.autograd.grad(f(point), point)[0]
'''
CENTRAL = f'''
def gradient(point, t):
    """Return the book's numerical gradient: central differences."""
    point, result = point.detach(), torch.zeros(2)
    for axis in range(2):
        above, below = point.clone(), point.clone()
        above[axis] += {CENTRAL_STEP!r}
        below[axis] -= {CENTRAL_STEP!r}
        result[axis] = (faced(above, t) - faced(below, t)) / (2 * {CENTRAL_STEP!r})
    return result
'''
EXACT = '''
def gradient(point, t):
    """Return the gradient that a racer faces in step t."""
    return slope(point){noise}
'''
TABLE = '''
def table(label, racer, last=STEPS):
    """Write a racer's rows; it stops after step `last`, and what comes after a value that is not finite is nan."""
    point, lost = torch.tensor(START, requires_grad=True), False
    steps = racer([point])
    for step in range(STEPS + 1):
        if 0 < step <= last and not lost:
            next(steps)
        at, looked = point.tolist(), slope(point).tolist()
        norm = math.nan if any(map(math.isnan, looked)) else math.hypot(*looked)
        numbers = [*at, float(f(point.detach())), norm]
        rows.writerow([label, step, *(numbers if not lost else ["nan"] * 4)])
        lost = lost or not all(math.isfinite(number) for number in numbers[:3])
'''
ROUNDED = "# PyTorch adds up in another order than the race does, so the last digits may differ."
CORNERS = "# Where a derivative is not defined the race takes a difference of values; PyTorch may give nan there."
_WITHOUT = message("Schedule and modifiers are not in this line; “Export and share” on the Race page has them.")


def torch_script(spec: RaceSpec) -> Script:
    """Return a script that prints a race's rows by PyTorch's optimizers, or the sentences that say why there is none."""
    sources = Sources()

    def write(entry: Entry, name: str) -> str:
        with sources.attempt():
            return torch_racer(entry, name, sources, "model[0].grad = gradient(model[0], t)", "loss = f(model[0]).detach()")

    try:
        function = _function(spec)
        racers, left_out = write_racers(spec.entries, write)
        if not racers:
            return Script("", left_out)
        ends = lasts(spec)
    except ScriptError as error:
        return Script("", (error.reason,))
    needs = listed(["PyTorch", "NumPy"]) if spec.noise else "PyTorch"
    top = headline(race_words(spec), needs, left_out)
    imports = ["import csv", "import math", "import sys", "", *(["import numpy as np"] if spec.noise else []), "import torch", ""]
    head = [*imports, "torch.set_default_dtype(torch.float64)", f"START = {spec.start!r}", f"STEPS = {spec.steps}"]
    head += [ROUNDED, *([] if derived(spec).smooth else [CORNERS])]
    main = ['rows = csv.writer(sys.stdout, lineterminator="\\n")', f"rows.writerow({list(COLUMNS)!r})"]
    main += [f"table({label!r}, {name}{ends.get(label, '')})" for label, name, _ in racers]
    helpers = [HELPERS.strip()] if any(is_typed(str(entry.optimizer)) for entry in spec.entries) else []
    parts = ["\n".join([docstring(top), "", *head]), *sources.code, *function, *_faced(spec), *helpers]
    return Script(script_text([*parts, *(code for *_, code in racers), TABLE.strip(), "\n".join(main)]), left_out, top)


def torch_line(entry: Entry) -> Script:
    """Return the line that makes an entry's optimizer for a `model` in PyTorch, or a sentence that says why there is none."""
    try:
        call = call_of(entry, "model.parameters()")
    except ScriptError as error:
        return Script("", (message("{title} has no PyTorch line: {reason}.", title=entry.rule.title, reason=error.reason),))
    more = [] if entry.schedule == CONSTANT and not entry.modifiers else [_WITHOUT]
    return Script(f"optimizer = {call}", tuple(more))


def call_of(entry: Entry, parameters: str) -> str:
    """Return the call of PyTorch's class; ScriptError where PyTorch has none that does the same."""
    if is_typed(str(entry.optimizer)):
        raise ScriptError(message("the class of a rule of your own is under “Export and share” on the Race page"))
    torch = entry.rule.torch
    if torch is None:
        raise ScriptError(message("PyTorch does not have it"))
    refusal = torch.refuses(entry.hyper)
    if refusal:
        raise ScriptError(refusal)
    return torch.written(entry.hyper).replace("(", f"({parameters}, ", 1)


def _function(spec: RaceSpec) -> list[str]:
    formula = derived(spec)
    if formula.constant:
        raise ScriptError(message("PyTorch finds no gradient of a function that is constant."))
    lines, results, _ = body(formula.source(0), TORCH)
    turned = is_dialled(spec)
    place = "moved(point)" if turned else "point"
    rows = ["def f(point):", '    """Return the function\'s value at a point."""', f"    x, y = {place}"]
    rows += [f"    {line}" for line in [*lines, f"return {results[0]}"]]
    return [*([dials(spec, "torch", "stack")] if turned else []), "\n".join(rows), SLOPE.strip()]


def _faced(spec: RaceSpec) -> list[str]:
    """Return the code of what racers face: which gradient, and the noise in it."""
    parts = []
    if spec.noise:
        draw = f"np.random.default_rng(np.random.SeedSequence({spec.seed}, spawn_key=(0,))).standard_normal((STEPS, 2))"
        words = "# The noise: at step t every racer faces the function plus this slope."
        parts.append(f"{words}\nSLOPES = torch.from_numpy({draw} * {spec.noise!r})")
    if spec.gradient != "central":
        return [*parts, EXACT.format(noise=" + SLOPES[t]" if spec.noise else "").strip()]
    more = " + SLOPES[t][0] * point[0] + SLOPES[t][1] * point[1]" if spec.noise else ""
    return [*parts, f"def faced(point, t):\n    return f(point){more}", CENTRAL.strip()]


def torch_racer(entry: Entry, name: str, sources: Sources, *look: str) -> str:
    """Return the generator that takes a racer's steps on a `model`, its parameters, and before it the class of a typed rule.

    `look` are the rows that set the gradients and `loss` of step t.
    """
    named = name.title().replace("_", "")
    own = is_typed(str(entry.optimizer))
    call = class_call(entry, named, "model") if own else call_of(entry, "model")
    before, after = _modified(entry)
    rows = [f"{class_code(entry, named)}\n\n"] if own else []
    rows += [f"def {name}(model):", f"    optimizer = {call}", "", "    def look():"]
    rows += [*(f"        {row}" for row in (*look, *before)), "        return loss", "", "    for t in range(STEPS):"]
    if entry.schedule != CONSTANT:
        schedule, values = entry.schedule_with_values
        factor = f"{sources.add(schedule.factor)}(t, STEPS, {values!r})"
        rows.append(f'        optimizer.param_groups[0]["lr"] = {entry.hyper["lr"]!r} * {factor}')
    rows += ["        before = [point.detach().clone() for point in model]"] if after else []
    rows += ["        optimizer.step(look)", *(f"        {row}" for row in after), "        yield"]
    return "\n".join(rows)


def _modified(entry: Entry) -> tuple[list[str], list[str]]:
    """Return the rows of an entry's modifiers: once gradients are known, and after the step."""
    before, after = list[str](), list[str]()
    for modifier, *values in entry.modifiers:
        kind = MODIFIERS[modifier]
        if not kind.torch:
            raise ScriptError(message("PyTorch does not have it"))
        text = kind.torch.format(**{key: repr(value) for key, value in with_defaults(modifier, kind.parameters, values).items()})
        if kind.after:
            after += ["    for point, old in zip(model, before):", f"        {text}"]
        elif "(model," in text:
            before.append(text)
        else:
            before += ["for point in model:", f"    {text}"]
    return before, ["with torch.no_grad():", *after] if after else []
