"""What a visitor did stands, though a browser may still send what an input held before."""

import json

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState

from tests.support.visitor import Visitor, opened, together

COUNT = "-k"
"""How the name of the input ends that holds how many optimizers race."""


FOLLOWERS = [
    ("rates", "-n", {"int_value": 20}, "-n slider 0"),
    ("rates", "-o1.lr", {"double_value": 0.25}, "-o1.lr slider 0"),
]
"""A page, an input that somebody changes there, to what, and the widget that follows it."""


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


class Late(Visitor):
    """A visitor whose browser sends an input along that the page has replaced."""

    async def change(self, end, value):
        """Change an input; return what the browser held of all before."""
        before = dict(self._inputs)
        name = next(name for name in before if name.endswith(end))
        self._inputs[name] = WidgetState(id=name, **value)
        await self._rerun()
        return before

    async def send_again(self, before, end):
        """Send what an input held that is gone, with what is there, as a part of the page does that redraws itself meanwhile."""
        name = next(name for name in before if name.endswith(end))
        assert name not in self._inputs
        self._inputs[name] = before[name]
        await self._rerun()

    def held(self, end):
        """What an input holds."""
        return next(state for name, state in self._inputs.items() if name.endswith(end))


@pytest.mark.parametrize(("page", "end", "value", "follower"), FOLLOWERS)
def test_a_slider_that_was_replaced_is_not_heard(app_url, page, end, value, follower):
    async def visit():
        async with opened(app_url) as socket:
            late = Late(socket, page=page)
            await late.open()
            before = await late.change(end, value)
            await late.send_again(before, follower)
            return late.held(end)

    ((kind, number),) = value.items()
    assert getattr(together(visit), kind) == number
