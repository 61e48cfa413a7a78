"""Nothing on screen is said in words that visitors stumbled over, and numbers are written as prose writes them."""

import ast
import re
from pathlib import Path

import pytest

from tests.support.catalogues import known

ROOT = Path(__file__).parents[4]
SOURCES = [ROOT / "streamlit_app.py", *sorted((ROOT / "optim").rglob("*.py")), *sorted((ROOT / "pages").rglob("*.py"))]
PROGRAMS = sorted([*(ROOT / "pages").rglob("*.js"), *(ROOT / "pages").rglob("*.html")])
PRIVATE = (
    "Next is",
    "times as much",
    ", after {count} evaluation",
    "Nobody won",
    "Nobody finished",
    "Nobody stayed within",
    "ended lower than it started",
    "ran alone",
    "the parabola that fits",
    "what memory adds",
    "Take it away",
    "Protocol:",
    "as the protocol says",
    "unmodified gradients",
    "gradient, noise and dials",
    "decades of learning rates",
    "(decades)",
    "Nearest: {row",
    "with a median end gap of",
    "Who wins is who",
    "Nothing has been run",
    "setting of zero switches off",
    "Choose first",
    "more than one visitor may ask",
    "lr x curvature",
    "is close to its limit",
    "steps turn back",
    "downhill just now",
    "under the glass",
    "came to that",
    "did middling",
    "to and fro is not lucky",
    "swings to and fro",
    "Where it bites",
    "made good",
    "what is not a number",
    "however the rates are set",
    "eld against",
    "would pass away",
    "Be a page of many",
    "Be one of the processes",
    "How many times smaller",
    "keeps the books",
    "Every how many",
    "nobody's page is at hand",
)
"""The parts of such sentences that are the same whatever is filled in; docstrings have none of them either."""


def _texts(source):
    """Return every text of a module: those of its templates, and its docstrings, whose lines may break anywhere."""
    constants = (node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant))
    return [" ".join(text.split()) for text in constants if isinstance(text, str)]


@pytest.fixture(scope="module")
def said():
    texts = {path: _texts(path.read_text(encoding="utf-8")) for path in SOURCES}
    return texts | {path: [path.read_text(encoding="utf-8")] for path in PROGRAMS}


@pytest.mark.parametrize("words", PRIVATE)
def test_no_text_of_the_app_uses_words_of_our_own(said, words):
    assert [(path.name, text) for path, texts in said.items() for text in texts if words in text] == []


def test_a_text_with_such_words_is_found():
    source = 'def f(name):\n    """Say it."""\n    return f"Next is {name}" if name else message("{name} was held against\\n it")'
    assert [words for words in PRIVATE for text in _texts(source) if words in text] == ["Next is", "eld against"]


def test_numbers_are_written_as_prose_writes_them():
    texts = [
        form for message in known("ja") if message.id for form in (message.id if isinstance(message.id, tuple) else (message.id,))
    ]
    assert [text for text in texts if re.search(r"\b\d(?:\.\d+)?e[+-]?\d", text) and "`" not in text] == []
    assert [text for text in texts if re.search(r"[\d}] x [\d{]", text)] == []
