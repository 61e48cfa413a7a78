"""Powers of ten in sentences: written out where a number is filled in, and nowhere else."""

import pickle

import numpy as np
import pytest

from optim.i18n.message import message
from optim.i18n.numbers import powers, short
from tests.support.numerals import number, raised


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("1e-06", "10⁻⁶"),
        ("-1e+06", "-10⁶"),
        ("2.5e+08", "2.5×10⁸"),
        ("-7.1e-07", "-7.1×10⁻⁷"),
        ("(1e-05, 3)", "(10⁻⁵, 3)"),
        ("0.3", "0.3"),
        ("the1e-5 x1e5y", "the1e-5 x1e5y"),
        ("inf, nan", "inf, nan"),
    ],
)
def test_a_power_of_ten_is_written_out(written, said):
    assert powers(written) == said


def test_a_message_writes_its_own_numbers_so_and_leaves_texts_as_they_are():
    said = message("{gap:.3g} of {name}, {count}, {given!r}", gap=np.float64(7.1e-7), name="1e-06", count=3, given="1e5")
    assert said == "7.1×10⁻⁷ of 1e-06, 3, '1e5'"
    assert pickle.loads(pickle.dumps(said)) == said
    assert said.values["gap"] == 7.1e-7


SIGNS = [(np.nan, "–"), (np.inf, "∞"), (-np.inf, "−∞"), (3.450620681119242e29, "3.451×10²⁹"), (180.3125, "180.3"), (-1e-6, "-10⁻⁶")]


@pytest.mark.parametrize(("value", "said"), SIGNS)
def test_what_is_no_finite_number_has_one_sign_everywhere(value, said):
    assert short(value) == said
    assert message("loss {loss:.4g}", loss=float(value)) == f"loss {said}"


@pytest.mark.parametrize("value", [1e-6, -1e6, 2.5e8, -7.1e-7, 0.3, -12.0, 1e-300])
def test_what_tests_read_and_write_is_what_sentences_say(value):
    written = f"{value:.6g}"
    assert raised(written) == powers(written)
    assert number(powers(written)) == value
