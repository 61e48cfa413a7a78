"""A race that a guided way opened stays, though the sidebar's inputs may still say what they held before."""

import json

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState

from tests.support.visitor import Visitor, opened, together

COUNT = "-k"
"""How the name of the input ends that holds how many optimizers race."""


class Viewer(Visitor):
    """A visitor whose race view tells the page what is chosen in it."""

    def _take(self, delta):
        super()._take(delta)
        if delta.HasField("new_element") and delta.new_element.bidi_component.component_name.endswith("race_view"):
            self._view = delta.new_element.bidi_component.id

    @property
    def count(self):
        """How many optimizers race, by the sidebar."""
        return self._held(COUNT).int_value

    def _held(self, end):
        return next(state for name, state in self._inputs.items() if name.endswith(end))

    async def tell(self, *parts, count=None):
        """Tell what is chosen; the browser has not yet heard of another `count` than this one."""
        name = f"$$STREAMLIT_INTERNAL_KEY_{self._view}__events"
        chosen = [{"n": number, "values": values} for number, values in parts]
        told = json.dumps([{"event": "chosen", "value": chosen}])
        self._inputs[self._view] = WidgetState(id=self._view, json_value="{}")
        self._inputs[name] = WidgetState(id=name, json_trigger_value=told)
        if count is not None:
            self._held(COUNT).int_value = count
        await self._rerun()


@pytest.mark.long
def test_a_race_that_a_guided_way_opened_is_opened_again_where_the_inputs_had_not_heard_of_it(app_url):
    async def visit():
        async with opened(app_url) as socket:
            viewer = Viewer(socket)
            await viewer.open()
            await viewer.tell((1, {"tour": ["guide", 0]}))
            seen = [viewer.count]
            await viewer.tell((2, {"tour": ["guide", 4]}))
            seen.append(viewer.count)
            await viewer.tell((2, {"tour": ["guide", 4]}), (3, {"t": 7}), count=1)
            return [*seen, viewer.count]

    assert together(visit) == [1, 2, 2]
