"""The Book page through Streamlit's own test harness: every section, with the book's values and with others, in both languages."""

import gettext
import json
import re
from urllib.parse import parse_qs

import numpy as np
import pytest

import optim
from optim.book import gradient_field, oscillation, sgd
from optim.networks.data.digits import SOURCE
from optim.reports import network_claim, network_more, toy_sentence
from pages.shared.panels.book import four
from pages.shared.panels.book.contents import SECTIONS
from pages.shared.text import languages
from tests.pages.test_race_page import ran
from tests.support import bracket_language
from tests.support.book_page import Booklet

BOWL = "elongated_bowl"
RACES = {
    "sgd": ("sgd", {"lr": "lr"}, {}),
    "momentum": ("momentum", {"lr": "lr", "momentum": "m"}, {}),
    "adagrad": ("adagrad", {"lr": "lr"}, {"eps": 1e-7}),
    "adam": ("adam", {"lr": "lr", "beta1": "beta1", "beta2": "beta2"}, {}),
}
"""Which race a section shows: the optimizer, its parameters by their inputs, and what is fixed."""
CHANGED = [
    ("function", {"a": 1}),
    ("function", {"a": 200}),
    ("gradient", {"a": 1, "half": 5, "miss": 60, "h": 1e-12}),
    ("sgd", {"lr": 0.45, "n": 1, "x": 3, "y": -1}),
    ("sgd", {"lr": 100, "n": 2000}),
    ("sgd", {"x": 0, "y": 0, "num": "false"}),
    ("sgd", {"x": 1e6, "y": -1e6, "lr": 0.0001}),
    ("momentum", {"m": 0, "n": 1}),
    ("momentum", {"m": 0.999, "n": 10_000, "num": "false"}),
    ("momentum", {"lr": 50, "x": 0}),
    ("adagrad", {"lr": 100, "n": 1}),
    ("adagrad", {"lr": 8, "n": 40}),
    ("adagrad", {"noise": 1, "n": 10_000}),
    ("adagrad", {"x": 0, "y": 0}),
    ("adam", {"beta1": 0, "beta2": 0, "n": 1000}),
    ("adam", {"beta2": 0.9, "lr": 100, "n": 1}),
    ("adam", {"x": 0, "y": 0}),
    ("four", {"how": "equal", "lr": 100}),
    ("four", {"how": "tuned", "n": 5}),
    ("four", {"how": "start", "x": 0, "y": 0, "n": 300}),
]


@pytest.fixture(scope="module")
def book():
    return Booklet()


def spec_of(section, inputs):
    """Return the race that a section should show, made here from its inputs."""
    optimizer, names, fixed = RACES[section]
    values = {field.key: field.default for field in SECTIONS[section].inputs} | inputs
    values["num"] = values.get("num", False) not in (False, "false")
    return optim.RaceSpec(
        BOWL,
        optim.Entry(optimizer, {name: values[key] for name, key in names.items()} | fixed),
        (values["x"], values["y"]),
        values["n"],
        gradient="central" if values["num"] else "exact",
        noise=values.get("noise", 0.0),
    )


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.long
def test_a_section_shows_its_title_its_question_and_its_picture(book, section):
    book.open(section)
    assert f"# {SECTIONS[section].title}" in book.text
    assert SECTIONS[section].question in book.text
    assert f"Section {list(SECTIONS).index(section) + 1} of {len(SECTIONS)}" in book.text
    pictures = [part.proto.component_name for part in book.app.get("bidi_component")].count("race_view")
    assert pictures + len(book.app.get("plotly_chart")) >= 1
    assert pictures == (section in (*RACES, "four"))
    assert book.app.query_params["section"] in (section, [section])


@pytest.mark.parametrize(("section", "inputs"), CHANGED)
@pytest.mark.long
def test_other_values_are_shown_and_nothing_breaks(book, section, inputs):
    book.open(section, **inputs)
    assert "could not be used" not in book.text
    assert "nan" not in book.text.replace("np.nan", "")
    if section in RACES:
        result = optim.race(spec_of(section, inputs))
        facts, columns = book.race()
        end = result.path[0, -1]
        if np.isfinite(end).all() and result.status[0].kind not in ("diverged", "left the window"):
            assert [columns["x"][-1], columns["y"][-1]] == pytest.approx(end, rel=1e-6, abs=1e-9)
        assert facts["race"]["start"] == list(result.spec.start)
        assert facts["race"]["steps"] == result.spec.steps


@pytest.mark.parametrize("section", RACES)
def test_the_links_open_this_very_race(book, section):
    inputs = {"lr": 0.2, "n": 40, "x": 3.5, "y": -1.5}
    book.open(section, **inputs)
    queries = [part.proto.query_string for part in book.app.get("page_link")]
    assert len(queries) == 2
    for query in queries:
        assert optim.RaceSpec.from_json(parse_qs(query.lstrip("?"))["race"][0]) == spec_of(section, inputs)


@pytest.mark.parametrize(("section", "a"), [("function", 20), ("function", 7.5), ("gradient", 3)])
def test_the_function_looked_at_can_be_raced_on(book, section, a):
    (link,) = [part.proto.query_string for part in book.open(section, a=a).app.get("page_link")]
    spec = optim.RaceSpec.from_json(parse_qs(link.lstrip("?"))["race"][0])
    points = np.array([[1.0, -3.0], [2.0, 0.5]])
    np.testing.assert_allclose(spec.base_problem.value(points), points[0] ** 2 / a + points[1] ** 2)
    assert (spec.problem == BOWL) == (a == 20)
    assert spec.entries == four.BOOK.spec.entries


def test_each_condition_changes_what_it_says_and_the_table_names_who_won(book):
    entries = four.BOOK.spec.entries
    tuned = optim.tune(optim.TuneSpec(four.BOOK.spec)).entries
    wanted = {
        "book": four.BOOK.spec,
        "equal": optim.RaceSpec(BOWL, tuple(optim.Entry(e.optimizer, {"lr": 0.1}) for e in entries), (-7.0, 2.0), 30),
        "tuned": optim.RaceSpec(BOWL, tuned, (-7.0, 2.0), 30),
        "start": optim.RaceSpec(BOWL, entries, (-9.0, -1.0), 30),
    }
    assert set(wanted) == set(four.CONDITIONS)
    winners = {}
    for name, spec in wanted.items():
        result = optim.race(spec)
        _, columns = book.open("four", how=name).race()
        np.testing.assert_array_equal(columns["loss"].reshape(4, -1)[:, -1], result.loss[:, -1].astype("f4"))
        winners[name] = result.spec.entries[result.order[0]].rule.title
        cells = next(row for row in book.rows("Conditions")[2:] if row[0].startswith("**"))
        assert [cell.split("nbsp;")[1].split(" (")[0] for cell in cells[1:]] == [
            result.spec.entries[i].rule.title for i in result.order
        ]
    said = "As in the book {book} wins, at equal rates {equal}, tuned {tuned}, from the other start {start}."
    assert said.format(**winners) in book.text
    assert len(set(winners.values())) > 1


def test_where_all_rest_at_the_minimum_from_the_start_on_nobody_wins(book):
    book.open("four", how="start", x=0, y=0)
    cells = next(row for row in book.rows("Conditions")[2:] if row[0].startswith("**"))
    assert all(cell.strip().endswith("(0, a tie)") for cell in cells[1:])
    assert "from the other start nobody alone." in book.text


def test_the_way_through_the_sections_and_what_the_inputs_keep(book):
    app = book.open("sgd", lr=0.5).app
    assert app.number_input(key="sgd.lr").value == 0.5
    app.button(key="book-on").click()
    ran(app)
    assert "# Momentum" in book.text
    app.button(key="momentum 1000").click()
    ran(app)
    assert app.number_input(key="momentum.n").value == 1000
    assert app.button(key="momentum 1000").disabled
    app.button(key="momentum reset").click()
    ran(app)
    assert app.number_input(key="momentum.n").value == 30
    for key in ("sgd.lr", "momentum.n"):  # as the browser does with inputs that are gone
        app.query_params.pop(key, None)
        if key in app.session_state and key.startswith("sgd"):
            del app.session_state[key]
    app.radio(key="book contents").set_value("sgd")
    ran(app)
    assert app.number_input(key="sgd.lr").value == 0.5
    for _ in SECTIONS:
        if not app.button(key="book-back").disabled:
            app.button(key="book-back").click()
            ran(app)
    assert f"# {next(iter(SECTIONS.values())).title}" in book.text
    app.button(key="book next").click()
    ran(app)
    assert "# The gradient" in book.text


def test_what_a_link_asks_for_badly_is_reported_by_name(book):
    app = book.open("nowhere").app
    assert "Section (section) was 'nowhere'; expected one of function, gradient" in book.text
    assert "# The function" in book.text
    next(button for button in app.button if button.label == "Understood").click()
    ran(app)
    assert "could not be used" not in book.text
    book.open("momentum", lr="fast", n=0, m="nan", num="maybe")
    for key in ("lr", "n", "m", "num"):
        assert f"(momentum.{key}) was" in book.text
    assert book.app.number_input(key="momentum.n").value == 30
    book.open("four", how="magic")
    assert "Conditions (four.how) was 'magic'; expected one of book, equal, tuned, start. Using book." in book.text


CELL = r":gray\[:small\[In\xa0\[\d+\]\]\]"
"""The number of one of the notebook's cells."""
ALLOWED = ("g²", "array(0, dtype=object)", "np.zeros_like", "x_history", "y_history", "relu", SOURCE)
"""What stands in a sentence as it is in code, or in a list of sources."""


def words_of(app):
    """Return every text that a reader reads: all but code, and the titles within pictures."""
    code = {block.value for block in app.code}
    texts = [text for text in bracket_language.shown(app) if text not in code and not text.startswith('{"data"')]
    for chart in app.get("plotly_chart"):
        figure = json.loads(chart.proto.spec)
        texts += [trace["name"] for trace in figure["data"] if trace.get("showlegend", True) and trace.get("type") == "scatter"]
        texts += [
            axis["title"]["text"] for name, axis in figure["layout"].items() if name in ("xaxis", "yaxis") and "title" in axis
        ]
    return texts


@pytest.mark.parametrize(
    ("section", "inputs"),
    [
        *((name, {}) for name in SECTIONS),
        ("function", {"a": 1}),
        ("gradient", {"a": 1}),
        ("sgd", {"lr": "no", "x": 0}),
        ("sgd", {"lr": 9, "n": 400}),
        ("momentum", {"n": 1000}),
        ("momentum", {"n": 90}),
        ("momentum", {"m": 0}),
        ("adagrad", {"lr": 100, "noise": 0}),
        ("adagrad", {"noise": 1, "n": 100}),
        ("adam", {"beta1": 0.999, "beta2": 0.9, "n": 1}),
        ("four", {"how": "equal"}),
        ("four", {"how": "tuned"}),
        ("four", {"how": "start"}),
    ],
)
@pytest.mark.long
def test_every_text_comes_from_the_catalogue(book, monkeypatch, section, inputs):
    bracket_language.speak(monkeypatch)
    try:
        texts = words_of(book.open(section, locale="ja", **inputs).app)
    finally:
        bracket_language.forget()
    assert len(texts) > 30
    strange = {}
    for text in texts:
        rest = re.sub(CELL, "", text.replace("\\", ""))
        for known in ALLOWED:
            rest = rest.replace(known, "")
        if bracket_language.strangers(rest):
            strange[text] = bracket_language.strangers(rest)
    assert strange == {}


@pytest.mark.long
def test_the_digits_are_trained_as_the_inputs_say_and_lead_on_to_the_network_page(book):
    for inputs, weights in (({}, "same"), ({"own": "true", "n": 40}, "own")):
        book.open("digits", **inputs)
        result = optim.train(optim.NetworkSpec("digits", layers=(50, 50), steps=inputs.get("n", 100), weights=weights))
        for said in (network_claim(result), network_more(result), toy_sentence(result)):
            assert said in book.text
    app = book.open("digits").app
    next(button for button in app.button if button.label.startswith("First weights too small")).click()
    ran(app)
    assert app.session_state["net.init"] == "0.01"
    assert app.session_state["net.n"] == 500


def test_it_speaks_japanese_in_the_notebook_s_own_words(book):
    book.open("sgd", locale="ja-JP")
    for words in ("SGD の欠点", "テキストの写経", "ユーティリティ化", "このマイナスがジグザグの正体です。"):
        assert words in book.text
    assert isinstance(languages.catalogue("ja"), gettext.GNUTranslations)


def test_an_arrow_misses_by_what_geometry_says():
    assert gradient_field.miss(1.0, (3.0, -4.0)) == pytest.approx(0, abs=1e-5)
    assert gradient_field.miss(20.0, (5.0, 0.0)) == pytest.approx(0, abs=1e-5)
    for a in (2.0, 20.0, 200.0):
        steepest = (float(np.sqrt(a)), 1.0)  # where x^2 / a = y^2
        assert gradient_field.miss(a, steepest) == pytest.approx(gradient_field.worst(a), rel=1e-9)
        assert np.nanmax(gradient_field.arrows(a).misses) <= gradient_field.worst(a) + 1e-9


def test_the_best_rate_is_better_than_its_neighbours_and_the_limit_is_one():
    rate, factor = sgd.best_rate()
    assert max(map(abs, sgd.factors(rate))) == pytest.approx(factor)
    for other in (rate - 0.01, rate + 0.01):
        assert max(map(abs, sgd.factors(other))) > factor
    assert abs(sgd.factors(sgd.limit())[1]) == pytest.approx(1)


def test_a_swing_is_followed_from_its_start():
    damped = np.exp(-0.1 * np.arange(200)) * np.cos(np.pi * np.arange(200) / 10)
    found = oscillation.swing(-5 * damped)
    assert found.passed == 6
    assert [turn.step for turn in found.turns[:3]] == [9, 19, 29]
    assert found.kept == pytest.approx(np.exp(-1), rel=1e-6)
    assert oscillation.swing(np.linspace(-5, -1, 9)).passed is None
    assert oscillation.swing(np.zeros(9)).turns == ()
