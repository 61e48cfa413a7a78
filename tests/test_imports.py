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
    "optim.figures": STANDARD | {"optim", "numpy", "pandas", "sympy", "plotly", "contourpy"},
    "optim.sweeps.fused.kernels": STANDARD | {"numpy", "numba"},
    "pages": STANDARD | {"optim", "pages", "pandas", "streamlit"},
    "pages.shared.components.assets": STANDARD | {"starlette"},
    "pages.shared.components.formula_preview": STANDARD | {"optim", "pages", "streamlit", "starlette"},
    "pages.shared.components.qr": STANDARD | {"segno", "starlette"},
    "pages.shared.components.race_view.live": STANDARD | {"optim", "pages", "starlette"},
    "pages.shared.components.race_view.newcomers": STANDARD | {"starlette", "streamlit"},
    "streamlit_app": STANDARD | {"optim", "pages", "pandas", "streamlit"},
}
"""Part of the tree -> the packages that it may import; the longest name that fits counts."""
FLOORS = (
    ("optim.i18n",),
    ("optim.core",),
    ("optim.problems", "optim.optimizers"),
    ("optim.races",),
    ("optim.sweeps", "optim.networks", "optim.explain", "optim.lessons"),
    ("optim.reports", "optim.export"),
    ("optim.figures",),
    ("optim.book",),
    ("optim",),
    ("pages.shared.text", "pages.shared.sitemap"),
    ("pages.shared.compute",),
    ("pages.shared.inputs",),
    ("pages.shared.components",),
    ("pages.shared.panels",),
    ("pages.shared.page",),
    ("pages",),
    ("streamlit_app",),
)
"""The rooms from the ground up, those of one floor side by side: a room imports from below, never from beside or above."""
UPWARD = {
    ("optim.races.result", "optim.figures.race.overview"): "result.figure() draws in a notebook; Plotly is loaded only then",
}
"""Every import that goes up nevertheless: who, what -> why."""


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


@functools.cache
def imports_of(name):
    path = MODULES[name]
    return imports(path.read_text(encoding="utf-8"), name, path.name == "__init__.py")


def within(module, package):
    return module == package or module.startswith(f"{package}.")


def every_import():
    """Yield each module's name with each of its imports."""
    for name in MODULES:
        yield from ((name, found) for found in imports_of(name))


def test_a_module_imports_only_what_its_part_of_the_tree_may():
    assert [name for name in MODULES if part_of(name) is None and not within(name, "tests")] == []
    for name, found in every_import():
        allowed = ALLOWED.get(part_of(name))
        assert allowed is None or found.module.split(".")[0] in allowed, f"{name}:{found.line} imports {found.module}"


def test_nobody_imports_a_page_or_a_test():
    for name, found in every_import():
        page = within(found.module, "pages") and not within(found.module, "pages.shared") and found.module != "pages"
        assert not page, f"{name}:{found.line} imports {found.module}"
        assert within(name, "tests") or not within(found.module, "tests"), f"{name}:{found.line} imports {found.module}"
        assert not within(found.module, "streamlit_app"), f"{name}:{found.line} imports {found.module}"


def room_of(name):
    """Return the room of FLOORS that a module stands in, and its floor."""
    fitting = [(room, floor) for floor, rooms in enumerate(FLOORS) for room in rooms if within(name, room)]
    return max(fitting, key=lambda found: len(found[0]), default=None)


def module_of(imported):
    """Return which of our modules an imported name is, or is defined in."""
    while imported and imported not in MODULES:
        imported = imported.rpartition(".")[0]
    return imported


def goes_up(name, imported):
    """Whether `name` imports from a room beside its own or above."""
    own, other = room_of(name), room_of(imported)
    return own is not None and other is not None and own[0] != other[0] and other[1] >= own[1]


def test_a_room_imports_from_below():
    up = {(name, module_of(found.module)) for name, found in every_import() if goes_up(name, module_of(found.module))}
    assert up - set(UPWARD) == set()


def test_every_import_that_is_let_go_up_is_there():
    for name, imported in UPWARD:
        assert imported in {module_of(found.module) for found in imports_of(name) if not found.at_once}


def circles(graph):
    """Return the groups of modules that import each other: those with more than one member."""
    reached = {}
    for start in graph:
        reached[start], waiting = set(), [start]
        while waiting:
            fresh = graph[waiting.pop()] - reached[start]
            reached[start] |= fresh
            waiting.extend(fresh)
    return {
        frozenset(other for other in reached[start] if start in reached.get(other, ()))
        for start in graph
        if start in reached[start]
    }


def test_no_module_imports_itself_through_others():
    ours = [name for name in MODULES if not within(name, "tests")]
    imported = {name: {module_of(found.module) for found in imports_of(name)} & set(ours) - {name} for name in ours}
    kept = {name: {other for other in others if (name, other) not in UPWARD} for name, others in imported.items()}
    assert circles(kept) == set()
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == {frozenset("abc")}


def visible(room):
    """Return what stands in a folder, without caches and the empty marker that tells type checkers of a package's types."""
    return [path for path in room.iterdir() if path.name not in {"__pycache__", "py.typed"} and not path.name.startswith(".")]


def test_a_room_is_seen_at_a_glance():
    rooms = [ROOT / "optim", *(path.parent for path in ROOT.glob("optim/**/__init__.py"))]
    assert {room.relative_to(ROOT).as_posix(): len(visible(room)) for room in rooms if len(visible(room)) > 14} == {}
    assert len(visible(ROOT / "pages" / "shared")) <= 8


def test_a_module_is_short():
    lengths = {name: len(path.read_text(encoding="utf-8").splitlines()) for name, path in MODULES.items()}
    assert {name: length for name, length in lengths.items() if length > 320 and not within(name, "tests")} == {}


def test_only_pages_import_what_pages_share():
    for name, found in every_import():
        if not (within(name, "pages") or within(name, "tests") or name == "streamlit_app"):
            assert not within(found.module, "pages"), f"{name}:{found.line} imports {found.module}"


def test_figures_are_imported_only_when_one_is_wanted():
    for name, found in every_import():
        if within(name, "optim") and not within(name, "optim.figures"):
            assert not (within(found.module, "optim.figures") and found.at_once), f"{name}:{found.line} imports {found.module}"


def test_the_tree_has_a_library_and_this_test_sees_it():
    assert {"optim", "optim.races.run", "optim.problems", "tests.test_imports"} <= set(MODULES)
    assert "numpy" in {found.module for found in imports_of("optim.races.run")}


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
    found = {(item.module, item.at_once) for item in imports(SAMPLE, "pages.shared.somewhere")}
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
    assert part_of("optim.races.run") == "optim"
    assert part_of("optim.figures.race.maps") == "optim.figures"
    assert part_of("optim.figuresque") == "optim"
    assert part_of("pages.shared.inputs.state") == "pages"
    assert part_of("tests.test_imports") is None


@functools.cache
def loaded_with_the_library():
    """Return the packages that a fresh interpreter has loaded after `import optim`."""
    code = "import sys, optim; print(*{name.split('.')[0] for name in sys.modules})"
    return set(subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split())


@pytest.mark.parametrize("package", ["streamlit", "plotly", "sympy", "numba", "pages", "tests"])
def test_the_library_starts_without(package):
    assert "numpy" in loaded_with_the_library()
    assert package not in loaded_with_the_library()


def test_the_figures_are_at_hand_once_they_are_asked_for():
    code = "import optim; print(callable(optim.figures.overview), hasattr(optim, 'nothing_of_this_name'))"
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "True False\n"
