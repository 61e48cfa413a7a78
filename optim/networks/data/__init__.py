"""What networks are trained on: named sets, functions of two variables, and files that somebody brings."""

from functools import lru_cache

from optim.core.errors import FormulaError, SpecError, or_nearest
from optim.core.registry import Registry, members
from optim.i18n.message import code, message
from optim.networks.data import digits, plane_sets
from optim.networks.data.data_set import DataSet, NamedData
from optim.networks.data.function_data import function_data

DATA_SETS: Registry[NamedData] = Registry([found for module in (digits, plane_sets) for found in members(vars(module), NamedData)])


@lru_cache(maxsize=32)
def data_set(text: str) -> DataSet:
    """Return the data of a registry name ("digits"), a test function or a formula in x and y, the same object each time.

    A function is learned from its values at points of its window. Raises SpecError naming `data` where a text is none of these.
    """
    if text in DATA_SETS:
        return DATA_SETS[text].make()
    try:
        return function_data(text)
    except FormulaError as error:
        expected = message("one of {names}, or a formula in x and y: {error}", names=code(*DATA_SETS), error=error.args[0])
        raise SpecError("data", text, or_nearest(expected, text, DATA_SETS)) from None
