"""Who may import whom: read from the source of every module, imports inside functions included."""

import ast
import functools
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
STANDARD = set(sys.stdlib_module_names)

ALLOWED = {
    "optim": STANDARD | {"optim", "numpy", "pandas", "sympy"},
    "optim.figures": STANDARD | {"optim", "numpy", "pandas", "sympy", "plotly"},
    "pages": STANDARD | {"optim", "pages", "pandas", "streamlit"},
    "pages.shared.assets": STANDARD | {"starlette"},
    "streamlit_app": STANDARD | {"optim", "pages", "pandas", "streamlit"},
}
"""Part of the tree -> the packages that it may import; the longest name that fits counts."""


@dataclass(frozen=True)
class Import:
    """One imported module: its full name, its line, and whether a plain `import` of the file already runs it."""

    module: str
    line: int
    at_once: bool


def imports(source, name="", package=False):
    """Return every import of a module's source, those for the type checker alone left out; `name` is the module's own."""
    found = []

    def visit(node, at_once):
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            for part in node.orelse:
                visit(part, at_once)
            return
        if isinstance(node, ast.Import):
            found.extend(Import(alias.name, node.lineno, at_once) for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                own = name.split(".") if package else name.split(".")[:-1]
                base = ".".join([*own[: len(own) - node.level + 1], *([base] if base else [])])
            found.extend(Import(f"{base}.{alias.name}", node.lineno, at_once) for alias in node.names)
        inside = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for child in ast.iter_child_nodes(node):
            visit(child, at_once and not inside)

    visit(ast.parse(source), True)
    return found


def module_name(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def part_of(name):
    """Return which part of the tree a module belongs to, by the rules of ALLOWED."""
    fitting = [part for part in ALLOWED if name == part or name.startswith(f"{part}.")]
    return max(fitting, key=len, default=None)


FILES = sorted([*ROOT.glob("optim/**/*.py"), *ROOT.glob("pages/**/*.py"), *ROOT.glob("*.py"), *ROOT.glob("tests/**/*.py")])
MODULES = {module_name(path): path for path in FILES}
EACH = pytest.mark.parametrize("name", MODULES)


def imports_of(name):
    path = MODULES[name]
    return imports(path.read_text(encoding="utf-8"), name, path.name == "__init__.py")


def within(module, package):
    return module == package or module.startswith(f"{package}.")


@EACH
def test_a_module_imports_only_what_its_part_of_the_tree_may(name):
    part = part_of(name)
    if part is None:
        assert within(name, "tests"), f"{name} belongs to no part of the tree that has a rule"
        return
    for found in imports_of(name):
        assert found.module.split(".")[0] in ALLOWED[part], f"{name}:{found.line} imports {found.module}"


@EACH
def test_nobody_imports_a_page_or_a_test(name):
    for found in imports_of(name):
        page = within(found.module, "pages") and not within(found.module, "pages.shared") and found.module != "pages"
        assert not page, f"{name}:{found.line} imports {found.module}"
        assert within(name, "tests") or not within(found.module, "tests"), f"{name}:{found.line} imports {found.module}"
        assert not within(found.module, "streamlit_app"), f"{name}:{found.line} imports {found.module}"


@EACH
def test_only_pages_import_what_pages_share(name):
    if not (within(name, "pages") or within(name, "tests") or name == "streamlit_app"):
        assert not [found for found in imports_of(name) if within(found.module, "pages")]


@EACH
def test_figures_are_imported_only_when_one_is_wanted(name):
    if within(name, "optim") and not within(name, "optim.figures"):
        assert not [found for found in imports_of(name) if within(found.module, "optim.figures") and found.at_once]


def test_the_tree_has_a_library_and_this_test_sees_it():
    assert {"optim", "optim.race", "optim.problems", "tests.test_imports"} <= set(MODULES)
    assert "numpy" in {found.module for found in imports_of("optim.race")}


SAMPLE = """
import os, numpy.linalg as la
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    import plotly
else:
    import pandas
class A:
    import json
    def f(self):
        from streamlit import session_state
        return lambda: __import__("x")
try:
    from . import sibling
except ImportError:
    from ..up.there import thing
"""


def test_imports_are_found_wherever_they_stand():
    found = {(item.module, item.at_once) for item in imports(SAMPLE, "pages.shared.controls")}
    assert found == {
        ("os", True),
        ("numpy.linalg", True),
        ("typing.TYPE_CHECKING", True),
        ("pandas", True),
        ("json", True),
        ("streamlit.session_state", False),
        ("pages.shared.sibling", True),
        ("pages.up.there.thing", True),
    }
    assert {item.module for item in imports("from . import a", "pages.shared", package=True)} == {"pages.shared.a"}


def test_parts_of_the_tree_are_told_apart():
    assert part_of("optim.race") == "optim"
    assert part_of("optim.figures.maps") == "optim.figures"
    assert part_of("optim.figuresque") == "optim"
    assert part_of("pages.shared.state") == "pages"
    assert part_of("tests.test_imports") is None


@functools.cache
def loaded_with_the_library():
    """Return the packages that a fresh interpreter has loaded after `import optim`."""
    code = "import sys, optim; print(*{name.split('.')[0] for name in sys.modules})"
    return set(subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split())


@pytest.mark.parametrize("package", ["streamlit", "plotly", "sympy", "pages", "tests"])
def test_the_library_starts_without(package):
    assert "numpy" in loaded_with_the_library()
    assert package not in loaded_with_the_library()
