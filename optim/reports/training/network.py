"""A training in sentences and a table: who is ahead on examples that nobody trained on, and what that does not prove."""

import math
from typing import NamedTuple

import numpy as np
import pandas as pd

from optim.core.types import Array
from optim.i18n.message import joined, message
from optim.i18n.numbers import short
from optim.i18n.phrases import examples, listed, sentences, steps
from optim.networks.rates import WORKS, RateSweep
from optim.networks.result import NetworkResult
from optim.networks.seeds import SeedsResult
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
        loss = short(result.test_loss[first, -1], 3)
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


def training_seeds_claim(many: SeedsResult) -> str:
    """Return in one sentence who is ahead, and over how many seeds that holds."""
    if len(many.whole) == 1:
        return network_claim(many.first)
    middle, count = _middle(many), len(many.whole)
    if not math.isfinite(middle.loss[middle.order[0]]):
        return message("Nobody can train with these settings: every loss has left the numbers.")
    first = middle.order[0]
    own = sum(ranked(run)[0] == first for run in many.whole)
    said = {
        "name": many.first.labels[first],
        "own": own,
        "count": count,
        "value": _value(many, middle.accuracy[first], middle.loss[first]),
        "steps": steps(many.first.done),
    }
    if 2 * own > count:
        return message("{name} is first in {own} of {count} seeds, with a median of {value} after {steps}.", **said)
    return message("Nobody is first in most of {count} seeds: {name} is in {own}, with a median of {value}.", **said)


def training_seeds_more(many: SeedsResult) -> str:
    """Return who is behind, with the range over the seeds, whether the order holds, and what all this cannot tell."""
    if len(many.whole) == 1:
        return network_more(many.first)
    middle, count = _middle(many), len(many.whole)
    behind = [i for i in middle.order[1:] if math.isfinite(middle.loss[i])]
    lost = [many.first.labels[i] for i in middle.order if not math.isfinite(middle.loss[i])]
    same = sum(ranked(run) == list(middle.order) for run in many.whole)
    return sentences(
        message("Behind: {names}.", names=joined(", ", [_ranged(many, middle, i) for i in behind])) if behind else "",
        message("Lost in most seeds: {names}, with a loss that is no number any more.", names=listed(lost)) if lost else "",
        message("The whole order is the same in {same} of {count} seeds.", same=same, count=count),
        message("Rates decide this order: each was trained with one rate."),
    )


class _Middle(NamedTuple):
    """Medians over the seeds by entry, and the entries from best to worst by them."""

    accuracy: Array
    loss: Array
    order: tuple[int, ...]


def _middle(many: SeedsResult) -> _Middle:
    accuracy = np.median(np.nan_to_num(many.ends("test_accuracy"), nan=0.0), axis=0)
    ends = many.ends("test_loss")
    loss = np.median(np.where(np.isfinite(ends), ends, np.inf), axis=0)
    order = sorted(range(len(loss)), key=lambda i: (not math.isfinite(loss[i]), -accuracy[i], loss[i], i))
    return _Middle(accuracy, loss, tuple(order))


def _value(many: SeedsResult, accuracy: float, loss: float) -> str:
    if many.spec.training.examples.classes:
        return message("{share} of the test examples right", share=f"{accuracy:.1%}")
    return message("{loss} for the test loss", loss=short(loss, 3))


def _ranged(many: SeedsResult, middle: _Middle, i: int) -> str:
    """Return an entry's name with the median and the range of its result on the test examples."""
    if many.spec.training.examples.classes:
        low, high = (f"{share:.1%}" for share in _range(many.ends("test_accuracy")[:, i]))
        value = f"{middle.accuracy[i]:.1%}"
    else:
        low, high = (short(loss, 3) for loss in _range(many.ends("test_loss")[:, i]))
        value = short(middle.loss[i], 3)
    return message("{name} ({value}, from {low} to {high})", name=many.first.labels[i], value=value, low=low, high=high)


def _range(values: Array) -> tuple[float, float]:
    known = values[np.isfinite(values)]
    return (float(known.min()), float(known.max())) if len(known) else (math.nan, math.nan)


def training_seeds_table(many: SeedsResult) -> pd.DataFrame:
    """Return one row per entry as `network_table` has it, each number the median over the seeds.

    With more than one seed its `low` and `high` are the range of the result on the test examples, `first` in how many seeds it is
    first, and nothing is said of how it ended, which may differ from seed to seed.
    """
    tables = [network_table(run).set_index("entry") for run in many.whole]
    if len(tables) == 1:
        return tables[0].reset_index()
    middle = _middle(many)
    numbers = [table.drop(columns=["status", "reason"]).sort_index().to_numpy(float) for table in tables]
    columns = tables[0].drop(columns=["status", "reason"]).columns
    table = pd.DataFrame(np.median(np.stack(numbers), axis=0), columns=columns)
    what = many.ends("test_accuracy" if many.spec.training.examples.classes else "test_loss")
    table["low"], table["high"] = np.transpose([_range(values) for values in what.T])
    table["first"] = [sum(ranked(run)[0] == i for run in many.whole) for i in range(len(table))]
    table.insert(0, "entry", table.index)
    return table.loc[list(middle.order)].reset_index(drop=True).astype({"evaluations": int})


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
    value = f"{share:.1%}" if result.spec.examples.classes else short(loss, 3)
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
    best = message("Best by the training loss after {steps}:", steps=steps(found.steps))
    return sentences(
        best,
        *said,
        message("A rate trains if the loss ends below {share:.0%} of the first one.", share=WORKS),
    )


def network_protocol(result: NetworkResult, seeds: int = 1) -> str:
    """Return what was trained on what, and what was the same for all; `seeds` is how many seeds there are from the result's on."""
    spec, data = result.spec, result.spec.examples
    kind = message("weights and biases")
    return sentences(
        message(
            "{data}: {training} to train on, {test} to test.",
            data=data.title,
            training=examples(data.training),
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
            "Every racer sees the same batches of {batch}, drawn with replacement: {steps}, {epochs:.3g} × all "
            "examples. Seed {seed}.",
            batch=examples(spec.batch or data.training),
            steps=steps(spec.steps),
            epochs=spec.epochs,
            seed=spec.seed,
        ),
        message("All numbers have 32 bits, not 64: rounding parts runs sooner.") if spec.dtype == "float32" else "",
        message(
            "The loss on a batch has {half} × the sum of squared weights added, biases left out; losses on all examples have not.",
            half=short(spec.weight_decay / 2, 3),
        )
        if spec.weight_decay
        else "",
        ""
        if seeds == 1
        else message(
            "In all {count} seeds: this one and those after it, each with other first weights and other batches.", count=seeds
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
