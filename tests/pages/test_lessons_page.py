"""The Lessons page through Streamlit's own test harness: asked first, then shown, and nothing left of the lesson before."""

import re
from base64 import b64decode

import pytest

import optim
from optim.figures.function.thumbnail import thumbnail
from optim.i18n.numbers import short
from optim.lessons.lesson import played
from pages.shared.panels.lessons.contents import LIST
from pages.shared.panels.lessons.lesson import LETTERS
from pages.shared.text.languages import LANGUAGES
from tests.pages.test_race_page import opened, ran, text_of
from tests.support.translations import differences, numbers

EACH = pytest.mark.parametrize("name", optim.LESSONS)


@pytest.fixture(scope="module")
def classroom():
    """One visit for all lessons, one after the other: what one leaves behind the next would show."""
    app = opened()
    app.switch_page("pages/lessons.py")
    return ran(app)


def asked(app, name, answers=()):
    """Go to a lesson by its link, with what was answered before."""
    app.query_params.clear()
    app.query_params["lesson"] = name
    app.session_state["lessons answered"] = dict(answers)
    return ran(app)


def choices_of(app, name):
    return [button for button in app.button if button.key and button.key.startswith(f"{name} ")]


def views(app):
    """The keys of everything drawn by a component: the races' pictures."""
    return [item.proto.component_name for item in app.get("bidi_component")]


def test_the_picture_of_a_lesson_is_of_the_function_that_is_raced_on(classroom):
    classroom.query_params.clear()
    urls = [shown.url for image in ran(classroom).get("image") for shown in image.proto.imgs]
    specs = [lesson.races[-1].spec for lesson in optim.LESSONS.values()]
    wanted = [thumbnail(spec.function) for spec in specs if isinstance(spec, optim.RaceSpec)]
    assert sorted(map(hash, (b64decode(url.partition(",")[2]) for url in urls))) == sorted(map(hash, wanted))


def test_the_first_screen_asks_every_question_and_gives_no_answer(classroom):
    app = classroom
    app.query_params.clear()
    ran(app)
    text = text_of(app)
    for lesson in optim.LESSONS.values():
        assert lesson.question in text
        assert app.button(key=f"open {lesson.name}").label == lesson.title
        assert lesson.answer not in text
        assert not any(choice.reply in text for choice in lesson.choices)


@EACH
@pytest.mark.long
def test_a_lesson_asks_then_shows_the_race_and_both_numbers(classroom, name):
    lesson, app = optim.LESSONS[name], asked(classroom, name)
    text = text_of(app)
    assert lesson.setting in text
    assert lesson.question in text
    assert lesson.answer not in text
    assert len(choices_of(app, name)) == len(lesson.choices)
    assert not any("race_view" in view for view in views(app))

    wrong = (lesson.right + 1) % len(lesson.choices)
    choices_of(app, name)[wrong].click()
    text = text_of(ran(app))
    assert "✗ **You chose" in text
    assert lesson.choices[wrong].reply in text
    assert lesson.choices[lesson.right].reply in text
    assert lesson.answer in text
    assert lesson.practice in text
    for proof in lesson.proof(*(played(run.spec) for run in lesson.races)):
        assert proof.what in text
        assert short(proof.measured) in text
        assert short(proof.expected) in text
    assert any("race_view" in view for view in views(app)) == isinstance(lesson.races[-1].spec, optim.RaceSpec)
    others = [other.answer for other in optim.LESSONS.values() if other is not lesson]
    assert not any(answer in text for answer in others)

    next(button for button in app.button if button.label == "Ask me again").click()
    ran(app)
    choices_of(app, name)[lesson.right].click()
    text = text_of(ran(app))
    assert "✓ **Right, " in text
    assert "You chose" not in text
    assert lesson.choices[wrong].reply not in text


def shown_replies(app):
    """Yield of every reply on screen the sign before it, the letter, the choice's text and what is said to it."""
    for block in app.markdown:
        found = re.fullmatch(r"([✓✗]) \*\*.*?\b([A-E])[:：] ?(.*)\*\*  \n(.*)", block.value.replace("\\", ""), re.ASCII)
        if found:
            yield found.groups()


@EACH
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_page_calls_right_is_what_the_race_bears_out(classroom, name, language):
    lesson = optim.LESSONS[name]
    results = [played(run.spec) for run in lesson.races]
    classroom.session_state["lang"] = language
    try:
        buttons = [button.label.replace("\\", "") for button in choices_of(asked(classroom, name), name)]
        wrong = (lesson.right + 1) % len(lesson.choices)
        replies = list(shown_replies(asked(classroom, name, {name: wrong})))
    finally:
        classroom.session_state["lang"] = "en"
    borne = [choice.bears(numbers(label[3:]), *results) for choice, label in zip(lesson.choices, buttons, strict=True)]
    assert borne == [choice.right for choice in lesson.choices]
    assert sorted(letter for _, letter, _, _ in replies) == sorted((LETTERS[wrong], LETTERS[lesson.right]))
    for sign, letter, text, reply in replies:
        choice = lesson.choices[LETTERS.index(letter)]
        assert (sign == "✓") == choice.bears(numbers(text), *results)
        assert f"{letter}. {text}" == buttons[LETTERS.index(letter)]
        if language == "en":
            assert (text, reply) == (choice.text, choice.reply)
        else:
            assert differences(choice.text, text) + differences(choice.reply, reply) == []


def test_what_was_answered_is_counted_and_can_be_forgotten(classroom):
    right, wrong = optim.LESSONS["saddle"].right, (optim.LESSONS["hop"].right + 1) % 3
    app = asked(classroom, "all", {"saddle": right, "hop": wrong})
    assert "2 of 15 answered, 1 of them right." in [item.proto.text for item in app.get("progress")]
    assert text_of(app).count("answered right") == 1
    assert text_of(app).count("answered wrong") == 1
    next(button for button in app.button if button.label == "Start over").click()
    assert "answered right" not in text_of(ran(app))


def test_the_list_goes_to_a_lesson_and_the_next_one_and_the_address_follows(classroom):
    app = asked(classroom, "saddle")
    assert app.radio(key=LIST).value == "saddle"
    app.button(key="next lesson").click()
    ran(app)
    assert app.query_params["lesson"] in ("plateau", ["plateau"])
    app.radio(key=LIST).set_value("newton")
    ran(app)
    assert optim.LESSONS["newton"].question in text_of(app)
    assert "next lesson" not in [button.key for button in app.button]
    app.button(key="all lessons").click()
    assert "lesson" not in ran(app).query_params
    assert app.radio(key=LIST).value == "all"


def test_a_link_to_no_lesson_says_so_and_shows_all(classroom):
    app = asked(classroom, "[x](http://evil)" + "y" * 100)
    assert "There is no lesson called “[x](http://evil)" in text_of(app)
    assert app.button(key="open saddle").label == "The saddle"


@pytest.mark.parametrize("answered", [False, True])
def test_the_page_speaks_japanese(classroom, answered):
    app = asked(classroom, "saddle", {"saddle": 0} if answered else {})
    app.session_state["lang"] = "ja"
    try:
        text = text_of(ran(app))
        assert "鞍点" in text
        assert ("数値で確かめる" in text) is answered
        for english in ("Lesson ", "steps", "The ", "Right", "Where", "Racers"):
            assert english not in text
    finally:
        app.session_state["lang"] = "en"
        ran(app)
