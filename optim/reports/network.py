"""A training in sentences and a table: who is ahead on examples that nobody trained on, and what that does not prove."""

import math

import numpy as np
import pandas as pd

from optim.i18n.message import joined, message
from optim.i18n.phrases import listed, sentences, steps
from optim.networks.rates import WORKS, RateSweep
from optim.networks.result import NetworkResult
from optim.networks.views.inside import LayerState

SURE = 2.0
"""A lead counts from so many standard errors on: the test examples are a sample, and both shares depend on which there are."""


def network_claim(result: NetworkResult) -> str:
    """Return in one sentence who is ahead on the test examples, or who are too near one another to tell."""
    if not result.done:
        return message("Nobody has taken a step yet.")
    first = ranked(result)[0]
    if not math.isfinite(_losses(result)[first]):
        return message("Nobody can train with these settings: every loss has left the numbers.")
    ahead, within = leaders(result), steps(result.done)
    names = listed([result.labels[i] for i in ahead])
    if not result.spec.examples.classes:
        loss = f"{result.test_loss[first, -1]:.3g}"
        return _said(
            result,
            message("{name} has a test loss of {loss} after {steps}.", name=names, loss=loss, steps=within),
            message("{name} is ahead: its test loss is {loss} after {steps}.", name=names, loss=loss, steps=within),
        )
    low, high = (f"{share:.1%}" for share in (result.test_accuracy[ahead[-1], -1], result.test_accuracy[first, -1]))
    if len(ahead) == 1:
        return _said(
            result,
            message("{name} gets {share} of the test examples right after {steps}.", name=names, share=high, steps=within),
            message("{name} is ahead: {share} of the test examples right after {steps}.", name=names, share=high, steps=within),
        )
    shares = high if low == high else message("{low} to {high}", low=low, high=high)
    return message(
        "{names} are too near to tell apart: {shares} of the test examples right after {steps}.",
        names=names,
        shares=shares,
        steps=within,
    )


def _said(result: NetworkResult, alone: str, first: str) -> str:
    """Return what is said of an entry that is alone, or of the first of several."""
    return alone if len(result.labels) == 1 else first


def network_more(result: NetworkResult) -> str:
    """Return who is behind, who lost the numbers, and what one training cannot tell."""
    if not result.done:
        return ""
    losses, ahead = _losses(result), leaders(result)
    behind = [i for i in ranked(result) if i not in ahead and math.isfinite(losses[i])]
    lost = [result.labels[i] for i in ranked(result) if not math.isfinite(losses[i])]
    return sentences(
        message("Behind: {names}.", names=joined(", ", [_placed(result, i) for i in behind])) if behind else "",
        message("Lost: {names}, with a loss that is no number any more.", names=listed(lost)) if lost else "",
        message("Rates decide this order, and so may the seed: this is one training, with one rate each."),
    )


def ranked(result: NetworkResult) -> list[int]:
    """Return the entries from best to worst on the test examples: by accuracy, then by loss; those without a number last."""
    accuracy, losses = np.nan_to_num(result.test_accuracy[:, -1], nan=0.0), _losses(result)
    return sorted(range(len(losses)), key=lambda i: (not math.isfinite(losses[i]), -accuracy[i], losses[i], i))


def leaders(result: NetworkResult) -> list[int]:
    """Return the best entry on the test examples, and those that other test examples could put before it.

    Where numbers are predicted there is no share of right answers to judge by: the best is alone.
    """
    first, *others = ranked(result)
    data = result.spec.examples
    if not data.classes:
        return [first]
    count, accuracy = len(data.inputs) - data.training, result.test_accuracy[:, -1]
    doubt = accuracy * (1 - accuracy) / count
    return [first, *(i for i in others if accuracy[first] - accuracy[i] <= SURE * math.sqrt(doubt[first] + doubt[i]))]


def _losses(result: NetworkResult) -> list[float]:
    return [float(loss) for loss in result.test_loss[:, -1]]


def _placed(result: NetworkResult, i: int) -> str:
    """Return an entry's name with its result on the test examples."""
    share, loss = result.test_accuracy[i, -1], result.test_loss[i, -1]
    value = f"{share:.1%}" if result.spec.examples.classes else f"{loss:.3g}"
    return message("{name} ({value})", name=result.labels[i], value=value)


def network_rates(found: RateSweep) -> str:
    """Return the best of the rates tried and from where to where rates train, for every entry that has been tried."""
    said = []
    for label, loss, rate, window in zip(found.labels, found.loss, found.suggested, found.windows, strict=True):
        if rate is not None and window is not None:
            ends = {"low": window[0], "high": window[1]}
            said.append(message("{name} lr {rate:.3g} (rates train from {low:.3g} to {high:.3g}).", name=label, rate=rate, **ends))
        elif not np.isnan(loss).all():
            said.append(message("{name}: no rate that was tried trains.", name=label))
    best = message("Best by the training loss after {steps} steps:", steps=found.steps)
    return sentences(
        best,
        *said,
        message("A rate trains if the loss ends below {share:.0%} of the first one.", share=WORKS),
    )


def network_protocol(result: NetworkResult) -> str:
    """Return what was trained on what, and what was the same for all."""
    spec, data = result.spec, result.spec.examples
    kind = message("weights and biases")
    return sentences(
        message(
            "{data}: {training} examples to train on, {test} to test.",
            data=data.title,
            training=data.training,
            test=len(data.inputs) - data.training,
        ),
        message("Source: {source}.", source=data.source) if data.source else "",
        message(
            "Network: {widths}, {activation}; {count:,} {kind}.",
            widths="-".join(map(str, (data.features, *spec.layers, data.outputs))),
            activation=spec.activation,
            count=spec.network.dimension,
            kind=kind,
        ),
        _STARTS[spec.weights],
        message(
            "Every racer sees the same batches of {batch} examples, drawn with replacement; {steps} are {epochs:.3g} times all "
            "examples. Seed {seed}.",
            batch=spec.batch or data.training,
            steps=steps(spec.steps),
            epochs=spec.epochs,
            seed=spec.seed,
        ),
    )


_STARTS = {
    "same": message("All start from the same weights."),
    "own": message("Each starts from random weights of its own, as in the book: a part of every difference is theirs."),
}


def network_table(result: NetworkResult) -> pd.DataFrame:
    """Return one row per entry, best on the test first: entry, accuracies and losses on all examples, how it ended, its rate."""
    rows = [
        {
            "entry": i,
            "test_accuracy": result.test_accuracy[i, -1],
            "train_accuracy": result.train_accuracy[i, -1],
            "test_loss": result.test_loss[i, -1],
            "train_loss": result.train_loss[i, -1],
            "lr": result.spec.entries[i].hyper.get("lr", math.nan),
            "evaluations": int(result.evaluations[i, -1]),
            "seconds": result.seconds[i],
            "status": result.status[i].kind,
            "reason": result.status[i].reason,
        }
        for i in ranked(result)
    ]
    return pd.DataFrame(rows)


def layer_table(states: tuple[LayerState, ...]) -> pd.DataFrame:
    """Return one row per layer: its name, dead units, deviations of weights and gradients, and the update's size over theirs."""
    rows = [
        {
            "layer": number,
            "dead": int(state.dead.sum()),
            "weight": float(state.weights.std()),
            "gradient": float(state.gradients.std()),
            "moved": state.moved,
        }
        for number, state in enumerate(states, start=1)
    ]
    return pd.DataFrame(rows)
