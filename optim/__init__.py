"""Optimizer Race: see and trust how optimizers behave. `optim.race(optim.RaceSpec(...))` is the way in."""

from optim import book as book
from optim.entry import Entry
from optim.errors import FormulaError, SpecError
from optim.model import Optimizer, Parameter, Problem
from optim.modifiers import MODIFIERS
from optim.optimizers import OPTIMIZERS
from optim.problems import ONLINE_PROBLEMS, PROBLEM_FAMILIES, PROBLEMS, problem
from optim.problems.family import ProblemFamily
from optim.problems.online import OnlineProblem
from optim.race import race
from optim.result import RaceResult
from optim.schedules import SCHEDULES
from optim.spec import RaceSpec

__all__ = [
    "MODIFIERS",
    "ONLINE_PROBLEMS",
    "OPTIMIZERS",
    "PROBLEMS",
    "PROBLEM_FAMILIES",
    "SCHEDULES",
    "Entry",
    "FormulaError",
    "OnlineProblem",
    "Optimizer",
    "Parameter",
    "Problem",
    "ProblemFamily",
    "RaceResult",
    "RaceSpec",
    "SpecError",
    "problem",
    "race",
]
