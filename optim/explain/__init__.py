"""The steps of a recorded run, evaluated again: its lines with numbers, as LaTeX, and where it went.

`replay(spec)` runs an entry again with its memory; the other functions read the run that it returns.
"""

from optim.explain.replay import Replay, replay
from optim.explain.rule_latex import formulas, written_lines
from optim.explain.step import angles, fresh_moves, gradients, moves, remembered_moves, scales, share

__all__ = [
    "Replay",
    "angles",
    "formulas",
    "fresh_moves",
    "gradients",
    "moves",
    "remembered_moves",
    "replay",
    "scales",
    "share",
    "written_lines",
]
