"""The picture of a link that a phone's camera reads, made on this server: no address leaves it."""

import io

import segno
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

LONGEST = 2331
"""Characters of a link that still fit into a code with the middle of the four levels of error correction."""
SCHEMES = ("http://", "https://")


def routes() -> list[Route]:
    """Return the route of the codes, for the app object."""
    return [Route("/qr", _serve)]


def _serve(request: Request) -> Response:
    return answer(request.query_params.get("link", ""))


def answer(link: str) -> Response:
    """Return the QR code of a link as SVG, with the quiet zone that cameras need, or a sentence on why there is none."""
    if not link.startswith(SCHEMES) or len(link.encode()) > LONGEST:
        return PlainTextResponse(f"Expected a link of at most {LONGEST} bytes that begins with http.", 400)
    out = io.BytesIO()
    segno.make(link, error="m", micro=False).save(out, kind="svg", border=4, dark="#000", light="#fff", omitsize=True)
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return Response(out.getvalue(), headers=headers, media_type="image/svg+xml")
