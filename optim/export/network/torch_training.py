"""A training as a script for PyTorch: its own optimizers on the parameters of a network, gradients by its autograd."""

from optim.core.errors import ScriptError
from optim.export.comments import docstring, headline
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
from optim.export.script import Script, script_text
from optim.export.source_code import Sources
from optim.export.torch_class import HELPERS, by_tensor
from optim.export.torch_script import torch_racer
from optim.i18n.message import message
from optim.i18n.phrases import listed
from optim.networks.spec import NetworkSpec
from optim.optimizers.typed import is_typed
from optim.races.entry import Entry

NETWORK = '''
def model_of(*key):
    """Return the parameters of a network with its first weights, layer by layer."""
    return [torch.tensor(array, requires_grad=True) for array in first_weights(*key)]


def forward(model, h$arguments):
    """Return what the network gives for its inputs, and by layer the mean and the variance of what came in.""" #? norm
    """Return what the network gives for its inputs.""" #? !norm
    own, seen = iter(model), [] #? norm
    own = iter(model) #? !norm
    for layer in range(HIDDEN):
        h = h @ next(own) + next(own)
        mean, variance = running[layer] if running else (h.mean(dim=0), h.var(dim=0, correction=0)) #? norm
        seen.append((mean.detach(), variance.detach())) #? norm
        h = next(own) * ((h - mean) / torch.sqrt(variance + EPS)) + next(own) #? norm
        h = torch.relu(h) #? relu
        h = torch.tanh(h) #? tanh
        h = torch.sigmoid(h) #? sigmoid
        h = h * (torch.from_numpy(masks[layer]) if masks else 1.0 - DROPOUT) #? dropout
    return h @ next(own) + next(own), seen #? norm
    return h @ next(own) + next(own) #? !norm


cost = torch.nn.functional.cross_entropy #? classes
cost = torch.nn.functional.mse_loss #? !classes
running, known = {}, set()  # the means and variances of a test, and the steps whose batch they know #? norm


def f(model, t$flag):
    """Return the loss on the batch of step t."""
    inputs, targets$masks = batch(t)
    outputs, seen = forward(model, torch.from_numpy(inputs)$masks) #? norm
    outputs = forward(model, torch.from_numpy(inputs)$masks) #? !norm
    if remember and t not in known: #? norm
        known.add(t) #? norm
        for layer, new in enumerate(seen): #? norm
            old = running.get(layer, new) #? norm
            running[layer] = tuple(MEMORY * a + (1 - MEMORY) * b for a, b in zip(old, new)) #? norm
    return cost(outputs, torch.from_numpy(targets)) #? !decay
    decayed = 0.5 * DECAY * sum(weights.square().sum() for weights in model if weights.ndim == 2) #? decay
    return cost(outputs, torch.from_numpy(targets)) + decayed #? decay


@torch.no_grad()
def measured(model, which):
    """Return the mean loss and the share of right answers over a range of examples.""" #? classes
    """Return the mean loss over a range of examples; there are no right answers to count.""" #? !classes
    loss, right = 0.0, 0 #? classes
    loss = 0.0 #? !classes
    for begin in range(which.start, which.stop, $at_once):
        some = slice(begin, min(begin + $at_once, which.stop))
        outputs, targets = forward(model, torch.from_numpy(INPUTS[some])$tested, torch.from_numpy(TARGETS[some])
        loss += float(cost(outputs, targets)) * len(outputs)
        right += int((outputs.argmax(dim=1) == targets).sum()) if outputs.isfinite().all() else 0 #? classes
    return loss / len(which), right / len(which) #? classes
    return loss / len(which), "" #? !classes


def table(label, model, racer):
    """Write a racer's rows; losses on all examples are there at marks, and after a loss that is not finite all is nan."""
    running.clear() #? norm
    known.clear() #? norm
    steps, lost = racer(model), False
    for step in range(STEPS + 1):
        if step and not lost:
            next(steps)
        loss = f(model, step)
        norm = math.sqrt(sum(float(slope.square().sum()) for slope in torch.autograd.grad(loss, model)))
        if step: #? after
            loss = f(model, step - 1) #? after
        numbers = [loss.item(), norm, "", "", "", ""]
        if step in MARKS:
            numbers[2:] = [*measured(model, range(TRAINING)), *measured(model, range(TRAINING, len(INPUTS)))]
        rows.writerow([SEED, label, step, *(numbers if not lost else ["nan"] * 6)]) #? many
        rows.writerow([label, step, *(numbers if not lost else ["nan"] * 6)]) #? !many
        lost = lost or not math.isfinite(numbers[0])
'''
ONE_CORE = "torch.set_num_threads(1)  # in so small a network threads wait for each other"
ROUNDED = "# PyTorch adds up in another order than the training did, so the last digits may differ."


def torch_training(spec: NetworkSpec, seeds: int = 1) -> Script:
    """Return a script that prints a training's rows by PyTorch's optimizers, or the sentences that say why there is none."""
    sources, marks = Sources(), facts(spec, seeds)

    def write(entry: Entry, name: str) -> str:
        with sources.attempt():
            return _racer(entry, name, sources, ", remember=True" if marks["norm"] else "")

    def compose(data: str, racers: Racers, left_out: tuple[str, ...]) -> Script:
        return _composed(spec, seeds, sources, data, racers, left_out)

    return training_script(spec, write, compose)


def _composed(spec: NetworkSpec, seeds: int, sources: Sources, data: str, racers: Racers, left_out: tuple[str, ...]) -> Script:
    """Return the script of racers that are written."""
    marks = facts(spec, seeds)
    network = network_code(
        NETWORK,
        marks,
        flag=", remember=False" if marks["norm"] else "",
        tested=", running=running)[0]" if marks["norm"] else ")",
    )
    modules = sorted({"base64", "csv", "math", "sys", "zlib"} | (sources.modules - {"numpy"}))
    head = [*(f"import {name}" for name in modules), "", "import numpy as np", "import torch", ""]
    head += [f"torch.set_default_dtype(torch.{spec.dtype})", ONE_CORE, constants(spec, marks), ROUNDED]
    helpers = [HELPERS.strip()] if any(is_typed(str(entry.optimizer)) for entry in spec.entries) else []
    keys = keys_of(spec)
    calls = [f"table({label!r}, model_of({keys[label]}), {name})" for label, name, _ in racers]
    top = headline(words(spec), listed(["PyTorch", "NumPy"]), left_out)
    codes = [*sources.code, *helpers, *(code for *_, code in racers)]
    parts = ["\n".join([docstring(top), "", *head]), batches(spec), network, *codes, data]
    return Script(script_text([*parts, whole_table(spec, seeds, calls)]), left_out, top)


def _racer(entry: Entry, name: str, sources: Sources, remember: str) -> str:
    if is_typed(str(entry.optimizer)) and not by_tensor(entry):
        raise ScriptError(message("its lines take norms or means of all weights, and PyTorch hands them over tensor by tensor"))
    return torch_racer(entry, name, sources, "optimizer.zero_grad()", f"loss = f(model, t{remember})", "loss.backward()")
