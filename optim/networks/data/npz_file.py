"""Arrays of an .npz file, an archive of arrays: each one's size is read and judged before the array itself is."""

import io
import lzma
import math
import zipfile
import zlib
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from optim.core.errors import DataError
from optim.i18n.message import message
from optim.networks.data.bounds import MAX_ARRAYS, MAX_UNPACKED

Numbers = npt.NDArray[Any]
FORMS = (
    {"x_train": "x_train", "y_train": "y_train", "x_test": "x_test", "y_test": "y_test"},
    {"images": "images", "labels": "labels"},
    {"images": "x", "labels": "y"},
    {"images": "X", "labels": "y"},
    {"images": "data", "labels": "target"},
)
"""The names under which arrays are looked for: ours -> those in the file."""
_HEADERS = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
_LONGEST_HEADER = 1000
"""Characters of the description of an array: shape and type take fewer than 200."""


def is_npz(content: bytes) -> bool:
    """Whether a file is meant to be an archive of arrays."""
    return content[:2] == b"PK"


def read_npz(content: bytes) -> dict[str, Numbers]:
    """Return the arrays that a training needs, by our names: images and labels, or those of training and test."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _chosen(archive)
    except DataError:
        raise
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, RuntimeError, OSError, ValueError):
        # RuntimeError is an encrypted member, NotImplementedError an unknown way of packing, ValueError a member that begins
        # before the file does, or a name that is no text.
        raise DataError(
            message("the .npz file is damaged, encrypted or packed in an unusual way; save it with numpy.savez")
        ) from None


def _chosen(archive: zipfile.ZipFile) -> dict[str, Numbers]:
    members = archive.infolist()
    if len(members) > MAX_ARRAYS:
        raise DataError(message("the .npz file holds {count} arrays; {most} at most would do", count=len(members), most=MAX_ARRAYS))
    names = [member.filename.removesuffix(".npy") for member in members]
    if len(set(names)) < len(names):
        raise DataError(message("the .npz file holds two arrays of one name"))
    form = next((form for form in FORMS if set(form.values()) <= set(names)), None)
    if form is None:
        known = message("images and labels, or x_train, y_train, x_test and y_test")
        raise DataError(
            message("the .npz file holds {names}; it should hold {known}", names=", ".join(names)[:80] or "-", known=known)
        )
    room, arrays = MAX_UNPACKED, {}
    for ours, theirs in form.items():
        with archive.open(members[names.index(theirs)]) as file:
            arrays[ours] = _array(file, theirs, room)
        room -= arrays[ours].nbytes
    return arrays


def _array(file: IO[bytes], name: str, room: int) -> Numbers:
    """Return an array of at most `room` bytes; its header says how many it has, and no more are unpacked."""
    try:
        version = np.lib.format.read_magic(file)
        if version not in _HEADERS:
            raise ValueError
        shape, fortran, kind = _HEADERS[version](file, max_header_size=_LONGEST_HEADER)
        if not all(type(length) is int for length in shape):  # True passes for a length in NumPy's reader
            raise ValueError
    except (ValueError, SyntaxError, TypeError, UnicodeDecodeError):
        raise DataError(message("{name} is no array that numpy.savez wrote", name=name)) from None
    if kind.hasobject:
        raise DataError(message("{name} holds Python objects, which are never unpacked; save it as an array of numbers", name=name))
    if kind.kind not in "biufU":
        raise DataError(message("{name} holds {kind}, neither numbers nor names", name=name, kind=str(kind)[:40]))
    size = math.prod(shape) * kind.itemsize
    if min(shape, default=0) < 0 or size > room:
        raise DataError(
            message(
                "the arrays are larger than {most} MB together; whole numbers from 0 to 255 take the least room as uint8",
                most=MAX_UNPACKED // 10**6,
            )
        )
    if not shape or not size:
        raise DataError(message("{name} is empty", name=name))
    data = file.read(size)
    if len(data) < size:
        raise DataError(message("{name} breaks off: {count} of {size} bytes are there", name=name, count=len(data), size=size))
    array = np.frombuffer(data, dtype=kind).reshape(shape, order="F" if fortran else "C")
    return array.astype(kind.newbyteorder("="))
