"""One of a thing is said in the singular: no text has a number before a plural, unless the number is never one."""

import re

import pytest

import optim
from optim.races.seeds import run_seeds
from optim.reports import (
    entrants,
    fair_changes,
    fair_claim,
    fair_protocol,
    fair_sure,
    network_claim,
    network_more,
    network_protocol,
    protocol,
    rates_claim,
    rates_more,
    seeds_sentence,
    toy_sentence,
    verdict,
)
from optim.reports.functions import lowest_in_words
from pages.shared.inputs.link_codec import decode
from tests.pages.test_race_page import opened, text_of
from tests.support.book_page import Booklet
from tests.support.catalogues import wanted
from tests.support.sweep_pages import page

NOUNS = (
    "steps|evaluations|starts|seeds|runs|seconds|points|examples|values|gradients|times|places|columns|axes|classes|numbers|racers|"
    "optimizers|entries|pairs"
)
ONE = re.compile(rf"(?<![\w.,×/-])1 (?:{NOUNS})\b")
PLURAL = re.compile(rf"\{{(\w+)(?::,)?\}} (?:training )?(?:{NOUNS})\b")
BOUNDS = {"most", "limit", "high", "last"}
"""Names of numbers that are a bound of ours, or the end of a range that begins below it."""
MANY = {
    "{name} starts twice": "a name",
    "where step {step} starts": "a verb",
    "Where {name} starts": "a verb",
    "{count} axes; it should have one, with a class": "labels with one axis are right",
    "an example has {count} numbers": "none, or too many",
    "{count} points tried": "a search tries as many as it may",
    "at {points} places": "a number of ours",
    "{count} gradients checked": "the registry's functions",
    "{count} optimizers": "the registry's optimizers, or a bound",
    "{count} values": "one value is told otherwise, and the pages take many",
    "{starts} starts": "the page's own number",
    "{count} seeds": "one seed is told otherwise",
    "{total} starts reach": "a range, which one start has not",
    "{training} training examples": "a data set has more",
    "at most {points} points": "a number of ours",
    "{times} times": "a factor with digits",
    "{steady} times": "1 / (1 - 0.95)",
    "{longer} times": "a factor above 1",
    "{a} times": "a factor above 1",
    "{steps} steps": "more than there were",
    "{across} × {up} starts": "a product",
}
"""Parts of texts whose number is never one, and why."""


def test_a_number_before_a_plural_is_never_one():
    found = []
    for text in (message.id for message in wanted() if isinstance(message.id, str)):
        for hit in PLURAL.finditer(text):
            if hit[1] not in BOUNDS and not any(part in text for part in MANY):
                found.append(text)
    assert found == []


def test_one_of_a_thing_is_singular():
    singular = [message.id[0] for message in wanted() if isinstance(message.id, tuple) and "{count}" in message.id[0]]
    filled = [re.sub(r"\{count(:,)?\}", "1", text) for text in singular]
    assert [text for text in filled if ONE.search(text)] == []
    assert len(filled) > 30


ONCE = {"n": "1", "k": "2", "o1": "sgd", "o2": "newton"}


@pytest.mark.parametrize("query", [{}, {"noise": "1"}, {"fn": "himmelblau", "also": "beale"}])
def test_a_race_of_one_step_is_told_in_the_singular(query):
    said = text_of(opened({**ONCE, **query}))
    assert ONE.findall(said) == []
    assert "1 step" in said


@pytest.mark.parametrize(
    ("name", "query", "words"),
    [
        ("step", ONCE, "take step 1?"),
        ("rates", ONCE, "within 1 step"),
        ("fair", ONCE, "may spend 1 evaluation and stops"),
        ("starts", ONCE, "1 step each"),
        ("network", {"net.data": "xor", "net.layers": "2x16", "net.n": "1", "net.batch": "1", "net.wd": "1"}, "after 1 step"),
    ],
)
def test_a_page_of_runs_of_one_step_is_told_in_the_singular(name, query, words):
    said = text_of(page(name, query))
    assert ONE.findall(said) == []
    assert words in said


@pytest.mark.parametrize("section", ["function", "gradient", "sgd", "momentum", "adagrad", "adam", "four"])
@pytest.mark.parametrize("start", [{}, {"x": 1, "y": -1}])
def test_a_section_of_the_book_with_ones_is_told_in_the_singular(section, start):
    inputs = {
        "function": {"a": 1},
        "gradient": {"a": 1},
        "adam": {"beta1": 0, "beta2": 0, "n": 1},
        "four": {"how": "tuned", "n": 1},
    }
    assert ONE.findall(Booklet().open(section, **inputs.get(section, {"n": 1}), **start).text) == []


def test_what_the_library_says_of_one_of_everything_is_singular():
    entries = (optim.Entry("sgd", {"lr": 0.1}), optim.Entry("adam", {"lr": 0.1}))
    spec = optim.RaceSpec("himmelblau", entries, (0.0, 0.0), 1, noise=1.0, budget=1)
    race = optim.race(spec)
    seeds = seeds_sentence(race, run_seeds(spec, 1))
    tuned = optim.tune(optim.TuneSpec(optim.RaceSpec("sphere", entries, (1.0, 1.0), 1), values=2, starts=1))
    swept = optim.sweep(optim.SweepSpec(optim.RaceSpec("sphere", entries, (1.0, 1.0), 1), (optim.Axis("lr", (0.5,)),)))
    net = optim.train(optim.NetworkSpec("xor", entries, layers=(1,), batch=1, steps=1))
    said = [
        *(verdict(race).headline, verdict(race).margin, verdict(race).why, protocol(race), entrants(race), seeds),
        *(report(tuned) for report in (fair_protocol, fair_sure, fair_claim, fair_changes)),
        *(entry.origin for entry in tuned.entries),
        *(report(swept) for report in (rates_claim, rates_more)),
        *(network_protocol(net), network_claim(net), network_more(net), toy_sentence(net), *(s.reason for s in net.status)),
        *decode({"n": "1", "k": "1", "o2.lr": "1", "t": "5", "i": "5"})[1],
        *(lowest_in_words(problem) for problem in optim.PROBLEMS.values()),
    ]
    assert [text for text in said if ONE.search(text)] == []
    assert "at most 1 evaluation each" in protocol(race)
    assert "may spend 1 evaluation and stops" in fair_protocol(tuned)
    assert "Over 1 seed " in seeds
    assert "1 of 1 pair " in toy_sentence(net) or "0 of 1 pair " in toy_sentence(net)
