"""What scripts say to their readers: a headline, what a racer does, and all of it in the reader's language."""

import io
import re
import tokenize
from collections.abc import Callable, Iterator
from itertools import accumulate

from optim.export.script import Script
from optim.i18n.message import joined, message
from optim.i18n.phrases import sentences
from optim.races.entry import CONSTANT, Entry

QUOTES = '"""'


def headline(what: str, needs: str, left_out: tuple[str, ...]) -> tuple[str, ...]:
    """Return the lines of a script's docstring: what it is of, what it prints, and who is missing."""
    prints = message("{what}: prints the table as CSV. Needs only {needs}.", what=what, needs=needs)
    return (prints, *(message("Not in here: {sentence}", sentence=sentence) for sentence in left_out))


def docstring(lines: tuple[str, ...]) -> str:
    """Return a script's docstring of these lines."""
    return "\n".join([QUOTES + safe(lines[0]), *map(safe, lines[1:]), QUOTES])


def racer_words(entry: Entry) -> str:
    """Return what a racer does, in a sentence or two."""
    idea = entry.rule.idea_with(entry.hyper)
    extra = [name for name, *_ in entry.modifiers]
    extra += [] if entry.schedule == CONSTANT else [message("{title} schedule", title=entry.schedule[0])]
    does = message("{name} {idea}", name=entry.rule.title, idea=idea) if idea else entry.rule.title
    return sentences(does, message("With {names}.", names=joined(", ", extra)) if extra else "")


def safe(text: str) -> str:
    """Return a text that can stand in a docstring."""
    return re.sub(r'["\\\n]', " ", text)


def commented(script: Script, translator: Callable[[str], str]) -> str:
    """Return a script's text with what it says in the reader's language; code copied from this library keeps its own words."""
    text, written = script.text, {str(words): words for words in script.words}
    begins = [0, *accumulate(len(line) + 1 for line in text.split("\n"))]
    for token in reversed([*_told(text)]):  # from the end, so that what is before stays where it is
        own, said = token.string, {words: words for words in _lines(token)} | written
        for plain in sorted(said, key=len, reverse=True):
            own = own.replace(plain, safe(translator(said[plain])))
        begin, end = (begins[row - 1] + column for row, column in (token.start, token.end))
        text = text[:begin] + own + text[end:]
    return text


def comments(text: str) -> Iterator[str]:
    """Yield the lines of a script's comments and docstrings."""
    for token in _told(text):
        yield from _lines(token)


def _lines(token: tokenize.TokenInfo) -> list[str]:
    if token.type == tokenize.COMMENT:
        return [token.string.lstrip("# ")]
    return [line.strip() for line in token.string.strip('"').splitlines() if line.strip()]


def _told(text: str) -> Iterator[tokenize.TokenInfo]:
    """Yield the comments and docstrings of a script."""
    before = tokenize.NEWLINE
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        docstring = token.type == tokenize.STRING and before in (tokenize.NEWLINE, tokenize.NL, tokenize.INDENT)
        if token.type == tokenize.COMMENT or docstring:
            yield token
        before = token.type
