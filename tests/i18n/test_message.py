"""Sentences remember how they were made, through every way of putting them together."""

import gettext
import pickle

import pytest

from optim.i18n.message import code, joined, message, plural, transformed, translated


class Loud(gettext.NullTranslations):
    """A language in which every message stands in brackets, and two is many."""

    def gettext(self, message):
        return f"[{message}]"

    def ngettext(self, one, many, n):
        return f"[{one if n == 1 else many}]"


def _capital(text):
    return text[:1].upper() + text[1:]


CASES = [
    (message("no values"), "no values", "[no values]"),
    (message("{name} won at {lr:.2g}", name="Adam", lr=0.123), "Adam won at 0.12", "[[Adam] won at 0.12]"),
    (message("outer {inner}", inner=message("inner {n}", n=3)), "outer inner 3", "[outer [inner 3]]"),
    (plural("{count} step", "{count} steps", 1), "1 step", "[1 step]"),
    (plural("{count} step of {of}", "{count} steps of {of}", 2, of="it"), "2 steps of it", "[2 steps of [it]]"),
    (joined(", ", ["a", message("b {x}", x=1)]), "a, b 1", "[a][, ][b 1]"),
    (message("a") + " " + message("b"), "a b", "[a][ ][b]"),
    (transformed(message("small {x}", x=1), _capital), "Small 1", "[small 1]"),
    (message(""), "", ""),
    (message("there is no {name}", name=code("gradient")), "there is no gradient", "[there is no gradient]"),
    (message("one of {names}", names=code("value", "gradient")), "one of value, gradient", "[one of value, gradient]"),
]


@pytest.mark.parametrize(("said", "english", "loud"), CASES)
def test_a_sentence_is_english_and_can_be_said_otherwise(said, english, loud):
    assert said == english
    assert translated(said, gettext.NullTranslations()) == english
    assert translated(said, Loud()) == loud


@pytest.mark.parametrize(("said", "english", "loud"), CASES)
def test_a_sentence_survives_pickling(said, english, loud):
    assert translated(pickle.loads(pickle.dumps(said)), Loud()) == loud


def test_what_is_put_in_is_never_read_as_a_template():
    assert message("hello {name}", name="{name.__class__}") == "hello {name.__class__}"
    assert translated(message("hello {name}", name="{0}"), gettext.NullTranslations()) == "hello {0}"


def test_a_plain_text_is_looked_up_and_anything_else_left():
    assert translated("plain", Loud()) == "[plain]"
    assert translated(3, Loud()) == 3
    assert translated("", Loud()) == ""
