"""Claims: clauses that are said only where the numbers bear them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

Subject = TypeVar("Subject")


@dataclass(frozen=True)
class Claim(Generic[Subject]):
    """A clause and its check: `words(subject)` say it, and may be said only where `holds(subject)`."""

    words: Callable[[Subject], str]
    holds: Callable[[Subject], bool]


def first(claims: Iterable[Claim[Subject]], subject: Subject) -> str:
    """Return the words of the first claim that holds of the subject, or "" where none does."""
    return next((claim.words(subject) for claim in claims if claim.holds(subject)), "")


def always(_: object) -> bool:
    """The check of a clause that states the numbers and no more: it holds of everything."""
    return True
