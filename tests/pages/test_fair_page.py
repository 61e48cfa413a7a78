"""The Fair race page: same budget, same search, other starts; the order in three settings is the library's."""

import json

import optim
from optim.reports.fair import fair_changes, fair_claim, fair_protocol, fair_sure, fair_table
from pages.shared.compute import sweep_specs
from pages.shared.inputs.presets import PRESETS
from tests.pages.test_race_page import headline, text_of
from tests.support.sweep_pages import page

RACE = optim.RaceSpec("elongated_bowl", PRESETS[0].spec.entries[:3], (-7.0, 2.0), 40)


def test_the_page_says_the_order_the_protocol_and_the_budget():
    app = page("fair", {"n": "40", "k": "3"})
    result = optim.tune(sweep_specs.fair_spec(RACE))
    text = text_of(app)
    assert fair_claim(result) in headline(app)
    assert fair_sure(result) in text
    assert fair_changes(result) in text
    assert fair_protocol(result) in text
    table, wanted = app.dataframe[0].value, fair_table(result)
    assert list(table.used) == list(wanted.used)
    assert (table.used <= 40).all()
    for name in result.spec.settings:
        assert list(table[name]) == list(wanted[name])


def test_the_tuned_rates_can_be_taken_into_the_race():
    app = page("fair", {"n": "40", "k": "3"})
    result = optim.tune(sweep_specs.fair_spec(RACE))
    links = [part.proto for part in app.get("page_link")]
    link = next(link for link in links if link.label == "Race with the tuned rates")
    from urllib.parse import parse_qs

    spec = optim.RaceSpec.from_json(parse_qs(link.query_string)["race"][0])
    assert spec.entries == result.entries
    assert (spec.start, spec.steps) == ((-7.0, 2.0), 40)
    assert all("tuned: lr of 97 values" in entry.origin for entry in spec.entries)
    assert json.loads(spec.to_json())


def test_on_a_flat_function_nobody_comes_first():
    app = page("fair", {"fn": "own", "f": "5", "k": "2", "n": "10"})
    assert "There is nothing to win here" in headline(app)
    assert "a better one may lie beyond" not in text_of(app)
    assert len(app.dataframe) == 0
