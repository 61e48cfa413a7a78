"""Every text and its translation say the same, and no two answers of a lesson could be exchanged without being noticed."""

import re
from itertools import combinations

import pytest

from optim import LESSONS
from optim.i18n.typesetting import set_apart
from tests.support.catalogues import known
from tests.support.translations import differences, glossary, numbers

EXCEPTIONS = {
    "As a function": "the heading of the reader's notebook for this part",
    "Warming up: element by element": "the heading of the reader's notebook for this part",
}
"""Texts whose translations rightly differ from them, with the reason."""
JAPANESE = {message.id: message.string for message in known("ja") if message.id}
EACH = pytest.mark.parametrize("lesson", LESSONS.values(), ids=lambda lesson: lesson.name)


def _forms(text):
    return text if isinstance(text, tuple) else (text,)


def test_every_text_says_the_same_in_japanese():
    apart = {
        form: differences(form, translation)
        for text, translations in JAPANESE.items()
        for form in _forms(text)
        for translation in _forms(translations)
        if differences(form, translation)
    }
    assert {text: apart[text] for text in apart.keys() - EXCEPTIONS} == {}
    assert apart.keys() == EXCEPTIONS.keys()  # who is no exception any more leaves the table


AVOIDED = {
    "The rule": "the heading of the reader's notebook for this part",
    "Somebody typed this: a bowl with waves on it. Who rolls over the waves into the lowest minimum?": "a person typed it",
}
"""Translations that rightly hold what the glossary avoids, with the reason."""


def test_no_text_has_a_word_that_the_glossary_avoids():
    words = {word for term in glossary() for word in term.avoided}
    assert len(words) > 20
    found = {text: word for text, said in JAPANESE.items() for word in words if any(word in form for form in _forms(said))}
    assert {text: word for text, word in found.items() if text not in AVOIDED} == {}
    assert found.keys() <= AVOIDED.keys()


def test_japanese_is_set_as_japanese_is_set():
    """Full-width signs between Japanese words, one space beside Latin letters and numbers, polite sentences."""
    japanese = [form for said in JAPANESE.values() for form in _forms(said) if JAPANESE_WORD.search(form)]
    assert len(japanese) > 1500
    assert [form for form in japanese if set_apart(_prose(form)) != _prose(form)] == []
    assert [form for form in japanese if HALF_WIDTH.search(_prose(form))] == []
    assert [form for form in japanese if COUNTED_IN_KANJI.search(form)] == []
    answers = {JAPANESE[choice.text] for lesson in LESSONS.values() for choice in lesson.choices}  # what one says to oneself
    assert [form for form in japanese if PLAIN_STYLE.search(_prose(form)) and form not in answers] == []


COUNTED_IN_KANJI = re.compile("[一二三四五六七八九]回|[一二三四五六七八九]つの")
JAPANESE_WORD = re.compile("[ぁ-ん一-龥]")
HALF_WIDTH = re.compile("(?<=[ぁ-ヿ一-龥）」])(?:[:;?!]|, |\\.(?= |$))|[:;](?=[ぁ-ヿ一-龥「（])|[０-９Ａ-Ｚａ-ｚ]|\\.\\.\\.")
PLAIN_STYLE = re.compile("(?:である|だった|のだ|(?<![まで])した|する|ない)。")


def _prose(text):
    """Return a text without what is written as it is: code, what is filled in, and the title of the book."""
    return re.sub(r"`[^`]*`|\{[^{}]*\}|ゼロから作るDeep Learning|1 \+ 0\.9 \+ 0\.81 \+ \.\.\.", "·", text)


def test_a_label_that_a_text_quotes_is_quoted_in_japanese_as_it_is_shown():
    quoted = [(text, label) for text in JAPANESE for form in _forms(text) for label in re.findall("“([^”{]+)”", form)]
    shown = [(text, JAPANESE[label]) for text, label in quoted if label in JAPANESE]
    assert len(shown) >= 1
    assert [(text, label) for text, label in shown if f"「{label}」" not in JAPANESE[text]] == []


@EACH
def test_two_texts_of_a_lesson_cannot_be_exchanged_unnoticed(lesson):
    texts = [text for text in lesson.texts() if text not in (lesson.theme, lesson.title)]  # a title may be a race's name too
    unnoticed = [
        (one, other)
        for one, other in combinations(texts, 2)
        if not differences(one, JAPANESE[other]) and not differences(other, JAPANESE[one])
    ]
    assert unnoticed == []


@pytest.mark.parametrize(
    ("text", "right", "wrong", "what"),
    [
        ("0.1 per step", "1 ステップに 0.1", "1 ステップに 1", "number 0.1"),
        ("It ran twice", "2 回走りました", "3 回走りました", "number 2"),
        ("400 000 and 14 billion", "40 万と 140 億", "40 万と 14 億", "number 1.4e+10"),
        ("a tenth, then hundreds of millions", "1 割、次に何億", "1 割、次に何百万", "number 1e+08"),
        ("from -1 to 1", "-1 から 1", "1 から -1 まで、0", "number 0"),
        ("SGD and Momentum", "SGD と Momentum", "SGD と Adam", "name adam"),
        ("eps is small", "eps は小さい", "lr は小さい", "name lr"),
        ("β1 and `lr`", "β1 と `lr`", "β2 と `lr`", "name β1"),
        ("x² < 3", "x² < 3", "x² > 3", "symbol <"),
        ("Which one?", "どれですか？", "これです。", "symbol ?"),
        ("The loss does not fall", "損失は下がりません", "損失は下がります", "not:"),
        ("The loss falls", "損失は下がります", "損失は下がりません", "not:"),
        ("The larger slope", "大きいほうの傾き", "小さいほうの傾き", "up or down:"),
        ("Before that, the first step", "その前の最初のステップ", "その前の最後のステップ", "first or last:"),
        ("along the valley", "谷に沿って", "谷を横切って", "along or across:"),
        ("the gradient", "勾配", "曲率", "term"),
    ],
)
def test_what_differs_is_found(text, right, wrong, what):
    assert differences(text, right) == []
    assert any(found.startswith(what) for found in differences(text, wrong))


def test_the_numbers_of_a_text_are_read_in_both_languages():
    assert numbers("ten billion times, 1e-7, -0.5 and 10 000; L1, W1, N.6") == {1e10, 1e-7, -0.5, 1e4}
    assert numbers("２ 億 7400 万、半分、何百万、L1、1e-7 の") == {2.74e8, 2, 1e6, 1e-7}
