"""A training as a script that needs only NumPy: the network, its gradient by the chain rule and every rule written out."""

from optim.core.linalg import norm_by_squares
from optim.export.comments import docstring, headline, racer_words
from optim.export.network.training import (
    Racers,
    batches,
    constants,
    facts,
    keys_of,
    network_code,
    training_script,
    whole_table,
    words,
)
from optim.export.rule_code import Scene, any_answer, racer_code
from optim.export.script import Script, filled, script_text
from optim.export.source_code import Sources
from optim.networks.oracle import BatchOracle
from optim.networks.spec import NetworkSpec
from optim.networks.stretch import first_weights
from optim.races.entry import Entry

NETWORK = '''
def parts(x):
    """Return by layer its weights and biases, as views of all of them in a row."""
    layers, begin = [], 0
    for layer, (inputs, outputs) in enumerate(zip(LAYERS, LAYERS[1:])): #? norm
        shapes = [(inputs, outputs), (outputs,)] + [(outputs,), (outputs,)] * (layer < HIDDEN) #? norm
    for inputs, outputs in zip(LAYERS, LAYERS[1:]): #? !norm
        shapes = [(inputs, outputs), (outputs,)] #? !norm
        layers.append([])
        for shape in shapes:
            end = begin + int(np.prod(shape))
            layers[-1].append(x[begin:end].reshape(shape))
            begin = end
    return layers


def forward(x, h$arguments):
    """Return what the network gives for its inputs, and by layer what the way back needs."""
    memory = []
    for layer, (weights, bias, scale, shift) in enumerate(parts(x)[:-1]): #? norm
    for layer, (weights, bias) in enumerate(parts(x)[:-1]): #? !norm
        given = h
        h = h @ weights + bias
        mean, variance = running[layer] if running else (h.mean(axis=0), h.var(axis=0)) #? norm
        deviation = np.sqrt(variance + EPS) #? norm
        normal = (h - mean) / deviation #? norm
        h = scale * normal + shift #? norm
        h = np.maximum(h, 0.0) #? relu
        h = np.tanh(h) #? tanh
        h = 0.5 * (1.0 + np.tanh(0.5 * h)) #? sigmoid
        active = h
        h = h * (masks[layer] if masks else 1.0 - DROPOUT) #? dropout
        memory.append((given, active, normal, deviation, mean, variance)) #? norm
        memory.append((given, active)) #? !norm
    weights, bias = parts(x)[-1]
    return h @ weights + bias, [*memory, (h,)]


def cost(outputs, targets):
    """Return the mean cross-entropy of the softmax, and its slope by the outputs.""" #? classes
    lowered = outputs - outputs.max(axis=1, keepdims=True) #? classes
    logs = lowered - np.log(np.exp(lowered).sum(axis=1, keepdims=True)) #? classes
    slope, right = np.exp(logs), (np.arange(len(targets)), targets) #? classes
    slope[right] -= 1.0 #? classes
    return -logs[right].mean(), slope / len(targets) #? classes
    """Return the mean squared error, and its slope by the outputs.""" #? !classes
    return np.mean((outputs - targets) ** 2), 2.0 / targets.size * (outputs - targets) #? !classes


def look(x, inputs, targets$masks):
    """Return the loss over examples, its gradient by the chain rule, and what the layers saw."""
    outputs, memory = forward(x, inputs$passed)
    loss, slope = cost(outputs, targets)
    layers, gradients = parts(x), []
    for layer in range(HIDDEN, -1, -1):
        own = []
        if layer < HIDDEN:
            given, active, normal, deviation, *_ = memory[layer] #? norm
            given, active = memory[layer] #? !norm
            slope = slope * masks[layer] #? dropout
            slope = slope * (active > 0.0) #? relu
            slope = slope * (1.0 - active * active) #? tanh
            slope = slope * (active * (1.0 - active)) #? sigmoid
            own = [(slope * normal).sum(axis=0), slope.sum(axis=0)] #? norm
            slope = slope * layers[layer][2] #? norm
            along = np.mean(slope * normal, axis=0) #? norm
            slope = (slope - slope.mean(axis=0) - normal * along) / deviation #? norm
        else:
            (given,) = memory[layer]
        gradients = [given.T @ slope, slope.sum(axis=0), *own, *gradients] #? !decay
        gradients = [given.T @ slope + DECAY * layers[layer][0], slope.sum(axis=0), *own, *gradients] #? decay
        loss = loss + 0.5 * DECAY * (layers[layer][0] ** 2).sum() #? decay
        slope = slope @ layers[layer][0].T
    return loss, in_a_row(gradients), memory


def in_a_row(numbers):
    """Return arrays as one vector."""
    return np.concatenate([array.ravel() for array in numbers])


running, seen = {}, set()  # the means and variances of a test, and the steps whose batch they know #? norm


def f(x, t):
    """Return the loss on the batch of step t."""
    return look(x, *batch(t))[0]


def grad_f(x, t):
    """Return the gradient on the batch of step t."""
    _, gradient, memory = look(x, *batch(t))
    for layer, (*_, mean, variance) in enumerate(memory[:-1]) if t not in seen else (): #? norm
        old_mean, old_variance = running.get(layer, (mean, variance)) #? norm
        running[layer] = MEMORY * old_mean + (1 - MEMORY) * mean, MEMORY * old_variance + (1 - MEMORY) * variance #? norm
    seen.add(t) #? norm
    return gradient


def measured(x, which):
    """Return the mean loss and the share of right answers over a range of examples.""" #? classes
    """Return the mean loss over a range of examples; there are no right answers to count.""" #? !classes
    loss, right = 0.0, 0 #? classes
    loss = 0.0 #? !classes
    for begin in range(which.start, which.stop, $at_once):
        some = slice(begin, min(begin + $at_once, which.stop))
        outputs = forward(x, INPUTS[some]$tested)[0]
        loss += cost(outputs, TARGETS[some])[0] * len(outputs)
        right += (outputs.argmax(axis=1) == TARGETS[some]).sum() if np.isfinite(outputs).all() else 0 #? classes
    return float(loss / len(which)), float(right / len(which)) #? classes
    return float(loss / len(which)), "" #? !classes
'''
TABLE = '''
def table(label, x, points):
    """Write a racer's rows; losses on all examples are there at marks, and after a loss that is not finite all is nan."""
    running.clear() #? norm
    seen.clear() #? norm
    answer, lost = x, False
    for step in range(STEPS + 1):
        if step and not lost:
            x, answer = next(points) #? answers
            x = answer = next(points) #? !answers
        loss, gradient, _ = look(x, *batch(step))
        if step: #? after
            loss = f(x, step - 1) #? after
        numbers = [float(loss), float($norm(gradient)), "", "", "", ""]
        if step in MARKS:
            numbers[2:] = [*measured(answer, range(TRAINING)), *measured(answer, range(TRAINING, len(INPUTS)))]
        rows.writerow([SEED, label, step, *(numbers if not lost else ["nan"] * 6)]) #? many
        rows.writerow([label, step, *(numbers if not lost else ["nan"] * 6)]) #? !many
        lost = lost or not np.isfinite(loss)
'''
TAKEN = frozenset(
    {"parts", "forward", "cost", "look", "in_a_row", "running", "seen", "measured", "batch", "first_weights", "table"}
)
"""Names of the script that a typed rule must not hide."""


def numpy_training(spec: NetworkSpec, seeds: int = 1) -> Script:
    """Return a script that prints the rows of a training with so many seeds, or the sentences that say why there is none.

    It adds up in another order than stacked networks do, so the last digits may differ.
    """
    sources = Sources()
    looks = {"gradient": "grad_f({0}, t)", "value": "f({0}, t)"}
    starts = first_weights(spec)

    def write(entry: Entry, name: str) -> str:
        with sources.attempt():
            oracle = BatchOracle(spec.network, spec.examples, spec.seed, spec.batch, 1)
            start = starts[:, spec.entries.index(entry)]
            scene = Scene(start, spec.steps, oracle, looks, taken=TAKEN, answers=any_answer(spec.entries))
            return racer_code(scene, entry, name, sources)

    def compose(data: str, racers: Racers, left_out: tuple[str, ...]) -> Script:
        return _composed(spec, seeds, sources, data, racers, left_out)

    return training_script(spec, write, compose)


def _composed(spec: NetworkSpec, seeds: int, sources: Sources, data: str, racers: Racers, left_out: tuple[str, ...]) -> Script:
    """Return the script of racers that are written."""
    marks = {**facts(spec, seeds), "answers": any_answer(spec.entries)}
    network = network_code(
        NETWORK,
        marks,
        passed=", masks" if marks["dropout"] else "",
        tested=", running=running" if marks["norm"] else "",
    )
    table = filled(TABLE, marks, norm=sources.add(norm_by_squares))
    modules = sorted({"base64", "csv", "sys", "zlib"} | (sources.modules - {"numpy"}))
    head = "\n".join([*(f"import {name}" for name in modules), "", "import numpy as np", "", constants(spec, marks)])
    keys = keys_of(spec)
    calls = []
    for label, name, _ in racers:
        start = f"in_a_row(first_weights({keys[label]}))"
        calls += [f"    start = {start}", f"    table({label!r}, start, {name}(start))"]
    rows = ['with np.errstate(all="ignore"):', *calls]
    top = headline(words(spec), "NumPy", left_out)
    parts = [f"{docstring(top)}\n\n{head}", batches(spec), network, *sources.code, *(code for *_, code in racers), table]
    return Script(script_text([*parts, data, whole_table(spec, seeds, rows)]), left_out, (*top, *map(racer_words, spec.entries)))
