"""The panels of the Step page: which step, why it was taken, the rule worked out, its arrows, and the history that led to it."""

from typing import Any

import streamlit as st

from optim import RaceResult
from optim.explain.replay import Replay
from optim.explain.rule_latex import written_lines
from optim.figures import styles
from optim.figures.race.step import angle_history, close_up, lag_history, scale_history, state_history
from optim.i18n.phrases import place, steps
from optim.reports.step import because
from pages.shared.components.key_bindings import step_keys
from pages.shared.inputs.fields import INSPECTED, INSPECTED_RACER, INSPECTED_STEP, RACERS
from pages.shared.inputs.state import BOUND, shown, value_of
from pages.shared.text.markdown import PLOT, marker, plain, race_legend

RACER, STEP = INSPECTED_RACER.key, INSPECTED_STEP.key
_NUMBER = st.column_config.NumberColumn


def linked() -> dict[str, str]:
    """Return the link's parameters for the racer and the step; a racer that the race does not have is left out."""
    there = int(value_of(INSPECTED_RACER)) <= value_of(RACERS)
    return shown(INSPECTED if there else (INSPECTED_STEP,))


def choose_racer(result: RaceResult) -> int:
    """Show which racers there are and return the one to look at, counted from 0."""
    options = [str(slot) for slot in range(1, len(result.labels) + 1)]
    wanted = value_of(INSPECTED_RACER)
    if wanted not in options:
        st.caption(f"There is no racer {plain(str(wanted)[:10])}: this race has {len(options)}. Showing racer 1.")
        st.session_state[RACER] = options[0]
    chosen = st.segmented_control(INSPECTED_RACER.title, options, default=options[0], key=RACER, required=True, **BOUND)
    st.markdown(race_legend(result))
    return int(chosen or options[0]) - 1


def choose_step(run: Replay) -> int:
    """Show the step's number with its buttons and return it; keys press the buttons."""
    now = int(value_of(INSPECTED_STEP))
    first, last = min(1, run.taken), run.taken
    with st.container(horizontal=True, vertical_alignment="bottom"):
        _button("First", "step-first", first, now > first)
        _button("Previous", "step-back", min(now - 1, last), now > 0)
        assert INSPECTED_STEP.parameter is not None
        low, high = map(int, INSPECTED_STEP.parameter.bounds)
        step = st.number_input(f"Step (of {last})", low, high, INSPECTED_STEP.default, key=STEP, width=150, **BOUND)
        _button("Next", "step-on", now + 1, now < last)
        _button("Last", "step-last", last, now != last)
    step_keys()
    return int(step)


def _button(label: str, key: str, step: int, possible: bool) -> None:
    st.button(label, key=key, on_click=_go, args=(step,), disabled=not possible)


def _go(step: int) -> None:
    st.session_state[STEP] = step


def show_why(result: RaceResult, racer: int, run: Replay, step: int) -> None:
    """Ask why the step went there, and answer from its numbers."""
    label, sign = result.labels[racer], marker(styles(result.spec.entries)[racer])
    st.markdown(f"### {sign} Why did {plain(label)} take step {step}?" if step else f"### {sign} Where {plain(label)} starts")
    if 1 <= step <= run.taken:
        st.markdown(f"**{plain(because(run, step, label))}**")
    elif step == 0:
        st.markdown(f"At {place(run.path[0])}, with nothing done yet. The first step is step 1.")
    else:
        st.markdown(
            f"**There is no step {step}:** {plain(label)} took {steps(run.taken)}. {plain(_capital(run.result.status[0].reason))}."
        )


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def show_lines(run: Replay, step: int) -> None:
    """Show the rule line by line, with symbols, with this step's numbers, and what comes of them."""
    st.markdown("##### The rule, worked out")
    for text in written_lines(run, step):
        st.latex(text)
    st.caption(
        "Each line: the rule, the same with this step's numbers, the result. Columns are (x, y), and operations go coordinate by "
        "coordinate. Parts that a setting of zero switches off are left out. θ is the point, g its gradient. Noise, modifiers and "
        "schedules are in the lines."
    )
    meanings = {name: words for name, words in run.rule.memory.items() if name in run.states}
    st.markdown("\n".join(f"- `{name}`: {plain(words)}" for name, words in meanings.items()))


def show_close_up(result: RaceResult, racer: int, run: Replay, step: int, theme: str) -> None:
    """Show the step's arrows on the zoomed map."""
    st.markdown("##### The step, close up")
    figure = close_up(run, step, theme, look=styles(result.spec.entries)[racer])
    st.plotly_chart(figure, theme=None, config=PLOT, key="close up", alt=f"The arrows of step {step} on the contour map")
    st.caption("Downhill is drawn as long as the step: only its direction counts. Both axes have one scale, so angles are true.")


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
    numbers = {name: _NUMBER(format="%.6g") for name in ("x", "y", "loss", "gradient norm")}
    st.dataframe(table, hide_index=True, column_config=numbers, key="row", alt=f"The table's row of step {step} and the one before")


def show_histories(run: Replay, step: int, theme: str) -> None:
    """Show how the step came about: what a unit of slope moves, how far off downhill it goes, who lags, and every memory."""
    st.markdown("##### How it came to that")
    pictures = {
        "Step per unit of slope: the new gradient's part of the step, divided by the gradient": scale_history(run, step, theme),
        "Angle between the step and downhill: above 90° it goes uphill": angle_history(run, step, theme),
    }
    if run.without_memory is not None:
        for axis, name in enumerate("xy"):
            pictures[f"Lag in {name}: the step turns after downhill has turned"] = lag_history(run, step, axis, theme)
    for name, values in run.states.items():
        if values.ndim == 1 or values.shape[1:] == (2,):
            words = run.rule.memory.get(name, "")
            pictures[f"{name}: {words}"] = state_history(name, values[: run.taken + 1], step, theme)
    columns = st.columns(2)
    for i, (title, figure) in enumerate(pictures.items()):
        with columns[i % 2]:
            st.markdown(plain(title))
            st.plotly_chart(figure, theme=None, config=PLOT, key=f"history {i}", alt=title)
