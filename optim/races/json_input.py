"""JSON from anywhere: read with bounds, so that whatever comes is data of a modest size or a SpecError, quickly."""

import json
from typing import Any

from optim.core.errors import SpecError
from optim.i18n.message import message

MAX_LENGTH, MAX_DEPTH = 100_000, 20
_BROKEN = message("characters that are whole, not half of a pair such as \\ud800")
VERSION = 1
"""The one version of a spec's JSON; a text that names none is taken for it."""


def read_object(text: Any, expected: str) -> dict[str, Any]:
    """Return the object that a JSON text holds; SpecError where it is none, too large, or says something twice."""
    if not isinstance(text, str):
        raise SpecError("json", text, expected)
    if len(text) > MAX_LENGTH:
        raise SpecError("json", f"{len(text)} characters", message("at most {most} characters", most=MAX_LENGTH))
    try:
        data = json.loads(text.removeprefix("\ufeff"), object_pairs_hook=_once)  # the byte-order mark of Windows editors
    except json.JSONDecodeError as error:
        where = message(
            "{expected}: the JSON text breaks off or is wrong at line {line}, column {column}",
            line=error.lineno,
            column=error.colno,
            expected=expected,
        )
        raise SpecError("json", text, where) from None
    except SpecError:
        raise
    except (ValueError, RecursionError):
        raise SpecError(
            "json", text, message("{expected}: it holds a number too long, or is nested too deeply", expected=expected)
        ) from None
    if not isinstance(data, dict):
        raise SpecError("json", text, message("{expected}: an object in braces", expected=expected))
    if _too_deep(data):
        raise SpecError("json", text, message("{expected}: it is nested too deeply", expected=expected))
    if not _is_text(json.dumps(data, ensure_ascii=False)):
        raise SpecError("json", text, _BROKEN)
    return data


def check_version(data: dict[str, Any]) -> None:
    """Take the version out of an object; SpecError where it is not the one that can be read."""
    version = data.pop("version", VERSION)
    if type(version) is not int or version != VERSION:
        raise SpecError("version", version, message("{version}: this was written for another version of the app", version=VERSION))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the object that pairs make; two different values under one name would leave it open which one counts."""
    data: dict[str, Any] = {}
    for name, value in pairs:
        if not _is_text(name):
            raise SpecError("json", name, _BROKEN)
        if name in data:
            raise SpecError(name, value, message("to be given once; it is there twice"))
        data[name] = value
    return data


def _is_text(text: str) -> bool:
    """Whether a text can be written: JSON may hold half of a pair of surrogates, which is no character."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _too_deep(data: Any) -> bool:
    level, depth = [data], 0
    while level:
        level = [inner for item in level for inner in (item.values() if isinstance(item, dict) else item)]
        level = [inner for inner in level if isinstance(inner, dict | list)]
        depth += 1
        if depth > MAX_DEPTH:
            return True
    return False
