"""The errors a caller can fix: a bad spec, a bad formula, and an experiment that a script cannot hold."""

from typing import Any

from optim.i18n.message import message


class SpecError(ValueError):
    """A field of an entry or a race that cannot be used; says which, what it holds and what would do."""

    def __init__(self, field: str, value: Any, expected: str) -> None:
        self.field, self.value, self.expected = field, value, expected
        super().__init__(message("{field} is {value}; expected {expected}.", field=field, value=_short(value), expected=expected))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.field, self.value, self.expected)


class FormulaError(ValueError):
    """A formula that cannot be used; says what is wrong and at which column (1 is the first character)."""

    def __init__(self, problem: str, column: int = 1) -> None:
        self.problem, self.column = problem, column
        super().__init__(message("{problem} (column {column})", problem=problem, column=column))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.problem, self.column)


class ScriptError(ValueError):
    """Something that a script cannot hold; the sentence says what, and can be said in another language."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(str(reason))


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
