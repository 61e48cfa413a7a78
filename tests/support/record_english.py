"""What the library says in English, recorded: `python -m tests.support.record_english` writes it anew; look before you keep it."""

import json
from dataclasses import replace
from pathlib import Path

import optim
from optim import Entry, RaceSpec
from optim.figures import chart
from optim.races.seeds import run_seeds
from optim.reports.functions import lowest_in_words, search_in_words
from optim.reports.protocol import answers, entrants, protocol
from optim.reports.seeds import seeds_sentence
from optim.reports.verdict import verdict
from pages.shared.inputs.link_codec import decode
from pages.shared.inputs.presets import PRESETS

RECORD = Path(__file__).parents[1] / "data" / "english.json"
BOOK = PRESETS[0].spec
CHAOTIC = {"bukin6", "rastrigin", "ackley", "drop_wave", "michalewicz", "sharp_flat"}
"""Functions on which racers at 0.1 end wherever the last digit of a machine's sines and roots sends them."""


def _racers(lr, *names):
    return tuple(Entry(name, {"lr": lr}) for name in names)


def races():
    """Return races that between them bring about nearly every sentence there is."""
    four, gentle = (_racers(lr, "sgd", "momentum", "adagrad", "adam") for lr in (0.1, 0.001))
    dressed = (
        Entry("sgd", {"lr": 0.1}, schedule=("step", {"gamma": 0.5}), modifiers=("clip_norm", "clip_value")),
        Entry("sgd", {"lr": 0.1}),
        Entry("sgd", {"lr": 0.1}),
        Entry("schedule_free_sgd", label="mine"),
    )
    return {
        **{preset.title: preset.spec for preset in PRESETS},
        **{
            name: RaceSpec(name, gentle if name in CHAOTIC else four, problem.starts[0], 60)
            for name, problem in optim.PROBLEMS.items()
        },
        "fast": RaceSpec("sphere", (Entry("newton"), *_racers(0.4, "sgd", "momentum")), (3.0, 1.0), 100),
        "found": RaceSpec("x**4 - x**2 + y**2", four, (0.1, 1.0), 200),
        "hole": RaceSpec("log(x) + y**2", dressed, (1.0, 1.0), 50),
        "pole": RaceSpec("1/x + y**2", four, (-1.0, 1.0), 50),
        "undefined": RaceSpec("sqrt(-x**2 - 1 - y**2)", four, (1.0, 1.0), 5),
        "edge": RaceSpec("sin(x) + y**2/50 + x/9", four, (1.0, 4.0), 50),
        "saddle": RaceSpec("x**2 - y**2", _racers(0.1, "sgd"), (1.0, 0.0), 400),
        "top": RaceSpec("cos(x)*cos(y)", _racers(0.1, "sgd"), (0.0, 0.0), 50),
        "kink": RaceSpec("abs(x) + abs(y)", _racers(0.3, "sgd", "signum"), (1.05, 0.5), 60),
        "circle": RaceSpec("(x**2 + y**2 - 1)**2", four, (2.0, 1.0), 200),
        "dials": replace(BOOK, rotate=30, stretch=2, shift=(1, -1), gradient="central", budget=50),
        "noise": replace(BOOK, noise=3.0, seed=4, entries=dressed),
        "tie": replace(BOOK, start=(0, 0)),
        "no step": replace(BOOK, budget=0),
        "far": replace(BOOK, start=(1e6, -1e6)),
        "one step": replace(BOOK, steps=1),
        "lost": replace(BOOK, entries=_racers(3.0, "sgd", "momentum", "nesterov"), steps=300),
        "half lost": replace(BOOK, entries=(*_racers(3.0, "sgd", "momentum"), *four), steps=300),
        "alone": replace(BOOK, entries=_racers(3.0, "sgd"), steps=300),
    }


def said_of(spec):
    """Return every sentence about one race."""
    result = optim.race(spec)
    told = verdict(result)
    said = [told.headline, told.margin, told.why, protocol(result), entrants(result), answers(result), *result.labels]
    said += [status.reason for status in result.status]
    said += [lowest_in_words(result.problem), search_in_words(spec.base_problem)]
    said += [chart(result, quantity).title for quantity in ("loss", "gradient norm", "distance")]
    return said + ([seeds_sentence(result, run_seeds(spec, 5))] if spec.noise else [])


FORMULAS = (
    *("", "x +", "2x", "x*foo(y)", "floor(x)", "ln(x)", "sin", "sin(x, y)", "max(x)", "x.y", "'a'", "x<y", "x and y", "lambda: 1"),
    *("(x, y)", "[x]", "x[1]", "f'a'", "(x:=1)", "{1}", "9**9**9**9", "x/0", "0**-1", "sqrt(-1)", "é", "1e200", "x % 2", "x"*600),
    *("+".join(["x"]*251), "-"*30 + "x", "rosenbrok", "z", "sin(x=1)", "x()()", "x(", "1 if x else 2", "rastrigin_nd", "1/(x - x)"),
)  # fmt: skip
ENTRIES = (
    *({"optimizer": name} for name in ("no", 3)),
    *({"optimizer": "sgd", "values": values} for values in ({"lr": -1}, {"z": 1}, 3)),
    *({"optimizer": name, "modifiers": ("clip_norm",)} for name in ("newton", "nelder_mead", "lbfgs", "conjugate_gradient")),
    *({"optimizer": name, "schedule": "cosine"} for name in ("newton", "nelder_mead", "rprop", "cma_es", "adadelta")),
    {"optimizer": "sgd", "modifiers": ("clip_norm", "clip_norm")},
    {"optimizer": "adamw", "modifiers": ("decoupled_decay",)},
    {"optimizer": "adadelta", "modifiers": ("decoupled_decay",)},
    {"optimizer": "sgd", "modifiers": "no"},
    {"optimizer": "sgd", "label": 3},
    {"optimizer": "newton", "values": {"z": 1}},
)
FIELDS = {
    "problem": 3,
    "entries": 3,
    "start": (1,),
    "steps": 0,
    "gradient": "no",
    "seed": 0.5,
    "stretch": 0,
    "shift": (1,),
    "target": -1,
}
QUERY = {"fn": "no", "x": "nan", "n": "-3", "o1": "no", "o2.lr": "1e400", "o3.schedule": "no", "o4.clip_norm": "maybe", "z": "no"}


def refusals():
    """Return the sentence of every kind of input that cannot be used."""
    attempts = [lambda text=text: optim.problem(text) for text in FORMULAS]
    attempts += [lambda fields=fields: Entry(**fields) for fields in ENTRIES]
    attempts += [lambda field=field, value=value: replace(BOOK, **{field: value}) for field, value in FIELDS.items()]
    attempts += [lambda text=text: RaceSpec.from_json(text) for text in ("no", '{"entries": [3]}', '{"entries": [], "no": 1}')]
    return [_refused(attempt) for attempt in attempts] + decode(QUERY)[1]


def _refused(attempt):
    try:
        attempt()
    except (optim.SpecError, optim.FormulaError) as error:
        return error.args[0]
    return ""


def sentences():
    """Return everything that is said, by what it is about."""
    return {**{name: said_of(spec) for name, spec in races().items()}, "refusals": refusals()}


if __name__ == "__main__":
    RECORD.write_text(json.dumps(sentences(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
