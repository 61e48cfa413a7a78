"""The names that stand in a formula, in all their spellings, and what to say about those that do not."""

import re
from collections.abc import Iterable

from optim.core.errors import nearest
from optim.i18n.message import Message, code, message

NAMES = ("x", "y", "pi", "e")
SPELLINGS = {
    "π": "pi",
    "ln": "log",
    "log_10": "log10",
    "log_2": "log2",
    "lg": "log10",
    "sgn": "sign",
    "tg": "tan",
    "maximum": "max",
    "minimum": "min",
    **dict.fromkeys(("absolute", "fabs"), "abs"),
    **{f"{prefix}{name}": f"a{name}" for prefix in ("arc", "ar", "arg") for name in ("sinh", "cosh", "tanh")},
    **{f"arc{name}": f"a{name}" for name in ("sin", "cos", "tan")},
    "arctg": "atan",
}
"""Another spelling -> the name that is meant."""
REFUSED = {
    **dict.fromkeys(
        ("floor", "ceil", "round", "int"),
        message("has jumps and a gradient of zero everywhere, so no optimizer could follow it"),
    ),
    **{
        name: message("is not in the list; write {instead}", instead=instead)
        for name, instead in {
            "pow": "x**2",
            "power": "x**2",
            "square": "x**2",
            "hypot": "sqrt(x**2 + y**2)",
            "sec": "1/cos(x)",
            "csc": "1/sin(x)",
            "cot": "1/tan(x)",
            "ctg": "1/tan(x)",
        }.items()
    },
}
"""A function that is known but not read -> why, or what to write for it."""
LONGEST = 30
"""Characters of a name that a message repeats, and up to which it is taken apart."""


def canonical(word: str, functions: Iterable[str]) -> str:
    """Return the name that a word means: capitals, the module before it and other spellings do not count."""
    name = word.rpartition(".")[2].lower()
    return name if name in functions else SPELLINGS.get(name, name)


def unknown_word(word: str, functions: Iterable[str], *, called: bool) -> Message:
    """Return what to say about a word that is no name; `called` where a bracket follows it."""
    if word.lower() in REFUSED:
        return message("{name} {refusal}", name=code(word), refusal=REFUSED[word.lower()])
    shown = code(word[:LONGEST])
    if re.fullmatch(r"[xy]_?[0-9]+", word, re.IGNORECASE):
        return message("unknown name {name}; the variables are x and y, and a power is written x**2", name=shown)
    meant = (nearest(word, functions) if called and word[0] not in "xyXY" else "") or _taken_apart(word, functions)
    if meant:
        return message("unknown name {name}; write {meant}", name=shown, meant=code(meant))
    words = message("use x, y, numbers, pi, e, + - * / ** and functions such as sin, exp, log, sqrt, abs, max")
    if called:
        return message("unknown function {name}; {words}", name=shown, words=words)
    return message("unknown name {name}; {words}", name=shown, words=message("use x and y") if len(word) == 1 else words)


def _taken_apart(word: str, functions: Iterable[str]) -> str:
    """Return what a word such as xsin or sinx means with its signs, or "" where it is not made of known names."""
    known = sorted({*NAMES, *functions, *SPELLINGS}, key=len, reverse=True)
    part = re.compile("|".join([*map(re.escape, known), "[0-9]+"]))
    parts, end = [], 0
    while len(word) <= LONGEST and (found := part.match(word.lower(), end)):
        parts.append(found[0])
        end = found.end()
    if end < len(word):
        return ""
    first = next((place for place, name in enumerate(parts) if name not in NAMES and not name.isdigit()), len(parts))
    inner = "*".join(parts[first + 1 :]) or "…"
    return "*".join([*parts[:first], *(f"{name}({inner})" for name in parts[first : first + 1])])
