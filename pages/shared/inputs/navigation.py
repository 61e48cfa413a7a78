"""Links and redirects from page to page that carry a race."""

import streamlit as st

from optim import RaceResult, RaceSpec
from pages.shared.inputs.display import STRONG
from pages.shared.inputs.fields import FRAME, INSPECTED_RACER, INSPECTED_STEP
from pages.shared.inputs.state import REQUESTED, WHOLE, value_of
from pages.shared.sitemap import RACE, STEP, Page
from pages.shared.text.translation import translate


def open_race(spec: RaceSpec, label: str | None = None) -> None:
    """Show a link that opens the Race page with `spec`."""
    open_page(RACE, spec, label or translate("Open this race"))


def open_step(spec: RaceSpec, racer: int = 1, step: int = 1, label: str = "Look at a step") -> None:
    """Show a link that opens the Step page with `spec`, at step `step` of racer `racer`, counted from 1."""
    open_page(STEP, spec, label, r=str(racer), step=str(step))


def open_page(page: Page, spec: RaceSpec, label: str, **more: str) -> None:
    """Show a link that opens a page with `spec` in its inputs; `more` are other parameters of the link."""
    st.page_link(page.file, label=label, icon=page.icon, query_params={WHOLE: spec.to_json(), **more})


def link_to_step(result: RaceResult) -> dict[str, str]:
    """Return the query parameters with which the Step page opens what the race view shows: the racer that stands out, its step.

    Where none stands out it is the racer that was looked at last, and at the start of the race the step that is about to be taken.
    """
    slots = [f"{slot}" for slot in range(1, len(result.labels) + 1)]
    racer = next((slot for slot in (value_of(STRONG), value_of(INSPECTED_RACER)) if slot in slots), slots[0])
    return {INSPECTED_RACER.key: racer, INSPECTED_STEP.key: f"{min(max(1, value_of(FRAME)), result.taken[int(racer) - 1])}"}


def request_race(race: RaceSpec) -> None:
    """From a callback: have the page that is about to run open this race."""
    st.session_state[REQUESTED] = race.to_json()


def follow_request() -> None:
    """Open the race that a click asked for, if one did; asked again until the visitor is there, should a rerun come between."""
    requested = st.session_state.get(REQUESTED)
    if requested is not None:
        st.switch_page(RACE.file, query_params={WHOLE: requested})
