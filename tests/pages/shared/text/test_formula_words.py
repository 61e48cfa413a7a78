"""Words in formulas are in the reader's language; names and signs are the same in every language."""

import re

import pytest

import optim
from optim.explain import formulas, replay, written_lines
from pages.shared.text.translation import speaking, translate_formula

LOGIC = {"if", "else", "and", "or", "not"}
"""The language of rules has these words itself."""


def english(latex):
    """Return the English words in a formula's text, those of the language of rules apart."""
    return set(re.findall(r"[A-Za-z]+", " ".join(re.findall(r"\\text\{([^}]*)\}", latex)))) - LOGIC


@pytest.mark.parametrize("name", optim.OPTIMIZERS)
def test_no_english_word_is_left_in_a_japanese_formula(name):
    rule, run = optim.OPTIMIZERS[name], replay(optim.RaceSpec("beale", optim.Entry(name), (1.0, 1.5), 6))
    written = [*formulas(rule), *(line for step in range(1, run.taken + 1) for line in written_lines(run, step))]
    with speaking("ja"):
        assert {word for latex in written for word in english(translate_formula(latex))} == set()
    with speaking("en"):
        assert [translate_formula(latex) for latex in written] == written


def test_names_that_somebody_typed_are_no_words():
    run = replay(optim.RaceSpec("beale", optim.Entry("loss = value(x)\ng = gradient(x)\nx = x - lr * g / loss"), (1.0, 1.5), 2))
    with speaking("ja"):
        assert all("mathrm{loss}" in translate_formula(line) for line in (written_lines(run, 1)[0], written_lines(run, 1)[-1]))
