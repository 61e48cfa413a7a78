"""A race, or a training, as a short script for this library."""

from dataclasses import fields
from typing import Any

from optim.core.problem import Problem
from optim.export.script import Script
from optim.i18n.message import message
from optim.networks.data.data_set import DataSet
from optim.networks.spec import NetworkSpec
from optim.optimizers.custom import is_own
from optim.races.entry import Entry
from optim.races.spec import RaceSpec

TEMPLATE = """import optim

spec = optim.{kind}(
{fields}
)
print(optim.{run}.table().to_csv(index=False), end="")
"""


def optim_script(spec: RaceSpec) -> Script:
    """Return a script that races `spec` with this library and prints its table, or the sentence that says why there is none."""
    if isinstance(spec.problem, Problem):
        return Script("", (message("The function is an object of your own, which a script cannot hold."),))
    if any(is_own(entry.optimizer) for entry in spec.entries):
        return Script("", (message("A racer is an object of your own, which a script cannot hold."),))
    return _script(spec, "race(spec)")


def network_script(spec: NetworkSpec, seeds: int = 1) -> Script:
    """Return a script that trains with this library and prints the table, or the sentence that says why there is none."""
    if isinstance(spec.data, DataSet):
        return Script("", (message("The examples are an object or a file of your own, which a script cannot hold."),))
    if any(is_own(entry.optimizer) for entry in spec.entries):
        return Script("", (message("A racer is an object of your own, which a script cannot hold."),))
    return _script(spec, "train(spec)" if seeds == 1 else f"train_seeds(optim.NetworkSeeds(spec, {seeds}))")


def _script(spec: Any, run: str) -> Script:
    entries = "".join(f"        {_entry(entry)},\n" for entry in spec.entries)
    texts = {"entries": f"(\n{entries}    )"}
    given = [f"    {name}={texts.get(name, repr(value))}," for name, value in _given(spec).items()]
    return Script(TEMPLATE.format(kind=type(spec).__name__, run=run, fields="\n".join(given)))


def _entry(entry: Entry) -> str:
    given = _given(entry)
    values = [_text(given.pop("optimizer"))]
    if "values" in given:
        values.append(repr(dict(given.pop("values"))))
    return f"optim.Entry({', '.join([*values, *(f'{name}={value!r}' for name, value in given.items())])})"


def _text(text: str) -> str:
    """Return a text as code: one of several lines as it was typed, unless its signs would end it."""
    return repr(text) if "\n" not in text or set(text) & {"\\", '"', "\r"} else f'"""\\\n{text}"""'


def _given(spec: Any) -> dict[str, Any]:
    """Return the fields of a spec that differ from their defaults."""
    given = {field.name: (getattr(spec, field.name), field.default) for field in fields(spec)}
    return {name: value for name, (value, default) in given.items() if value != default}
