"""Optimizer Race: see and trust how optimizers behave. `optim.race(optim.RaceSpec(...))` is the way in."""

import importlib as _importlib
from types import ModuleType as _ModuleType

from optim import book, explain, export, reports
from optim.core.errors import DataError, FormulaError, RuleError, SpecError
from optim.core.optimizer import Optimizer
from optim.core.parameter import Parameter
from optim.core.problem import Problem
from optim.lessons import LESSONS
from optim.networks.data import DATA_SETS
from optim.networks.data.data_set import DataSet
from optim.networks.data.files import read_data
from optim.networks.result import NetworkResult
from optim.networks.run import train
from optim.networks.seeds import NetworkSeeds, SeedsResult, train_seeds
from optim.networks.spec import NetworkSpec
from optim.optimizers import OPTIMIZERS
from optim.optimizers.transforms.modifiers import MODIFIERS
from optim.optimizers.transforms.schedules import SCHEDULES
from optim.optimizers.typed import rule
from optim.problems import ONLINE_PROBLEMS, PROBLEM_FAMILIES, PROBLEMS, problem
from optim.problems.family import ProblemFamily
from optim.problems.functions.online import OnlineProblem
from optim.races.entry import Entry
from optim.races.online import play, play_all
from optim.races.result import RaceResult
from optim.races.run import race
from optim.races.spec import RaceSpec
from optim.sweeps.grid import Axis, Jittered, Lattice, Points, spaced
from optim.sweeps.process_pool import process_pool
from optim.sweeps.result import SweepResult
from optim.sweeps.run import pieces, run_piece, sweep
from optim.sweeps.spec import SweepSpec
from optim.sweeps.tune import TuneResult, tune
from optim.sweeps.tune_spec import TuneSpec

__version__ = "0.2.0"

__all__ = [
    "DATA_SETS",
    "LESSONS",
    "MODIFIERS",
    "ONLINE_PROBLEMS",
    "OPTIMIZERS",
    "PROBLEMS",
    "PROBLEM_FAMILIES",
    "SCHEDULES",
    "Axis",
    "DataError",
    "DataSet",
    "Entry",
    "FormulaError",
    "Jittered",
    "Lattice",
    "NetworkResult",
    "NetworkSeeds",
    "NetworkSpec",
    "OnlineProblem",
    "Optimizer",
    "Parameter",
    "Points",
    "Problem",
    "ProblemFamily",
    "RaceResult",
    "RaceSpec",
    "RuleError",
    "SeedsResult",
    "SpecError",
    "SweepResult",
    "SweepSpec",
    "TuneResult",
    "TuneSpec",
    "book",
    "explain",
    "export",
    "pieces",
    "play",
    "play_all",
    "problem",
    "process_pool",
    "race",
    "read_data",
    "reports",
    "rule",
    "run_piece",
    "spaced",
    "sweep",
    "train",
    "train_seeds",
    "tune",
]


def __getattr__(name: str) -> _ModuleType:
    """Load `optim.figures` when it is first asked for: it needs Plotly, which the rest of the library does without."""
    if name != "figures":
        raise AttributeError(f"module 'optim' has no attribute {name!r}")
    return _importlib.import_module("optim.figures")
