"""Which process gets which tests: file by file, the longest first, and the files that draw in a browser in two shares alike."""

import functools
from pathlib import PurePosixPath

FIRST = "test_browser"
"""The file of the browser tests that are not long: what a visitor does first."""
BROWSERS = 2
"""As many as CI has cores: with one the other core would be idle at the end, with more they would only be in each other's way."""
PAGES = {
    "test_history_browser": 24,
    "test_phone_browser": 20,
    "test_browser": 18,
    "test_many_browser": 14,
    "test_access_browser": 13,
    "test_race_view": 11,
    "test_scene_browser": 10,
    "test_stage_browser": 8,
    "test_presenter_browser": 4,
    "test_orbit_browser": 5,
    "test_step_browser": 3,
    "test_language_browser": 3,
    "test_take_away": 4,
    "test_book_browser": 2,
    "test_lessons_browser": 1,
    "test_live_rate_browser": 6,
    "test_headers_browser": 2,
    "test_inputs_browser": 5,
    "test_network_browser": 3,
    "test_own_rule_browser": 4,
    "test_beside_browser": 4,
    "test_any_number_browser": 5,
}
"""File -> pages that its tests load in the browser, which is what they take their time for: a page costs the browser 10 s of a core
where it draws without a graphics card. Sweeps of many races, and surfaces drawn one after the other, count as some pages more."""
SECONDS = {
    "test_points": 60,
    "test_fused": 45,
    "test_hostile_input": 45,
    "test_trainings": 45,
    "test_language_walk": 40,
    "test_offered": 40,
    "test_race_page": 40,
    "test_book_page": 35,
    "test_network_page": 35,
    "test_rates_page": 35,
    "test_rule_lines": 35,
    "test_faults": 30,
    "test_own_rule": 30,
    "test_random_formulas": 30,
    "test_simulate": 30,
    "test_install": 20,
    "test_scripts": 20,
    "test_inputs": 15,
    "test_languages": 15,
    "test_order": 15,
    "test_process_pool": 15,
    "test_result": 15,
    "test_status": 15,
    "test_step_page": 15,
}
"""File without a browser -> seconds of a core that its tests take, two of them at work; the others take less than 12."""


@functools.cache
def browser_shares():
    """Return file -> number of its share: from the longest down, each to the share that has least so far."""
    filled, shares = dict.fromkeys(range(1, BROWSERS + 1), 0), {}
    for file in sorted(PAGES, key=PAGES.get, reverse=True):
        shares[file] = min(filled, key=filled.get)
        filled[shares[file]] += PAGES[file]
    return shares


def group(test):
    """Return the name of the group that a test belongs to, by its pytest id: its file, or a share of the browser's files."""
    file = PurePosixPath(test.partition("::")[0]).stem
    return f"browser-{browser_shares()[file]}" if file in PAGES else file


def rank(name):
    """Return what groups are sorted by: those of the browser begin, then the longest first."""
    return (not name.startswith("browser-"), -SECONDS.get(name, 0))
