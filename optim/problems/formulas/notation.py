"""What people write for a formula, brought to Python's notation: signs, brackets and multiplication that is only implied.

The text is read once from left to right, and every character of the result keeps the column that it came from. What has more
than one meaning is a FormulaError that names them; so are all slips, so that Python's parser meets none.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NoReturn

from optim.core.errors import FormulaError
from optim.i18n.message import code, message
from optim.problems.formulas.tokens import CALL, PREFIX, SUPERSCRIPTS, TOKEN, plain, refused
from optim.problems.formulas.words import NAMES, canonical, unknown_word

CLOSING = {"(": ")", "[": "]", "{": "}", "|": "|"}
ROOTS = {"√": "sqrt", "∛": "cbrt"}
_SUPERSCRIPT = re.compile(r"[+-]?(?:[0-9]+|x|y)")
_DECIMALS = re.compile(r",([0-9]+)")
_WHERE_ROOT = message("it is not clear how far the root reaches; write √(…) with brackets")
_WHERE_POWER = message("it is not clear what this exponent raises; write brackets, such as (x**2)**3")
_MISSING_BEFORE = "a number, x, y or a bracket is missing before {sign}"


@dataclass(frozen=True)
class Reading:
    """A formula in Python's notation, the column in the text of each of its characters, and where only a blank meant `*`.

    `blanks` are the places in the text, start and end, of blanks that stand between two operands.
    """

    source: str
    columns: tuple[int, ...]
    blanks: tuple[tuple[int, int], ...] = ()

    def column(self, offset: int) -> int:
        """Return the column in the text of a place in the source."""
        return self.columns[min(offset, len(self.columns) - 1)]


def read(text: str, functions: Mapping[str, int], blank: str = "*") -> Reading:
    """Return what `text` writes, in Python's notation; FormulaError says what is wrong or unclear, and at which column.

    `functions` are the names that may be called, each with the least number of its arguments. `blank` is the operator that a
    blank between two operands stands for.
    """
    return _Reader(plain(text), functions, blank).read()


@dataclass
class _Level:
    """What is open: a bracket, the column where it opened, and what is known of the product being read in it."""

    bracket: str = ""
    column: int = 1
    call: str = ""
    after: str = ""
    exponent: bool = False
    product: int = 0
    factor: int = 0
    slash: int | None = None
    power: int | None = None
    after_bar: bool = False


@dataclass
class _Reader:
    text: str
    functions: Mapping[str, int]
    blank: str
    position: int = 0
    out: list[tuple[str, int]] = field(default_factory=list)
    levels: list[_Level] = field(default_factory=lambda: [_Level()])
    last: str = ""
    """The kind of operand that has just ended; nothing where one is expected."""
    gap: tuple[int, int] | None = None
    pending: str = ""
    """What follows the operand that comes next: the bracket that closes a root."""
    blanks: list[tuple[int, int]] = field(default_factory=list)

    def read(self) -> Reading:
        prefix = PREFIX.match(self.text)
        if prefix and prefix["name"].lower() not in {*NAMES, *self.functions}:
            self.position = prefix.end()
        while self.position < len(self.text):
            token = TOKEN.match(self.text, self.position)
            assert token is not None
            self.position = token.end()
            assert token.lastgroup is not None
            if token.lastgroup == "blank":
                self.gap = token.span()
                continue
            self._take(token.lastgroup, token[0], token.start() + 1)
            self.gap = None
        self._finish()
        source = "".join(text for text, _ in self.out)
        return Reading(source, tuple(column for text, column in self.out for _ in text), tuple(self.blanks))

    def _take(self, kind: str, text: str, column: int) -> None:
        """Read one token."""
        reader = getattr(self, f"_{kind}", None)
        if reader is None:
            self._fail(column, refused(kind, text))
        reader(text, column)

    @property
    def level(self) -> _Level:
        return self.levels[-1]

    def _fail(self, column: int, problem: str) -> NoReturn:
        raise FormulaError(problem, column)

    def _emit(self, text: str, column: int) -> None:
        self.out.append((text, column))

    def _written(self, start: int, end: int | None = None) -> str:
        text = "".join(piece for piece, _ in self.out[start:end])
        return text if len(text) <= 24 else f"{text[:10]}…{text[-10:]}"

    def _finish(self) -> None:
        if self.level.bracket:
            self._fail(self.level.column, message("this {bracket} is not closed", bracket=self.level.bracket))
        if not self.last:
            self._unfinished(len(self.text))

    def _unfinished(self, column: int) -> NoReturn:
        """Say what is missing where an operand should stand."""
        if not self.out:
            self._fail(1, message("the formula is empty; write one such as x**2/20 + y**2"))
        text, at = self.out[-1]
        if self.pending:
            self._fail(at, _WHERE_ROOT)
        if text.endswith("("):
            self._fail(column, message("nothing stands between these brackets"))
        self._fail(at, message("a number, x, y or a bracket is missing after {sign}", sign=text))

    def _number(self, text: str, column: int) -> None:
        value = text.replace("_", "")
        whole = value.isdigit()
        self._begin(text, column)
        self._emit((value.lstrip("0") or "0") if whole else value, column)
        decimals = _DECIMALS.match(self.text, self.position)
        if decimals and self.functions.get(self.level.call, 1) == 1 and whole:
            number = f"{text}.{decimals[1]}"
            meant = message("a comma separates arguments; write {number} for {text}", number=number, text=text + decimals[0])
            self._fail(column + len(text), meant)
        self._end("number")

    def _word(self, text: str, column: int) -> None:
        name = canonical(text, self.functions)
        if name in self.functions:
            self._function(name, column)
        elif name in NAMES:
            self._begin(name, column)
            self._emit(name, column)
            self._end("name")
        elif set(name) <= {"x", "y"}:
            for place, letter in enumerate(name, start=column):
                self._begin(letter, place)
                self._emit(letter, place)
                self._end("name")
                self.gap = None
        else:
            called = self.text[self.position :].lstrip()[:1] in CLOSING
            self._fail(column, unknown_word(text, self.functions, called=called))

    def _function(self, name: str, column: int) -> None:
        call = CALL.match(self.text, self.position)
        if call is None:
            self._fail(column, message("{name} needs brackets; write {name}(x)", name=code(name)))
        power = call["power"] or "".join(SUPERSCRIPTS[sign] for sign in call["superscript"] or "")
        if power and not power.isdigit():
            inverse = f"a{name}(x)" if f"a{name}" in self.functions else f"1/{name}(x)"
            self._unclear(column, f"{inverse}", f"{name}(x)**({power})")
        self._begin(f"{name}(…)", column)
        self._emit(name, column)
        self.position = call.end()
        self._push(call["open"], call.end(), call=name, power=f"**{power}" if power else "")

    def _begin(self, shown: str, column: int) -> None:
        """Begin an operand; after another one it is multiplied where that is certain."""
        if self.last:
            self._imply(shown, column)
        if self.level.power is None and not self.pending:
            self.level.factor = len(self.out)

    def _end(self, kind: str) -> None:
        if self.pending:
            self._emit(self.pending, self.out[-1][1])
            kind = "root" if ")" in self.pending else kind
        self.pending, self.last = "", kind

    def _imply(self, shown: str, column: int) -> None:
        """Multiply by the operand that begins here, or say why that is not certain."""
        if self.gap and self.blank != "*":
            before = self.text[max(0, self.gap[0] - 2) : self.gap[0]]
            if shown[0].isdigit() and before[0].isdigit() and before[1:] in ("e", "E"):
                self._unclear(column, f"1e+{shown}", f"1*e + {shown}")
            self.blanks.append(self.gap)
            self._operator(self.blank, self.gap[0] + 1)
            return
        left, level = self.out[-1][0], self.level
        if shown[0].isdigit() or shown[0] == "." or (self.gap and "\n" in self.text[slice(*self.gap)]):
            self._fail(column, message("a sign such as * or + is missing between {left} and {right}", left=left, right=shown))
        if self.last == "root":
            self._fail(column, _WHERE_ROOT)
        if level.power is not None:
            base, power = self._written(level.factor, level.power - 1), self._written(level.power)
            self._unclear(column, f"{base}**({power}*{shown})", f"{base}**{power}*{shown}")
        if level.slash is not None:
            above, below = self._written(level.product, level.slash), self._written(level.slash + 1)
            self._unclear(column, f"{above}/({below}*{shown})", f"{above}/{below}*{shown}")
        level.after_bar = level.after_bar or (self.last == "bar" and shown != "|…|")
        self._emit("*", column)
        self.last = ""
        if self.gap:
            self.blanks.append(self.gap)

    def _unclear(self, column: int, one: str, other: str) -> NoReturn:
        self._fail(column, message("this can mean two things; write {one} or {other}", one=one, other=other))

    def _operator(self, text: str, column: int) -> None:
        sign, level = text.removeprefix("."), self.level
        if not self.last:
            if sign not in "+-":
                self._no_operand(sign, column)
            if self.pending:
                self._fail(column, _WHERE_ROOT)
            self._emit(sign, column)
            return
        self._emit(sign, column)
        level.power, level.slash, self.last = None, len(self.out) - 1 if sign == "/" else None, ""
        if sign in "+-":
            level.product = len(self.out)

    def _no_operand(self, sign: str, column: int) -> NoReturn:
        if not self.out or self.out[-1][0].endswith(("(", ",")):
            self._fail(column, message("a number, x, y or a bracket is missing before {sign}", sign=sign))
        self._fail(column, message("two operators in a row: {one} and {other}", one=self.out[-1][0], other=sign))

    def _power(self, text: str, column: int) -> None:
        if not self.last:
            self._no_operand("**", column)
        self._check_base(column, "raised")
        self._emit("**", column)
        self.level.power, self.last = len(self.out), ""

    def _check_base(self, column: int, *unclear: str) -> None:
        if self.last == "root" or self.last in unclear:
            self._fail(column, _WHERE_ROOT if self.last == "root" else _WHERE_POWER)

    def _superscript(self, text: str, column: int) -> None:
        power = "".join(SUPERSCRIPTS[sign] for sign in text)
        if not self.last:
            self._fail(column, message("a number, x, y or a bracket is missing before {sign}", sign=text))
        self._check_base(column, "raised", "exponent")
        if not _SUPERSCRIPT.fullmatch(power):
            self._fail(column, _WHERE_POWER)
        self._emit(f"**{power}" if power.isalnum() else f"**({power})", column)
        self.last = "raised"

    def _root(self, text: str, column: int) -> None:
        self._begin(f"{text}(…)", column)
        self._emit(f"{ROOTS[text]}(", column)
        self.pending += ")"

    def _open(self, text: str, column: int) -> None:
        if text == "[" and self.last == "name":
            self._fail(column, message("a square bracket cannot follow a name; use x and y for x[0] and x[1], or write *("))
        self._begin("(…)", column)
        self._push(text, column)

    def _push(self, bracket: str, column: int, call: str = "", power: str = "", opening: str = "(") -> None:
        exponent = self.level.power == len(self.out)
        self._emit(opening, column)
        self.levels.append(
            _Level(bracket, column, call, power + self.pending, exponent, product=len(self.out), factor=len(self.out))
        )
        self.pending, self.last = "", ""

    def _close(self, text: str, column: int) -> None:
        level = self.level
        if not level.bracket:
            self._fail(column, message("this {bracket} closes nothing", bracket=text))
        if level.bracket == "|":
            self._fail(level.column, message("this {bracket} is not closed", bracket="|"))
        if CLOSING[level.bracket] != text:
            self._fail(column, message("this {bracket} closes another bracket than {other}", bracket=text, other=level.bracket))
        if not self.last and not (level.call and self.out[-1][0] == "("):
            self._unfinished(column)
        self._pop(column)

    def _pop(self, column: int, kind: str = "close") -> None:
        level = self.levels.pop()
        self._emit(")" + level.after, column)
        self.last = "raised" if "**" in level.after else kind
        if level.exponent and not level.call and kind == "close":
            self.level.power, self.last = None, "exponent"

    def _bar(self, text: str, column: int) -> None:
        if self.last and self.level.bracket == "|":
            self._pop(column, "bar")
            return
        if self.last and self.level.after_bar:
            self._fail(column, message("it is not clear which | belong together; write abs(…) for |…|"))
        self._begin("|…|", column)
        self._push("|", column, opening="abs(")

    def _comma(self, text: str, column: int) -> None:
        level = self.level
        if not level.call:
            self._fail(column, message("a comma outside a function cannot be used; write a point for a decimal comma"))
        if not self.last:
            self._unfinished(column)
        self._emit(",", column)
        level.power = level.slash = None
        level.product, self.last = len(self.out), ""
