"""Colours: what is drawn on a function or on a page is seen there, and racers are told apart, by eyes of every kind."""

from itertools import combinations

import numpy as np
import pytest

import optim
from optim.figures.style import BOOK_HUES, CASING, MARK, MARKERS, NEUTRAL, RAMP, THEMES, free_style, layout, styles
from optim.races.spec import MAX_ENTRIES

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
GROUNDS = (CASING, *(theme.halo for theme in THEMES.values()))
"""What lines and markers have around them: their casing on a function, and both pages."""
ALONE = {name: styles([optim.Entry(name)])[0] for name in optim.OPTIMIZERS}
AGAIN = {name: styles([optim.Entry(name)] * 3) for name in optim.OPTIMIZERS}
"""Every optimizer's style, and its styles where it races three times."""
EVERY_EYE = pytest.mark.parametrize("eyes", EYES)


class Own:
    """An optimizer of a reader's own."""

    def update(self, params, grads): ...


def own(name):
    return optim.Entry(type(name, (Own,), {})())


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


def seen(colour, eyes="all cones"):
    return oklab(EYES[eyes] @ linear(colour))


def far(one, other, eyes="all cones"):
    return float(np.linalg.norm(seen(one, eyes) - seen(other, eyes)))


def hue(colour):
    return float(np.degrees(np.arctan2(*seen(colour)[:0:-1])))


@pytest.mark.parametrize("name", ALONE)
def test_an_optimizer_is_seen_in_its_casing_and_on_both_pages_whenever_it_races(name):
    for style in AGAIN[name]:
        for ground in GROUNDS:
            assert contrast(style.colour, ground) >= ENOUGH, (style, ground)


@EVERY_EYE
def test_the_books_four_are_told_apart_by_colour(eyes):
    for one, other in combinations(BOOK_HUES, 2):
        assert far(ALONE[one].colour, ALONE[other].colour, eyes) >= APART, (one, other)


def test_the_books_four_look_as_they_always_did_and_nobody_has_their_colours():
    assert {name: (ALONE[name].colour, ALONE[name].sign) for name in BOOK_HUES} == {
        "sgd": ("#cc2f44", "●"),
        "momentum": ("#2a6fd0", "■"),
        "adagrad": ("#12a07a", "◆"),
        "adam": ("#cc7a00", "▲"),
    }
    for name in BOOK_HUES:
        theirs = {style.colour for style in AGAIN[name]}
        others = {style.colour for other in optim.OPTIMIZERS if other != name for style in AGAIN[other]}
        assert len(theirs) == 3
        assert not theirs & others


@EVERY_EYE
def test_all_optimizers_differ_in_dash_and_marker_and_each_of_these_or_the_colour_tells_two_apart(eyes):
    for (one, left), (other, right) in combinations(ALONE.items(), 2):
        assert (left.colour, left.dash, left.symbol) != (right.colour, right.dash, right.symbol)
        assert (left.dash, left.symbol) != (right.dash, right.symbol)
        for alike in (left.dash == right.dash, left.symbol == right.symbol, left.sign == right.sign):
            assert not alike or far(left.colour, right.colour, eyes) >= APART, (one, other)


@EVERY_EYE
@pytest.mark.parametrize("name", ALONE)
def test_an_optimizer_that_races_again_is_a_shade_of_itself_with_another_dash_and_marker(name, eyes):
    for one, other in combinations(AGAIN[name], 2):
        assert abs((hue(one.colour) - hue(other.colour) + 180) % 360 - 180) < 20
        assert far(one.colour, other.colour, eyes) >= APART
        assert (one.dash != other.dash, one.symbol != other.symbol, one.sign != other.sign) == (True, True, True)


def drawn_races():
    """Entries of races drawn at random: of few optimizers and of many, with objects of the reader's own."""
    rng = np.random.default_rng(18)
    for pool in (1, 2, 3, 5, 8, 30) * 8:
        names = rng.choice([*optim.OPTIMIZERS], size=pool, replace=False)
        everybody = [*map(optim.Entry, names), *map(own, "ABCD"[: rng.integers(5)])]
        yield [everybody[i] for i in rng.integers(len(everybody), size=MAX_ENTRIES)]


def test_in_any_race_everybody_looks_different():
    for entries in drawn_races():
        looks = styles(entries)
        for one, other in combinations(looks, 2):
            assert (one.dash, one.symbol) != (other.dash, other.symbol)
            assert one.sign != other.sign or one.colour != other.colour
            assert one.symbol != other.symbol or abs((hue(one.colour) - hue(other.colour) + 180) % 360 - 180) > 15


def test_a_style_is_the_optimizers_own_and_depends_on_those_before_it_alone():
    for entries in drawn_races():
        looks = styles(entries)
        for i, entry in enumerate(entries):
            assert styles(entries[: i + 1]) == looks[: i + 1]
            if entry.optimizer in ALONE and entry.optimizer not in [other.optimizer for other in entries[:i]]:
                assert looks[i] == ALONE[entry.optimizer]


def test_settings_change_no_style():
    plain, dressed = optim.Entry("adam"), optim.Entry("adam", {"lr": 0.3}, "cosine", ["clip_norm"], label="mine", origin="book")
    assert styles([plain]) == styles([dressed])


def test_objects_of_the_readers_own_have_colours_of_their_own():
    looks = styles([*map(optim.Entry, BOOK_HUES), *map(own, "ABCD")])
    assert len({round(hue(style.colour) / 10) for style in looks}) == len(looks)
    assert styles([own("A")]) == (free_style(),)
    for name in BOOK_HUES:  # which a rule of one's own is raced against first
        apart = abs(hue(free_style().colour) - hue(ALONE[name].colour))
        assert min(apart, 360 - apart) > 20, name
    kin = [name for name, style in ALONE.items() if abs(hue(style.colour) - hue(free_style().colour)) < 5]
    assert kin
    for name in kin:
        assert abs(hue(styles([optim.Entry(name), own("A")])[1].colour) - hue(ALONE[name].colour)) > 10
    one = own("A")
    first, second = styles([one, one])
    assert abs(hue(first.colour) - hue(second.colour)) < 20
    assert first.colour != second.colour


def test_every_marker_and_its_sign_is_another():
    for column in (0, 2):
        assert len({marker[column] for marker in MARKERS}) == len(MARKERS)


def test_what_is_no_optimizer_has_no_optimizers_colour():
    for style in NEUTRAL:
        assert min(contrast(style.colour, ground) for ground in GROUNDS) >= ENOUGH
        assert min(far(style.colour, other.colour) for looks in AGAIN.values() for other in looks) >= APART
    for one, other in combinations(NEUTRAL, 2):
        assert far(one.colour, other.colour) >= APART
        assert (one.dash != other.dash, one.symbol != other.symbol) == (True, True)


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("loss", "loss"),
        ("loss above the lowest value -78.3323", "loss above the lowest<br>value -78.3323"),
        ("最小値 -78.3323 との損失の差を表します", "最小値 -78.3323<br>との損失の差を表します"),
        ("one<br>and another of more than forty letters", "one<br>and another of more than forty letters"),
        ("oneword" * 9, "oneword" * 9),
    ],
)
def test_a_long_title_that_stands_upright_has_two_lines(title, shown):
    made = layout(THEMES["light"], yaxis={"title": {"text": title}}, yaxis2={"type": "log"}, xaxis={"title": {"text": title}})
    assert made["yaxis"]["title"]["text"] == shown
    assert made["xaxis"]["title"]["text"] == title
