"""Optimizer Race: see and trust how optimizers behave. `optim.race(optim.RaceSpec(...))` is the way in."""

from optim import book as book
from optim.entry import Entry
from optim.errors import FormulaError, SpecError
from optim.grids import Axis, Jittered, Lattice, Points, spaced
from optim.lessons import LESSONS
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
from optim.sweep import pieces, run_piece, sweep
from optim.sweep_result import SweepResult
from optim.sweep_spec import SweepSpec
from optim.tune import TuneResult, TuneSpec, tune

__version__ = "0.2.0"

__all__ = [
    "LESSONS",
    "MODIFIERS",
    "ONLINE_PROBLEMS",
    "OPTIMIZERS",
    "PROBLEMS",
    "PROBLEM_FAMILIES",
    "SCHEDULES",
    "Axis",
    "Entry",
    "FormulaError",
    "Jittered",
    "Lattice",
    "OnlineProblem",
    "Optimizer",
    "Parameter",
    "Points",
    "Problem",
    "ProblemFamily",
    "RaceResult",
    "RaceSpec",
    "SpecError",
    "SweepResult",
    "SweepSpec",
    "TuneResult",
    "TuneSpec",
    "pieces",
    "problem",
    "race",
    "run_piece",
    "spaced",
    "sweep",
    "tune",
]
