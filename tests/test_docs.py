"""Everything that is public says what it is: docstrings, and the words that the registries show to a visitor."""

import ast
import inspect
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

import optim
from optim.core.metrics import inside
from optim.core.optimizer import UNKNOWN
from optim.core.rules.arrange import GIVEN, remembered

LIBRARY = Path(optim.__file__).parent
ROOT = LIBRARY.parent
FILES = sorted(LIBRARY.rglob("*.py"))
TEXTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"(?:<!-- (needs|from): (\S+) -->\n)?^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
RULES = pytest.mark.parametrize("optimizer", optim.OPTIMIZERS.values(), ids=lambda optimizer: optimizer.name)
PROBLEMS = pytest.mark.parametrize("problem", optim.PROBLEMS.values(), ids=lambda problem: problem.name)


@dataclass(frozen=True)
class Block:
    """A fenced block of a text, after `line` lines: Python to run, or in "text" what the Python before it prints.

    The comment above it may say which package Python `needs` that the tests do not, or which file it is quoted `from`.
    """

    language: str
    text: str
    line: int
    marks: dict[str, str]

    @property
    def needs(self):
        return self.marks.get("needs", "")

    @property
    def source(self):
        return self.marks.get("from", "")


def blocks(file):
    """Return the blocks of a text that are Python or what the Python before them prints, in turn."""
    text = file.read_text(encoding="utf-8")
    found = [one for one in BLOCK.finditer(text) if one[3] in {"python", "text"}]
    return [Block(one[3], one[4], text.count("\n", 0, one.start(4)), {one[1]: one[2]}) for one in found]


def examples():
    """Yield every text with Python to be run, once alone and once for each package that one of its examples needs."""
    for file in TEXTS:
        runnable = [block for block in blocks(file) if block.language == "python" and not block.source]
        yield from ((file, needs) for needs in sorted({block.needs for block in runnable}))


EXAMPLES = list(examples())


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


def test_the_examples_are_found():
    for file in (ROOT / "README.md", ROOT / "docs" / "python.md"):
        assert {"python", "text"} <= {block.language for block in blocks(file)}
    assert any(block.source for block in blocks(ROOT / "CONTRIBUTING.md"))


@pytest.mark.parametrize(("file", "needs"), EXAMPLES, ids=lambda value: getattr(value, "name", value))
@pytest.mark.long
def test_the_examples_of_a_text_run_in_turn_and_print_what_is_shown(file, needs, capsys, tmp_path, monkeypatch):
    if needs:
        pytest.importorskip(needs, reason=f"an example needs it: pip install {needs}")
    monkeypatch.chdir(tmp_path)
    namespace, printed = {}, ""
    for block in blocks(file):
        if block.source:
            continue
        if block.language == "text":
            assert printed == block.text, f"{file.name}:{block.line}"
        elif block.needs in {"", needs}:
            exec(compile("\n" * block.line + block.text, file.name, "exec"), namespace)
            printed = capsys.readouterr().out


@pytest.mark.parametrize("file", TEXTS, ids=lambda file: file.name)
def test_a_piece_of_the_source_stands_there_as_it_is_quoted(file):
    for block in blocks(file):
        if block.source:
            assert block.text in (ROOT / block.source).read_text(encoding="utf-8"), f"{file.name}:{block.line}"


@pytest.mark.parametrize("file", TEXTS, ids=lambda file: file.name)
def test_the_files_that_a_text_names_are_there(file):
    text = file.read_text(encoding="utf-8")
    linked = [file.parent / name for name in re.findall(r"\]\(([\w./-]+)[)#]", text)]
    named = [ROOT / name for name in re.findall(r"`([\w.-]+/[\w./-]*)`", text)]
    assert [str(path) for path in [*linked, *named] if not path.exists()] == []


@RULES
def test_an_optimizer_says_where_it_comes_from_and_what_it_does(optimizer):
    for words in (optimizer.title, optimizer.family, optimizer.reference, optimizer.idea):
        assert words.strip() == words != ""
    assert optimizer.idea.endswith(".")
    assert 1800 < optimizer.year < 2100
    assert set(optimizer.uses) <= {"value", "gradient", "hessian", "normal"}
    assert UNKNOWN not in optimizer.memory.values()
    assert all(optimizer.memory.values())
    assert {*optimizer.meanings} <= {*remembered(optimizer.lines.lines, {*GIVEN, *(one.name for one in optimizer.parameters)})}


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
