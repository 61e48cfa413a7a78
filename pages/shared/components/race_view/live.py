"""The race of a link, run anew for a browser in which a learning rate is being dragged: no page runs, and nothing is kept of it."""

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from optim import FormulaError, SpecError
from optim.figures import THEMES
from optim.i18n.message import message
from pages.shared.components.race_view.component import live_scene, packed
from pages.shared.components.race_view.rates import follows, rate_field
from pages.shared.compute import cache
from pages.shared.inputs.link_codec import decode, spec_of
from pages.shared.text import translation
from pages.shared.text.languages import LANGUAGES
from pages.shared.text.translation import translate

THEME, DRAGGED = "theme", "rate"
"""The parameters that a page's link does not have: the colours of the page, and the key of the rate that is dragged."""
MAX_LENGTH, MAX_FIELDS = 60_000, 400
"""Characters and parameters of a query that is read: twelve racers with long lines and all their settings have fewer."""
USED, UNUSABLE, TOO_LONG = 200, 400, 413


class Answer(NamedTuple):
    """The status of an answer and its body: a packed scene, or a sentence on why there is none."""

    status: int
    body: bytes


class _RefusalError(Exception):
    """A request that is not answered: the status, and a sentence why."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


def routes() -> list[Route]:
    """Return the route of the race being dragged, for the app object."""
    return [Route("/live", _serve)]


def _serve(request: Request) -> Response:
    # A plain function: Starlette runs it in a thread, so that a race holds up nobody's page.
    status, body = answer(request.url.query)
    kind = "application/octet-stream" if status == USED else "text/plain"
    return Response(body, status, {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}, kind)


def answer(text: str) -> Answer:
    """Return the answer to a query: a link's parameters, the theme, and the key of the rate that is dragged."""
    try:
        query = dict(parse_qsl(text[: MAX_LENGTH + 1], keep_blank_values=True, max_num_fields=MAX_FIELDS))
    except ValueError:
        query = {}
    language = query.get(translation.KEY)
    with translation.speaking(language if language in LANGUAGES else next(iter(LANGUAGES))):
        try:
            if len(text) > MAX_LENGTH or not query:
                raise _RefusalError(UNUSABLE, message("This request is empty or too long."))
            return Answer(USED, _scene(query))
        except _RefusalError as error:
            return Answer(error.status, translate(error.args[0]).encode())
        except (FormulaError, SpecError) as error:
            return Answer(UNUSABLE, translate(error.args[0]).encode())


def _scene(query: Mapping[str, str]) -> bytes:
    theme, dragged = query.get(THEME, ""), query.get(DRAGGED)
    values, notes = decode({key: value for key, value in query.items() if key not in {THEME, DRAGGED}})
    if notes:
        raise _RefusalError(UNUSABLE, notes[0])
    spec = spec_of(values)
    keys = [field and field.key for field in (rate_field(spec, racer) for racer in range(len(spec.entries)))]
    if theme not in THEMES or dragged is None or dragged not in keys:
        raise _RefusalError(UNUSABLE, message("This request does not say which learning rate is dragged, or in which theme."))
    racer = keys.index(dragged)
    if not follows(spec, racer):
        raise _RefusalError(TOO_LONG, message("This race takes too long to follow the slider."))
    return packed(live_scene(cache.tried(spec, racer), theme, lambda field: values[field.key], racer))
