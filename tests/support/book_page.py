"""What the tests of the Book page share: a visit to it, and what a section shows, taken from what the browser gets."""

import base64
import json
import re
from types import SimpleNamespace

import numpy as np
from streamlit.testing.v1 import AppTest

from tests.conftest import ROOT
from tests.figures.race.test_playback import unpacked
from tests.pages.test_race_page import ran, text_of
from tests.support.numerals import number as read


class Booklet:
    """A visit to the Book page."""

    def open(self, section="function", locale=None, **inputs):
        """Open a section by its link, as a newcomer."""
        self.app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60).switch_page("pages/book.py")
        if locale:
            self.app.context["locale"] = locale
        for key, value in {"section": section, **{f"{section}.{name}": value for name, value in inputs.items()}}.items():
            self.app.query_params[key] = str(value)
        ran(self.app)
        return self

    @property
    def text(self):
        """Everything that is said."""
        return text_of(self.app)

    def sentence(self, pattern):
        """Return the numbers in the one sentence that a pattern with groups finds."""
        found = re.findall(pattern, self.text)
        assert len(found) == 1, (pattern, self.text)
        return [read(number.rstrip(".")) for number in ([found[0]] if isinstance(found[0], str) else found[0])]

    @property
    def codes(self):
        return [block.value for block in self.app.code]

    @property
    def formulas(self):
        return [block.value for block in self.app.latex]

    def figure(self, key):
        """Return the Plotly figure of a key as plain data, as the browser gets it."""
        charts = [part.proto for part in self.app.get("plotly_chart") if part.proto.id.endswith(key)]
        assert len(charts) == 1, key
        return _decoded(json.loads(charts[0].spec))

    def race(self):
        """Return the facts and the numbers of the race that is played."""
        parcel = next(part.proto for part in self.app.get("bidi_component") if part.proto.component_name == "race_view").bytes
        length = int.from_bytes(parcel[:4], "little")
        facts = json.loads(parcel[4 : 4 + length])
        numbers = parcel[4 + length :]
        return facts, unpacked(SimpleNamespace(packed=lambda: numbers, facts=facts["race"]))

    def path(self):
        """Return the path that the only racer is shown to take, (rows, 2)."""
        _, columns = self.race()
        return list(zip(columns["x"].tolist(), columns["y"].tolist(), strict=True))

    def rows(self, name):
        """Return the cells of the table that begins with a head."""
        table = next(block.value for block in self.app.markdown if block.value.startswith(f"| {name}"))
        return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.split("\n")]


def _decoded(part):
    """Return a part of a figure with its packed numbers as arrays."""
    if isinstance(part, dict):
        if "bdata" in part:
            flat = np.frombuffer(base64.b64decode(part["bdata"]), dtype=f"<{part['dtype']}")
            return flat.reshape([int(side) for side in part["shape"].split(",")]) if "shape" in part else flat
        return {name: _decoded(value) for name, value in part.items()}
    return [_decoded(one) for one in part] if isinstance(part, list) else part
