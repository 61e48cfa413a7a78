"""Functions of the library as source for a script: copied with all that they need, each once, without their annotations."""

import ast
import builtins
import inspect
import textwrap
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from types import FunctionType, ModuleType
from typing import Any

from optim.core.errors import ScriptError
from optim.i18n.message import message


class Sources:
    """What a script copies from the library: `add` returns the name that a function has there, `code` is all of it."""

    def __init__(self) -> None:
        self._names: dict[int, str] = {}
        self._texts: list[str] = []
        self.modules: set[str] = set()

    @property
    def names(self) -> Collection[str]:
        """The names that a script's copies have."""
        return self._names.values()

    @property
    def code(self) -> list[str]:
        """The copied functions and numbers, what is needed before what needs it."""
        return self._texts

    def add(self, function: Callable[..., Any]) -> str:
        """Copy a function and what it calls, and return its name; ScriptError where it has no source of its own."""
        function = inspect.unwrap(function)
        if id(function) in self._names:
            return self._names[id(function)]
        if not isinstance(function, FunctionType) or function.__name__ == "<lambda>" or function.__closure__:
            raise ScriptError(message("a part of it is not a plain function, whose source could be copied"))
        tree = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
        assert isinstance(tree, ast.FunctionDef)
        tree.name = self._names[id(function)] = self._free(function.__name__)
        known = {name: self._known(name, function.__globals__[name]) for name in _globals(tree) & function.__globals__.keys()}
        copied: ast.AST = _Bare(known).visit(tree)
        self._texts.append(ast.unparse(copied))
        return tree.name

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Copy nothing of what is asked for within, where it comes to nothing."""
        before = self._names.copy(), self._texts.copy(), self.modules.copy()
        try:
            yield
        except ScriptError:
            self._names, self._texts, self.modules = before
            raise

    def _known(self, name: str, value: Any) -> str:
        """Return what a name that a function finds outside itself is called in the script."""
        if isinstance(value, ModuleType) and value.__name__ in {"numpy", "math"}:
            self.modules.add(value.__name__)
            return name
        if isinstance(value, int | float | tuple):  # numbers, or several
            if id(value) not in self._names:
                self._names[id(value)] = self._free(name)
                self._texts.append(f"{self._names[id(value)]} = {value!r}")
            return self._names[id(value)]
        return self.add(value)

    def _free(self, name: str) -> str:
        """Return a name for the script: without the sign of what is private, and not one that is taken."""
        free = name = name.lstrip("_")
        number = 1
        while free in self._names.values() or free in vars(builtins):
            number += 1
            free = f"{name}_{number}"
        return free


def _globals(tree: ast.FunctionDef) -> set[str]:
    """Return the names that a function reads and does not set; those of its annotations are not among them."""
    bare = _Bare({}).visit(ast.parse(ast.unparse(tree)))
    names = [node for node in ast.walk(bare) if isinstance(node, ast.Name)]
    own = {node.id for node in names if isinstance(node.ctx, ast.Store)} | {
        node.arg for node in ast.walk(bare) if isinstance(node, ast.arg)
    }
    inner = {node.name for node in ast.walk(bare) if isinstance(node, ast.FunctionDef)} - {tree.name}
    return {node.id for node in names} - own - inner


class _Bare(ast.NodeTransformer):
    """Takes annotations away and gives names of the module their names in the script."""

    def __init__(self, known: dict[str, str]) -> None:
        self._known = known

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        return self.generic_visit(node)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = None
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        assert node.value is not None
        return ast.copy_location(ast.Assign([self.visit(node.target)], self.visit(node.value)), node)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        node.id = self._known.get(node.id, node.id)
        return node
