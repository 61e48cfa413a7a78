"""A function as a small picture: bands between contour levels in the colours of the ramp, as the bytes of a PNG file."""

import struct
import zlib

import numpy as np
import numpy.typing as npt

from optim.core.problem import Problem
from optim.figures.colour import along_ramp, rgb
from optim.figures.function.landscape import landscape
from optim.figures.style import MARK

SIDE = 112
"""Pixels each way."""
BANDS = 14
"""Most bands that a picture of this size keeps apart."""
_LINE = 0.25
"""How far the edge of a band is shaded towards white."""


def thumbnail(problem: Problem, side: int = SIDE) -> bytes:
    """Return the contour map of a two-dimensional problem's window as a PNG of `side` by `side` pixels; no start, no path."""
    land = landscape(problem, problem.starts[0] if problem.starts else problem.centre, side)
    low, high, size = land.levels
    bands = int(np.clip(round((high - low) / size), 1, BANDS))
    with np.errstate(all="ignore"):
        share = (land.contour_scale.height(land.value) - low) / (high - low)
    band = np.floor(np.clip(share, 0.0, 1.0) * bands)
    undefined = ~np.isfinite(band)
    index = np.where(undefined, 0, np.minimum(band, bands - 1)).astype(np.uint8)
    edge = np.zeros_like(undefined)
    edge[1:] |= index[1:] != index[:-1]
    edge[:, 1:] |= index[:, 1:] != index[:, :-1]
    # The palette: every band, then every band's edge, then transparent for where the function is not defined.
    palette = _palette(bands)
    index = np.where(undefined, 2 * bands, index + np.where(edge, bands, 0)).astype(np.uint8)
    return _png(index[::-1], palette)


def _palette(bands: int) -> npt.NDArray[np.uint8]:
    """Return the colours (2 bands + 1, 3) of the bands, of their edges, and of nothing."""
    shade = along_ramp(np.arange(bands) / max(bands - 1, 1))
    edges = shade + (rgb(MARK) - shade) * _LINE
    return np.asarray(np.rint(255 * np.concatenate([shade, edges, shade[:1]])), dtype=np.uint8)


def _png(index: npt.NDArray[np.uint8], palette: npt.NDArray[np.uint8]) -> bytes:
    """Return an image of palette indices, top row first, as a PNG; the last colour is transparent."""
    # Encoded here, once: Streamlit encodes an array anew whenever the page is drawn, 0.2 s for the gallery of 35 functions.
    height, width = index.shape
    rows = np.concatenate([np.zeros((height, 1), dtype=np.uint8), index], axis=1)  # each row starts with its filter: none
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    clear = bytes([255] * (len(palette) - 1) + [0])
    parts = ((b"IHDR", header), (b"PLTE", palette.tobytes()), (b"tRNS", clear), (b"IDAT", zlib.compress(rows.tobytes(), 9)))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*part) for part in (*parts, (b"IEND", b"")))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
