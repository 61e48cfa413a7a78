"""The files that the browser fetches: Plotly's from the installed package and our own, under addresses that name their version."""

import hashlib
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

HERE = Path(__file__).parent
RACE_VIEW = HERE / "race_view"
PLOTLY = Path(str(files("plotly"))) / "package_data" / "plotly.min.js"
KINDS = {".js": "text/javascript", ".css": "text/css"}
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


def routes() -> list[Route]:
    """Return the routes of all files, for the app object."""
    return [Route("/assets/{version}/{name}", _serve)]


async def _serve(request: Request) -> Response:
    # Only names that are known: nothing of an address is used as a path.
    known = sources() | {PLOTLY.name: PLOTLY}
    path = known.get(request.path_params["name"])
    if path is None:
        return Response("There is no such file", status_code=404)
    return FileResponse(path, media_type=KINDS[path.suffix], headers=FOREVER)
