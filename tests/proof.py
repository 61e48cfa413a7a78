"""Writes what the comparisons measure to optim/proof.json, for the app to show: `python -m tests.proof`."""

import optim
from optim.proof import FILE, Comparison, dumped
from tests import comparison

OWN, FED = "both on their own gradients", "both on the same gradients"


def measured():
    """Return every comparison with a recorded run, measured now; runs that rounding alone moves are compared by gradients only."""
    by_steps = [row for case in comparison.cases() for row in _step_by_step(case)]
    order = list(optim.OPTIMIZERS)
    return sorted(by_steps, key=lambda row: (order.index(row.optimizer), row.library, row.what))


def _step_by_step(case):
    about = (case.entry.optimizer, case.library, case.call.replace("lr=lr", f"lr={case.entry.hyper['lr']:g}"))
    where = (optim.PROBLEMS[case.problem].title, len(case.path) - 1)
    if not case.chaotic:
        yield Comparison(*about, *where, OWN, comparison.closed_loop(case))
    if case.gradients is not None:
        yield Comparison(*about, *where, FED, comparison.open_loop(case))


def main():
    """Write the file."""
    FILE.write_text(dumped(measured()), encoding="utf-8")


if __name__ == "__main__":
    main()
