"""Write what the comparisons measure beside optim/reports/verification: `python -m tests.support.record_verification`."""

import optim
from optim.reports.verification.recorded import FILE, Comparison, dumped
from tests.support import compare_second_order, compare_step_by_step
from tests.support.compare_step_by_step import FED, OWN

LIBRARIES = {"torch": "PyTorch", "scipy": "SciPy", "mpmath": "mpmath, 50 digits,", "purecma": "purecma"}


def measured():
    """Return every comparison with a recorded run, measured now; runs that rounding alone moves are compared by gradients only."""
    rows = [row for case in compare_step_by_step.cases() for row in _step_by_step(case)]
    rows += [row for rule in optim.OPTIMIZERS.values() for golden in rule.golden for row in _otherwise(rule, golden)]
    order = list(optim.OPTIMIZERS)
    return sorted(rows, key=lambda row: (order.index(row.optimizer), row.library, row.what))


def _step_by_step(case):
    about = (case.entry.optimizer, case.library, case.call)
    where = (optim.PROBLEMS[case.problem].title, len(case.path) - 1)
    if not case.chaotic:
        yield Comparison(*about, *where, OWN, compare_step_by_step.closed_loop(case))
    if case.gradients is not None:
        yield Comparison(*about, *where, FED, compare_step_by_step.open_loop(case))


def _otherwise(rule, golden):
    """Yield what is not compared step by step; angles are left out, since they are no lengths."""
    if golden.compare == "steps":
        return
    for one in compare_second_order.deviations(rule, golden):
        if not one.what.startswith("sine"):
            library = f"{LIBRARIES[golden.run.split('_')[0].split('/')[0]]} {one.version.partition('+')[0]}"
            function = optim.PROBLEMS[compare_step_by_step.PROBLEMS[one.function]].title
            yield Comparison(rule.name, library, one.against, function, one.steps, one.what, one.largest)


def main():
    """Write the file."""
    FILE.write_text(dumped(measured()), encoding="utf-8")


if __name__ == "__main__":
    main()
