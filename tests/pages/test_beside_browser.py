"""Races beside each other in a real browser: a pinned race and the next one, and the same racers on several functions."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from playwright.sync_api import expect

import optim
from optim.reports import compared
from pages.shared.inputs.presets import PRESETS
from tests.support.race_view import View, number
from tests.support.rest import at_rest, steady
from tests.support.visit import Visit, address_change

BOOK = PRESETS[0].spec
FASTER = replace(BOOK, entries=(optim.Entry("sgd", {"lr": 1.02}), *BOOK.entries[1:]))
CAPTIONS = """() => [...document.querySelectorAll('.rv-panel')].map((panel) =>
  ['b', 'em', 'strong'].map((part) => panel.querySelector(`figcaption > ${part}`).innerText))"""
CHANGED = "SGD's lr 0.95 → 1.02"
PINNED = "Pinned: Elongated bowl (the book's)"


def told(page):
    """What stands above each panel: its title, who leads, and that racer's loss."""
    return [(title, leader, number(loss)) for title, leader, loss in steady(page, CAPTIONS)]


def leads(title, result, step):
    """What is to stand above a race's panel at a step before its end, as long as nobody is lost or has arrived."""
    losses = result.losses().iloc[step]
    return title, f"{losses.idxmin()} leads", pytest.approx(losses.min(), rel=1e-4)


def scrubbed(page, step):
    page.locator(".rv-scrub").fill(f"{step}")
    View(page).reaches(step)
    return told(page)


def test_a_pinned_race_and_the_next_run_on_one_clock_and_what_differs_is_said(visit, new_page, chromium, tmp_path):
    visitor = visit("?t=0")
    page = visitor.page
    with address_change(visitor):
        page.get_by_role("button", name="Pin this race").click()
    page.locator(".rv-panel").nth(1).wait_for()
    with address_change(visitor):
        rate = page.get_by_role("spinbutton", name="lr (η)").first
        rate.fill("1.02")
        rate.press("Enter")
    book, faster = optim.race(BOOK), optim.race(FASTER)
    page.locator(".rv-panel b", has_text=CHANGED).wait_for()
    page.get_by_text(f"{CHANGED}: {compared(book, faster).differs[0]}.").wait_for()
    assert scrubbed(page, 3) == [leads(CHANGED, faster, 3), leads(PINNED, book, 3)]
    assert scrubbed(page, 27) == [leads(CHANGED, faster, 27), leads(PINNED, book, 27)]
    View(page).told("t", "27")

    again = Visit(new_page(), page.url).page
    assert told(again) == told(page)
    again.get_by_text("Export and share").click()
    with again.expect_download() as download:
        again.get_by_role("button", name="Download as one HTML file").click()
    download.value.save_as(tmp_path / "race.html")
    again.close()
    context = chromium.new_context(offline=True)
    alone = context.new_page()
    alone.goto((tmp_path / "race.html").as_uri())
    View(alone)
    assert scrubbed(alone, 3) == [leads(CHANGED, faster, 3), leads(PINNED, book, 3)]
    context.close()

    page.go_back()
    page.get_by_text("Nothing was changed").wait_for()
    expect(page.locator(".rv-panel b")).to_have_text(["Elongated bowl (the book's)", PINNED])
    expect(page.get_by_role("spinbutton", name="lr (η)").first).to_have_value("0.95")  # the sidebar comes after the race
    page.go_back()
    page.locator(".rv-panel").first.wait_for(state="detached")
    page.locator(".rv-m .rv-map").wait_for()
    assert visitor.complaints == []


def test_the_same_racers_run_on_several_functions_and_everybody_s_place_is_listed(visit):
    visitor = visit("?t=0")
    page = visitor.page
    for title in ("Himmelblau", "Beale"):
        with address_change(visitor):
            visitor.choose("Also on", title)
            page.keyboard.press("Escape")
    page.locator(".rv-panel").nth(2).wait_for()
    names = {"Elongated bowl (the book's)": BOOK.problem, "Himmelblau": "himmelblau", "Beale": "beale"}
    starts = {name: optim.PROBLEMS[name].starts[0] for name in names.values()} | {BOOK.problem: BOOK.start}
    races = {title: optim.race(replace(BOOK, problem=name, start=starts[name])) for title, name in names.items()}
    assert scrubbed(page, 2) == [leads(title, result, 2) for title, result in races.items()]
    table = page.locator("table", has=page.get_by_role("columnheader", name="Beale"))
    rows = {row[0].split()[-1]: row[1:] for row in (text.split("\t") for text in table.locator("tbody tr").all_inner_texts())}
    for i, label in enumerate(races["Beale"].labels):
        lost = [not np.isfinite(result.answer_loss[i, -1]) for result in races.values()]
        places = ["–" if gone else str(result.order.index(i) + 1) for gone, result in zip(lost, races.values(), strict=True)]
        assert [cell.split()[0] for cell in rows[label]] == places
    page.set_viewport_size({"width": 390, "height": 844})
    at_rest(page)
    assert page.evaluate("() => document.scrollingElement.scrollWidth - innerWidth") <= 0
    boxes = [panel.bounding_box() for panel in page.locator(".rv-panel").all()]
    assert all(below["y"] >= above["y"] + above["height"] for above, below in pairwise(boxes))
    assert visitor.complaints == []
