"""The Race page through Streamlit's own test harness: what it shows follows from its inputs."""

import pandas as pd
import pytest
from streamlit.delta_generator import DeltaGenerator
from streamlit.testing.v1 import AppTest

import optim
from optim.i18n.numbers import short
from optim.reports.verdict import verdict
from optim.sweeps.offered import offered_rate
from pages.shared.compute import cache
from pages.shared.inputs.link_codec import encode
from pages.shared.inputs.presets import PRESETS
from tests.conftest import ROOT
from tests.support import samples


def opened(query=None):
    """Run the app on an address; nothing may be raised on screen."""
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60)
    for key, text in (query or {}).items():
        app.query_params[key] = text
    return ran(app)


def slider_of(app, key):
    """Return the slider beside a number: its key is another one each time the number changed elsewhere."""
    return next(slider for slider in app.select_slider if slider.key.startswith(f"{key} slider "))


def menu_of(app, key):
    """Return the menu of several beside a field, likewise."""
    return next(menu for menu in app.multiselect if menu.key.startswith(f"{key} menu "))


def ran(app):
    app.run()
    assert [error.value for error in app.exception] == []
    return app


def text_of(app):
    return " ".join(block.value for block in [*app.markdown, *app.caption]).replace("\\", "")


def headline(app):
    """Return what a page says first: the Race page its verdict, below its name and its question."""
    heads = (block.value for block in app.markdown if block.value.startswith(("# ", "## ")))
    return next(head for head in heads if not head.startswith("# Optimizer Race")).replace("\\", "")


def losses(app):
    return next(table.value for table in app.dataframe if table.value.index.name)  # the one by step


def test_the_first_screen_is_the_books_race():
    app = opened()
    result = optim.race(PRESETS[0].spec)
    pd.testing.assert_frame_equal(losses(app), result.losses())
    assert verdict(result).headline in headline(app)
    assert verdict(result).why in text_of(app)
    assert "SGD: lr 0.95 (book)" in text_of(app)
    assert "30 steps each" in text_of(app)


def test_racers_that_tie_share_a_place():
    entries = [optim.Entry(name, {"lr": 0.1}) for name in ("sgd", "adam", "sgd")]
    spec = optim.RaceSpec("elongated_bowl", entries, (-7.0, 2.0), 30)
    app, result = opened({**encode(spec), "also": "sphere"}), optim.race(spec)
    table = next(block.value for block in app.markdown if "## Standings" in block.value)
    rows = [line.split(" | ") for line in table.splitlines() if line.startswith("| ")][2:]
    assert [row[0].strip("| ") for row in rows] == [str(result.places[i]) for i in result.order]
    assert result.places[0] == result.places[2]
    several = next(block.value for block in app.markdown if "Places on several functions" in block.value)
    first, last = (line for line in several.splitlines() if "SGD" in line)
    assert [cell.split("**")[1] for cell in first.split(" | ")[1:]] == [cell.split("**")[1] for cell in last.split(" | ")[1:]]


def test_a_loss_that_has_run_away_is_written_alike_in_the_table_and_in_the_standings():
    """A column of numbers shows as errors what a whole number of 64 bits cannot be, and an infinite one as a word."""
    app = opened({"fn": "himmelblau", "k": "2", "n": "12", "o1.lr": "0.5"})
    shown, result = losses(app), optim.race(of_rates("himmelblau", 12, {"sgd": 0.5, "momentum": 0.1}))
    assert listed(shown) == listed(written(result))
    assert {"∞", "–"} < set(shown["SGD"])
    rows = [row.split(" | ") for row in text_of(app).split("| ---: |\n")[-1].splitlines()[:2]]
    assert [(row[0].strip("| "), row[3]) for row in rows] == [("–", "–"), ("–", "–")]
    assert "nan" not in text_of(app)


def written(result):
    """Return the losses of a race with each racer's in words where they are more than a column of numbers can show."""
    table = result.losses()
    return table.assign(**{name: [short(x, 6) for x in table[name]] for name in table if table[name].abs().max() >= 2**53})


def listed(table):
    return {name: list(table[name]) for name in table}


def of_rates(problem, steps, rates):
    """Return the race of a function's first start with these rates."""
    entries = [optim.Entry(name, {"lr": lr}) for name, lr in rates.items()]
    return optim.RaceSpec(problem, entries, optim.PROBLEMS[problem].starts[0], steps)


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.title)
@pytest.mark.long
def test_a_preset_loads_from_the_menu_and_from_its_link(preset):
    app = opened()
    app.selectbox(key="preset").set_value(preset.title)
    chosen = ran(app)
    linked = opened(encode(preset.spec))
    wanted = optim.race(preset.spec)
    for shown in (chosen, linked):
        pd.testing.assert_frame_equal(losses(shown), wanted.losses())
        assert preset.question in text_of(shown)
        assert verdict(wanted).headline in headline(shown)


def test_one_rate_for_all_flips_the_winner_and_the_page_says_so():
    app = opened(encode(PRESETS[1].spec))
    assert "Momentum won" in headline(app)
    assert "The winner flips: Momentum here, AdaGrad in" in text_of(app)


def test_adam_loses_its_edge_when_the_valley_is_turned_and_the_page_says_so():
    preset = next(preset for preset in PRESETS if preset.spec.rotate)
    assert "Adam won" in headline(opened(encode(preset.versus.spec)))
    app = opened(encode(preset.spec))
    assert "Adam won" not in headline(app)
    assert "The winner flips" in text_of(app)
    assert "Adam in “Adam at home”" in text_of(app)
    assert "rotated 45 degrees, stretched 0.2 times" in text_of(app)


def test_every_dial_is_an_input_and_in_the_protocol():
    app = opened({"fn": "rosenbrock", "rotate": "30", "stretch": "2.5", "sx": "0.5", "sy": "-1"})
    spec = optim.RaceSpec("rosenbrock", PRESETS[0].spec.entries, (-1.2, 1.0), 30, rotate=30, stretch=2.5, shift=(0.5, -1))
    assert listed(losses(app)) == listed(written(optim.race(spec)))
    assert "rotated 30 degrees, stretched 2.5 times, shifted by (0.5, -1)" in text_of(app)
    assert [app.number_input(key=key).value for key in ("rotate", "stretch", "sx", "sy")] == [30, 2.5, 0.5, -1]


@pytest.mark.parametrize(
    ("query", "dials"),
    [
        ({"stretch": "0.2"}, "stretched 0.2 times"),
        ({"rotate": "45", "stretch": "0.2"}, "rotated 45 degrees, stretched 0.2 times"),
        ({"sx": "1"}, "shifted by (1, 0)"),
    ],
)
def test_what_is_told_of_a_function_is_told_of_it_without_its_dials(query, dials):
    """The valley of the book's bowl is 20 times as steep across as along and lies along an axis: not once it is dialled."""
    plain, dialled = (opened(given) for given in ({}, query))
    for app in (plain, dialled):
        assert "20 times steeper than x" in text_of(app)
    card = next(block.value for block in dialled.markdown if "20 times steeper" in block.value).replace("\\", "")
    before, _ = card.split("20 times steeper")
    assert f"tells of the function before its dials. In this race it is {dials}: how steep it is" in before
    assert "Keywords before the dials: " in card
    assert "before its dials" not in text_of(plain)
    assert "Keywords: " in text_of(plain)


def test_a_typed_formula_is_raced_and_what_was_found_is_said():
    app = opened({"fn": "own"})
    app.text_input(key="f").set_value("(x - 1)**2 + 3*(y + 2)**2 + 4")
    ran(app)
    problem = optim.problem("(x - 1)**2 + 3*(y + 2)**2 + 4")
    assert (app.number_input(key="x").value, app.number_input(key="y").value) == problem.starts[0]
    rates = {str(entry.optimizer): offered_rate(str(entry.optimizer), problem.formula) for entry in PRESETS[0].spec.entries}
    entries = [optim.Entry(name, {"lr": rate}) for name, rate in rates.items()]
    spec = optim.RaceSpec(problem.formula, entries, problem.starts[0])
    pd.testing.assert_frame_equal(losses(app), optim.race(spec).losses())
    assert app.latex[0].value.strip("$\n ") == problem.latex
    assert "lowest minimum found in the window 4 at (1, -2)" in text_of(app)
    assert "Found, not proven" in text_of(app)
    assert "(x - 1)**2 + 3*(y + 2)**2 + 4 · start" in text_of(app)


def test_a_bad_formula_stays_and_is_explained_once_and_the_last_race_stays_too():
    app = opened({"fn": "own", "f": "x**2 + y**2", "x": "2"})
    before = losses(app)
    app.text_input(key="f").set_value("x**2 + foo(y)")
    ran(app)
    assert app.text_input(key="f").value == "x**2 + foo(y)"
    assert text_of(app).count("Unknown function foo") == 1
    assert [block.value for block in app.code] == ["x**2 + foo(y)\n       ^"]
    assert "Until then everything is about x**2 + y**2." in text_of(app)
    pd.testing.assert_frame_equal(losses(app), before)
    for button in ("Add a racer", "Random start"):
        next(b for b in app.button if b.label == button).click()
        ran(app)
    app.button(key="remove 1").click()
    ran(app)
    assert app.text_input(key="f").value == "x**2 + foo(y)"
    app.text_input(key="f").set_value("x**2 + sin(y)")
    assert losses(ran(app)).shape[1] == 4


@pytest.mark.long
def test_a_bad_formula_is_left_behind_by_the_menu_and_by_a_preset():
    app = opened({"fn": "own"})
    app.text_input(key="f").set_value("x +")
    ran(app)
    app.selectbox(key="fn").set_value("rosenbrock")
    assert "won" in headline(ran(app))
    app.selectbox(key="fn").set_value("own")
    assert ran(app).text_input(key="f").value == "x +"
    app.selectbox(key="preset").set_value(PRESETS[1].title)
    assert "Momentum won" in headline(ran(app))


def test_a_hostile_formula_in_a_link_gives_a_note_and_the_default():
    app = opened({"fn": "own", "f": "__import__('os').system('true')"})
    assert "Formula (f) was" in text_of(app)
    assert app.text_input(key="f").value == optim.problem(app.text_input(key="f").value).formula
    assert app.dataframe.len > 0


def test_a_moved_slider_writes_its_number_and_changes_winner_and_reason():
    app = opened()
    before = headline(app), text_of(app)
    slider_of(app, "o3.lr").set_value(1e-4)
    ran(app)
    assert app.number_input(key="o3.lr").value == 1e-4
    assert "AdaGrad won" in before[0]
    assert "SGD won" in headline(app)
    assert "AdaGrad: lr 0.0001 (set by hand)" in text_of(app)
    assert text_of(app) != before[1]


@pytest.mark.long
def test_a_rate_that_nobody_set_does_not_stay_where_no_rate_works():
    app = opened()
    app.selectbox(key="fn").set_value("own")
    ran(app)
    app.text_input(key="f").set_value("exp(x**2 + y**2)")
    ran(app)
    assert offered_rate("sgd", "exp(x**2 + y**2)") is None
    app.selectbox(key="fn").set_value("himmelblau")
    ran(app)
    assert app.number_input(key="o1.lr").value == offered_rate("sgd", "himmelblau")
    assert "set by hand" not in text_of(app)


def test_the_number_moves_the_slider():
    app = opened()
    app.number_input(key="o1.lr").set_value(0.35)
    ran(app)
    assert slider_of(app, "o1.lr").value == 0.35  # which is none of the twenty places of its decade
    assert app.number_input(key="o1.lr").value == 0.35


def test_another_function_brings_its_own_start():
    app = opened()
    app.selectbox(key="fn").set_value("rosenbrock")
    ran(app)
    assert (app.number_input(key="x").value, app.number_input(key="y").value) == optim.PROBLEMS["rosenbrock"].starts[0]
    assert losses(app).iloc[0, 0] == pytest.approx(24.2)


def test_another_optimizer_brings_its_default_settings_and_the_rate_offered_here():
    app = opened({"o1.schedule": "cosine"})
    app.selectbox(key="o1").set_value("adamax")
    ran(app)
    rate = offered_rate("adamax", "elongated_bowl")
    assert app.number_input(key="o1.lr").value == rate
    assert f"{optim.OPTIMIZERS['adamax'].title}: lr {rate:g} (tuned for this function)" in text_of(app)
    app.selectbox(key="o1").set_value("adam")
    assert ran(app).number_input(key="o1.lr").value == 0.3  # the book's, on the book's function


@pytest.mark.long
def test_racers_come_and_go():
    app = opened()
    for count in range(5, 13):
        next(button for button in app.button if button.label == "Add a racer").click()
        ran(app)
        assert losses(app).shape[1] == count
    assert next(button for button in app.button if button.label == "Add a racer").disabled
    app.button(key="remove 2").click()
    ran(app)
    assert list(losses(app).columns)[:3] == ["SGD", "AdaGrad", "Adam"]
    for count in range(10, 0, -1):
        app.button(key="remove 1").click()
        ran(app)
        assert losses(app).shape[1] == count
    assert app.button(key="remove 1").disabled


def test_removing_a_racer_keeps_the_settings_of_those_after_it():
    app = opened({"o4.beta1": "0.5"})
    app.button(key="remove 1").click()
    ran(app)
    assert app.number_input(key="o3.beta1").value == 0.5


def test_random_start_stays_in_the_window_and_reset_brings_the_default_back():
    app = opened({"fn": "himmelblau", "n": "7", "k": "2", "noise": "0.5"})
    next(button for button in app.button if button.label == "Random start").click()
    ran(app)
    place = app.number_input(key="x").value, app.number_input(key="y").value
    box = optim.PROBLEMS["himmelblau"].view
    assert all(low <= value <= high for value, (low, high) in zip(place, box, strict=True))
    next(button for button in app.button if button.label == "Reset all").click()
    ran(app)
    pd.testing.assert_frame_equal(losses(app), optim.race(PRESETS[0].spec).losses())


def test_who_keeps_moving_under_noise_is_not_called_stalled():
    """The kind is one of few, fixed; what stands on screen says what the reason does."""
    preset = next(preset for preset in PRESETS if preset.title == "Noisy slopes")
    result, app = optim.race(preset.spec), opened(encode(preset.spec))
    hover = [i for i, status in enumerate(result.status) if "it hovers in steps" in status.reason]
    assert "AdaGrad" in {result.labels[i] for i in hover}
    for i in hover:
        assert result.status[i].kind == "stalled"
        assert f"{result.labels[i]} | hovering | " in text_of(app).replace("\u00a0", " ")
    assert "stalled" not in text_of(app)


def test_noise_shows_the_middle_and_the_range_of_twenty_seeds():
    app = opened({"noise": "0.5"})
    many = app.dataframe[0].value
    assert list(many.columns) == ["optimizer", "median_loss", "lowest_loss", "highest_loss", "reached"]
    assert (many.lowest_loss <= many.median_loss).all()
    assert (many.median_loss < many.highest_loss).all()
    assert "Over 20 seeds" in text_of(app)


def test_seeds_that_take_long_say_how_far_they_are_and_end_with_the_same_table(monkeypatch):
    shown = []
    monkeypatch.setattr(cache, "LONG", 0)
    monkeypatch.setattr(DeltaGenerator, "progress", lambda self, share, text: shown.append(share) or self)
    app = opened({"noise": "0.25", "k": "2"})
    assert shown == [0.0, 0.5, 1.0]
    assert list(app.dataframe[0].value.columns) == ["optimizer", "median_loss", "lowest_loss", "highest_loss", "reached"]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"k": "1"}, "SGD: loss"),
        ({"k": "1", "o1.lr": "3", "n": "300"}, "It diverged"),
        ({"k": "2", "o1.lr": "3", "o2.lr": "9", "n": "300"}, "every run diverged"),
        ({"n": "1"}, "after 1 step"),
        ({"x": "0", "y": "0"}, "A tie between"),
        ({"o1.lr": "0", "k": "1"}, "no lower than it started"),
        ({"x": "1000000", "y": "-1000000"}, ""),
        ({"k": "12", "n": "10000"}, "won"),
        ({"g": "central"}, "AdaGrad won"),
        ({"fn": "own", "f": "atan(x)"}, ""),
        ({"fn": "own", "f": "(x - 5000000)^2 + y^2"}, ""),
    ],
)
@pytest.mark.long
def test_unusual_races_look_right_too(query, said):
    app = opened(query)
    assert said in headline(app)
    assert app.warning.len == app.error.len == 0


def test_a_bad_link_shows_defaults_and_a_note_until_it_is_dismissed():
    app = opened({"o1": "nope", "o2.lr": "1e400", "x": "nan", "n": "-3"})
    pd.testing.assert_frame_equal(losses(app), optim.race(PRESETS[0].spec).losses())
    for key in ("o1", "o2.lr", "x", "n"):
        assert f"({key})" in text_of(app)
    next(button for button in app.button if button.label == "Understood").click()
    assert "could not be used" not in text_of(ran(app))


FAR_AWAY = optim.RaceSpec("sphere", optim.Entry("sgd"), (1e300, 1.0)).to_json()
BAD_FORMULA = FAR_AWAY.replace("sphere", "__import__('os')")


@pytest.mark.parametrize("text", ["nope", "{}", "[1]", '{"problem": "sphere"}', "x" * 100_000, FAR_AWAY, BAD_FORMULA])
@pytest.mark.long
def test_a_race_from_another_page_that_cannot_be_used_is_named(text):
    app = opened({"race": text, "n": "12"})
    assert "could not be used" in text_of(app)
    assert "race" not in app.query_params


def test_a_race_from_another_page_takes_the_place_of_what_was_there():
    app = opened({"n": "77", "fn": "rosenbrock", "noise": "0.5", "o1": "adam", "o1.schedule": "cosine"})
    app.switch_page("pages/optimizers.py")
    ran(app)
    app.switch_page("pages/race.py")
    app.query_params["race"] = PRESETS[0].spec.to_json()
    ran(app)
    pd.testing.assert_frame_equal(losses(app), optim.race(PRESETS[0].spec).losses())


@pytest.mark.parametrize("name", samples.SHOWN)
@pytest.mark.long
def test_a_function_shows_its_formula_minima_and_lesson(name):
    app = opened({"fn": name, "arrows": "true", "curve": "distance"})
    problem = optim.PROBLEMS[name]
    assert problem.latex in " ".join(block.value for block in app.markdown)
    assert problem.teaches in text_of(app)


FIELDS = samples.heats(list(optim.OPTIMIZERS.values()))
"""The optimizers, as many at a time as one race has racers."""


@pytest.mark.parametrize("rules", FIELDS, ids=lambda rules: f"{rules[0].name}...")
def test_every_optimizer_shows_all_its_settings_when_opened(rules):
    query = {"k": str(len(rules)), "n": "1"}
    for slot, rule in enumerate(rules, 1):
        query |= {f"o{slot}": rule.name, **{f"o{slot}.{p.name}": str(_other(p)) for p in rule.parameters}}
    app = opened(query)
    for slot, rule in enumerate(rules, 1):
        for parameter in rule.parameters:
            shown = app.toggle if parameter.kind == "bool" else app.number_input
            assert shown(key=f"o{slot}.{parameter.name}").value == _other(parameter), (rule.name, parameter.name)


def _other(parameter):
    """A good value that is not the default."""
    return parameter.high if parameter.default == parameter.low else parameter.low
