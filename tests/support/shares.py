"""Which process gets which tests: file by file, the longest first, and the files that draw in a browser in two shares alike."""

import functools
from pathlib import PurePosixPath

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
}
"""File -> pages that its tests load in the browser, which is what they take their time for: a page costs the browser 10 s of a core
where it draws without a graphics card. Sweeps of many races, and surfaces drawn one after the other, count as some pages more."""
SECONDS = {
    "test_simulate": 70,
    "test_fused": 65,
    "test_offered": 60,
    "test_random_formulas": 45,
    "test_inputs": 45,
    "test_sweep": 40,
    "test_languages": 35,
    "test_second_order": 35,
    "test_formulas": 30,
    "test_race_page": 30,
    "test_scripts": 30,
    "test_own_rule": 30,
    "test_book_page": 25,
    "test_explore": 25,
    "test_order": 25,
    "test_race_figures": 25,
    "test_result": 25,
    "test_rule_lines": 25,
    "test_status": 25,
    "test_closed_forms": 20,
    "test_hostile_input": 20,
    "test_spec": 20,
    "test_functions": 15,
    "test_functions_page": 15,
    "test_golden": 15,
    "test_lessons": 15,
    "test_lessons_page": 15,
    "test_notebook": 15,
    "test_step_page": 15,
    "test_tune": 15,
    "test_diagnostics": 10,
}
"""File without a browser -> seconds of a core that its tests take, measured with `-n 0`; the others take less than 15."""


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
