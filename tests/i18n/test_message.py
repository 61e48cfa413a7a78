"""Sentences remember how they were made, through every way of putting them together."""

import gettext
import pickle

import pytest

from optim.i18n.message import changed, counted, joined, say, told


class Loud(gettext.NullTranslations):
    """A language in which every message stands in brackets, and two is many."""

    def gettext(self, message):
        return f"[{message}]"

    def ngettext(self, one, many, n):
        return f"[{one if n == 1 else many}]"


def _capital(text):
    return text[:1].upper() + text[1:]


CASES = [
    (say("no values"), "no values", "[no values]"),
    (say("{name} won at {lr:.2g}", name="Adam", lr=0.123), "Adam won at 0.12", "[[Adam] won at 0.12]"),
    (say("outer {inner}", inner=say("inner {n}", n=3)), "outer inner 3", "[outer [inner 3]]"),
    (counted("{count} step", "{count} steps", 1), "1 step", "[1 step]"),
    (counted("{count} step of {of}", "{count} steps of {of}", 2, of="it"), "2 steps of it", "[2 steps of [it]]"),
    (joined(", ", ["a", say("b {x}", x=1)]), "a, b 1", "[a][, ][b 1]"),
    (say("a") + " " + say("b"), "a b", "[a][ ][b]"),
    (changed(say("small {x}", x=1), _capital), "Small 1", "[small 1]"),
    (say(""), "", ""),
]


@pytest.mark.parametrize(("said", "english", "loud"), CASES)
def test_a_sentence_is_english_and_can_be_said_otherwise(said, english, loud):
    assert said == english
    assert told(said, gettext.NullTranslations()) == english
    assert told(said, Loud()) == loud


@pytest.mark.parametrize(("said", "english", "loud"), CASES)
def test_a_sentence_survives_pickling(said, english, loud):
    assert told(pickle.loads(pickle.dumps(said)), Loud()) == loud


def test_what_is_put_in_is_never_read_as_a_template():
    assert say("hello {name}", name="{name.__class__}") == "hello {name.__class__}"
    assert told(say("hello {name}", name="{0}"), gettext.NullTranslations()) == "hello {0}"


def test_a_plain_text_is_looked_up_and_anything_else_left():
    assert told("plain", Loud()) == "[plain]"
    assert told(3, Loud()) == 3
    assert told("", Loud()) == ""
