"""What a lesson is: a question answered before its race runs, and numbers of the race beside what theory says."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from optim.races.online import OnlineSpec, play_all
from optim.races.run import race
from optim.races.spec import RaceSpec

Spec = RaceSpec | OnlineSpec


@dataclass(frozen=True)
class Choice:
    """One answer to choose from, and what is said to who chose it.

    `bears` says whether the races bear this answer out. It takes the numbers that the text says, in whatever language it was
    read, as a set, and then the results of the lesson's races. True for the right choice and no other.
    """

    text: str
    reply: str
    bears: Callable[..., bool]
    right: bool = False


@dataclass(frozen=True)
class Proof:
    """One number of the race beside its closed form: `theory` says which, `expected` is its value.

    With `at_least` the claim is that the number is that large or larger; it holds within `tolerance`.
    """

    what: str
    measured: float
    theory: str
    expected: float
    tolerance: float
    at_least: bool = False

    @property
    def holds(self) -> bool:
        """Whether the race agrees with theory."""
        short = self.expected - self.measured
        return short <= self.tolerance if self.at_least else abs(short) <= self.tolerance


@dataclass(frozen=True)
class Run:
    """One race of a lesson, what it is called where there are several, and whether its loss is best seen on a logarithmic axis."""

    label: str
    spec: Spec
    log: bool = True


@dataclass(frozen=True, eq=False)
class Lesson:
    """One experiment of a minute: its `name` in a link, what is asked, and what the race then shows.

    `runs` builds the races when they are wanted, since reading a typed formula takes long; `proof` takes their results in
    that order, those of `optim.race` or `optim.play_all`. The first run is the usual case, the last the one asked about.
    """

    name: str
    title: str
    setting: str
    question: str
    choices: tuple[Choice, ...]
    runs: Callable[[], tuple[Run, ...]]
    proof: Callable[..., tuple[Proof, ...]]
    answer: str
    practice: str
    theme: str = field(default="", kw_only=True)

    @cached_property
    def races(self) -> tuple[Run, ...]:
        """The races of the lesson."""
        return self.runs()

    @property
    def right(self) -> int:
        """The index of the right choice."""
        return next(i for i, choice in enumerate(self.choices) if choice.right)

    def texts(self) -> Iterator[str]:
        """Yield every plain text that the lesson shows."""
        yield from (self.theme, self.title, self.setting, self.question)
        for choice in self.choices:
            yield from (choice.text, choice.reply)
        yield from (self.answer, self.practice)
        if len(self.races) > 1:
            yield from (run.label for run in self.races)


def played(spec: Spec) -> Any:
    """Return the result of a lesson's race, of whichever kind it is."""
    return play_all(spec) if isinstance(spec, OnlineSpec) else race(spec)


def one_of(said: Iterable[float], measured: float, tolerance: float) -> bool:
    """Return whether one of the numbers that a text says is the measured one, within a tolerance."""
    return any(abs(number - measured) <= tolerance for number in said)
