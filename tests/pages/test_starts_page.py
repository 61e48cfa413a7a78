"""The Starts page: its sentence, its maps and its table are those of the sweep it names."""

import base64
import json
import zlib

import numpy as np
import pytest

import optim
from optim.figures.sweep.cell_maps import ends, winners
from optim.reports.starts import starts_claim, starts_table
from pages.shared.compute import sweep_specs
from pages.shared.inputs.presets import PRESETS
from tests.pages.test_race_page import headline, text_of
from tests.support.sweep_pages import page

RACE = optim.RaceSpec("himmelblau", PRESETS[0].spec.entries[:2], (0.0, 0.0), 12)


@pytest.mark.long
def test_the_page_shows_what_became_of_every_start():
    app = page("starts", {"fn": "himmelblau", "k": "2", "n": "12"})
    result = optim.sweep(sweep_specs.starts_spec(RACE))
    assert starts_claim(result) in headline(app)
    shown = [one for part in app.get("bidi_component") for one in json.loads(part.proto.json).get("maps", [])]
    wanted = [winners(result), *ends(result)]
    assert len(shown) == len(wanted) == 3
    for one, cells in zip(shown, wanted, strict=True):
        index = np.frombuffer(zlib.decompress(base64.b64decode(one["index"])), dtype=np.uint8)
        np.testing.assert_array_equal(index.reshape(200, 200), cells.index)
        assert one["title"] == cells.title
    table = starts_table(result)
    np.testing.assert_allclose(app.dataframe[0].value.won, 100 * table.won)
    assert "200 × 200 starts, x from -5 to 5" in text_of(app)


def test_a_map_is_as_fine_as_the_bound_allows():
    for steps, cells in ((300, 200), (2500, 120), (10_000, 60)):
        race = optim.RaceSpec("himmelblau", PRESETS[0].spec.entries, (0.0, 0.0), steps)
        assert sweep_specs.starts_spec(race).starts == optim.Lattice(cells, cells)


@pytest.mark.long
def test_where_nobody_arrives_the_page_is_about_who_ends_lowest():
    app = page("starts", {"fn": "own", "f": "|x| + 2*|y - 1|", "k": "2", "n": "12"})
    assert "ends lowest from" in headline(app)
    assert "## Who ends lowest from here" in text_of(app)
    assert "Winner: fewest evaluations" not in text_of(app)
    race = optim.RaceSpec("abs(x) + 2*abs(y - 1)", PRESETS[0].spec.entries[:2], (0.0, 0.0), 12)
    table = starts_table(optim.sweep(sweep_specs.starts_spec(race)))
    np.testing.assert_allclose(app.dataframe[0].value.lowest, 100 * table.lowest)


@pytest.mark.parametrize("formula", ["x^2", *(pytest.param(text, marks=pytest.mark.long) for text in ("(x-y)^2", "5"))])
def test_a_line_of_minima_is_one_column_of_the_page(formula):
    app = page("starts", {"fn": "own", "f": formula, "k": "2", "n": "12"})
    assert " of the starts" in headline(app) or "from any start" in headline(app)
    assert sum(name[:1].isdigit() for name in app.dataframe[0].value.columns) <= 1


def test_a_function_that_only_comes_near_to_a_limit_has_nothing_to_score_by():
    assert "nothing to score by" in headline(page("starts", {"fn": "own", "f": "exp(x)", "k": "2", "n": "12"}))
