"""Words of pictures and tables write numbers as sentences do: 10⁻⁵, never 1e-05."""

import re
from dataclasses import replace

import optim
from optim.figures.race.curves import axes, chart, curves
from optim.figures.sweep.placings import fair
from optim.figures.sweep.rates import rates
from optim.races.labels import settings
from optim.reports import compared, fair_table
from tests.figures.race.test_playback import played

RAW = re.compile(r"\d[eE][-+]?\d")
SMALL = tuple(optim.Entry("sgd", {"lr": lr, "weight_decay": 1e-7}) for lr in (1e-5, 2.5e-6))
SPEC = optim.RaceSpec("1e-7*x**2 + 1e-6*y**2 + 1e-5", SMALL, (1.0, 1.0), 20)


def words(found):
    """Yield every text in a figure's or a table's plain data; numbers are no texts, and d3's own formats are none."""
    if isinstance(found, str):
        yield found
    elif isinstance(found, dict):
        for value in found.values():
            yield from words(value)
    elif isinstance(found, (list, tuple)):
        for value in found:
            yield from words(value)


def raw(*found):
    return [text for text in words(found) if RAW.search(text) and not text.startswith("#")]


def test_a_race_of_small_numbers():
    result, roll = played(SPEC)
    assert raw(result.labels, [settings(entry) for entry in SMALL]) == []
    assert result.labels == ("SGD (lr 10⁻⁵, weight_decay 10⁻⁷)", "SGD (lr 2.5×10⁻⁶, weight_decay 10⁻⁷)")
    assert raw(roll.facts) == []
    assert [racer["about"] for racer in roll.facts["racers"]] == ["lr 10⁻⁵", "lr 2.5×10⁻⁶"]
    assert raw(curves(result).to_dict(), axes(result, chart(result)).to_dict()) == []
    after = optim.race(replace(SPEC, target=1e-9, entries=(replace(SMALL[0], values={"lr": 3e-5}), SMALL[1])))
    assert raw(compared(result, after).changes) == []


def test_a_fair_race_of_small_rates():
    done = optim.tune(optim.TuneSpec(optim.RaceSpec("1e6*x**2 + 1e7*y**2", SMALL, (1.0, 1.0), 20), values=5, starts=2))
    assert any("10⁻" in text for text in words(fair_table(done).to_dict("list")))
    assert raw(fair_table(done).to_dict("list"), fair(done).to_dict(), rates(done.search, limit=1e-7).to_dict()) == []
