"""Maps of cells as one component: it stays where it is while its numbers grow, and a click names the exact cell."""

import base64
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from optim.figures.sweep.cell_maps import Cells, Code
from pages.shared.text.translation import translate

_HERE = Path(__file__).parent


def cell_maps(
    maps: Sequence[Cells], key: str, clicked: Callable[[int, int, int], None], legend: Sequence[Code], *, wide: bool = False
) -> None:
    """Show maps that share their cells; `clicked` gets the number of the map, the column and the row. `wide` maps are larger."""

    def on_pick() -> None:
        picked = st.session_state[key].get("picked")
        if picked:
            clicked(*(int(picked[name]) for name in ("map", "column", "row")))

    component = st.components.v2.component(
        "cell_maps",
        html='<div class="maps"></div><div class="legend"></div><p class="said" aria-live="polite"></p>',
        css=(_HERE / "cell_maps.css").read_text(encoding="utf-8"),
        js=(_HERE / "cell_maps.js").read_text(encoding="utf-8"),
    )
    texts = {"point": translate("Point at a map to read it."), "click": translate("click or Enter races from there")}
    data = {"maps": [_plain(one) for one in maps], "legend": [_code(code) for code in legend], "wide": wide, "texts": texts}
    component(key=key, data=data, height="content", on_picked_change=on_pick)


def _plain(one: Cells) -> dict[str, Any]:
    up, across = one.index.shape
    return {
        "title": translate(one.title),
        "across": across,
        "up": up,
        "index": base64.b64encode(zlib.compress(one.index.tobytes(), 1)).decode(),
        "codes": [_code(code) for code in one.codes],
        "x": one.x,
        "y": one.y,
        "names": one.names,
        "marks": one.marks,
    }


def _code(code: Code) -> list[str]:
    return [code.colour, code.sign, translate(code.words)]
