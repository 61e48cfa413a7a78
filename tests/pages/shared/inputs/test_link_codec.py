"""The codec between a race and its link, without a browser."""

import json
import math
import re
from dataclasses import replace
from urllib.parse import parse_qsl, quote, urlencode

import hypothesis
import hypothesis.strategies as st
import pytest

from optim import MODIFIERS, OPTIMIZERS, PROBLEMS, Entry, FormulaError, RaceSpec, race
from optim import problem as problem_of
from optim.i18n.numbers import powers
from optim.sweeps.offered import offered_rate
from pages.shared.inputs.beside import ALSO, LONGEST, MOST, PIN
from pages.shared.inputs.fields import VIEW, fields, filled
from pages.shared.inputs.link_codec import decode, encode, link_keys, pinned_query, pinned_race, spec_of, values_of
from pages.shared.inputs.presets import BOOK, PRESETS
from pages.shared.inputs.several import MUCH
from tests.support import samples
from tests.support.reference import DATA

FORMULAS = ("x^2 + y^2", " abs(x) + max(y, -y) ", "1e-3*exp(x) - x*y + y**4", "x*y", "log(x) + y**2", "3")
HOSTILE = (
    "",
    "x +",
    "__import__('os').system('true')",
    "().__class__",
    "9**9**9**9",
    "x" * 10_000,
    "(" * 400 + "x" + ")" * 400,
    "x\ny",
    "x\u202ey",
    "<script>alert(1)</script>",
    "rosenbrock_n",
    "x; y",
    "lambda: x",
    "[x for x in y]",
)
ENTRIES = st.sampled_from(sorted(OPTIMIZERS)).flatmap(lambda name: samples.entry_of(OPTIMIZERS[name]))
RECORDED = json.loads((DATA / "links.json").read_text())


@st.composite
def specs(draw):
    return RaceSpec(
        draw(st.sampled_from([*sorted(PROBLEMS), *FORMULAS])),
        tuple(draw(st.lists(ENTRIES, min_size=1, max_size=12))),
        (draw(st.floats(-1e6, 1e6)), draw(st.floats(-1e6, 1e6))),
        draw(st.integers(1, 10_000)),
        draw(st.sampled_from(["exact", "central"])),
        draw(st.floats(0, 1e3)),
        draw(st.integers(0, 2**32 - 1)),
        draw(st.floats(-360, 360)),
        draw(st.floats(1e-6, 1e6)),
        (draw(st.floats(-1e6, 1e6)), draw(st.floats(-1e6, 1e6))),
    )


def same_race(one, other):
    """Whether two specs give the same numbers: origins and defaults written out do not matter."""
    bare = [replace(spec, entries=(Entry("sgd"),)) for spec in (one, other)]
    racers = [[_plain(entry) for entry in spec.entries] for spec in (one, other)]
    return bare[0] == bare[1] and racers[0] == racers[1]


def _plain(entry):
    return entry.optimizer, entry.hyper, entry.schedule, sorted(entry.modifiers)


@pytest.mark.parametrize("recorded", RECORDED, ids=lambda recorded: recorded["link"][:40])
def test_a_link_of_version_0_1_opens_the_same_race(recorded):
    values, notes = decode(dict(parse_qsl(recorded["link"], keep_blank_values=True)))
    spec = spec_of(values)
    assert notes == [powers(note) for note in recorded["notes"]]
    assert spec == RaceSpec.from_json(json.dumps(recorded["race"]))
    result = race(spec)
    assert [status.kind for status in result.status] == recorded["status"]
    expected = [math.nan if loss is None else loss for loss in recorded["final_loss"]]
    finite = [loss if math.isfinite(loss) else math.nan for loss in result.loss[:, -1].tolist()]
    assert finite == pytest.approx(expected, rel=1e-9, abs=1e-12, nan_ok=True)


@hypothesis.given(specs())
@hypothesis.settings(max_examples=150, derandomize=True, deadline=None)
@pytest.mark.long
def test_a_race_survives_its_link_to_the_last_digit(spec):
    values, notes = decode(encode(spec))
    assert notes == []
    assert same_race(spec_of(values), spec)


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.title)
def test_a_preset_survives_its_link_with_where_its_settings_come_from(preset):
    values, notes = decode(encode(preset.spec))
    assert notes == []
    assert spec_of(values) == preset.spec


def test_the_default_race_needs_no_parameters():
    assert encode(BOOK.spec) == {}
    assert spec_of(decode({})[0]) == BOOK.spec


def test_schedule_and_modifiers_are_inputs_like_the_others():
    entry = Entry(
        "adam", {"lr": 0.3}, schedule=("step", {"gamma": 0.5}), modifiers=[("clip_norm", {"max_norm": 2.0}), "clip_value"]
    )
    query = encode(RaceSpec("sphere", entry, (1.0, 1.0)))
    wanted = {"o1.schedule": "Step", "o1.schedule.gamma": "0.5", "o1.clip_norm": "true", "o1.clip_norm.max_norm": "2"}
    assert wanted.items() <= query.items()
    assert not any(key.startswith("o1.schedule.step_size") for key in query)


def test_a_schedule_that_an_optimizer_does_not_take_has_no_input():
    assert decode({"o1": "Rprop", "o1.schedule": "Cosine"})[0].get("o1.schedule") is None


BAD = {
    "fn": ["foo", "", "__import__('os')", "../../etc/passwd", "x" * 10_000],
    "x": ["nan", "inf", "-inf", "1e400", "", "two", "1e7"],
    "n": ["0", "-3", "10001", "2.5", "1e400"],
    "k": ["0", "13", "99", "-1"],
    "o1": ["nope", "None", "Adam; drop"],
    "o2.lr": ["-0.1", "nan", "1e400", "lots"],
    "o4.beta1": ["1", "1.5", "-0.1"],
    "o4.schedule": ["nope", "", "1"],
    "o4.clip_norm": ["maybe", "2"],
    "g": ["maybe"],
    "noise": ["-1", "nan", "1e9"],
    "seed": ["-1", "1.5", "abc", "4294967296"],
    "rotate": ["400", "nan", "left"],
    "stretch": ["0", "-1", "1e7", "inf"],
    "sx": ["1e7", "nan"],
    "sy": ["-inf", ""],
    "z": ["upside down"],
    "curve": ["speed"],
    "arrows": ["2", "maybe"],
    "log": ["nan", ""],
}


@pytest.mark.parametrize(("key", "text"), [(key, text) for key, texts in BAD.items() for text in texts])
def test_a_bad_value_falls_back_to_its_default_and_is_named(key, text):
    values, notes = decode({key: text, "y": "1.5"})
    assert values == {**decode({})[0], "y": 1.5}
    assert len(notes) == 1
    assert f"({key})" in notes[0]
    assert "expected" in notes[0]
    assert len(notes[0]) < 400


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_formula_gives_a_note_and_the_default(text):
    values, notes = decode({"fn": "own", "f": text, "x": "2"})
    assert values == {**decode({"fn": "own"})[0], "x": 2.0}
    assert len(notes) == 1
    assert "(f)" in notes[0]
    assert "expected a formula in x and y" in notes[0]
    assert len(notes[0]) < 400


@pytest.mark.parametrize(
    ("text", "why"), [("1/0", "this divides by zero (column 3)"), ("x + z", "unknown name z; use x and y (column 5)")]
)
def test_what_is_wrong_with_a_formula_in_a_link_is_said_with_its_column(text, why):
    assert f"expected a formula in x and y: {why}" in decode({"fn": "own", "f": text})[1][0]


def test_a_typed_formula_starts_where_its_problem_does_and_a_name_may_be_typed_too():
    assert encode(RaceSpec("x**2 + y**2/9", BOOK.spec.entries, problem_of("x**2 + y**2/9").starts[0])) == {
        "fn": "Write your own formula",
        "f": "x**2 + y**2/9",
    }
    assert spec_of(decode({"fn": "own", "f": "rosenbrock"})[0]) == spec_of(decode({"fn": "rosenbrock"})[0])


@pytest.mark.parametrize("title", ["Your own function", "自分で書く関数", "own", "Write your own formula"])
def test_a_title_that_links_once_had_means_the_same(title):
    assert decode({"fn": title, "f": "x**2 + 3*y**2"}) == decode({"fn": "own", "f": "x**2 + 3*y**2"})


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_typed_stays_typed_whatever_it_is(text):
    values = filled({"fn": "own", "f": text})
    assert values["f"] == text
    with pytest.raises(FormulaError):
        spec_of(values)


def test_what_a_link_does_not_know_is_named_and_changes_nothing():
    values, notes = decode({"zzz": "1", "o9.lr": "nope", "noize": "0.5", "o1.momentum": "0.9", "f": "x+y"})
    assert values == decode({})[0]
    assert notes == [
        "zzz in the link was not used: it means nothing here.",
        "o9.lr in the link was not used: it has 4 racers (k=4). Nearest: o4.lr.",
        "noize in the link was not used: it means nothing here. Nearest: noise.",
        "o1.momentum in the link was not used: it means nothing here.",
        "f in the link was not used: it goes with fn=own.",
    ]


def test_a_key_that_another_page_reads_is_not_named():
    assert (
        decode({"section": "adam", "adam.beta1": "0.5", "sgd.lr": "0.1", "lesson": "valley", "lang": "ja", "embed": "true"})[1]
        == []
    )


@pytest.mark.parametrize(
    ("arrived", "meant", "column"),
    [("x**2 y**2", "x**2+y**2", 5), ("x**2 / 20   y**2", "x**2 / 20 + y**2", 11), ("x y 1", "x+y+1", 2)],
)
def test_a_plus_that_arrives_as_a_blank_is_read_as_one_and_said(arrived, meant, column):
    values, notes = decode({"fn": "own", "f": arrived})
    assert values["f"] == meant
    assert len(notes) == 1
    assert f"column {column}" in notes[0]
    assert f"Using {meant}:" in notes[0]


def test_a_formula_that_is_whole_is_left_as_it_came():
    values, notes = decode({"fn": "own", "f": "sin( x ) + 2 * y"})
    assert (values["f"], notes) == ("sin( x ) + 2 * y", [])


@pytest.mark.parametrize(("key", "given", "near"), [("fn", "rosenbrok", "Rosenbrock (banana)"), ("o1", "adamm", "Adam")])
def test_a_bad_value_is_named_with_the_nearest_that_would_do(key, given, near):
    _, (note,) = decode({key: given})
    assert note.endswith(f"Nearest: {near}.")


def test_names_titles_and_any_case_mean_the_same():
    for name, problem in PROBLEMS.items():
        assert {decode({"fn": text})[0]["fn"] for text in (name, problem.title, name.upper())} == {name}
    for name, optimizer in OPTIMIZERS.items():
        assert {decode({"o1": text})[0]["o1"] for text in (name, optimizer.title, name.upper())} == {name}


def test_titles_tell_every_choice_apart():
    for registry in (PROBLEMS, OPTIMIZERS):
        words = [word.lower() for item in registry.values() for word in {item.name.lower(), item.title.lower()}]
        assert len(set(words)) == len(words)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_in_the_registry_has_its_inputs(name):
    values = values_of(RaceSpec("sphere", Entry(name), (1.0, 1.0)))
    keys = [field.key for field in fields(values)]
    own = [f"o1.{parameter.name}" for parameter in OPTIMIZERS[name].parameters]
    extras = [f"o1.{name}" for name in ("name", "schedule", *MODIFIERS)]
    assert [key for key in keys if key.startswith("o1.") and key not in extras] == own
    assert all(math.isfinite(values[key]) for key in own)


def test_where_settings_come_from_is_said():
    def origin(**query):
        return spec_of(decode(query)[0]).entries[0].origin

    assert origin() == "book"
    assert origin(**{"o1.lr": "0.5"}) == "set by hand"
    assert origin(**{"o1.lr": "0.001"}) == "default"
    assert origin(fn="rosenbrock", **{"o1.lr": "0.95"}) == "kept from the book"
    assert origin(fn="rosenbrock", **{"o1.lr": "0.94"}) == "set by hand"
    assert origin(fn="rosenbrock", **{"o1.schedule": "cosine"}) == "set by hand"
    assert origin(fn="rosenbrock", **{"o1.lr": str(offered_rate("sgd", "rosenbrock"))}) == "tuned for this function"


def test_the_address_knows_which_keys_are_its_own():
    own = re.compile(link_keys())
    for preset in PRESETS:
        assert all(own.match(field.key) for field in fields(values_of(preset.spec)))
    assert all(own.match(field.key) for field in VIEW)
    assert own.match("f")
    assert not any(own.match(key) for key in ("embed", "ff", "zzz", "xx", "o", "option", "noise2"))
    assert not own.match("o1.lr slider turns")  # what Back and Undo must leave alone


# A race pinned beside the race, and more functions for the same racers


@hypothesis.given(specs(), specs(), st.lists(st.sampled_from(sorted(PROBLEMS)), max_size=MOST, unique=True))
@hypothesis.settings(max_examples=60, derandomize=True, deadline=None)
@pytest.mark.long
def test_a_pinned_race_and_more_functions_survive_the_link(spec, pinned, also):
    link = urlencode({**encode(spec), PIN.key: pinned_query(pinned), ALSO.key: ALSO.write(tuple(also))})
    values, notes = decode(dict(parse_qsl(link, keep_blank_values=True)))
    assert notes == []
    assert same_race(spec_of(values), spec)
    assert same_race(pinned_race(values["pin"]), pinned)
    assert values["pin"] == pinned_query(pinned)
    assert values["also"] == tuple(also)
    assert len(values["pin"]) < LONGEST


def test_the_default_race_can_be_pinned_and_no_pin_is_none():
    assert pinned_race(decode({"pin": pinned_query(BOOK.spec)})[0]["pin"]) == BOOK.spec
    for query in ({}, {"pin": ""}):
        values, notes = decode(query)
        assert (values["pin"], pinned_race(values["pin"]), notes) == ("", None, [])


def nested(depth):
    """A pinned race that pins a race that pins a race."""
    text = "fn=Himmelblau"
    for _ in range(depth):
        text = urlencode({"fn": "Beale", "pin": text})
    return text


NO_RACE = ["garbage", "=", "&&&", "pin=fn%3DSphere", "a=1&b=2", "z=linear&t=3", "%00", "[1]", "fn" * 10, "x" * 1_000_000]
NO_RACE += ["&".join(f"x{i}=1" for i in range(1500)), quote("fn=Himmelblau", safe=""), nested(100)]


@pytest.mark.parametrize("text", NO_RACE, ids=lambda text: text[:20])
def test_a_pinned_text_that_is_no_race_is_named_and_pins_nothing(text):
    values, notes = decode({"pin": text, "n": "12"})
    assert values == decode({"n": "12"})[0]
    assert len(notes) == 1
    assert notes[0].startswith(f"Pinned race (pin) was {text[:40]!r}; expected the query of a link to a race. Using none.")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "fn=Himmelblau&o1.lr=lots",
            "In the pinned race: SGD's lr (o1.lr) was 'lots'; expected a number of 0 or more. Using 0.95.",
        ),
        ("fn=Himmelblau&noize=1", "In the pinned race: noize in the link was not used: it means nothing here. Nearest: noise."),
        ("fn=Himmelblau&pin=fn%3DBeale", "In the pinned race: pin in the link was not used: it means nothing here."),
        ("fn=Himmelblau&also=beale", "In the pinned race: also in the link was not used: it means nothing here."),
        (nested(2).replace("Beale", "Himmelblau"), "In the pinned race: pin in the link was not used: it means nothing here."),
        ("fn=Himmelblau&x=nan", "In the pinned race: Start x (x) was 'nan'; expected a number from -10⁶ to 10⁶. Using -"),
    ],
    ids=["rate", "unknown", "pin", "also", "pins", "start"],
)
def test_a_part_of_a_pinned_race_that_cannot_be_used_is_named_and_the_rest_is(text, said):
    values, notes = decode({"pin": text})
    assert pinned_race(values["pin"]).problem == "himmelblau"
    assert [note.startswith(said) for note in notes] == [True], notes
    assert decode({"pin": values["pin"]})[1] == []


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_formula_in_a_pinned_race_gives_a_note_and_the_default(text):
    values, notes = decode({"pin": urlencode({"fn": "own", "f": text})})
    if len(text) < LONGEST / 3:
        assert pinned_race(values["pin"]) == spec_of(decode({"fn": "own"})[0])
    assert len(notes) == 1
    assert "pinned race" in notes[0].lower()


def test_what_a_session_holds_of_a_pin_is_never_raised():
    for text in (*NO_RACE[:-1], *HOSTILE):
        assert pinned_race(text) is None


@pytest.mark.parametrize(
    ("text", "names", "out"),
    [
        ("beale", ("beale",), None),
        ("Beale, Rosenbrock (banana)", ("beale", "rosenbrock"), None),
        ("beale,beale", ("beale",), "'beale'"),
        ("beale,nope,Beale,sphere", ("beale", "sphere"), "'nope', 'Beale'"),
        ("own,beale", ("beale",), "'own'"),
        ("beale,x**2", ("beale",), "'x**2'"),
        (",".join(list(PROBLEMS)[:7]), tuple(PROBLEMS)[:5], f"{list(PROBLEMS)[5]!r}, {list(PROBLEMS)[6]!r}"),
        ("elongated_bowl,beale", ("elongated_bowl", "beale"), None),  # the race's own: it is there anyway
    ],
)
def test_more_functions_are_those_of_the_menu_each_once(text, names, out):
    values, notes = decode({"also": text})
    assert values["also"] == names
    expected = f"Also on (also): left out {out}; expected up to 5 functions of the menu, each once, with commas between them."
    assert notes == ([] if out is None else [expected])


@pytest.mark.parametrize("text", ["nope", ",", "own", "<script>", "beale," * MUCH, "../beale"])
def test_more_functions_that_are_none_are_named(text):
    values, notes = decode({"also": text})
    assert values["also"] == ()
    assert len(notes) == 1
    assert notes[0].startswith(f"Also on (also) was {text[:40]!r}; expected up to 5 functions of the menu")
    assert "Using none." in notes[0]


def test_a_function_that_is_misspelt_is_named_with_the_nearest():
    assert decode({"also": "rosenbrok"})[1][0].endswith("Nearest: Rosenbrock (banana).")
