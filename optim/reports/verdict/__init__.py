"""Who won a race and why."""

from optim.reports.verdict.winner import Verdict, verdict

__all__ = ["Verdict", "verdict"]
