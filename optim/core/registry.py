"""Registries: read-only mappings filled from the objects that a package's modules define."""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Any, Generic, Protocol, TypeVar


class Named(Protocol):
    """Anything with a registry name."""

    @property
    def name(self) -> str: ...


T = TypeVar("T", bound=Named)


class Registry(Mapping[str, T], Generic[T]):
    """A read-only mapping name -> object; raises ValueError where two objects share a name."""

    def __init__(self, items: Iterator[T] | list[T]) -> None:
        self._items: dict[str, T] = {}
        for item in items:
            if item.name in self._items:
                raise ValueError(f"two objects are named {item.name!r}")
            self._items[item.name] = item

    def __getitem__(self, name: str) -> T:
        return self._items[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __repr__(self) -> str:
        return f"Registry({', '.join(self)})"


def discover(package: ModuleType, kind: type[Any]) -> Iterator[Any]:
    """Yield every object of type `kind` in the modules of `package` and of its sub-packages once, modules by name."""
    names = sorted(info.name for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}.") if not info.ispkg)
    seen: set[int] = set()  # a module may import another's object to build on it
    for name in names:
        module = importlib.import_module(name)
        fresh = [item for item in vars(module).values() if isinstance(item, kind) and id(item) not in seen]
        seen |= {id(item) for item in fresh}
        yield from fresh


def members(namespace: Mapping[str, Any], kind: type[Any]) -> Iterator[Any]:
    """Yield every object of type `kind` in a module's namespace, as written."""
    yield from (item for item in list(namespace.values()) if isinstance(item, kind))
