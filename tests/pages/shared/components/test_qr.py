"""The picture of a link that a phone reads, as the server answers."""

from xml.etree import ElementTree

import numpy as np
import pytest
import zxingcpp

from pages.shared.components import qr

LINK = "http://localhost:8501/?fn=own&f=sin(x)*cos(y)%2Bx**2/20&lang=ja"


def pixels(svg, scale=4):
    """Return the dark modules of a QR code as SVG, as an image with dark 0 and light 255."""
    path = ElementTree.fromstring(svg).findall("{http://www.w3.org/2000/svg}path")[-1].get("d")
    side = int(float(ElementTree.fromstring(svg).get("viewBox").split()[2]))
    image = np.full((side, side), 255, dtype=np.uint8)
    x, y = 0.0, 0.0
    for command, text in _commands(path):
        values = [float(value) for value in text.split()]
        if command == "M":
            x, y = values
        elif command == "m":
            x, y = x + values[0], y + values[1]
        else:
            image[int(y), int(x) : int(x + values[0])] = 0
            x += values[0]
    return np.kron(image, np.ones((scale, scale), dtype=np.uint8))


def _commands(path):
    for piece in path.replace("M", "\nM ").replace("m", "\nm ").replace("h", "\nh ").split("\n"):
        if piece:
            yield piece[0], piece[1:]


@pytest.mark.parametrize("link", [LINK, "https://example.org/" + "a" * (qr.LONGEST - 20)])
def test_the_picture_says_the_link(link):
    answer = qr.answer(link)
    assert answer.headers["content-type"] == "image/svg+xml"
    assert [code.text for code in zxingcpp.read_barcodes(pixels(answer.body))] == [link]


@pytest.mark.parametrize(
    "link", ["", "javascript:alert(1)", "data:text/html,x", "https://example.org/" + "a" * 2400, "https://" + "あ" * 800]
)
def test_what_is_no_link_or_too_long_is_refused_in_a_sentence(link):
    answer = qr.answer(link)
    assert answer.status_code == 400
    assert answer.body.startswith(b"Expected a link")
