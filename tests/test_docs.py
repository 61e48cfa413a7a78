"""Everything that is public says what it is: docstrings, and the words that the registries show to a visitor."""

import ast
import inspect
import re
from pathlib import Path

import numpy as np
import pytest

import optim
from optim.core.metrics import inside

LIBRARY = Path(optim.__file__).parent
FILES = sorted(LIBRARY.rglob("*.py"))
RULES = pytest.mark.parametrize("optimizer", optim.OPTIMIZERS.values(), ids=lambda optimizer: optimizer.name)
PROBLEMS = pytest.mark.parametrize("problem", optim.PROBLEMS.values(), ids=lambda problem: problem.name)


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(LIBRARY)))
def test_every_module_and_public_name_has_a_docstring(file):
    tree = ast.parse(file.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{file.name}:{node.lineno} {node.name}"


@pytest.mark.parametrize("name", optim.__all__)
def test_every_public_name_of_the_library_is_there_and_documented(name):
    assert getattr(optim, name).__doc__


def test_every_public_name_is_listed():
    names = [name for name, item in vars(optim).items() if not name.startswith("_") and not inspect.ismodule(item)]
    packages = [name for name in optim.__all__ if inspect.ismodule(getattr(optim, name))]
    assert sorted(optim.__all__) == sorted([*names, *packages])
    assert all(getattr(optim, name).__name__ == f"optim.{name}" for name in packages)


TESTED = re.findall(r"<!-- tested -->\n```python\n(.*?)```", (LIBRARY.parent / "README.md").read_text(encoding="utf-8"), re.DOTALL)


def test_some_examples_of_the_readme_are_marked_to_be_run():
    assert TESTED


@pytest.mark.parametrize("code", TESTED)
def test_an_example_of_the_readme_runs_and_prints(code, capsys):
    exec(compile(code, "README.md", "exec"), {})
    assert capsys.readouterr().out.count("\n") > 10


@RULES
def test_an_optimizer_says_where_it_comes_from_and_what_it_does(optimizer):
    for words in (optimizer.title, optimizer.family, optimizer.reference, optimizer.latex, optimizer.idea):
        assert words.strip() == words != ""
    assert optimizer.idea.endswith(".")
    assert optimizer.latex.count("{") == optimizer.latex.count("}")
    assert 1800 < optimizer.year < 2100
    assert str(optimizer.year) in optimizer.reference
    assert set(optimizer.uses) <= {"value", "gradient", "hessian", "normal"}
    assert all((optimizer.memory or {"": "-"}).values())


@RULES
def test_a_parameter_says_what_it_means_and_its_default_is_in_range(optimizer):
    names = [parameter.name for parameter in optimizer.parameters]
    assert ("lr" in names) != ("lr" in optimizer.exempt)
    assert "lr" not in names[1:]
    for parameter in optimizer.parameters:
        assert optimizer.parameter(parameter.name) is parameter
        assert parameter.symbol
        assert parameter.doc
        assert parameter.expected
        low, high = parameter.bounds
        assert low <= parameter.low < parameter.high <= high
        assert parameter.low <= parameter.default <= parameter.high
        assert parameter.canonical(parameter.default) == parameter.default
        assert parameter.low > 0 or not parameter.log


@PROBLEMS
def test_a_problem_says_what_it_teaches_and_where_it_comes_from(problem):
    for words in (problem.title, problem.family, problem.teaches, problem.reference, problem.formula, problem.latex):
        assert words.strip() == words != ""
    assert problem.teaches.endswith(".")
    assert problem.tags
    assert problem.title != problem.name


@PROBLEMS
def test_the_starts_of_a_problem_are_on_the_map(problem):
    assert problem.starts
    for start in problem.starts:
        assert len(start) == problem.dimension
        assert inside(np.array(start), problem.view) or inside(np.array(start), problem.domain)


@PROBLEMS
def test_the_map_of_a_problem_is_a_box_with_rising_levels(problem):
    for low, high in (*problem.domain, *problem.view):
        assert low < high
    assert len(problem.levels) > 5
    assert all(one < next_ for one, next_ in zip(problem.levels, problem.levels[1:], strict=False))
    assert problem.levels[0] > 0 or not problem.log_z
