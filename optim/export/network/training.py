"""What both scripts of a training have in common: the examples, the batches, the first weights, and the rows that they print."""

import base64
import textwrap
import zlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from optim.core.errors import ScriptError
from optim.core.oracle import BATCH, WEIGHTS
from optim.export.script import Script, filled, write_racers
from optim.i18n.message import message
from optim.networks.layers import BATCH_NORM_EPS
from optim.networks.oracle import AT_ONCE, MEMORY
from optim.networks.seeds import NetworkSeeds
from optim.networks.spec import NetworkSpec
from optim.networks.stretch import MEASURES, weight_keys
from optim.races.entry import Entry
from optim.races.labels import labels

COLUMNS = ("optimizer", "step", "loss", "gradient_norm", *MEASURES)
"""What a script prints of a training's table."""
MOST = 1_000_000
"""Characters of packed examples that a script may hold: the digits take 60 000, MNIST would take twenty million."""
_WIDTH = 120

HEAD = f"""
LAYERS = $widths
HIDDEN = len(LAYERS) - 2
STEPS, BATCH = $steps, $batch #? drawn
STEPS = $steps #? !drawn
SEED = $seed #? !many
TRAINING = $training  # so many examples are trained on, the others are the test
MARKS = {{*range(0, STEPS + 1, $interval), STEPS}}  # the steps at which losses on all examples are taken
DROPOUT = $dropout #? dropout
DECAY = $decay  # of weights, not of biases #? decay
EPS, MEMORY = {BATCH_NORM_EPS!r}, {MEMORY!r}  # of batch normalisation #? norm
"""
BATCHES = f'''
def batch(step):
    """Return the examples that a step sees: inputs, targets, and by layer which of its units are there.""" #? dropout
    """Return the examples that a step sees: inputs and targets.""" #? !dropout
    rng = np.random.default_rng(np.random.SeedSequence(SEED, spawn_key=({BATCH}, step))) #? random
    rows = rng.integers(0, TRAINING, BATCH) #? drawn
    rows = np.arange(TRAINING) #? !drawn
    masks = [(rng.random((len(rows), width)) >= DROPOUT).astype($kind) for width in LAYERS[1:-1]] #? dropout
    return INPUTS[rows], TARGETS[rows], masks #? dropout
    return INPUTS[rows], TARGETS[rows] #? !dropout


def first_weights(*key):
    """Return the weights and biases of all layers, one after the other; a key draws others."""
    rng = np.random.default_rng(np.random.SeedSequence(SEED, spawn_key=({WEIGHTS}, *key)))
    numbers = []
    for layer, (inputs, outputs) in enumerate(zip(LAYERS, LAYERS[1:])): #? norm
    for inputs, outputs in zip(LAYERS, LAYERS[1:]): #? !norm
        numbers += [$deviation * rng.standard_normal((inputs, outputs)), np.zeros(outputs)]
        if layer < HIDDEN: #? norm
            numbers += [np.ones(outputs), np.zeros(outputs)]  # scale and shift after normalising #? norm
    return numbers #? !single
    return [array.astype($kind) for array in numbers] #? single
'''
DATA = '''
def unpacked(text, kind, shape):
    """Return the numbers that are packed in a text."""
    return np.frombuffer(zlib.decompress(base64.b64decode(text)), kind).reshape(shape)


INPUTS = """
$inputs
"""
TARGETS = """
$targets
"""
INPUTS = (unpacked(INPUTS, $inputs_kind, $inputs_shape).astype(float) - $shift) / $scale$cast
TARGETS = unpacked(TARGETS, $targets_kind, $targets_shape).astype($target)
'''
_DEVIATIONS = {"he": "(2.0 / inputs) ** 0.5", "xavier": "(1.0 / inputs) ** 0.5"}


def facts(spec: NetworkSpec, seeds: int = 1) -> dict[str, bool]:
    """Return what a template's marks ask of a training with so many seeds."""
    return {
        "many": seeds > 1,
        "drawn": bool(spec.batch),
        "dropout": bool(spec.dropout and spec.layers),
        "norm": spec.batch_norm and bool(spec.layers),
        "random": bool(spec.batch or (spec.dropout and spec.layers)),
        "classes": bool(spec.examples.classes),
        "after": spec.loss_at == "after",
        "decay": bool(spec.weight_decay),
        "single": spec.dtype == "float32",
        **{kind: spec.activation == kind for kind in ("relu", "tanh", "sigmoid")},
    }


Racers = Sequence[tuple[str, str, str]]
"""Label, name and code of every racer that a script has."""


def training_script(
    spec: NetworkSpec, write: Callable[[Entry, str], str], compose: Callable[[str, Racers, tuple[str, ...]], Script]
) -> Script:
    """Return what `compose` makes of the examples as code, the racers that `write` writes, and who is left out, and why.

    Where there are no examples or no racers in it, there is no script, but the reason.
    """
    try:
        data = examples(spec)
    except ScriptError as error:
        return Script("", (error.reason,))
    racers, left_out = write_racers(spec.entries, write)
    return compose(data, racers, left_out) if racers else Script("", left_out)


def network_code(template: str, marks: dict[str, bool], **own: Any) -> str:
    """Return the network's code, with what its forward pass is told where units are dropped or batches normalised."""
    pieces = [text for text, on in (("masks=None", marks["dropout"]), ("running=None", marks["norm"])) if on]
    masks = ", masks" if marks["dropout"] else ""
    return filled(template, marks, arguments="".join(f", {piece}" for piece in pieces), masks=masks, at_once=AT_ONCE, **own)


def keys_of(spec: NetworkSpec) -> dict[str, str]:
    """Return by label what a racer's first weights are drawn by beside the seed, as arguments of their function."""
    keys = zip(labels(spec.entries), weight_keys(spec), strict=True)
    return {label: ", ".join(map(str, key)) for label, key in keys}


def constants(spec: NetworkSpec, marks: dict[str, bool]) -> str:
    """Return the numbers that stand at the head of a script."""
    data = spec.examples
    return filled(
        HEAD,
        marks,
        widths=(data.features, *spec.layers, data.outputs),
        steps=spec.steps,
        batch=spec.batch,
        seed=spec.seed,
        training=data.training,
        interval=spec.interval,
        dropout=spec.dropout,
        decay=spec.weight_decay,
    )


def batches(spec: NetworkSpec) -> str:
    """Return the code of the batches and the first weights."""
    marks = facts(spec)
    deviation = _DEVIATIONS[spec.initial] if isinstance(spec.initial, str) else repr(spec.initial)
    return filled(BATCHES, marks, deviation=deviation, kind=_kind(spec))


def _kind(spec: NetworkSpec) -> str:
    """Return the type of a training's numbers as code."""
    return "float" if spec.dtype == "float64" else f"np.{spec.dtype}"


def examples(spec: NetworkSpec) -> str:
    """Return the examples as code, packed; ScriptError where they are too many."""
    data = spec.examples
    targets = data.targets.astype(np.uint8) if data.classes else data.targets
    packed = {"inputs": _packed(data.inputs), "targets": _packed(targets)}
    size = sum(map(len, packed.values()))
    if size > MOST:
        raise ScriptError(
            message("The examples take {size:.1f} MB, and a script holds at most {most:.0f}.", size=size / 1e6, most=MOST / 1e6)
        )
    values = {name: textwrap.fill(text, _WIDTH) for name, text in packed.items()}
    for name, array in (("inputs", data.inputs), ("targets", targets)):
        values |= {f"{name}_kind": repr(array.dtype.str), f"{name}_shape": repr(array.shape)}
    kind, single = _kind(spec), facts(spec)["single"]
    values |= {"target": "np.int64" if data.classes else kind, "cast": f"\nINPUTS = INPUTS.astype({kind})" if single else ""}
    return filled(DATA, {}, shift=_number(data.shift), scale=_number(data.scale), **values)


def _packed(array: npt.NDArray[Any]) -> str:
    return base64.b64encode(zlib.compress(np.ascontiguousarray(array).tobytes(), 9)).decode()


def _number(value: Any) -> str:
    """Return a number, or an array of them, as code."""
    return f"np.array({np.asarray(value).tolist()!r})" if np.ndim(value) else repr(float(value))


def words(spec: NetworkSpec) -> str:
    """Return what a script says that it is of."""
    return message("A training on {data}", data=spec.examples.title)


def whole_table(spec: NetworkSpec, seeds: int, tables: Sequence[str]) -> str:
    """Return the rows that open the table and then print all `tables`, for every seed."""
    columns = list(COLUMNS if seeds == 1 else ("seed", *COLUMNS))
    rows = ['rows = csv.writer(sys.stdout, lineterminator="\\n")', f"rows.writerow({columns!r})"]
    if seeds == 1:
        return "\n".join([*rows, *tables])
    numbers = tuple(one.seed for one in NetworkSeeds(spec, seeds).each)
    return "\n".join([*rows, f"for SEED in {numbers!r}:", *(f"    {row}" for row in tables)])
