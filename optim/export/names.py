"""What a rule's names are called in a script, where none may hide what the script itself needs."""

import builtins
import keyword
from collections.abc import Collection, Iterable

BUILTIN = {*vars(builtins), *keyword.kwlist, *keyword.softkwlist}
"""Names that mean something everywhere in Python."""


def safe_names(names: Iterable[str], taken: Collection[str]) -> dict[str, str]:
    """Return for each name what it is called where others are `taken`: itself, or with signs after it that tell it apart.

    A name that begins with two underscores, which Python treats in ways of its own, loses those at its ends.
    """
    called: dict[str, str] = {}
    for name in dict.fromkeys(names):
        free = name.strip("_") or "name" if name.startswith("__") else name
        while free in taken or free in called.values():
            free += "_"
        called[name] = free
    return called
