"""How the library and the routes take what was sent, without a page: each returns what it said, in every language.

What they may raise to say that something cannot be used is caught here, as pages do; anything else is a fault.
"""

import dataclasses
from urllib.parse import urlencode

import numpy as np

import optim
from optim.core.errors import DataError
from optim.i18n.message import translated
from optim.networks.data.files import read_data
from optim.networks.spec import NetworkSpec
from optim.reports.stability import stability_limits
from optim.reports.verdict import verdict
from pages.shared.components import formula_preview, qr
from pages.shared.components.race_view import live
from pages.shared.inputs.link_codec import decode, encode, not_held, spec_of
from pages.shared.inputs.network import training_spec
from pages.shared.text.languages import LANGUAGES, catalogue

REFUSALS = (optim.FormulaError, optim.RuleError, optim.SpecError, DataError)
SHORT = 12
"""Steps of a race or training that is run with what was sent: whether it can be run is asked, not where it ends."""
POINTS = np.array([[0.0, 1.0, -3.0, 1e6], [0.0, -2.0, 0.5, 1e6]])


def receive(sent):
    """Return the sentences about something that was sent, in every language, as they go to a browser."""
    said = RECEIVERS[sent.kind](sent.content)
    return [str(translated(sentence, catalogue(name))).encode().decode() for sentence in said for name in LANGUAGES]


def _refused(error):
    return [error.args[0]]


def _formula(text):
    try:
        problem = optim.problem(text)
    except optim.FormulaError as error:
        return _refused(error)
    with np.errstate(all="ignore"):
        for asked in (problem.value, problem.gradient, problem.hessian):
            asked(POINTS)
    return [formula_preview.answer(urlencode({"formula": text}, errors="replace"))]


def _rule(text):
    try:
        entry = optim.Entry(text) if text in optim.OPTIMIZERS else optim.Entry(optim.rule(text))
        result = optim.race(optim.RaceSpec("rosenbrock", [entry], (-1.2, 1.0), SHORT))
    except REFUSALS as error:
        return _refused(error)
    return [verdict(result).headline]


def _file(content):
    try:
        data = read_data(content, name="../<b>file</b>")
        optim.train(NetworkSpec(data=data, entries=(optim.Entry("sgd"),), layers=(4,), steps=2))
    except REFUSALS as error:
        return _refused(error)
    return [data.title]


def _json(text):
    said = []
    for kind in (optim.RaceSpec, NetworkSpec, optim.SweepSpec):
        try:
            spec = kind.from_json(text)
            said += [not_held(spec)] if kind is optim.RaceSpec else []
        except REFUSALS as error:
            said += _refused(error)
        else:
            if kind is optim.RaceSpec and not said[-1]:
                encode(spec)
    return said


def _link(query):
    values, notes = decode(query)
    said = [*notes, *_run(values), *_trained(values)]
    asked = urlencode({"theme": "light", "rate": "o1.lr", **query}, errors="replace")
    said.append(live.answer(asked).body if live.answer(asked).status != live.USED else "")
    said.append(qr.answer(f"http://localhost/?{asked}").status_code)
    return [sentence if isinstance(sentence, str) else str(sentence) for sentence in said]


def _run(values):
    """Race what a link means, for a few steps."""
    try:
        spec = spec_of(values)
        result = optim.race(dataclasses.replace(spec, steps=min(spec.steps, SHORT)))
    except REFUSALS as error:
        return _refused(error)
    encode(spec)
    spec.to_json()
    stability_limits(spec)
    return [verdict(result).headline, verdict(result).why]


def _trained(values):
    """Make the training that a link asks for."""
    try:
        training_spec(values)
    except REFUSALS as error:
        return _refused(error)
    return []


RECEIVERS = {"formula": _formula, "rule": _rule, "file": _file, "JSON": _json, "link": _link, "pin": _link}
"""Kind -> what takes it."""
