"""A race's table as a file: CSV for everyone, Parquet for those who read it again."""

import importlib.util
import io

from optim.core.errors import ScriptError
from optim.i18n.message import message
from optim.races.result import RaceResult


def csv(result: RaceResult) -> str:
    """Return one row per racer and step as CSV, every number with all its digits."""
    return str(result.table().to_csv(index=False))


def parquet(result: RaceResult) -> bytes:
    """Return the same table as Parquet; ScriptError where the package that writes it is missing."""
    if importlib.util.find_spec("pyarrow") is None:
        raise ScriptError(message("Parquet needs the package pyarrow, which is not installed here."))
    file = io.BytesIO()
    result.table().astype({"optimizer": "object"}).to_parquet(file, engine="pyarrow", index=False)
    return file.getvalue()
