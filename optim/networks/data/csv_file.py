"""Examples of a CSV file: a header, then one example in each line, numbers everywhere but in the column of classes."""

import csv
import io
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from optim.core.errors import DataError, or_nearest
from optim.i18n.message import message, plural
from optim.networks.data.bounds import MAX_EXAMPLES, MAX_FEATURES, MAX_UNPACKED

Numbers = npt.NDArray[Any]
LABELS = ("label", "labels", "class", "target", "y")
"""Names of the column of classes, where nobody says which it is; capitals do not count."""
_ENCODING = "utf-8-sig"
_LINE = 100_000
"""Bytes within which the header has to end."""
_AT_ONCE = 2000
"""Lines read together."""


def read_csv(content: bytes, label: str | None = None) -> tuple[Numbers, Numbers]:
    """Return the numbers (n, features) and the classes (n,) of a CSV file."""
    names = _header(content)
    _check_width(content, names)
    column = _label_column(names, label)
    images, labels = [], []
    count = room = 0
    for chunk in _chunks(content, names):
        count += len(chunk)
        if count > MAX_EXAMPLES:
            raise DataError(message("the file has more than {most} examples", most=MAX_EXAMPLES))
        numbers = _numbers(chunk.drop(columns=names[column]), count - len(chunk))
        room += numbers.nbytes
        if room > MAX_UNPACKED:
            raise DataError(message("the file has more numbers than fit into {most} MB", most=MAX_UNPACKED // 10**6))
        images.append(numbers)
        labels.append(chunk[names[column]])
    if not images:
        raise DataError(message("the file has a header and no example"))
    return np.concatenate(images), _names(pd.concat(labels, ignore_index=True))


def _header(content: bytes) -> list[str]:
    """Return the names of the columns."""
    begin = content[:_LINE]
    if b"\0" in begin:
        raise DataError(message("the file is neither an .npz file nor text; bring one with numbers separated by commas"))
    first, end, _ = begin.partition(b"\n")
    if not end and len(content) >= _LINE:
        raise DataError(message("the first line is longer than {most} characters; it should name the columns", most=_LINE))
    try:
        names = [name.strip() for name in next(csv.reader([first.decode(_ENCODING)]), [])]
    except (csv.Error, UnicodeDecodeError):
        raise DataError(message("the first line cannot be read; it should name the columns, separated by commas")) from None
    if len(names) < 2:
        raise DataError(
            plural(
                "the first line names {count} column; it should name the numbers and the class, separated by commas",
                "the first line names {count} columns; it should name the numbers and the class, separated by commas",
                len(names),
            )
        )
    if len(names) > MAX_FEATURES + 1:
        raise DataError(message("an example has {count} numbers; 1 to {most} would do", count=len(names) - 1, most=MAX_FEATURES))
    double = next((name for i, name in enumerate(names) if name in names[:i]), None)
    if double is not None:
        raise DataError(message("two columns are called {name}", name=double[:40] or "-"))
    return names


def _check_width(content: bytes, names: list[str]) -> None:
    """Refuse a first example of more columns than there are names: pandas would number the examples by the first of them."""
    line = content.partition(b"\n")[2][:_LINE].partition(b"\n")[0].decode(_ENCODING, errors="replace")
    try:
        count = len(next(csv.reader([line]), []))
    except csv.Error:
        return  # pandas says what is wrong with it
    if count > len(names):
        raise DataError(message("the lines have more columns than the header names, which are {count}", count=len(names)))


def _label_column(names: list[str], label: str | None) -> int:
    if label is not None:
        if label not in names:
            expected = message("it has {names}", names=", ".join(names)[:80])
            raise DataError(
                message("the file has no column {name}; {expected}", name=label[:40], expected=or_nearest(expected, label, names))
            )
        return names.index(label)
    found = next((i for known in LABELS for i, name in enumerate(names) if name.lower() == known), None)
    if found is None:
        raise DataError(
            message(
                "no column is called {name}; say which one has the classes: {names}", name=LABELS[0], names=", ".join(names)[:80]
            )
        )
    return found


def _chunks(content: bytes, names: list[str]) -> Iterator[pd.DataFrame]:
    """Yield the lines below the header, some at a time."""
    try:
        reader = pd.read_csv(
            io.BytesIO(content),
            names=names,
            header=0,
            chunksize=_AT_ONCE,
            skipinitialspace=True,
            low_memory=False,
            encoding=_ENCODING,
        )
        for chunk in reader:
            if len(chunk):
                yield chunk
    except DataError:
        raise
    except UnicodeDecodeError:
        raise DataError(message("the text of the file is not UTF-8")) from None
    except (pd.errors.ParserError, pd.errors.EmptyDataError, OverflowError, ValueError) as error:
        why = str(error).partition("C error: ")[2] or str(error)
        raise DataError(message("a line cannot be read: {why}", why=why.strip()[:80])) from None


def _numbers(chunk: pd.DataFrame, before: int) -> Numbers:
    """Return the numbers of some lines, as bytes where all are whole and small, else in single precision."""
    for name, kind in chunk.dtypes.items():
        if kind.kind not in "iuf":
            bad = int(np.argmax(pd.to_numeric(chunk[name], errors="coerce").isna().to_numpy()))
            value = str(chunk[name].iloc[bad])[:40]
            raise DataError(
                message(
                    "column {name} has {value} in example {number}, which is no number",
                    name=str(name)[:40],
                    value=value,
                    number=before + bad + 1,
                )
            )
    values = chunk.to_numpy(dtype=np.float64)
    bad_lines, bad_columns = np.nonzero(~np.isfinite(values))
    if len(bad_lines):
        number, name = before + int(bad_lines[0]) + 1, str(chunk.columns[bad_columns[0]])[:40]
        raise DataError(
            message("column {name} has a value that is missing or infinite in example {number}", name=name, number=number)
        )
    small = values.astype(np.uint8) if values.min() >= 0 and values.max() <= 255 else None  # anything else does not fit into bytes
    if small is not None and np.array_equal(small, values):
        return small
    with np.errstate(over="ignore"):
        single = values.astype(np.float32)
    if not np.isfinite(single).all():
        raise DataError(message("the numbers are too large to be told apart"))
    return single


def _names(labels: pd.Series) -> Numbers:
    """Return the classes as whole numbers or as names."""
    missing = labels.isna().to_numpy()
    if missing.any():
        raise DataError(message("the class is missing in example {number}", number=int(missing.argmax()) + 1))
    if labels.dtype.kind in "iufb":
        return labels.to_numpy()
    return labels.astype(str).to_numpy(dtype=np.str_)
