"""A thirty-eighth optimizer and a thirty-sixth function are one object in one file each: everything else finds them."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

OPTIMIZER = '''
"""A rule that nobody has written down yet."""

from optim.core.optimizer import Optimizer
from optim.core.rules.text import Lines
from optim.optimizers.first_order.shared import LR

thirty_eighth = Optimizer(
    "thirty_eighth",
    "The thirty-eighth",
    "Normalised",
    (LR,),
    Lines("g = gradient(x)", "x = x - lr * g / norm(g)"),
    reference="nobody (2026)",
    idea="takes steps of one length.",
)
'''

FUNCTION = '''
"""A function that nobody has written down yet."""

from optim.problems.from_formula import from_formula

thirty_sixth = from_formula(
    "thirty_sixth", "x**2 + 3*y**2", title="The thirty-sixth", family="New", minima=((0.0, 0.0),), starts=((2.0, 1.0),),
    levels=(0.1, 1.0, 10.0), tags=("new",), teaches="Nothing.", reference="nobody (2026)",
)
'''

CHECK = """
import numpy as np
from streamlit.testing.v1 import AppTest
import optim
from optim.figures import styles
from optim.reports.optimizers import overview
from optim.core.simulate import Conditions, simulate_blocks
from optim.optimizers.first_order.wrappers import lookahead, sam
from optim.explain.replay import replay
from optim.races.seeds import run_seeds

assert ("thirty_eighth" in optim.OPTIMIZERS) and ("thirty_sixth" in optim.PROBLEMS)
entry = optim.Entry("thirty_eighth", {"lr": 0.2}, schedule="cosine", modifiers=["clip_norm", "l2"])
spec = optim.RaceSpec("thirty_sixth", [entry, optim.Entry("adam")], (2.0, 1.0), 20, noise=0.1)
assert optim.race(spec).loss[0, -1] < 1.0
assert run_seeds(spec, 4).final.shape == (2, 4)
rule, problem = optim.OPTIMIZERS["thirty_eighth"], optim.PROBLEMS["thirty_sixth"]
ends = simulate_blocks(rule, {"lr": np.full(30, 0.1)}, np.ones((2, 30)), Conditions(problem, 5), [0] * 30)
assert ends.shape == (2, 30)
assert np.allclose(np.hypot(*(ends - 1.0)), 0.5, atol=0.01)
for wrapped in (lookahead(rule, "a"), sam(rule, "b")):
    own = {parameter.name: parameter.default for parameter in wrapped.parameters}
    assert len(own) > 1
    ends = simulate_blocks(wrapped, {**own, "lr": 0.1}, np.ones((2, 30)), Conditions(problem, 5), [0] * 30)
    assert np.all(problem.value(ends) < 4.0)
assert "thirty_eighth" in set(overview()["name"])
looks = [styles([optim.Entry(name)])[0] for name in optim.OPTIMIZERS]
assert len({(look.colour, look.dash, look.symbol) for look in looks}) == len(looks) and looks[0].colour == "#cc2f44"
run = replay(spec)
assert np.allclose(run.all_steps.after["x"], run.path[1:].T, rtol=1e-12)

app = AppTest.from_file("streamlit_app.py", default_timeout=60)
app.query_params["o1"], app.query_params["fn"], app.query_params["o1.lr"] = "The thirty-eighth", "The thirty-sixth", "0.3"
app.run()
assert not app.exception
assert app.selectbox(key="o1").value == "thirty_eighth" and app.selectbox(key="fn").value == "thirty_sixth"
assert app.number_input(key="o1.lr").value == 0.3
assert "The thirty-eighth" in app.dataframe[-1].value.columns
app.switch_page("pages/optimizers.py").run()
app.selectbox(key="opt").set_value("thirty_eighth").run()
assert not app.exception
assert "The thirty-eighth" in list(app.dataframe[0].value["title"])
assert any("takes steps of one length" in block.value for block in app.markdown)
print("found")
"""


@pytest.fixture
def copy(tmp_path):
    for name in ("optim", "pages", ".streamlit"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "streamlit_app.py", tmp_path)
    (tmp_path / "check.py").write_text(CHECK)
    return tmp_path


def checked(folder):
    return subprocess.run([sys.executable, "-W", "error", "check.py"], cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.long
def test_one_object_in_one_file_each_is_found_everywhere(copy):
    (copy / "optim" / "optimizers" / "first_order" / "thirty_eighth.py").write_text(OPTIMIZER)
    (copy / "optim" / "problems" / "functions" / "thirty_sixth.py").write_text(FUNCTION)
    done = checked(copy)
    assert done.stdout.endswith("found\n"), done.stderr


def test_without_the_files_nothing_is_found(copy):
    done = checked(copy)
    assert "AssertionError" in done.stderr
    assert "thirty_eighth" in done.stderr
