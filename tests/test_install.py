"""The library as pip installs it: in an environment of its own, without the pages, the tests and plotly."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import optim

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

RACE = """
import optim
entries = [optim.Entry("sgd", {"lr": 0.95}), optim.Entry("adagrad", {"lr": 1.5}), optim.Entry("adam", {"lr": 0.3})]
result = optim.race(optim.RaceSpec("elongated_bowl", entries, start=(-7, 2), steps=30))
"""
STANDINGS = f"{RACE}print(result.standings()[['rank', 'optimizer', 'status']].to_string(index=False))"
FIGURE = f"{RACE}result.figure()"
WHERE = "import optim; print(optim.__path__[0])"
VERSIONS = "from importlib import metadata; import optim; print(optim.__version__, metadata.version('optimizer-race'))"
OTHERS = "from importlib.util import find_spec; print([*filter(find_spec, ('pages', 'tests', 'plotly', 'streamlit'))])"


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """Return the interpreter of a new environment with this library and what it requires, installed from a copy of the checkout."""
    folder = tmp_path_factory.mktemp("install")
    # A copy, because a build leaves files behind; with pages and tests, because they must not get into the package.
    for name in ("optim", "pages", "tests"):
        shutil.copytree(ROOT / name, folder / "checkout" / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder / "checkout")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "env"], check=True)
    python = folder / "env" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    # Uncompiled: compiling all of SymPy and pandas takes longer than the rest of the test.
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-compile", folder / "checkout"]
    done = subprocess.run(pip, capture_output=True, text=True, check=False)
    assert not done.returncode, done.stderr
    return python


@pytest.fixture
def run(environment, tmp_path):
    """Return a function that runs code in that environment, far from the checkout, and returns what it printed."""
    outside = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "PYTHONDONTWRITEBYTECODE"}}

    def ran(code):
        return subprocess.run([environment, "-c", code], cwd=tmp_path, env=outside, capture_output=True, text=True, check=False)

    return ran


def files(folder):
    """Return the paths of all files of a package, as seen from it, without compiled ones."""
    return {path.relative_to(folder) for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"}


@pytest.mark.long
def test_a_race_runs_where_only_the_library_is_installed(run):
    done = run(STANDINGS)
    assert [line.split(maxsplit=2) for line in done.stdout.splitlines()[1:]] == [
        ["1", "AdaGrad", "moving"],
        ["2", "SGD", "moving"],
        ["3", "Adam", "moving"],
    ], done.stderr


def test_the_librarys_version_is_the_packages(run):
    assert run(VERSIONS).stdout.split() == [optim.__version__, optim.__version__]


def test_types_and_data_are_installed_with_the_library(run):
    here, there = files(Path(optim.__file__).parent), files(Path(run(WHERE).stdout.strip()))
    assert here == there
    assert Path("py.typed") in here


def test_neither_pages_nor_tests_nor_what_only_they_need_are_installed(run):
    assert run(OTHERS).stdout == "[]\n"


@pytest.mark.long
def test_a_figure_without_plotly_names_the_extra_that_brings_it(run):
    said = run(FIGURE).stderr.splitlines()[-1]
    (extra,) = (name for name, needs in PROJECT["optional-dependencies"].items() if any("plotly" in need for need in needs))
    assert said == f"ModuleNotFoundError: figures need plotly: pip install '{PROJECT['name']}[{extra}]'"


def test_the_app_its_tests_and_the_library_ask_for_the_same_versions():
    files = [ROOT / "requirements.txt", ROOT / "tests" / "requirements.txt"]
    texts = [line for file in files for line in file.read_text(encoding="utf-8").splitlines() if not line.startswith("-r ")]
    app = {one.name: one for one in map(Requirement, texts)}
    extras = [need for needs in PROJECT["optional-dependencies"].values() for need in needs]
    for need in map(Requirement, [*PROJECT["dependencies"], *extras]):
        assert app[need.name] == need
