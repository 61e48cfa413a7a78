"""Tables of numbers: a dash where there is none, and numbers that a column of numbers cannot show written as elsewhere."""

import math
import re
from typing import Any, Literal

import pandas as pd
import streamlit as st

from optim.i18n.numbers import short

SAFE = 2.0**53
"""Whole numbers from here on are shown as errors in a browser's column of numbers, and so is what is infinite as a word."""
SEEN = 20
"""Rows up to which a table is seen at once: nobody needs to sort it, and no number of it is written as 1e-7."""
HEAD, LETTER = 24, 16
"""Pixels of a head of a column beside its letters, and of the widest letter: an index is else as narrow as its numbers."""
_DIGITS = re.compile(r"%\.(\d+)g")


def show_frame(
    table: pd.DataFrame, config: dict[str, Any], key: str, alt: str, *, height: int | Literal["auto"] = "auto", **more: Any
) -> None:
    """Show the columns of a table that `config` names, in its order; the index only where it has a name."""
    table, columns = _written(table, config)
    index = table.index.name
    wide = {} if index is None else {"_index": st.column_config.Column(width=HEAD + LETTER * len(str(index)))}
    st.dataframe(
        table,
        height=height,
        hide_index=index is None,
        column_order=list(columns),
        column_config=wide | columns,
        placeholder=short(math.nan),
        key=key,
        alt=alt,
        **more,
    )


def _written(table: pd.DataFrame, config: dict[str, Any]) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Return a table whose columns that cannot be shown as numbers are texts, to the right as numbers are; and their columns."""
    texts, columns = {}, {}
    for name, given in config.items():
        if not pd.api.types.is_float_dtype(table[name]):
            continue
        column = given if isinstance(given, dict) else {"label": given}
        found = _DIGITS.search((column.get("type_config") or {}).get("format") or "")
        digits = int(found[1]) if found else 4
        raised = found is not None and len(table) <= SEEN and any("e" in f"{value:.{digits}g}" for value in table[name])
        if raised or (table[name].abs() >= SAFE).any():
            texts[name] = [short(value, digits) for value in table[name]]
            columns[name] = st.column_config.TextColumn(column.get("label"), help=column.get("help"), alignment="right")
    return table.assign(**texts), {**config, **columns}
