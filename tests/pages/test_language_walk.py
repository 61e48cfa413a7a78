"""A walk through every page: every text comes from the catalogue, whatever is shown, and so it is in the reader's language."""

import dataclasses

import pytest

import optim
from optim.i18n.message import translated
from pages.shared.panels.book.contents import SECTIONS
from pages.shared.text import languages
from tests.pages.test_languages import assert_bracketed, bracketed, opened, ran  # noqa: F401 - a fixture
from tests.support import bracket_language, record_english, sweep_pages
from tests.support.pseudo_locale import NAME, TITLE, write_catalogue

BRACKETS = pytest.mark.usefixtures("bracketed")
MISTAKEN_RULE = "g = gradient(x)\nx = x - lr * foo(g)"
VISITS = {
    "step": ({}, {"step": "3", "r": "2"}, {"step": "0"}, {"o1": "Nelder-Mead"}, {"o1": "own"}, {"o1.lr": "3", "n": "300"}),
    "starts": ({"n": "60"}, {"fn": "saddle"}, {"k": "12", "n": "10000"}),
    "fair": ({"n": "60"}, {"fn": "saddle"}, {"k": "12", "n": "10000"}),
    "rates": ({"n": "60"}, {"fn": "saddle"}, {"p": "momentum", "n": "60"}, {"k": "12", "n": "10000"}),
    "network": (
        {"net.n": "40", "net.rates": "true"},
        {"net.n": "40", "net.land": "true", "net.in": "sgd"},
        {"net.data": "two_moons", "net.n": "30"},
        {"net.data": "own", "net.f": "x +"},
        {"net.data": "own", "net.f": "1", "net.n": "30"},
        {"net.data": "file"},
        {"net.opt": ""},
        {"net.n": "no", "net.layers": "99", "net.opt": "adam,no"},
        {"net.opt": "lbfgs,prodigy,rprop", "net.n": "20"},
    ),
    "lessons": ({}, {"lesson": "sphere"}),
}


def visit(page, query):
    app = opened(query, "ja")
    if page != "race":
        app.switch_page(f"pages/{page}.py")
        ran(app)  # the address is read with the next run
    app.query_params.update(query)
    return ran(app)


@BRACKETS
@pytest.mark.parametrize(("page", "query"), [(page, query) for page, queries in VISITS.items() for query in queries])
@pytest.mark.long
def test_every_text_of_a_page_comes_from_the_catalogue(page, query):
    app = visit(page, query)
    assert_bracketed(app, least=20)
    if page in ("starts", "fair", "rates"):
        assert_bracketed(sweep_pages.whole(app))


@BRACKETS
@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.long
def test_every_text_of_the_book_comes_from_the_catalogue(section):
    assert_bracketed(visit("book", {"section": section}), least=10)


@BRACKETS
@pytest.mark.long
def test_every_text_of_every_lesson_comes_from_the_catalogue():
    app = visit("lessons", {})
    for name, lesson in optim.LESSONS.items():
        for answers in ({}, *({name: place} for place in range(len(lesson.choices)))):
            app.query_params["lesson"] = name
            app.session_state["lessons answered"] = answers
            assert_bracketed(ran(app), least=10)


@BRACKETS
@pytest.mark.parametrize(
    ("page", "menu", "registry"), [("functions", "show", optim.PROBLEMS), ("optimizers", "opt", optim.OPTIMIZERS)]
)
@pytest.mark.long
def test_every_entry_of_the_catalogues_comes_from_the_catalogue_of_texts(page, menu, registry):
    app = visit(page, {})
    for name in registry:
        app.selectbox(key=menu).set_value(name)
        assert_bracketed(ran(app), least=10)


@BRACKETS
def test_a_rule_that_is_typed_is_helped_in_the_readers_language():
    app = opened({"o1": "own"}, "ja")
    app.text_area(key="o1.rule").set_value(MISTAKEN_RULE)
    assert_bracketed(ran(app))


TYPED = {
    "and",
    "exact",
    "lambda",
    "rosenbrok",
    "rosenbrock",
    "if",
    "rastrigin",
    "nd",
    "no",
    "central",
    "json",
    "elongated",
    "bowl",
    "schedule",
}
"""Words of the refused inputs themselves, and names of what would do, as code has them."""


def test_every_refusal_comes_from_the_catalogue():
    fields = {field.name for field in dataclasses.fields(optim.RaceSpec)} | {
        field.name for field in dataclasses.fields(optim.Entry)
    }
    refusals = [translated(text, bracket_language.Brackets()) for text in record_english.refusals()]
    assert len(refusals) > 40
    assert {word for text in refusals for word in bracket_language.strangers(text)} <= TYPED | fields


def test_what_stands_outside_the_catalogue_is_found():
    assert bracket_language.strangers("⟦Loss⟧ of the race") == ["of", "the", "race"]


@pytest.fixture
def third_language(tmp_path, monkeypatch):
    """A language more: one catalogue and one line."""
    write_catalogue(tmp_path)
    monkeypatch.setattr(languages, "FOLDER", tmp_path)
    monkeypatch.setitem(languages.LANGUAGES, NAME, TITLE)
    yield NAME
    languages.catalogue.cache_clear()
    bracket_language.forget()


@pytest.mark.parametrize("page", ["race", *VISITS, "functions", "optimizers", "book"])
@pytest.mark.long
def test_a_third_language_needs_one_catalogue_and_one_line(third_language, page):
    languages.catalogue.cache_clear()
    bracket_language.forget()
    app = visit(page, {"lang": third_language})
    assert [option.content for option in switch_of(app).options] == ["English", "日本語", TITLE]
    assert_bracketed(app, least=10)
    assert any("á" in text for text in bracket_language.shown(app))


def switch_of(app):
    return next(one.proto for one in app.get("button_group") if one.key == "lang")
