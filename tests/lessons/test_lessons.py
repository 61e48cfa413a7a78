"""Every lesson's claim, from the race's own numbers; that the claim depends on its setting; that its words are complete."""

import json
import math
from dataclasses import replace

import numpy as np
import plotly.graph_objects as go
import pytest

import optim
from optim.figures.race.online import course
from optim.i18n.message import translated
from optim.lessons.lesson import Proof, played
from optim.races.online import OnlineSpec, entry_for, play, play_all
from pages.shared.inputs.link_codec import decode, encode, spec_of
from pages.shared.text.languages import LANGUAGES, catalogue
from tests.support.catalogues import known
from tests.support.translations import numbers

EACH = pytest.mark.parametrize("lesson", optim.LESSONS.values(), ids=lambda lesson: lesson.name)
RACES = [pytest.param(run.spec, id=f"{lesson.name} {run.label}") for lesson in optim.LESSONS.values() for run in lesson.races]


def slower(spec):
    """The same race with every learning rate cut by a quarter, and everybody 0.2 to the right of their place."""
    if isinstance(spec, OnlineSpec):
        return replace(spec, entries=(*spec.entries[1:], spec.entries[0]))
    entries = [replace(e, values={**dict(e.values), "lr": 0.75 * e.hyper["lr"]}) if "lr" in e.hyper else e for e in spec.entries]
    return replace(spec, entries=tuple(entries), start=(spec.start[0] + 0.2, spec.start[1]))


def decaying_less(spec):
    return replace(spec, entries=(spec.entries[0], replace(spec.entries[1], values={"lr": 0.05, "weight_decay": 0.5})))


CHANGED = {"beale": lambda spec: replace(spec, start=(1.0, 1.5)), "decay": decaying_less}
"""What the claim depends on where it is neither the learning rate nor the exact start."""


@EACH
def test_the_race_proves_the_answer(lesson):
    proofs = lesson.proof(*(played(run.spec) for run in lesson.races))
    assert proofs
    assert [(proof.what, proof.measured, proof.expected) for proof in proofs if not proof.holds] == []


@EACH
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_race_bears_out_the_right_choice_and_no_other(lesson, language):
    results = [played(run.spec) for run in lesson.races]
    texts = [translated(choice.text, catalogue(language)) for choice in lesson.choices]
    borne = [choice.bears(numbers(text), *results) for choice, text in zip(lesson.choices, texts, strict=True)]
    assert borne == [choice.right for choice in lesson.choices]


@EACH
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_said_to_an_answer_counts_as_the_race_does(lesson, language):
    """A count in the proof and a number beside it that is nearly the same, but not quite, are two counts of one thing."""
    counts = [proof.measured for proof in lesson.proof(*(played(run.spec) for run in lesson.races))]
    texts = [choice.reply for choice in lesson.choices] + [choice.text for choice in lesson.choices] + [lesson.answer]
    said = {number for text in texts for number in numbers(translated(text, catalogue(language))) if number == round(number)}
    near = [(number, n) for number in said for n in counts if n == round(n) and 0 < abs(number - n) <= max(1, 0.02 * n)]
    assert [(number, n) for number, n in near if n > 10] == []


def test_signum_is_there_once_its_steps_reach_as_far_as_its_start():
    """From -7 in steps of lr it is at 0 or beyond after the least t with t lr >= 7."""
    lesson = optim.LESSONS["sign"]
    result = played(lesson.races[0].spec)
    for lr, choice in zip((0.03, 0.3), lesson.choices, strict=False):
        there = math.ceil(7 / lr)
        i = next(i for i, entry in enumerate(result.spec.entries) if entry.hyper["lr"] == lr)
        assert int(np.argmax(result.path[i, :, 0] >= 0)) == there
        assert there in numbers(choice.reply)


@EACH
def test_with_other_numbers_the_right_choice_is_wrong(lesson):
    right = lesson.choices[lesson.right]
    others = {2.5 * number + 3 for number in numbers(right.text)}
    assert not (others and right.bears(others, *(played(run.spec) for run in lesson.races)))


@EACH
def test_with_another_setting_the_claim_fails(lesson):
    specs = [run.spec for run in lesson.races]
    specs[-1] = CHANGED.get(lesson.name, slower)(specs[-1])
    assert not all(proof.holds for proof in lesson.proof(*map(played, specs)))


def test_a_proof_holds_within_its_tolerance_only():
    assert Proof("", 1.05, "", 1.0, 0.1).holds
    assert not Proof("", 1.15, "", 1.0, 0.1).holds
    assert not Proof("", 0.85, "", 1.0, 0.1).holds
    assert not Proof("", float("nan"), "", 1.0, 0.1).holds
    assert Proof("", 5.0, "", 1.0, 0.0, at_least=True).holds
    assert not Proof("", 0.9, "", 1.0, 0.0, at_least=True).holds
    assert not Proof("", float("nan"), "", 1.0, 0.0, at_least=True).holds


@EACH
def test_a_lesson_is_complete(lesson):
    assert lesson.name.isidentifier()
    assert [choice.right for choice in lesson.choices].count(True) == 1
    assert lesson.choices[lesson.right].right
    assert len(lesson.choices) >= 3
    assert len({text for choice in lesson.choices for text in (choice.text, choice.reply)}) == 2 * len(lesson.choices)
    assert lesson.question.endswith("?")
    for text in (lesson.setting, lesson.answer, lesson.practice, *(choice.reply for choice in lesson.choices)):
        assert text.endswith(".")
    for text in lesson.texts():
        assert text.strip() == text != ""
    assert len({run.label for run in lesson.races}) == len(lesson.races)


def test_lessons_of_one_theme_stand_together_and_the_right_answer_is_not_always_the_same():
    themes = [lesson.theme for lesson in optim.LESSONS.values()]
    assert themes == sorted(themes, key=list(dict.fromkeys(themes)).index)
    assert {lesson.right for lesson in optim.LESSONS.values()} == {0, 1, 2}
    assert 10 <= len(optim.LESSONS) <= 15


@EACH
def test_a_lesson_can_be_read_in_japanese(lesson):
    translated = {message.id for message in known("ja") if message.string}
    assert [text for text in lesson.texts() if text not in translated] == []
    for proof in lesson.proof(*(played(run.spec) for run in lesson.races)):
        assert proof.what in translated


@pytest.mark.parametrize("spec", RACES)
def test_a_lesson_s_race_opens_for_free_play(spec):
    if isinstance(spec, OnlineSpec):
        return
    values, notes = decode(encode(optim.RaceSpec.from_json(spec.to_json())))
    assert notes == []
    opened = spec_of(values)
    assert [(e.optimizer, e.hyper, e.schedule, e.modifiers) for e in opened.entries] == [
        (e.optimizer, e.hyper, e.schedule, e.modifiers) for e in spec.entries
    ]
    assert replace(opened, entries=spec.entries) == spec


def test_an_online_race_is_every_entry_s_own_run():
    problem = optim.ONLINE_PROBLEMS["amsgrad_online"]
    entries = tuple(entry_for(problem, name) for name in ("adam", "sgd"))
    result = play_all(OnlineSpec(problem.name, entries, 40))
    assert result.labels == ("Adam", "SGD")
    for entry, run in zip(entries, result.runs, strict=True):
        np.testing.assert_array_equal(run.points, play(problem, entry, 40).points)
    with pytest.raises(optim.SpecError, match="problem is 'sphere'"):
        OnlineSpec("sphere", entries, 40)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_course_of_an_online_race_is_drawn_as_it_was(theme):
    result = played(optim.LESSONS["amsgrad"].races[0].spec)
    figure = course(result, theme)
    go.Figure(json.loads(figure.to_json()))  # Plotly checks every property
    *racers, best = figure.data
    assert [trace.name for trace in racers] == list(result.labels)
    for trace, run in zip(racers, result.runs, strict=True):
        np.testing.assert_allclose(trace.y, run.points, atol=1e-6)
    assert set(best.y) == {-1.0}
