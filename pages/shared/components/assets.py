"""The files that the browser fetches: Plotly's from the installed package and our own, under addresses that name their version."""

import gzip
import hashlib
import re
from collections.abc import MutableMapping
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

HERE = Path(__file__).parent
RACE_VIEW = HERE / "race_view"
PLOTLY = Path(str(files("plotly"))) / "package_data" / "plotly.min.js"
KINDS = {".js": "text/javascript", ".css": "text/css"}
COMMENT = re.compile(r"/\*.*?\*/\s*", re.DOTALL)
FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}
"""An address names its version: what is there never changes."""


_LOAD = """
const root = document.querySelector('script[src*="static/js/"]').src.replace(/static\\/js\\/.*/, "");
const module = import(new URL("ADDRESS", root));
export default async (component) => (await module).ENTRY(component);
"""


@cache
def loader(name: str, entry: str = "default") -> str:
    """Return the JavaScript of a component that imports a file and calls its export: short, since every message repeats it."""
    return _LOAD.replace("ADDRESS", f"assets/{_version()}/{name}").replace("ENTRY", entry)


@cache
def plotly() -> str:
    """Return Plotly's address, relative to our own files'."""
    return f"../plotly-{version('plotly')}/{PLOTLY.name}"


@cache
def sources() -> dict[str, Path]:
    """Return our own files by name."""
    return {path.name: path for path in sorted([*HERE.iterdir(), *RACE_VIEW.iterdir()]) if path.suffix in KINDS}


@cache
def _version() -> str:
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources().values())).hexdigest()[:12]


@cache
def style(name: str) -> str:
    """Return a style sheet as an element of the page, without its comments: it is sent again with every change."""
    written = (HERE / name).read_text(encoding="utf-8")
    return f"<style>{re.sub(COMMENT, '', written)}</style>"


def routes() -> list[Route]:
    """Return the routes of all files, for the app object."""
    return [Route("/assets/{version}/{name}", _serve)]


@cache
def _preloads() -> bytes:
    """What a page that shows a race will need, for its `Link` header; relative to the page, so that the app may stand anywhere."""
    ours = [f"<assets/{_version()}/{path.name}>; rel=modulepreload; fetchpriority=low" for path in sorted(RACE_VIEW.glob("*.js"))]
    theirs = f"<assets/{plotly().removeprefix('../')}>; rel=preload; as=script; fetchpriority=low"
    return ", ".join([*ours, theirs]).encode()


class Preload:
    """Middleware: tells the browser with the Race page's first byte which programs it will need.

    It would learn of them only from the running app: Plotly was asked for 2.0 s after a visitor came.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; with the answer to one for the Race page goes the header."""

        async def announce(part: MutableMapping[str, Any]) -> None:
            if part["type"] == "http.response.start":
                part["headers"] = [*part.get("headers", ()), (b"link", _preloads())]
            await send(part)

        first = scope["type"] == "http" and scope["path"] == f"{scope.get('root_path', '')}/"
        await self.app(scope, receive, announce if first else send)


def middleware() -> list[Middleware]:
    """Return what every request passes through, for the app object."""
    return [Middleware(Preload)]


def _serve(request: Request) -> Response:
    # A plain function: Starlette runs it in a thread, and the one that answers everybody does not stand still while it compresses.
    # Only names that are known: nothing of an address is used as a path.
    known = sources() | {PLOTLY.name: PLOTLY}
    path = known.get(request.path_params["name"])
    if path is None:
        return Response("There is no such file", status_code=404)
    kind, headers = KINDS[path.suffix], {**FOREVER, "Vary": "Accept-Encoding"}
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return FileResponse(path, media_type=kind, headers=headers)
    return Response(_compressed(path), media_type=kind, headers={**headers, "Content-Encoding": "gzip"})


@cache
def _compressed(path: Path) -> bytes:
    """Return a file compressed, once for all visitors: Plotly's takes 0.2 s."""
    return gzip.compress(path.read_bytes(), mtime=0)
