"""The same racers on several functions: who came where on each, and how."""

from collections.abc import Sequence

import pandas as pd

from optim.races.result import RaceResult

COLUMNS = ["racer", "function", "place", "status", "steps_to_target", "final_loss"]


def places_table(results: Sequence[RaceResult]) -> pd.DataFrame:
    """Return one row per racer and function: racer, function, place, status, steps_to_target, final_loss.

    Both are in the order given, and those that tie share a place; ValueError where the races are not of the same racers.
    """
    if len({result.spec.entries for result in results}) > 1:
        raise ValueError("the races are not of the same racers")
    rows = [
        {
            "racer": label,
            "function": result.spec.base_problem.title,
            "place": result.places[i],
            "status": result.status[i].label,
            "steps_to_target": result.reached[i],
            "final_loss": result.answer_loss[i, -1],
        }
        for i, label in enumerate(results[0].labels if results else ())
        for result in results
    ]
    # As objects: names remember how they were made, so that they can be said in another language.
    table = pd.DataFrame(rows, columns=COLUMNS, dtype=object)
    return table.astype({"place": "int64", "steps_to_target": "Int64", "final_loss": "float64"})
