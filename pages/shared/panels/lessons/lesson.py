"""One lesson: its question, and once that is answered the race, the numbers that prove the answer, and where to go on."""

from collections.abc import Sequence
from typing import Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from optim import LESSONS, RaceResult
from optim.figures import flat
from optim.figures.function.landscape import landscape
from optim.figures.race.online import course
from optim.i18n.message import joined
from optim.i18n.numbers import short
from optim.i18n.phrases import place, steps
from optim.lessons.lesson import Lesson, Proof, Spec, played
from optim.races.labels import labels
from optim.races.online import OnlineSpec
from pages.shared.components.race_view.component import fixed_race
from pages.shared.compute import cache
from pages.shared.inputs.navigation import open_race
from pages.shared.panels.lessons.contents import ALL, SIGNS, answer, given, go
from pages.shared.panels.race.export import take_away
from pages.shared.text.markdown import PLOT, plain, said_of
from pages.shared.text.translation import translate

LETTERS = "ABCDE"


def show(lesson: Lesson, theme: str, head: DeltaGenerator) -> None:
    """Show a lesson: the question until it is answered, then what the race says."""
    number = list(LESSONS).index(lesson.name) + 1
    counted = translate("Lesson {number} of {all}", number=number, all=len(LESSONS))
    head.caption(f"{counted} · {translate(lesson.theme)}")
    head.markdown(f"# {plain(translate(lesson.title))}")
    if given(lesson) is None:
        _show_question(lesson, theme)
    else:
        _show_answer(lesson, theme)
    _show_further(lesson)


def _show_question(lesson: Lesson, theme: str) -> None:
    spec = lesson.races[-1].spec
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown(plain(translate(lesson.setting)))
        st.markdown(f"**{plain(translate(lesson.question))}**")
        for i, choice in enumerate(lesson.choices):
            text = f"{LETTERS[i]}. {plain(translate(choice.text))}"
            st.button(text, key=f"{lesson.name} {i}", on_click=answer, args=(lesson.name, i), width="stretch")
        st.caption(translate("Pick an answer to start the race."))
    with right:
        if not isinstance(spec, OnlineSpec):
            problem = spec.dialled_problem
            picture = flat(problem, landscape(problem, spec.start), theme, starts=[spec.start], translator=translate)
            title = translate("Contour map with the start")
            st.plotly_chart(picture, theme=None, config=PLOT, key=f"{lesson.name} map", alt=title)
        st.caption(plain(_conditions(spec)))


def _conditions(spec: Spec) -> str:
    """Who will race, from where and for how long."""
    racers = joined(", ", labels(spec.entries))
    if isinstance(spec, OnlineSpec):
        return translate("Racers: {racers}. {steps}.", racers=racers, steps=steps(spec.steps))
    start = place(spec.start)
    return translate("Racers: {racers}. {steps} from {start}, the ring.", racers=racers, steps=steps(spec.steps), start=start)


def _show_answer(lesson: Lesson, theme: str) -> None:
    results = [played(run.spec) if isinstance(run.spec, OnlineSpec) else cache.run(run.spec) for run in lesson.races]
    proofs = lesson.proof(*results)
    st.markdown(f"**{plain(translate(lesson.question))}**")
    _show_reply(lesson)
    st.markdown(plain(translate("{what}: {measured} in the race, {expected} in theory.", **_written(proofs[0]))))
    number = _show_race(lesson, theme)
    proof, practice = translate("The proof"), translate("In practice.")
    st.markdown(f"## {proof}")
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown(plain(translate(lesson.answer)))
        st.markdown(f"**{practice}** {plain(translate(lesson.practice))}")
    with right:
        _show_proof(proofs)
    result = results[number]
    if isinstance(result, RaceResult):
        take_away(result, f"{lesson.name} {number}", theme)
    _show_ways_out(lesson)


def _show_reply(lesson: Lesson) -> None:
    """Say whether the answer was right, in words, and why."""
    chosen, right = given(lesson), lesson.right
    if chosen == right:
        heads = {right: translate("Right, {letter}:", letter=LETTERS[right])}
    else:
        heads = {
            chosen or 0: translate("You chose {letter}:", letter=LETTERS[chosen or 0]),
            right: translate("Right is {letter}:", letter=LETTERS[right]),
        }
    for i, head in heads.items():
        choice = lesson.choices[i]
        st.markdown(f"{SIGNS[choice.right]} **{head} {plain(translate(choice.text))}**  \n{plain(translate(choice.reply))}")


def _show_race(lesson: Lesson, theme: str) -> int:
    """Show the race, one at a time where there are several; return which."""
    races = lesson.races
    number = len(races) - 1
    if number:
        number = st.segmented_control(
            translate("Race"),
            range(len(races)),
            default=number,
            format_func=lambda i: translate(races[i].label),
            key=f"{lesson.name} race",
            required=True,
            label_visibility="collapsed",
        )
    run, key = races[number], f"{lesson.name} {number}"
    if isinstance(run.spec, OnlineSpec):
        title = translate("Place of every racer by step")
        st.plotly_chart(course(played(run.spec), theme), theme=None, config=PLOT, key=key, alt=title)
        st.caption(translate("The place x of every racer after t steps. The dotted line is the place that is best on average."))
    else:
        fixed_race(cache.run(run.spec), f"race {key}", theme, play=True, log=run.log)
    return int(number)


def _show_proof(proofs: Sequence[Proof]) -> None:
    head = [translate("Number"), translate("In the race"), translate("In theory")]
    rows = [head, ["---", "---:", "---:"], *([plain(text) for text in _written(proof).values()] for proof in proofs)]
    st.markdown("\n".join(f"| {' | '.join(row)} |" for row in rows))


def _written(proof: Proof) -> dict[str, str]:
    """A proof as text: what was measured, the number in the race and that in theory."""
    expected, theory = short(proof.expected), translate(proof.theory)
    if proof.at_least:
        expected = translate("at least {number}", number=expected)
    elif theory:
        expected = f"{theory} = {expected}"
    return {"what": translate(proof.what), "measured": short(proof.measured), "expected": expected}


def _show_ways_out(lesson: Lesson) -> None:
    """Open the lesson's races for free play, and offer to ask again."""
    with st.container(horizontal=True):
        for run in lesson.races:
            if not isinstance(run.spec, OnlineSpec):
                free = translate("Play with this race")
                open_race(run.spec, said_of(free, translate(run.label)) if run.label else free)
        st.button(translate("Ask me again"), on_click=answer, args=(lesson.name, None), icon=":material/replay:", type="tertiary")
    if any(isinstance(run.spec, OnlineSpec) for run in lesson.races):
        st.caption(translate("The Race page has no loss that changes from step to step. In Python, this plays it:"))
        st.code(f'import optim\n\noptim.play_all(optim.LESSONS["{lesson.name}"].races[0].spec)')


def _show_further(lesson: Lesson) -> None:
    """Lead on to the next lesson, and back to all."""
    names = [*LESSONS, ALL]
    after = names[names.index(lesson.name) + 1]
    with st.container(horizontal=True):
        if after != ALL:
            kind: Literal["primary", "secondary"] = "secondary" if given(lesson) is None else "primary"
            title = translate("Next lesson: {title}", title=translate(LESSONS[after].title))
            st.button(plain(title), key="next lesson", on_click=go, args=(after,), icon=":material/arrow_forward:", type=kind)
        st.button(translate("All lessons"), key="all lessons", on_click=go, args=(ALL,), icon=":material/apps:")
