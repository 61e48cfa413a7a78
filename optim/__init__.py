"""Optimizer Race: see and trust how optimizers behave. `optim.race(optim.RaceSpec(...))` is the way in."""

from optim import book as book
from optim.entry import Entry
from optim.errors import FormulaError, SpecError
from optim.model import Optimizer, Parameter, Problem
from optim.modifiers import MODIFIERS
from optim.optimizers import OPTIMIZERS
from optim.problems import PROBLEMS, problem
from optim.race import race
from optim.result import RaceResult
from optim.schedules import SCHEDULES
from optim.spec import RaceSpec

__all__ = [
    "MODIFIERS",
    "OPTIMIZERS",
    "PROBLEMS",
    "SCHEDULES",
    "Entry",
    "FormulaError",
    "Optimizer",
    "Parameter",
    "Problem",
    "RaceResult",
    "RaceSpec",
    "SpecError",
    "problem",
    "race",
]
