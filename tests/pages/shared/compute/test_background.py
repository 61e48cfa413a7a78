"""Long computations as a page tells of them."""

import pytest
from streamlit.testing.v1 import AppTest

TOLD = """
import streamlit as st
from optim.sweeps.jobs import JobStatus
from pages.shared.compute.background import _progress

st.text(_progress(JobStatus(10, 100, 1.0, float(st.query_params["left"]), None, True, False, None), "runs"))
"""


@pytest.mark.parametrize(("left", "said"), [(0.2, "1 second left"), (1.4, "1 second left"), (1.6, "2 seconds left")])
def test_the_last_second_is_one(left, said):
    app = AppTest.from_string(TOLD)
    app.query_params["left"] = str(left)
    assert app.run().text[0].value == f"10 of 100 runs, about {said}"
