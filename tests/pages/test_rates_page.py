"""The Learning rates page: what it says are the scores of the sweep it names."""

from urllib.parse import parse_qs

import pandas as pd
import pytest
from streamlit.testing.v1 import local_script_runner

import optim
from optim.figures import styles
from optim.i18n.numbers import powers
from optim.reports.rates import advised, rates_claim, second_claim
from optim.sweeps import scores
from optim.sweeps.jobs import JobStatus
from pages.shared.compute import background, sweep_specs
from pages.shared.inputs.presets import PRESETS
from pages.shared.panels.sweeps.shared import with_enough_steps
from tests.pages.test_race_page import headline, opened, ran, text_of
from tests.support.sweep_pages import page, whole

RACE = optim.RaceSpec("elongated_bowl", PRESETS[0].spec.entries, (-7.0, 2.0), 60)


def test_the_page_says_what_the_sweep_says():
    app = page("rates", {"n": "60"})
    spec, _ = sweep_specs.rates_spec(RACE)
    result = optim.sweep(spec)
    assert rates_claim(result) in headline(app)
    wanted = scores.standings(result)
    shown = app.dataframe[0].value
    assert [name[2:] for name in shown.optimizer] == list(wanted.optimizer)
    pd.testing.assert_series_equal(shown.lr, wanted.lr)
    assert "2/λ = 1" in text_of(app)
    for words in ("97 values of lr from 10⁻⁵ to 100", "24 starts", "60 steps each", powers(f"within {result.target:.3g} of")):
        assert words in text_of(app)


@pytest.mark.long
def test_a_second_parameter_makes_maps():
    app = page("rates", {"n": "40"})
    app.selectbox(key="p").set_value("momentum")
    whole(ran(app))
    spec, statuses = sweep_specs.second_spec(optim.RaceSpec("elongated_bowl", PRESETS[0].spec.entries, (-7.0, 2.0), 40), "momentum")
    assert [entry.optimizer for entry in spec.race.entries] == ["momentum"]
    assert statuses[0].sign == "■"
    assert second_claim(optim.sweep(spec), "momentum")[0] in headline(app)
    assert "momentum" in app.dataframe[0].value


def test_the_rates_and_the_start_in_the_sidebar_play_no_part():
    other = optim.RaceSpec("elongated_bowl", [optim.Entry(e.optimizer, {"lr": 9.0}) for e in RACE.entries], (1.0, 1.0), 60)
    assert sweep_specs.rates_spec(RACE) == sweep_specs.rates_spec(other)
    twice = optim.RaceSpec(
        "sphere", [optim.Entry("sgd"), optim.Entry("sgd", {"lr": 0.3}), optim.Entry("sgd", {"weight_decay": 0.1})], (1, 1)
    )
    spec, statuses = sweep_specs.rates_spec(twice)
    assert [entry.label for entry in spec.race.entries] == ["SGD (racer 1)", "SGD (racer 3)"]
    assert statuses == tuple(styles(twice.entries)[slot] for slot in (0, 2))


def test_more_steps_are_offered_where_somebody_reaches_nothing():
    app = page("rates", {"n": "20"})
    assert "never arrive" in headline(app)
    app.button(key="more steps").click()
    whole(ran(app))
    assert app.number_input(key="n").value == 300
    assert "300 steps each" in text_of(app)


def test_where_nobody_chose_the_steps_there_are_enough_and_the_page_says_so():
    app = page("rates")
    assert headline(app).startswith("# Use ")
    assert app.number_input(key="n").value == 30
    assert "300 steps (the 30 in the sidebar are too few for an answer; change them there) each" in text_of(app)


def test_the_rate_can_be_used_raced_and_copied_for_pytorch():
    app = page("rates", {"o1": "adam", "o1.lr": "0.001", "k": "1"})
    spec, _ = sweep_specs.rates_spec(with_enough_steps(optim.RaceSpec("elongated_bowl", optim.Entry("adam"), (-7.0, 2.0), 30)))
    rate = advised(optim.sweep(spec)).hyper["lr"]
    assert headline(app) == f"# Use Adam with lr {rate:.3g}."
    link = next(part.proto for part in app.get("page_link") if part.proto.label == "Race it")
    race = optim.RaceSpec.from_json(parse_qs(link.query_string)["race"][0])
    assert (race.entries[0].hyper["lr"], race.steps, race.start) == (rate, 300, (-7.0, 2.0))
    assert [block.value for block in app.code] == [
        f"optimizer = torch.optim.Adam(model.parameters(), lr={rate}, betas=(0.9, 0.999), eps=1e-08, weight_decay=0.0)"
    ]
    app.button(key="use this").click()
    whole(ran(app))
    assert app.number_input(key="o1.lr").value == rate
    assert app.button(key="use this").disabled


def test_the_rate_goes_to_the_first_racer_of_its_kind():
    entries = [
        optim.Entry("adagrad", {"lr": 0.5}),
        optim.Entry("sgd"),
        optim.Entry("adagrad"),
        optim.Entry("sgd", {"weight_decay": 0.1}),
    ]
    race = optim.RaceSpec("sphere", entries, (1.0, 1.0))
    assert sweep_specs.slots(race) == (0, 1, 3)
    assert [entry.hyper["lr"] for entry in sweep_specs.with_rate(race, 3, 0.25).entries] == [
        0.5,
        *(entry.hyper["lr"] for entry in entries[1:3]),
        0.25,
    ]


MOST = {"n": "10000", "k": "12", **{f"o{slot}": name for slot, name in enumerate(list(optim.OPTIMIZERS)[-8:], start=5)}}


@pytest.mark.parametrize("name", ["rates", "starts", "fair"])
@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"fn": "own", "f": "x + y"}, "There is nothing to score by on this function"),
        ({"fn": "own", "f": "x +"}, ""),
        (MOST, "This sweep is too large"),
        ({"k": "1", "o1": "Nelder-Mead", "n": "10"}, ""),
        ({"noise": "0.5", "n": "10"}, ""),
        ({"o1.lr": "100", "k": "1", "n": "10"}, ""),
    ],
)
@pytest.mark.long
def test_unusual_questions_get_an_answer(name, query, said):
    app = page(name, query)
    assert said in headline(app)


@pytest.mark.long
def test_inputs_keep_what_they_held_from_page_to_page():
    app = opened({"n": "40", "k": "2", "o2.lr": "0.02", "fn": "rosenbrock"})
    for name in ("rates", "starts", "fair", "optimizers", "race"):
        app.switch_page(f"pages/{name}.py")
        ran(app)
        if name != "optimizers":
            assert (app.number_input(key="n").value, app.number_input(key="k").value) == (40, 2)
            assert (app.number_input(key="o2.lr").value, app.selectbox(key="fn").value) == (0.02, "rosenbrock")


@pytest.fixture
def messages(monkeypatch):
    """What the last run of a page sent to the browser: place, fragment, and element, one tuple each."""
    heard, parse = [], local_script_runner.parse_tree_from_messages
    monkeypatch.setattr(local_script_runner, "parse_tree_from_messages", lambda sent: heard.append(sent) or parse(sent))

    def last():
        sent = (one for one in heard[-1] if one.WhichOneof("type") == "delta")
        return [(tuple(one.metadata.delta_path), one.delta.fragment_id, one.delta.new_element) for one in sent]

    return last


@pytest.fixture
def under_way(monkeypatch):
    """Have every page of many races believe that half of its work is done."""
    half = optim.sweep(sweep_specs.rates_spec(RACE)[0], cancel=lambda: True)
    monkeypatch.setattr(background, "_status", lambda *_: JobStatus(1, 2, 1.0, 1.0, half, running=True, complete=False, error=None))


@pytest.mark.usefixtures("under_way")
def test_every_part_that_is_drawn_again_is_alone_in_its_place(messages):
    # Parts are drawn again in any order. A browser that has missed their first drawing takes a second child before the first for
    # an error, and shows an empty page: so each of them must be a first child.
    ran(opened({"n": "60"}).switch_page("pages/rates.py"))
    owners = {path: owner for path, owner, _ in messages()}
    parts = [path for path, owner in owners.items() if owner and owners.get(path[:-1]) != owner]
    assert len(parts) == 3
    assert {path[-1] for path in parts} == {0}


def buttons_of_parts(messages):
    return [element.button.label for _, owner, element in messages() if owner and element.WhichOneof("type") == "button"]


@pytest.mark.usefixtures("under_way")
def test_a_part_that_is_drawn_by_itself_changes_no_input(messages):
    # A widget in such a part reruns the part alone, and the inputs elsewhere would not hear of it.
    ran(opened({"n": "60"}).switch_page("pages/rates.py"))
    assert buttons_of_parts(messages) == ["Cancel"]


@pytest.mark.parametrize("name", ["rates", "starts", "fair"])
def test_a_page_whose_work_is_done_is_drawn_as_a_whole(messages, name):
    app = page(name)
    assert app.button
    assert [owner for _, owner, _ in messages() if owner] == []


@pytest.mark.parametrize("name", ["race", "step", "rates", "starts", "fair"])
@pytest.mark.long
def test_a_formula_that_cannot_be_used_is_named_and_its_link_can_be_copied(name):
    app = opened({"fn": "own"})
    ran(ran(app.switch_page(f"pages/{name}.py")))
    app.text_input(key="f").set_value("x**2 + foo(y)")
    ran(app)
    assert [block.value for block in app.code] == ["x**2 + foo(y)\n       ^"]  # said once, and the page stays as it was
    assert not any("cannot be used" in block.value for block in app.markdown if block.value.startswith("# "))
    assert len([component for component in app.get("bidi_component") if component.proto.component_name == "copy_link"]) == 1


@pytest.mark.long
def test_on_a_flat_function_no_rate_is_recommended():
    app = page("rates", {"fn": "own", "f": "5", "k": "2", "n": "10"})
    assert "There is nothing to gain here" in headline(app)
    assert not any(button.label == "Use this" for button in app.button)
    assert app.dataframe[0].value.lr.isna().all()
