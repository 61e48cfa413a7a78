"""The facts of the rates that can be dragged, and the one that was let go as the input's value."""

import pytest
from streamlit.testing.v1 import AppTest

import optim
from pages.shared.components.race_view.rates import rates
from pages.shared.inputs.presets import PRESETS

BOOK = PRESETS[0].spec


def test_every_rate_has_its_key_its_range_and_its_own_limit():
    found = rates(BOOK)
    assert [fact["key"] for fact in found] == ["o1.lr", "o2.lr", "o3.lr", "o4.lr"]
    assert [fact["value"] for fact in found] == [0.95, 0.1, 1.5, 0.3]
    assert [fact["limit"] for fact in found] == [1.0, pytest.approx(1.9), None, None]
    assert [fact["tick"] for fact in found] == ["2/λ", "3.8/λ", "", ""]
    assert (found[0]["low"], found[0]["high"]) == (1e-4, 10.0)
    assert (found[2]["low"], found[2]["high"]) == (1e-5, 100.0)
    assert all(fact["live"] for fact in found)


def test_a_rate_lies_within_its_range_wherever_it_was_set():
    for rate in (1e-12, 1e9):
        (fact,) = rates(optim.RaceSpec("elongated_bowl", optim.Entry("sgd", {"lr": rate}), (-7.0, 2.0)))
        assert fact["low"] <= rate <= fact["high"]
    (fact,) = rates(optim.RaceSpec("elongated_bowl", optim.Entry("sgd", {"lr": 0.0}), (-7.0, 2.0)))
    assert fact["low"] > 0


def test_who_has_no_learning_rate_is_left_out():
    entries = [optim.Entry("nelder_mead"), optim.Entry("adam"), optim.Entry("conjugate_gradient")]
    assert [(fact["racer"], fact["key"]) for fact in rates(optim.RaceSpec("sphere", entries, (1.0, 1.0)))] == [(1, "o2.lr")]


def page():
    """The sidebar, and a button that does what the race view does when it tells something; a script of its own."""
    import streamlit as st

    from pages.shared.inputs import state
    from pages.shared.panels.sidebar import sidebar

    state.read_link()
    st.button("chosen", key="chosen", on_click=state.choose, args=(st.session_state.get("told", {}),))
    sidebar()


def chosen(told, query=None):
    """Return the page after its race view has told something."""
    app = AppTest.from_function(page, default_timeout=60)
    for key, text in (query or {}).items():
        app.query_params[key] = text
    app.session_state["told"] = told
    app.run()
    app.button(key="chosen").click().run()
    assert not app.exception
    return app


def test_a_rate_let_go_is_the_input_s_value():
    app = chosen({"o1.lr": 1.0123456789012345, "o4.lr": 1})
    assert app.number_input(key="o1.lr").value == 1.0123456789012345
    assert app.number_input(key="o4.lr").value == 1.0
    assert app.number_input(key="o2.lr").value == 0.1


def test_none_is_the_default():
    assert chosen({"o1.lr": None}, {"o1.lr": "0.5"}).number_input(key="o1.lr").value == 0.95


def test_a_setting_that_was_not_on_screen_appears_with_its_value():
    app = chosen({"o2.momentum": 0.5})
    assert app.number_input(key="o2.momentum").value == 0.5
    assert app.query_params["o2.momentum"] == "0.5"


@pytest.mark.parametrize(
    "told",
    [
        {"o1.lr": -1.0},
        {"o1.lr": float("nan")},
        {"o1.lr": float("inf")},
        {"o1.lr": "0.5"},
        {"o1.lr": True},
        {"o1.lr": [1]},
        {"o9.lr": 1.0},
        {"o1.momentum": 0.5},
        {"o1": "adam"},
        {"k": 1},
        {"chosen": 1},
    ],
    ids=str,
)
@pytest.mark.long
def test_what_is_no_setting_or_cannot_be_used_changes_nothing(told):
    before, after = chosen({}), chosen(told)
    numbers = [[(one.key, one.value) for one in app.number_input] for app in (before, after)]
    assert numbers[0] == numbers[1]
    assert [one.value for one in before.selectbox] == [one.value for one in after.selectbox]
    assert next(iter(told)) not in after.query_params
