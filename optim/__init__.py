"""Optimizer Race: see and trust how optimizers behave. `optim.race(optim.RaceSpec(...))` is the way in."""

from optim import book as book
from optim.errors import FormulaError, SpecError
from optim.model import Optimizer, Parameter, Problem
from optim.optimizers import OPTIMIZERS
from optim.problems import PROBLEMS, problem
from optim.race import race
from optim.result import RaceResult
from optim.spec import Entry, RaceSpec

__all__ = [
    "OPTIMIZERS",
    "PROBLEMS",
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
