"""The proof that the app shows is what the comparisons measure, and nobody is without one."""

import dataclasses

import pytest

import optim
from optim.reports.verification.recorded import FILE, Comparison, dumped, proof, summary
from tests.support.record_verification import measured

SHOWN = [one for name in optim.OPTIMIZERS for one in proof(name)]


def about(row):
    """Return what a row is about: everything but the number."""
    return dataclasses.replace(row, deviation=0.0)


@pytest.fixture(scope="module")
def now():
    return measured()


def test_the_file_holds_every_comparison_that_is_made_and_no_other(now):
    assert [about(row) for row in SHOWN] == [about(row) for row in now], "run python -m tests.support.record_verification"
    assert FILE.read_text(encoding="utf-8") == dumped(SHOWN)


def test_the_numbers_of_the_file_are_those_measured_now(now):
    for shown, fresh in zip(SHOWN, now, strict=True):
        assert fresh.deviation == pytest.approx(shown.deviation, rel=0.5, abs=5e-14), shown


@pytest.mark.parametrize("name", optim.OPTIMIZERS)
def test_every_optimizer_has_a_proof(name):
    assert proof(name)


def test_a_summary_holds_the_largest_deviation_of_its_kind():
    rows = [
        Comparison("adam", "A", "a(1)", "bowl", 10, "x", 1e-15),
        Comparison("adam", "A", "a(2)", "valley", 20, "x", 3e-15),
        Comparison("adam", "B", "b()", "bowl", 10, "x", 2e-15),
    ]
    first, second = summary(rows)
    assert (first.library, first.runs, first.functions, first.steps, first.deviation) == ("A", 2, ("bowl", "valley"), 20, 3e-15)
    assert first.calls == ("a(1)", "a(2)")
    assert second.deviation == 2e-15
