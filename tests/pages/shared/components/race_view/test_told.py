"""What the race view tells the page: again until it is heard, in order, and a stop of a guided way with the race it opened."""

from types import SimpleNamespace

import pytest

from pages.shared.components.race_view import component
from pages.shared.components.race_view.component import HEARD, KEY, told


@pytest.fixture
def page(monkeypatch):
    """A session that notes what is taken of what the view tells it."""
    held, taken = {}, []
    monkeypatch.setattr(component, "st", SimpleNamespace(session_state=held))
    monkeypatch.setattr(component, "choose", taken.append)
    monkeypatch.setattr(component, "opened", lambda stop, race: getattr(hear, "opens", stop))
    monkeypatch.setattr(component, "load", lambda stop: taken.append(f"stop {stop}"))

    def hear(*parts):
        held[KEY] = {"chosen": [{"n": number, "until": 0.5, "values": values} for number, values in parts]}
        component._chosen()
        return [taken.pop(0) for _ in list(taken)]

    hear.held = held
    return hear


RATE, STOP, FRAME = (1, {"o1.lr": 1.02}), (2, {"tour": ["guide", 4]}), (3, {"t": 7})


def test_messages_that_arrive_as_one_are_taken_in_order(page):
    assert page(RATE, STOP, FRAME) == [RATE[1], "stop ['guide', 4]", FRAME[1]]
    assert page.held[HEARD] == 3


def test_a_rate_that_was_heard_is_taken_again_since_its_input_may_still_say_what_it_held_before(page):
    assert page(RATE) == [RATE[1]]
    assert page(RATE, STOP) == [RATE[1], "stop ['guide', 4]"]


def test_a_stop_told_again_opens_the_same_race_and_what_came_before_it_is_in_that_race(page):
    page(RATE, STOP)
    page.opens = "another race"
    assert page(RATE, STOP, FRAME) == ["stop ['guide', 4]", FRAME[1]]


@pytest.mark.parametrize(
    "parts", [None, {}, "t", 3, [], [1], [{}], [{"n": "1", "values": {}}], [{"n": 1, "values": []}], [[1, {}]]]
)
def test_what_no_view_would_tell_is_nothing(parts):
    assert told(parts) == []
