"""Colours: what is drawn on a function or on a page is seen there, and racers are told apart, by eyes of every kind."""

from itertools import combinations

import numpy as np
import pytest

from optim.figures.style import CASING, ENTRY_STYLES, MARK, RAMP, THEMES

ENOUGH = 3.0
"""Contrast that graphics need: WCAG 2.2, 1.4.11."""
EYES = {
    "all cones": np.eye(3),
    "protanopia": np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]),
    "deuteranopia": np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]),
    "tritanopia": np.array([[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]),
}
"""What is seen of linear RGB: Machado, Oliveira & Fernandes, a physiologically-based model (2009), severity 1."""
APART = 0.06
"""Distance in Oklab (Ottosson, 2020) from which two colours side by side are plainly different."""


def linear(colour):
    share = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


def luminance(colour):
    return float(linear(colour) @ [0.2126, 0.7152, 0.0722])


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def oklab(rgb):
    long, middle, short = np.cbrt(
        np.array(
            [
                [0.4122214708, 0.5363325363, 0.0514459929],
                [0.2119034982, 0.6806995451, 0.1073969566],
                [0.0883024619, 0.2817188376, 0.6299787005],
            ]
        )
        @ np.clip(rgb, 0, 1)
    )
    return np.array(
        [
            0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
            1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
            0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
        ]
    )


def test_the_ramp_rises_in_even_steps_of_lightness():
    steps = np.diff([oklab(linear(colour))[0] for colour in RAMP])
    assert (steps > 0.03).all()
    assert steps.max() < 2.2 * np.median(steps)


@pytest.mark.parametrize("ground", RAMP)
def test_a_mark_or_its_casing_is_seen_on_every_colour_of_the_ramp(ground):
    assert max(contrast(MARK, ground), contrast(CASING, ground)) >= ENOUGH
    assert contrast(MARK, CASING) >= 15


@pytest.mark.parametrize("style", ENTRY_STYLES, ids=lambda style: style.colour)
def test_a_racer_is_seen_in_its_casing_and_on_both_pages(style):
    for ground in (CASING, *(theme.halo for theme in THEMES.values())):
        assert contrast(style.colour, ground) >= ENOUGH, ground


@pytest.mark.parametrize("eyes", EYES)
def test_the_first_racers_are_told_apart_by_colour_and_all_by_colour_dash_or_mark(eyes):
    seen = [oklab(EYES[eyes] @ linear(style.colour)) for style in ENTRY_STYLES]
    for i, j in combinations(range(len(ENTRY_STYLES)), 2):
        far = float(np.linalg.norm(seen[i] - seen[j]))
        one, other = ENTRY_STYLES[i], ENTRY_STYLES[j]
        assert far >= APART or ((one.dash, one.symbol) != (other.dash, other.symbol) and max(i, j) >= 4), (i, j, far)
