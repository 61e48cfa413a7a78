"""How a formula reads while it is being typed: the browser asks with every pause, and no page runs for it."""

from urllib.parse import parse_qsl

import streamlit as st
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from optim import PROBLEMS, FormulaError
from optim.i18n.message import transformed
from optim.i18n.phrases import capital
from optim.problems.from_formula import as_read
from pages.shared.components import assets
from pages.shared.inputs.fields import FORMULA
from pages.shared.text import translation
from pages.shared.text.languages import LANGUAGES
from pages.shared.text.translation import translate

MAX_LENGTH, MAX_FIELDS = 12_000, 8
"""Characters and parameters of a query that is read: the longest formula, each character written as up to twelve."""


def formula_preview(applied: str) -> None:
    """Show how the text in the formula's field reads, as long as it is another than the one that is applied."""
    component = st.components.v2.component(
        "formula_preview",
        html='<p aria-live="polite"></p>',
        css="p { margin: 0; font-size: 0.875rem; opacity: 0.8; overflow-wrap: anywhere; }",
        js=assets.loader("formula_preview.js"),
    )
    data = {"key": FORMULA.key, "applied": applied, "language": translation.language()}
    component(key="formula preview", data=data, height="content")


def routes() -> list[Route]:
    """Return the route that the browser asks, for the app object."""
    return [Route("/preview", _serve)]


def _serve(request: Request) -> Response:
    # A plain function: Starlette runs it in a thread, so that a formula holds up nobody's page.
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return Response(answer(request.url.query), media_type="text/plain", headers=headers)


def answer(query: str) -> str:
    """Return in a sentence how the formula of a query reads, or what is wrong with it."""
    try:
        given = dict(parse_qsl(query[:MAX_LENGTH], keep_blank_values=True, max_num_fields=MAX_FIELDS))
    except ValueError:
        given = {}
    language = given.get(translation.KEY)
    with translation.speaking(language if language in LANGUAGES else next(iter(LANGUAGES))):
        return _said(given.get("formula", ""))


def _said(formula: str) -> str:
    try:
        reads = PROBLEMS[formula].title if formula in PROBLEMS else as_read(formula)
    except FormulaError as error:
        return translate("{problem} (column {column}).", problem=transformed(error.problem, capital), column=error.column)
    return translate("Reads as {formula}. Enter applies it.", formula=reads)
