"""Small pictures: valid PNG files that show the function, light in weight, in both themes."""

import struct
import zlib

import numpy as np
import pytest

import optim
from optim.figures import terrain
from optim.figures.function.thumbnail import thumbnail
from optim.figures.style import RAMP

EACH = pytest.mark.parametrize("name", optim.PROBLEMS)


def read_png(data):
    """Return the palette (n, 3) and the indices (rows, columns) of a PNG with a palette, every checksum looked at."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    chunks, at = {}, 8
    while at < len(data):
        (size,), kind = struct.unpack(">I", data[at : at + 4]), data[at + 4 : at + 8]
        body, check = data[at + 8 : at + 8 + size], data[at + 8 + size : at + 12 + size]
        assert struct.pack(">I", zlib.crc32(kind + body)) == check
        chunks[kind] = body
        at += 12 + size
    width, height, *rest = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    assert rest == [8, 3, 0, 0, 0]
    rows = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), dtype=np.uint8).reshape(height, width + 1)
    assert not rows[:, 0].any()
    return np.frombuffer(chunks[b"PLTE"], dtype=np.uint8).reshape(-1, 3), rows[:, 1:], chunks[b"tRNS"]


@EACH
def test_a_thumbnail_is_a_small_png_with_several_bands(name):
    data = thumbnail(optim.PROBLEMS[name])
    palette, index, clear = read_png(data)
    assert len(data) < 6_000
    assert index.shape == (112, 112)
    assert index.max() < len(palette) == len(clear)
    assert len(np.unique(index)) > 5
    assert data == thumbnail(optim.PROBLEMS[name])


def test_a_thumbnail_is_low_in_the_middle_of_a_bowl_and_y_goes_up():
    palette, index, _ = read_png(thumbnail(optim.problem("x**2 + (y - 3)**2"), side=100))
    shade = palette[index].sum(axis=2).astype(int)
    assert shade[20, 50] < shade[80, 50]  # the minimum is in the upper half, and low is dark
    assert "#" + bytes(palette[0]).hex() == RAMP[0]


def test_where_a_function_is_not_defined_nothing_is_drawn():
    palette, index, clear = read_png(thumbnail(optim.problem("sqrt(x - 2) + sqrt(-x + 3) + y**2")))
    nothing = len(palette) - 1
    assert clear[nothing] == 0
    assert (index == nothing).any()
    assert (index != nothing).any()


@EACH
def test_the_large_map_shows_starts_and_minima(name):
    problem = optim.PROBLEMS[name]
    figure = terrain(problem)
    named = {trace.name: trace for trace in figure.data if trace.name}
    assert list(zip(named["start"].x, named["start"].y, strict=True)) == [*problem.starts]
    assert ("minimum" in named) == bool(problem.minima)
    figure.__class__(figure.to_dict())  # every property is one that Plotly knows
