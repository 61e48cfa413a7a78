"""The sentences of the library in English are those on record; whatever language they are said in."""

import gettext
import json
import re

import pytest

from optim.i18n.message import translated
from tests.support import record_english

RECORDED = json.loads(record_english.RECORD.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def said():
    return record_english.sentences()


@pytest.mark.parametrize("about", RECORDED)
def test_english_is_what_it_was(said, about):
    # Numbers are held by other tests; in the last digits they may differ between machines.
    assert [_numberless(text) for text in said[about]] == [_numberless(text) for text in RECORDED[about]]


@pytest.mark.parametrize("about", RECORDED)
def test_a_sentence_told_in_english_is_the_sentence(said, about):
    assert [translated(text, gettext.NullTranslations()) for text in said[about]] == said[about]


def _numberless(text):
    return re.sub(r"-?\d+(\.\d+)?(×10)?[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]*", "#", text)
