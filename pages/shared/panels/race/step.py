"""The panels of the Step page: which step, why it was taken, the rule worked out, its arrows, and the history that led to it."""

from typing import Any

import pandas as pd
import streamlit as st

from optim import RaceResult
from optim.explain.replay import Replay
from optim.explain.rule_latex import written_lines
from optim.figures import styles
from optim.figures.race.step import angle_history, close_up, lag_history, scale_history, state_history
from optim.i18n.message import transformed
from optim.i18n.phrases import capital, place, steps
from optim.reports.step import because
from pages.shared.components.key_bindings import step_keys
from pages.shared.compute import cache
from pages.shared.inputs.fields import INSPECTED, INSPECTED_RACER, INSPECTED_STEP, RACERS
from pages.shared.inputs.state import BOUND, shown, value_of
from pages.shared.panels.tables import show_frame
from pages.shared.text.markdown import PLOT, marker, plain, race_legend, said_of
from pages.shared.text.translation import translate, translate_formula

RACER, STEP = INSPECTED_RACER.key, INSPECTED_STEP.key
_NUMBER = st.column_config.NumberColumn


def linked() -> dict[str, str]:
    """Return the link's parameters for the racer and the step; a racer that the race does not have is left out."""
    there = int(value_of(INSPECTED_RACER)) <= value_of(RACERS)
    return shown(INSPECTED if there else (INSPECTED_STEP,))


def choose(result: RaceResult) -> tuple[int, Replay, int]:
    """Show in one row which racers and steps there are; return the racer, counted from 0, its run, and the step to look at."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="step-row"):
        racer = _choose_racer(result)
        run = cache.replayed(result.spec, racer)
        step = _choose_step(run)
    st.markdown(race_legend(result))
    return racer, run, step


def _choose_racer(result: RaceResult) -> int:
    """Show which racers there are and return the one to look at, counted from 0."""
    options = [str(slot) for slot in range(1, len(result.labels) + 1)]
    wanted = value_of(INSPECTED_RACER)
    if wanted not in options:
        said = translate(
            "There is no racer {number}: this race has {count}. Showing racer 1.", number=str(wanted)[:10], count=len(options)
        )
        st.caption(plain(said))
        st.session_state[RACER] = options[0]
    title = translate(INSPECTED_RACER.title)
    chosen = st.segmented_control(title, options, default=options[0], key=RACER, required=True, width="content", **BOUND)
    return int(chosen or options[0]) - 1


def _choose_step(run: Replay) -> int:
    """Show the step's number with its buttons and return it; keys press the buttons."""
    now = int(value_of(INSPECTED_STEP))
    first, last = min(1, run.taken), run.taken
    assert INSPECTED_STEP.parameter is not None
    low, high = map(int, INSPECTED_STEP.parameter.bounds)
    title = translate("Step (of {last})", last=last)
    step = st.number_input(title, low, high, INSPECTED_STEP.default, key=STEP, width=140, **BOUND)
    _button(translate("First"), "step-first", first, now > first, ":material/first_page:")
    _button(translate("Previous"), "step-back", min(now - 1, last), now > 0, ":material/chevron_left:")
    _button(translate("Next"), "step-on", now + 1, now < last, ":material/chevron_right:")
    _button(translate("Last"), "step-last", last, now != last, ":material/last_page:")
    step_keys()
    return int(step)


def _button(label: str, key: str, step: int, possible: bool, icon: str) -> None:
    st.button(label, key=key, on_click=_go, args=(step,), disabled=not possible, icon=icon)


def _go(step: int) -> None:
    st.session_state[STEP] = step


def show_why(result: RaceResult, racer: int, run: Replay, step: int) -> None:
    """Ask why the step went there, and answer from its numbers."""
    label, sign = translate(result.labels[racer]), marker(styles(result.spec.entries)[racer])
    asked = (
        translate("Why did {name} take step {step}?", name=label, step=step)
        if step
        else translate("Where {name} starts", name=label)
    )
    st.markdown(f"# {sign} {plain(asked)}")
    if 1 <= step <= run.taken:
        why, more = (plain(translate(part)) for part in because(run, step, result.labels[racer]))
        st.markdown(f"**{why}** {more}")
    elif step == 0:
        at = place(run.path[0])
        st.markdown(plain(translate("At {place}, with nothing done yet. The first step is step 1.", place=at)))
    else:
        none = translate("There is no step {step}:", step=step)
        taken = translate("{name} took {steps}. {reason}.", name=label, steps=steps(run.taken), reason=_ended(run))
        st.markdown(f"**{plain(none)}** {plain(taken)}")


def _ended(run: Replay) -> str:
    return transformed(run.result.status[0].reason, capital)


def show_lines(run: Replay, step: int) -> None:
    """Show the rule line by line, with symbols, with this step's numbers, and what comes of them."""
    title = translate("The rule, worked out")
    st.markdown(f"## {title}")
    for text in written_lines(run, step):
        st.latex(translate_formula(text))
    st.caption(
        translate(
            "Each line: the rule, the same with this step's numbers, the result. Columns are (x, y), and operations go coordinate "
            "by coordinate. Terms that are zero here are not shown. θ is the point, g its gradient. Noise, modifiers and schedules "
            "are in the lines."
        )
    )
    meanings = {name: words for name, words in run.rule.memory.items() if name in run.states}
    st.markdown("\n".join(f"- {said_of(f'`{name}`', plain(translate(words)))}" for name, words in meanings.items()))


def show_close_up(result: RaceResult, racer: int, run: Replay, step: int, theme: str) -> None:
    """Show the step's arrows on the zoomed map."""
    figure = close_up(run, step, theme, look=styles(result.spec.entries)[racer], translator=translate)
    alt = translate("The arrows of step {step} on the contour map", step=step)
    st.plotly_chart(figure, theme=None, config=PLOT, key="close up", alt=alt)
    st.caption(
        translate("Downhill is drawn as long as the step: only its direction counts. Both axes have one scale, so angles are true.")
    )


def show_row(result: RaceResult, racer: int, step: int) -> None:
    """Show the table's row of the step, with the row before it."""
    rows = [row for row in (step - 1, step) if 0 <= row < result.loss.shape[1]]
    table: dict[str, Any] = {
        "step": rows,
        "x": [float(result.path[racer, row, 0]) for row in rows],
        "y": [float(result.path[racer, row, 1]) for row in rows],
        "loss": [float(result.loss[racer, row]) for row in rows],
        "gradient norm": [float(result.gradient_norm[racer, row]) for row in rows],
        "evaluations": [int(result.evaluations[racer, row]) for row in rows],
    }
    formats = dict.fromkeys(("x", "y", "loss", "gradient norm"), "%.6g")
    columns = {name: _NUMBER(translate(name), format=formats.get(name)) for name in table}
    alt = translate("The table's row of step {step} and the one before", step=step)
    show_frame(pd.DataFrame(table), columns, "row", alt)


def show_histories(run: Replay, step: int, theme: str) -> None:
    """Show how the step came about: what a unit of slope moves, how far off downhill it goes, who lags, and every memory."""
    title = translate("How the step arose")
    st.markdown(f"## {title}")
    scale = translate("Step per unit of slope: the new gradient's part of the step, divided by the gradient")
    angle = translate("Angle between the step and downhill: above 90° it goes uphill")
    pictures = {
        scale: scale_history(run, step, theme, translator=translate),
        angle: angle_history(run, step, theme, translator=translate),
    }
    if run.without_memory is not None:
        for axis, name in enumerate("xy"):
            lag = translate("Lag in {axis}: the step turns after downhill has turned", axis=name)
            pictures[lag] = lag_history(run, step, axis, theme, translator=translate)
    bookkeeping = {line.name for line in run.rule.lines if line.quiet}
    for name, values in run.states.items():
        if name not in bookkeeping and (values.ndim == 1 or values.shape[1:] == (2,)):
            words = translate(run.rule.memory.get(name, ""))
            pictures[said_of(name, words)] = state_history(name, values[: run.taken + 1], step, theme, translator=translate)
    columns = st.columns(2)
    for i, (title, figure) in enumerate(pictures.items()):
        with columns[i % 2]:
            st.markdown(plain(title))
            st.plotly_chart(figure, theme=None, config=PLOT, key=f"history {i}", alt=title)
