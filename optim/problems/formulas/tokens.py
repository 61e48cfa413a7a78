"""The characters and tokens of a formula as people type or paste it: full width, typographic signs, superscripts."""

import re
import unicodedata

from optim.i18n.message import Message, message

SIGNS = {
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2796\u30fc", "-"),
    **dict.fromkeys("\u00d7\u00b7\u22c5\u2219\u2022\u2217\u2715\u2716\u2a2f\u30fb\u2062", "*"),
    **dict.fromkeys("\u00f7\u2215\u2044\u2797", "/"),
    **dict.fromkeys("\u2223\u2758\u01c0", "|"),
    **dict.fromkeys("\u200b\u200c\u200d\u200e\u200f\u2060\u2061\ufeff", " "),
    "\u2795": "+",
    "\u3001": ",",
}
"""Character -> the sign that it is read as; those without width are blanks."""
SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ˣʸ", "0123456789+-xy", strict=True))
FORMS = ("<wide>", "<narrow>", "<font>", "<compat>", "<noBreak>", "<small>")
"""Unicode's forms of a character that are read as the character itself; a superscript or a circled number is not."""
LATEX = {
    "\\frac": "(x)/(y)",
    "\\cdot": "x*y",
    "\\times": "x*y",
    "\\sqrt": "sqrt(x)",
    "\\pi": "pi",
    "\\left": "(",
    "\\right": ")",
    "\\sin": "sin(x)",
    "\\cos": "cos(x)",
    "\\exp": "exp(x)",
    "\\ln": "log(x)",
}
"""A LaTeX command -> what to write for it."""
REFUSED = {
    "equals": message("a formula holds no equals sign; write only the side with x and y"),
    "compare": message("a comparison cannot be used in a formula"),
    "foreign": message("this operator cannot be used; use + - * / and ** or ^ for a power"),
    "quote": message("a text cannot be used in a formula; leave out the quotation marks"),
    "dot": message("a dot can only stand in a number such as 0.5"),
}
"""Kind of token -> why it stands in no formula."""
_BREAKS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"
_SUPER = "".join(SUPERSCRIPTS)

TOKEN = re.compile(
    rf"""(?P<blank>[ \n]+)
    | (?P<number>(?:[0-9]+(?:_[0-9]+)*(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
    | (?P<word>(?:(?:np|numpy|math|torch)\.)?[A-Za-z_][A-Za-z0-9_]*|π)
    | (?P<compare>[=!<>]=+|[≤≥≠]|[<>](?![<>]))
    | (?P<foreign>//|<<|>>|[%@&~!])
    | (?P<equals>:?=)
    | (?P<power>\.?(?:\*\*|\^))
    | (?P<operator>\.[*/]|[-+*/])
    | (?P<superscript>[{_SUPER}]+)
    | (?P<root>[√∛])
    | (?P<open>[(\[{{])
    | (?P<close>[)\]}}])
    | (?P<bar>\|)
    | (?P<comma>,)
    | (?P<quote>['"`])
    | (?P<dot>\.)
    | (?P<other>\\[A-Za-z]*|.)""",
    re.VERBOSE | re.DOTALL,
)
"""One token, wherever a text is cut."""
CALL = re.compile(rf"[ \n]*(?:(?:\*\*|\^)[ \n]*(?P<power>-?[0-9]+)|(?P<superscript>[{_SUPER}]+))?[ \n]*(?P<open>[(\[{{])")
"""What follows a function's name: its bracket, before which it may be raised, as in sin^2(x)."""
PREFIX = re.compile(r"[ \n]*(?P<name>[a-z]\w*) *(?:[(\[] *x *, *y *[)\]] *)?:?=(?!=)", re.IGNORECASE | re.ASCII)
"""What may stand before a formula: z =, f(x, y) = or f(x, y) :=."""


def plain(text: str) -> str:
    """Return the text with each character as the one that it is read as, so that every place stays where it is."""
    return "".join(map(_plain, text))


def _plain(character: str) -> str:
    if character in SIGNS or (character.isascii() and character.isprintable()):
        return SIGNS.get(character, character)
    if character.isspace():
        return "\n" if character in _BREAKS else " "
    form = unicodedata.decomposition(character).split(" ", 1)[0]
    usual = unicodedata.normalize("NFKC", character)
    if len(usual) != 1 or (form.startswith("<") and form not in FORMS):
        return character
    return SIGNS.get(usual, usual)


def refused(kind: str, text: str) -> Message:
    """Return why a token, such as a command of LaTeX, stands in no formula, and what to write for it where that is known."""
    if kind in REFUSED:
        return REFUSED[kind]
    if text in LATEX:
        return message("LaTeX is not read; write {plain} for {command}", plain=LATEX[text], command=text)
    if text[0] in "\\$":
        return message("LaTeX is not read; write a formula such as x**2/20 + y**2, without {sign}", sign=text)
    if unicodedata.decomposition(text).startswith("<fraction>"):
        usual = unicodedata.normalize("NFKC", text).replace("\u2044", "/")
        return message("the character {character!r} cannot be used; write {usual}", character=text, usual=f"({usual})")
    words = message("use x, y, numbers, pi, e, + - * / ** and functions such as sin, exp, log, sqrt, abs, max")
    return message("the character {character!r} cannot be used; {words}", character=text, words=words)
