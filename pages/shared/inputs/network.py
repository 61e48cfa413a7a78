"""Every input of the Network page as a field, and the training that they ask for; no Streamlit here."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from optim import DATA_SETS, DataSet, Entry, NetworkSeeds, NetworkSpec, Parameter, SpecError
from optim.i18n.message import message
from optim.networks.layers import ACTIVATIONS
from optim.networks.seeds import MOST
from optim.networks.spec import BOOK_ENTRIES, DTYPES, LOSS_AT, MAX_BATCH, WEIGHTS, no_network
from optim.races.entry import every_optimizer
from optim.races.spec import MAX_ENTRIES, MAX_SEED
from pages.shared.inputs.field import Field, Values
from pages.shared.inputs.rules import CALLED, HEAVY_BALL, OWN_RULE, TRAINED_RULE
from pages.shared.inputs.several import SeveralField

MAX_STEPS = 5000
"""Steps of a training on the page: more than twice the book's 2000."""
LONGEST = 1000
"""Characters of a function that can be typed."""
LR = "lr"
TRAINABLE = {OWN_RULE: CALLED, **{name: rule.title for name, rule in every_optimizer().items() if not no_network(rule)}}
"""The optimizers that can train a network, first the one that the visitor types -> their titles."""
WRITTEN, BROUGHT = "own", "file"
"""In the menu of data, a function that the visitor writes, and a file that the visitor brings."""
BROUGHT_TITLE = message("A file of yours")
HIDDEN = {"4x100": (100,) * 4, "2x50": (50, 50), "1x32": (32,), "2x16": (16, 16), "none": ()}
"""The hidden layers that can be chosen -> their widths."""
DEVIATIONS: dict[str, tuple[str, str | float]] = {
    "he": (message("He: deviation √(2/n)"), "he"),
    "xavier": (message("Xavier: deviation √(1/n)"), "xavier"),
    "0.01": (message("deviation 0.01"), 0.01),
    "1": (message("deviation 1"), 1.0),
}
"""The first weights that can be chosen -> what they are called, and their deviation as a training takes it."""
_BOOK = {str(entry.optimizer): dict(entry.hyper) for entry in BOOK_ENTRIES}


class LearnedField(Field):
    """An input for a function to learn, as it is typed; what is wrong with it the training says."""

    def read(self, text: str) -> Any:
        return text if len(text) <= LONGEST else None

    def write(self, value: Any) -> str:
        return str(value)

    @property
    def expected(self) -> str:
        return message("a formula in x and y")


def _number(key: str, title: str, default: float, low: float, high: float, kind: Any = "float") -> Field:
    return Field(f"net.{key}", title, default, parameter=Parameter(key, key, default, low, high, kind=kind))


def _units(widths: tuple[int, ...]) -> str:
    return message("{count} × {width} units", count=len(widths), width=widths[0]) if widths else message("none")


DATA = Field(
    "net.data",
    message("Data"),
    "digits",
    options={
        **{name: data.title for name, data in DATA_SETS.items()},
        WRITTEN: message("A function that you write"),
        BROUGHT: BROUGHT_TITLE,
    },
)
LEARNED = LearnedField("net.f", message("Function to learn"), "sin(2*x) + cos(y)")
LAYERS = Field(
    "net.layers",
    message("Hidden layers"),
    "4x100",
    options={name: _units(widths) for name, widths in HIDDEN.items()},
)
ACTIVATION = Field(
    "net.act",
    message("Activation"),
    "relu",
    options=dict(zip(ACTIVATIONS, (message("ReLU"), message("tanh"), message("sigmoid")), strict=True)),
)
FIRST = Field(
    "net.init",
    message("First weights"),
    "he",
    options={name: title for name, (title, _) in DEVIATIONS.items()},
)
SAME = Field(
    "net.start",
    message("Start"),
    "same",
    options=dict(zip(WEIGHTS, (message("the same weights"), message("own weights each, as in the book")), strict=True)),
)
LOSS = Field(
    "net.loss",
    message("Loss on the batch"),
    "before",
    options=dict(zip(LOSS_AT, (message("before the update"), message("after the update, as in the book")), strict=True)),
)
FLOATS = Field(
    "net.float",
    message("Precision"),
    "float64",
    options=dict(zip(DTYPES, (message("64 bits"), message("32 bits: faster, less exact")), strict=True)),
)
BATCH = _number("batch", message("Batch"), 128, 1, MAX_BATCH, "int")
STEPS = _number("n", message("Steps"), 2000, 1, MAX_STEPS, "int")
SEEDS = _number("seeds", message("How many seeds"), 1, 1, MOST, "int")
SEED = _number("seed", message("Seed"), 0, 0, MAX_SEED, "int")
NORM = _number("bn", message("Batch normalisation"), False, 0, 1, "bool")
DROPOUT = _number("drop", message("Dropout"), 0.0, 0.0, 0.95)
DECAY = _number("wd", message("Weight decay, biases left out"), 0.0, 0, 1)
WHO = SeveralField(
    "net.opt",
    message("Optimizers"),
    tuple(_BOOK),
    one=Field("net.opt", message("Optimizers"), "", options=TRAINABLE),
    most=MAX_ENTRIES,
    wanted=message("up to {count} optimizers, each once, with commas between them", count=MAX_ENTRIES),
)


def _rate(name: str) -> Field:
    """Return the input of an optimizer's learning rate: the book's where it has one, else its default, made for networks."""
    given = Entry(_named(name, HEAVY_BALL)).rule.parameter(LR)
    default = _BOOK.get("momentum" if name == OWN_RULE else name, {}).get(LR, given.default)
    own = Parameter(LR, given.symbol, default, given.low, given.high, valid=given.valid)
    return Field(f"net.lr.{name}", message("lr of {name}", name=TRAINABLE[name]), default, parameter=own)


def _named(name: str, lines: str) -> str:
    """Return an optimizer of the menu as an entry names it: by its name, or by the lines that are typed."""
    return lines if name == OWN_RULE else name


def rated(name: str, lines: str) -> bool:
    """Whether an optimizer of the menu has a learning rate; `lines` are those that are typed."""
    return LR in Entry(_named(name, lines)).hyper


RATES = {name: _rate(name) for name in TRAINABLE if rated(name, HEAVY_BALL)}
"""The inputs of all learning rates, by optimizer."""
CONDITIONS = (ACTIVATION, FIRST, NORM, DROPOUT, DECAY, BATCH, SAME, LOSS, FLOATS, SEED)
"""What few change."""
NOBODY = "none"
INSIDE_OPTIONS = {NOBODY: message("Choose one"), **TRAINABLE}
JOINT, RANDOM, LINE = "joint", "random", "line"
RATED = _number("rates", message("Try nine rates with 100 steps each"), False, 0, 1, "bool")
LANDSCAPE = _number("land", message("Show the loss around the paths (some seconds)"), False, 0, 1, "bool")
PLANE = Field(
    "net.plane",
    message("Where to look"),
    JOINT,
    options={
        JOINT: message("the plane of all paths"),
        RANDOM: message("a random plane around one end"),
        LINE: message("the line between two ends"),
    },
)
END = Field("net.end", message("The end of"), NOBODY, options=INSIDE_OPTIONS)
OTHER_END = Field("net.to", message("The other end"), NOBODY, options=INSIDE_OPTIONS)
INSIDE = Field("net.in", message("Whose"), NOBODY, options=INSIDE_OPTIONS)
SHOWN = _number("at", message("After step"), MAX_STEPS, 0, MAX_STEPS, "int")
"""The step at which decision regions are shown; the default is the end, however many steps a training has."""
ASKED = (SHOWN, RATED, LANDSCAPE, PLANE, END, OTHER_END, INSIDE)
"""What is asked of a training that is done."""
NETWORK = (DATA, LEARNED, LAYERS, STEPS, SEEDS, WHO, TRAINED_RULE, *RATES.values(), *CONDITIONS, *ASKED)
"""Every input of the page."""
BOOKS: Values = {
    **{field.key: field.default for field in NETWORK},
    SAME.key: "own",
    LOSS.key: "after",
}
"""The book's own comparison, on these digits."""


_AS_HELD = {
    "activation": ACTIVATION,
    "batch_norm": NORM,
    "dropout": DROPOUT,
    "batch": BATCH,
    "steps": STEPS,
    "seed": SEED,
    "weights": SAME,
    "loss_at": LOSS,
    "dtype": FLOATS,
    "weight_decay": DECAY,
}
"""What a training takes from an input as it is."""
_ASKED_BY = {"data": LEARNED, "layers": LAYERS, "initial": FIRST, "optimizer": WHO, "seeds": SEEDS, **_AS_HELD}
"""A field of a training -> the input that the visitor knows it by."""


def training_spec(values: Values, brought: DataSet | None = None) -> NetworkSpec:
    """Return the training that the inputs ask for; `brought` is the data of a file.

    Where there is none it raises SpecError, which calls the field as its input is called.
    """
    chosen = values[DATA.key]
    given: dict[str, str | DataSet | None] = {WRITTEN: values[LEARNED.key], BROUGHT: brought}
    with _called_as_on_screen():
        return NetworkSpec(
            data=given.get(chosen) or chosen,
            entries=tuple(_entry(name, values) for name in values[WHO.key]),
            layers=HIDDEN[values[LAYERS.key]],
            initial=DEVIATIONS[values[FIRST.key]][1],
            **{name: values[field.key] for name, field in _AS_HELD.items()},
        )


@contextmanager
def _called_as_on_screen() -> Iterator[None]:
    try:
        yield
    except SpecError as error:
        asked = _ASKED_BY.get(error.field)
        raise SpecError(asked.title if asked else error.field, error.value, error.expected) from None


def with_seeds(values: Values, brought: DataSet | None = None) -> NetworkSeeds:
    """Return the training that the inputs ask for, with as many seeds as they ask for."""
    with _called_as_on_screen():
        return NetworkSeeds(training_spec(values, brought), values[SEEDS.key])


def first_view() -> NetworkSeeds:
    """Return the training that the page opens with."""
    return with_seeds({field.key: field.default for field in NETWORK})


def _entry(name: str, values: Values) -> Entry:
    """Return an optimizer with its rate, and with the book's other settings where it has them."""
    lines = values[TRAINED_RULE.key]
    rate = {LR: values[RATES[name].key]} if rated(name, lines) else {}
    return Entry(_named(name, lines), {**_BOOK.get(name, {}), **rate})
