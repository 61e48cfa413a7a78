"""Tables of numbers: what a column of numbers cannot show is written out, and the rest stays numbers."""

import math

import pandas as pd
import streamlit as st

from pages.shared.panels.tables import show_frame


def shown(monkeypatch, table, config):
    """Return the table and its columns as they come to Streamlit."""
    told = {}
    monkeypatch.setattr(st, "dataframe", lambda table, **given: told.update(table=table, **given))
    show_frame(table, config, "key", "alt")
    return told


def test_only_a_column_with_a_number_too_large_is_written_out(monkeypatch):
    number = st.column_config.NumberColumn
    table = pd.DataFrame({"small": [1.5, math.nan], "large": [3.4506e29, math.nan], "endless": [math.inf, 0.1], "whole": [1, 2]})
    columns = {name: number(name.title(), format="%.2g", help="what it is") for name in table}
    told = shown(monkeypatch, table, columns)
    assert told["table"]["small"].dtype == float
    assert list(told["table"]["large"]) == ["3.5×10²⁹", "–"]
    assert list(told["table"]["endless"]) == ["∞", "0.1"]
    assert told["column_config"]["small"] == columns["small"]
    written = told["column_config"]["large"]
    assert (written["label"], written["help"], written["alignment"]) == ("Large", "what it is", "right")
    assert told["placeholder"] == "–"
    assert told["hide_index"]


def test_small_numbers_of_a_table_that_is_seen_at_once_have_their_powers_of_ten(monkeypatch):
    number = st.column_config.NumberColumn
    columns = {"gap": number("Gap", format="%.2g"), "lr": number("lr", format="%.3g"), "spent": number("Spent", format="%.0f")}
    table = pd.DataFrame({"gap": [1.234e-7, 0.5, math.nan], "lr": [0.001, 0.25, 300.0], "spent": [1e7, 2.0, 3.0]})
    told = shown(monkeypatch, table, columns)
    assert list(told["table"]["gap"]) == ["1.2×10⁻⁷", "0.5", "–"]
    assert [told["table"][name].dtype for name in ("lr", "spent")] == [float, float]
    longer = pd.concat([table] * 10, ignore_index=True)
    assert shown(monkeypatch, longer, columns)["table"]["gap"].dtype == float  # to be sorted


def test_the_head_of_an_index_has_room(monkeypatch):
    table = pd.DataFrame({"a": [1.0]}, index=pd.RangeIndex(1, name="ステップ"))
    told = shown(monkeypatch, table, {"a": "A"})
    assert not told["hide_index"]
    assert told["column_config"]["_index"]["width"] > 16 * len("ステップ")
