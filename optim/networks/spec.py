"""What is trained: data, a network, and who trains it, as frozen, hashable, plain data with a JSON form."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from optim.core.errors import SpecError
from optim.core.optimizer import Optimizer
from optim.core.parameter import number, one_of, whole
from optim.core.rules.arrange import Kind, kinds_of
from optim.i18n.message import message
from optim.networks.data import data_set
from optim.networks.data.data_set import DataSet
from optim.networks.layers import ACTIVATIONS
from optim.networks.network import INITIAL, Network, dense_network
from optim.races.entry import Entry
from optim.races.spec import MAX_SEED, MAX_STEPS, entries_of, fields_from_json, plain_with_entries

MAX_LAYERS, MAX_WIDTH, MAX_BATCH, MAX_WEIGHTS = 8, 1000, 10_000, 500_000
WORK = 600_000_000_000
"""Weights x examples over all steps and entries that a training may take: about five minutes of one core."""
KEPT = 32_000_000
"""Numbers of all points that are kept together: 256 MB."""
MARKS = 50
"""How often a training is measured unless its spec says otherwise."""
TARGET = 0.1
"""The training loss that counts as reached where a spec names none: a share of 0.9 for the right class, or of the variance."""
WEIGHTS, LOSS_AT, DTYPES = ("same", "own"), ("before", "after"), ("float64", "float32")

_BOOK: dict[str, dict[str, float]] = {
    "sgd": {"lr": 0.01},
    "momentum": {"lr": 0.01},
    "adagrad": {"lr": 0.01, "eps": 1e-7},
    "adam": {"lr": 0.001, "eps": 1e-7},
}
BOOK_ENTRIES = tuple(Entry(name, values, origin="the book's") for name, values in _BOOK.items())
"""The book's comparison, but for the place where Adam adds its small number: see the rule."""


@dataclass(frozen=True)
class NetworkSpec:
    """A training: the `data`, the widths of hidden `layers`, and the entries that train the same network on the same batches.

    `data` is a name of DATA_SETS, a formula in x and y or a test function, whose values are learned, or a DataSet (then the spec
    has no JSON form). `initial` is the deviation of the first weights: "he", "xavier", or a number. `weights` says whether all
    entries start from the "same" ones, or each from its "own", as in the book. A `batch` is drawn with replacement, 0 takes all
    examples at every step. `loss_at` says whether a batch's loss is taken "before" the step that it is used for, or "after" it, as
    in the book. `every` so many steps losses on all data are taken and a point is kept; 0 stands for 50 times in all. `target` is
    the training loss that counts as reached. `dtype` is that of all numbers of a step, "float64" or "float32"; what is measured is
    kept with 64 bits. `weight_decay` λ adds λ/2 ΣW² to the loss of a batch, over the weights alone, as in the book, and not to the
    losses on all examples; what the entries' own rules have is apart from it. Raises SpecError naming the field.
    """

    data: str | DataSet = "digits"
    entries: tuple[Entry, ...] = BOOK_ENTRIES
    layers: tuple[int, ...] = (100, 100, 100, 100)
    activation: str = "relu"
    initial: str | float = "he"
    batch_norm: bool = False
    dropout: float = 0.0
    batch: int = 128
    steps: int = 500
    seed: int = 0
    weights: str = "same"
    loss_at: str = "before"
    every: int = 0
    target: float = TARGET
    dtype: str = "float64"
    weight_decay: float = 0.0

    def __post_init__(self) -> None:
        if not isinstance(self.data, str | DataSet):
            raise SpecError("data", self.data, message("a data set's name, a formula in x and y, or a DataSet"))
        self._set("entries", entries_of(self.entries))
        for entry in self.entries:
            refusal = no_network(entry.rule)
            if refusal:
                raise SpecError("optimizer", entry.optimizer, message("another one for a network: {refusal}", refusal=refusal))
        self._set("layers", _widths(self.layers))
        one_of("activation", self.activation, tuple(ACTIVATIONS))
        if isinstance(self.initial, str):
            one_of("initial", self.initial, tuple(INITIAL))
        else:
            self._set("initial", number("initial", self.initial, 0.0, 100.0))
        if not isinstance(self.batch_norm, bool):
            raise SpecError("batch_norm", self.batch_norm, message("true or false"))
        self._set("dropout", number("dropout", self.dropout, 0.0, 0.95))
        self._set("batch", whole("batch", self.batch, 0, MAX_BATCH))
        self._set("steps", whole("steps", self.steps, 1, MAX_STEPS))
        self._set("seed", whole("seed", self.seed, 0, MAX_SEED))
        one_of("weights", self.weights, WEIGHTS)
        one_of("loss_at", self.loss_at, LOSS_AT)
        one_of("dtype", self.dtype, DTYPES)
        self._set("weight_decay", number("weight_decay", self.weight_decay, 0.0, 10.0))
        self._set("every", whole("every", self.every, 0, MAX_STEPS))
        self._set("target", number("target", self.target, 0.0, math.inf))
        self._check_size()
        self._check_matrices()

    def _check_matrices(self) -> None:
        for entry in self.entries:
            if entry.rule.matrices and not entry.rule.matrices(self.network.blocks):
                expected = message("another one for this network: {name} moves matrices that it has not", name=entry.rule.title)
                raise SpecError("optimizer", entry.optimizer, expected)

    def _set(self, field: str, value: Any) -> None:
        object.__setattr__(self, field, value)

    def _check_size(self) -> None:
        weights = self.network.dimension
        if weights > MAX_WEIGHTS:
            raise SpecError(
                "layers",
                self.layers,
                message("a network of at most {most} weights; this has {count}", most=MAX_WEIGHTS, count=weights),
            )
        if self.work > WORK:
            most = int(self.steps * WORK / self.work)
            raise SpecError(
                "steps", self.steps, message("at most {most} with so many weights, entries and examples in a batch", most=most)
            )
        kept = weights * len(self.entries) * len(self.marks)
        if kept > KEPT:
            raise SpecError(
                "every",
                self.every,
                message("{least} or more: so many weights are kept at every mark", least=math.ceil(kept / KEPT * self.interval)),
            )

    @property
    def examples(self) -> DataSet:
        """The data that is trained on."""
        return self.data if isinstance(self.data, DataSet) else data_set(self.data)

    @cached_property
    def network(self) -> Network:
        """The network that every entry trains."""
        data = self.examples
        widths = (data.features, *self.layers, data.outputs)
        return dense_network(
            widths, self.activation, classifies=bool(data.classes), batch_norm=self.batch_norm, dropout=self.dropout
        )

    @property
    def work(self) -> int:
        """Weights x examples over all steps and entries."""
        return self.network.dimension * (self.batch or self.examples.training) * self.steps * len(self.entries)

    @property
    def interval(self) -> int:
        """How many steps lie between marks, where losses on all data are taken and points are kept."""
        return self.every or max(1, self.steps // MARKS)

    @property
    def marks(self) -> tuple[int, ...]:
        """The steps at which losses on all data are taken and points are kept: the start, and the end, among them."""
        return tuple(sorted({*range(0, self.steps + 1, self.interval), self.steps}))

    @property
    def epochs(self) -> float:
        """How many times as many examples as there are pass by in all steps."""
        return self.steps * (self.batch / self.examples.training if self.batch else 1.0)

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "network"}

    def to_json(self) -> str:
        """Return the spec as JSON; SpecError where the data or an optimizer is an object of the caller's own."""
        if isinstance(self.data, DataSet):
            raise SpecError("data", self.data.name, message("a registry name or a formula: an object has no JSON form"))
        return json.dumps(plain_with_entries(self), allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> "NetworkSpec":
        """Return the spec that `to_json` wrote; SpecError where a field is unknown or unusable."""
        return cls(**fields_from_json(cls, text, message("what NetworkSpec.to_json writes")))


def no_network(rule: Optimizer) -> str:
    """Return why a rule cannot train a network, or "" where it can."""
    if not {*rule.uses} <= {"value", "gradient"}:
        return message("a Hessian has as many rows as there are weights")
    if "gradient" not in rule.uses:
        return message("without gradients it needs more points than there are weights")
    kinds = kinds_of(rule.lines, {parameter.name: Kind.NUMBER for parameter in rule.parameters})
    large = any(kinds.get(word) == Kind.MATRIX for word in rule.memory)
    return message("it keeps a matrix that has as many rows as there are weights") if large else ""


def _widths(given: Any) -> tuple[int, ...]:
    if isinstance(given, str | bytes) or not isinstance(given, Sequence):
        raise SpecError("layers", given, message("a sequence of whole numbers, the widths of the hidden layers"))
    if len(given) > MAX_LAYERS:
        raise SpecError("layers", given, message("at most {most} hidden layers", most=MAX_LAYERS))
    return tuple(whole("layers", width, 1, MAX_WIDTH) for width in given)
