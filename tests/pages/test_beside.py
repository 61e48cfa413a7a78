"""A race pinned beside the race, and the same racers on more functions: buttons, words, what the browser gets, links."""

import base64
import json
import zlib
from dataclasses import replace

import pytest

import optim
from optim.reports import compared
from pages.shared.inputs.link_codec import decode, encode, pinned_query, spec_of
from pages.shared.inputs.presets import PRESETS
from pages.shared.panels.race import export
from tests.pages.test_race_page import losses, menu_of, opened, ran, text_of

BOOK = PRESETS[0].spec
FAST = replace(BOOK, entries=(optim.Entry("sgd", {"lr": 1.02}), *BOOK.entries[1:]))


def button(app, label):
    return next((one for one in app.button if one.label == label), None)


def pressed(app, label):
    button(app, label).click()
    return ran(app)


def components(app, name):
    return [one.proto for one in app.get("bidi_component") if one.proto.component_name == name]


def view(app):
    """The facts and the packed numbers of the race view."""
    data = components(app, "race_view")[0].bytes
    length = int.from_bytes(data[:4], "little")
    return json.loads(data[4 : 4 + length]), data[4 + length :]


def grounds(app):
    """The names of the grounds that were sent, in order."""
    return [json.loads(proto.json)["id"] for proto in components(app, "landscape")]


def address(app):
    """The experiment as the address bar has it, and as it is copied."""
    data = json.loads(components(app, "copy_link")[0].json)
    return data["query"], data["link"]


def test_nothing_is_there_but_the_row_as_long_as_nothing_is_beside_the_race():
    app = opened()
    assert not button(app, "Pin this race").disabled
    assert (button(app, "Unpin"), button(app, "Load the pinned race")) == (None, None)
    assert menu_of(app, "also").value == []
    assert "Against the pinned race" not in text_of(app)
    assert "Places on several functions" not in text_of(app)
    facts, numbers = view(app)
    assert facts["others"] == []
    assert facts["size"] == len(numbers)
    assert grounds(app) == [facts["land"]]
    assert address(app) == ({}, {})


def test_a_race_is_pinned_another_is_raced_and_the_difference_is_said():
    app = pressed(opened(), "Pin this race")
    assert button(app, "Pin this race").disabled
    assert button(app, "Load the pinned race").disabled
    assert "Nothing was changed. **Every racer that is in both races ends as before.**" in text_of(app)
    app.number_input(key="o1.lr").set_value(1.02)
    ran(app)
    found = compared(optim.race(BOOK), optim.race(FAST))
    assert f"SGD's lr 0.95 → 1.02: **{found.differs[0]}.**" in text_of(app)
    assert "| SGD | moving → cycling | – | 0.01333 → 42.08 |" in text_of(app)
    assert "| Adam | moving | – | 0.1022 |" in text_of(app)
    facts, _ = view(app)
    (other,) = facts["others"]
    assert (other["title"], other["change"]) == ("Pinned: Elongated bowl (the book's)", "SGD's lr 0.95 → 1.02")
    assert other["race"]["racers"][0]["end"] == pytest.approx(optim.race(BOOK).loss[0, -1])
    assert facts["race"]["racers"][0]["end"] == pytest.approx(optim.race(FAST).loss[0, -1])
    assert other["land"] == facts["land"]
    assert grounds(app) == [facts["land"]]  # once, though two races are on it
    app = pressed(app, "Load the pinned race")
    assert spec_of_inputs(app) == BOOK
    app = pressed(app, "Unpin")
    assert button(app, "Unpin") is None
    assert view(app)[0]["others"] == []
    assert address(app) == ({}, {})


def spec_of_inputs(app):
    return spec_of(decode(address(app)[0])[0])


def test_another_function_differs_in_its_ground_and_its_words():
    app = pressed(opened({"n": "60"}), "Pin this race")
    app.selectbox(key="fn").set_value("himmelblau")
    ran(app)
    assert "Function: Elongated bowl (the book's) → Himmelblau" in text_of(app)
    facts, _ = view(app)
    assert facts["others"][0]["change"] == ""  # the panel is called by its function
    assert facts["others"][0]["land"] != facts["land"]
    assert grounds(app) == [facts["land"], facts["others"][0]["land"]]


def test_the_same_racers_on_more_functions_each_from_its_own_start():
    app = opened({"o3.lr": "0.7", "noise": "0.1", "rotate": "10", "n": "50"})
    menu_of(app, "also").set_value(["himmelblau", "beale"])
    ran(app)
    here = spec_of_inputs(app)
    facts, _ = view(app)
    assert [other["title"] for other in facts["others"]] == ["Himmelblau", "Beale"]
    for other, name in zip(facts["others"], ("himmelblau", "beale"), strict=True):
        result = optim.race(replace(here, problem=name, start=optim.PROBLEMS[name].starts[0]))
        assert other["race"]["start"] == list(result.spec.start)
        assert [racer["status"] for racer in other["race"]["racers"]] == [status.kind for status in result.status]
        place = result.order.index(2) + 1
        assert f"**{place}** :small[:gray[{result.status[2].kind}]]" in row(app, "AdaGrad")
    assert "Each further function starts at its own first start" in text_of(app)
    assert address(app)[0]["also"] == "himmelblau,beale"
    lands = [facts["land"], *(other["land"] for other in facts["others"])]
    assert grounds(app) == lands
    assert len(set(lands)) == 3


def row(app, racer):
    text = next(block.value for block in app.markdown if "Places on several functions" in block.value)
    return next(line for line in text.splitlines() if racer in line)


def test_the_numbers_of_every_race_follow_one_another():
    app = opened({"pin": pinned_query(FAST), "also": "beale,sphere"})
    facts, numbers = view(app)
    sizes = [facts["size"], *(other["size"] for other in facts["others"])]
    assert sum(sizes) == len(numbers)
    races = [facts["race"], *(other["race"] for other in facts["others"])]
    for race, size in zip(races, sizes, strict=True):
        own, numbers = numbers[:size], numbers[size:]
        assert len(zlib.decompress(own)) == sum(int(kind[1]) * rows for _, kind, rows in race["columns"])


def test_the_race_s_own_function_is_not_raced_twice_and_comes_back():
    app = opened({"also": "beale,elongated_bowl"})
    assert menu_of(app, "also").value == ["beale"]
    assert [other["title"] for other in view(app)[0]["others"]] == ["Beale"]
    assert "could not be used" not in text_of(app)
    app.selectbox(key="fn").set_value("beale")
    ran(app)
    assert menu_of(app, "also").value == ["elongated_bowl"]


QUERY = {"n": "40", "pin": pinned_query(FAST), "also": "beale,sphere"}


def test_a_link_opens_everything_and_is_copied_whole():
    app = opened(QUERY)
    assert address(app) == (QUERY, QUERY)
    assert menu_of(app, "also").value == ["beale", "sphere"]
    again = opened(address(app)[1])
    assert view(again)[1] == view(app)[1]


@pytest.mark.parametrize("query", [{"pin": "garbage"}, {"pin": "x" * 20_000}, {"also": "nope"}, {"pin": "pin=fn%3DSphere"}])
def test_a_bad_part_is_named_and_the_address_is_mended(query):
    app = opened(query)
    assert "Part of the link could not be used" in text_of(app)
    assert address(app) == ({}, {})
    assert view(app)[0]["others"] == []


def test_another_page_neither_loses_them_nor_copies_them():
    app = opened(QUERY)
    for page in ("step", "functions"):
        app.switch_page(f"pages/{page}.py")
        ran(app)
        assert not {"pin", "also"} & {key for part in address(app) for key in part}
    app.switch_page("pages/race.py")
    ran(app)
    assert address(app) == (QUERY, QUERY)
    assert len(view(app)[0]["others"]) == 3


def test_a_ready_experiment_and_a_race_from_another_page_keep_the_pin():
    app = opened(QUERY)
    app.selectbox(key="preset").set_value(PRESETS[1].title)
    ran(app)
    assert address(app)[0] == {**encode(PRESETS[1].spec), "pin": QUERY["pin"], "also": QUERY["also"]}
    app.query_params["race"] = FAST.to_json()
    ran(app)
    assert address(app)[0] == {**encode(FAST), "pin": QUERY["pin"], "also": QUERY["also"]}


def test_another_language_keeps_them():
    app = opened(QUERY)
    for language in ("ja", "en"):
        app.segmented_control(key="lang").set_value(language)
        ran(app)
        assert {key: address(app)[0][key] for key in QUERY} == QUERY
        assert menu_of(app, "also").value == ["beale", "sphere"]
        assert len(view(app)[0]["others"]) == 3


def test_a_formula_that_cannot_be_used_leaves_the_pin_and_the_race_as_they_are():
    app = opened(QUERY)
    app.selectbox(key="fn").set_value("own")
    ran(app)
    app.text_input(key="f").set_value("x +")
    assert len(view(ran(app))[0]["others"]) == 3
    app.text_input(key="f").set_value("x**2 + y**2")
    ran(app)
    assert len(view(app)[0]["others"]) == 3
    assert losses(app).shape[1] == 4


def test_the_file_that_plays_has_them_all(monkeypatch):
    made = []
    monkeypatch.setattr(export, "later", lambda film: made.append(film) or film)
    app = opened(QUERY)
    app.session_state["race take away"] = True
    ran(app)
    facts, numbers = view(app)
    data = json.loads(made[-1]().split("= ", 1)[1].split("numbers, pictures, sources } = ", 1)[-1].split(";\nconst bytes")[0])
    assert base64.b64decode(data["numbers"]) == numbers
    lands = [data["view"]["land"], *(other["land"] for other in data["view"]["others"])]
    assert set(lands) == {picture["id"] for picture in data["pictures"]}
    assert len(data["pictures"]) == 3  # the pinned race is on the race's own function
    assert [other["title"] for other in data["view"]["others"]] == [other["title"] for other in facts["others"]]
