"""A race as a script that needs only NumPy: the function, its gradient and every rule written out."""

from optim.core.errors import ScriptError
from optim.export.comments import docstring, headline, racer_words
from optim.export.function_code import conditions, function_code
from optim.export.rule_code import race_scene, racer_code
from optim.export.script import COLUMNS, Script, filled, race_words, script_text, write_racers
from optim.export.source_code import Sources
from optim.races.entry import Entry
from optim.races.labels import labels
from optim.races.run import race
from optim.races.spec import RaceSpec

TABLE = '''
def table(label, points, last=STEPS):
    """Write a racer's rows; it stops after step `last`, and what comes after a value that is not finite is nan."""
    point, lost = np.array(START), False
    answer = point #? answers
    for step in range(STEPS + 1):
        if 0 < step <= last and not lost:
            point = next(points) #? !answers
            point, answer = next(points) #? answers
        loss, slope = f(point), grad_f(point)
        norm = np.hypot(*slope) if not np.isnan(slope).any() else np.nan
        rows.writerow([label, step, *([float(value) for value in (*point, loss, norm)] if not lost else ["nan"] * 4)])
        lost = lost or not np.isfinite([*point, loss]).all() #? !answers
        lost = lost or not np.isfinite([*point, loss, f(answer)]).all() #? answers
'''


def numpy_script(spec: RaceSpec) -> Script:
    """Return a script that prints a race's rows with the very numbers of the race, or the sentences that say why there is none."""
    sources = Sources()

    def write(entry: Entry, name: str) -> str:
        with sources.attempt():
            return racer_code(scene, entry, name, sources)

    try:
        facing, gradient = conditions(spec, sources)
        scene = race_scene(spec, gradient)
        racers, left_out = write_racers(spec.entries, write)
        if not racers:
            return Script("", left_out)
        function = function_code(spec, sources, any("hess_f(" in code for _, _, code in racers))
        ends = lasts(spec)
    except ScriptError as error:
        return Script("", (error.reason,))
    modules = ["csv", *sorted(sources.modules - {"numpy"}), "sys"]
    head = "\n".join(
        [*(f"import {name}" for name in modules), "", "import numpy as np", "", f"START = {spec.start!r}", f"STEPS = {spec.steps}"]
    )
    calls = [f"    table({label!r}, {name}(np.array(START)){ends.get(label, '')})" for label, name, _ in racers]
    main = "\n".join(
        [
            'rows = csv.writer(sys.stdout, lineterminator="\\n")',
            f"rows.writerow({list(COLUMNS)!r})",
            'with np.errstate(all="ignore"):',
            *calls,
        ]
    )
    top = headline(race_words(spec), "NumPy", left_out)
    codes = [*(code for *_, code in racers), filled(TABLE, {"answers": scene.answers})]
    parts = [f"{docstring(top)}\n\n{head}", *sources.code, *function, *facing, *codes, main]
    return Script(script_text(parts), left_out, (*top, *map(racer_words, spec.entries)))


def lasts(spec: RaceSpec) -> dict[str, str]:
    """Return by label after which step the budget stops a racer, as an argument; where steps cost different amounts, as raced."""
    if spec.budget is None:
        return {}
    prices = [_price(spec, entry) for entry in spec.entries]
    raced = race(spec).taken if None in prices else ()
    ends = [raced[i] if one is None else min(spec.steps, spec.budget // one) for i, one in enumerate(prices)]
    return {label: f", {end}" for label, end in zip(labels(spec.entries), ends, strict=True)}


def _price(spec: RaceSpec, entry: Entry) -> int | None:
    """Return what a step costs: a value 1, a gradient 1 (central: 2 values a coordinate), a Hessian one per coordinate.

    None where steps cost different amounts.
    """
    rule, _ = entry.assembled(spec.steps)
    one = {"value": 1, "gradient": 4 if spec.gradient == "central" else 1, "hessian": 2}
    return None if rule.varies else sum(one[look] for look in rule.uses)
