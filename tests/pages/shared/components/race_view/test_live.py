"""The race of a rate that is being dragged: the numbers of the library, for requests that are bounded as links are."""

import json
from types import SimpleNamespace
from urllib.parse import urlencode

import numpy as np
import pytest
from starlette.requests import Request

import optim
from optim.figures import axes, chart
from optim.figures.function.landscape import landscape
from optim.figures.race.playback import playback
from optim.reports.verdict import verdict
from pages.shared.components.race_view import live, rates
from pages.shared.compute import cache
from pages.shared.inputs.link_codec import encode
from pages.shared.inputs.presets import PRESETS
from tests.figures.race.test_playback import unpacked

SIX = ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam")
ROSENBROCK = optim.RaceSpec("rosenbrock", [optim.Entry(name, {"lr": 0.001}) for name in SIX], (-1.2, 1.0), 300)
TYPED = optim.RaceSpec("sin(x)*cos(y) + (x**2 + y**2)/20", [optim.Entry("adam", {"lr": 0.1})], (4.0, -4.0), 300)
AVERAGED = optim.RaceSpec("elongated_bowl", [optim.Entry("schedule_free_sgd"), optim.Entry("sgd")], (-7.0, 2.0), 200, noise=0.3)
RACES = {"book": PRESETS[0].spec, "six": ROSENBROCK, "typed": TYPED, "averaged": AVERAGED}


def asked(spec, **more):
    """Return the answer to a page of this race whose first rate is dragged."""
    return live.answer(urlencode({**encode(spec), "theme": "light", "rate": "o1.lr", **more}))


def scene(answer):
    """Return the facts and the columns of an answer."""
    assert answer.status == 200, answer.body
    length = int.from_bytes(answer.body[:4], "little")
    facts, numbers = json.loads(answer.body[4 : 4 + length]), answer.body[4 + length :]
    return facts, unpacked(SimpleNamespace(packed=lambda: numbers, facts=facts["race"]))


@pytest.mark.parametrize("name", RACES)
@pytest.mark.parametrize("rate", [0.0, 0.0123456789012345, 1.25, 1e300])
def test_the_answer_is_the_library_s_race_to_the_last_bit(name, rate):
    spec = RACES[name]
    first = spec.entries[0]
    wanted = optim.RaceSpec(
        spec.problem,
        (optim.Entry(first.optimizer, {**dict(first.values), "lr": rate}), *spec.entries[1:]),
        spec.start,
        spec.steps,
        noise=spec.noise,
    )
    facts, columns = scene(asked(spec, **{"o1.lr": repr(rate)}))
    result = optim.race(wanted)
    shown = chart(result)
    roll = playback(result, landscape(result.problem, spec.start), shown, slopes=True)
    assert columns.keys() == roll.columns.keys()
    for column, numbers in roll.columns.items():
        assert columns[column].tobytes() == numbers.tobytes(), column
    ends = [float(loss) if np.isfinite(loss) else None for loss in result.answer_loss[:, -1]]
    assert [racer["end"] for racer in facts["race"]["racers"]] == ends
    assert [racer["ended"] for racer in facts["race"]["racers"]] == [status.kind for status in result.status]
    assert facts["axes"] == json.loads(axes(result, shown, "light").to_json())
    assert facts["verdict"] == {"headline": verdict(result).headline, "winner": verdict(result).winner}


def test_what_is_looked_at_and_how_is_as_the_page_says():
    plain, _ = scene(asked(ROSENBROCK))
    facts, columns = scene(
        asked(ROSENBROCK, curve="gradient norm", along="evaluations", log="false", a_velocity="true", theme="dark")
    )
    assert (plain["race"]["curve"]["title"], facts["race"]["curve"]["title"]) == ("loss", "gradient norm")
    assert facts["race"]["curve"]["along"] == "evaluations"
    assert not facts["race"]["curve"]["log"]
    assert {"place", "curve", "velocity_x"} <= set(columns)
    assert facts["axes"]["layout"]["font"]["color"] != plain["axes"]["layout"]["font"]["color"]


def test_the_answer_is_in_the_visitor_s_language_and_understands_links_in_it():
    facts, _ = scene(asked(PRESETS[0].spec, lang="ja", fn="細長いお椀（教科書の関数）", **{"o1.lr": "1.5"}))
    assert facts["race"]["racers"][0]["ended"] == "発散"
    assert "勝ち" in facts["verdict"]["headline"]
    english, _ = scene(asked(PRESETS[0].spec, **{"o1.lr": "1.5"}))
    assert english["race"]["racers"][0]["ended"] == "diverged"
    assert english["race"]["racers"][0]["end"] == facts["race"]["racers"][0]["end"]
    assert "使えません" in asked(PRESETS[0].spec, lang="ja", **{"o1.lr": "nan"}).body.decode()


@pytest.mark.parametrize(
    "more",
    [
        {"o1.lr": "nan"},
        {"o1.lr": "1e999"},
        {"o1.lr": "-1"},
        {"o1.lr": ""},
        {"o1.lr": "1" * 7000 + "e"},
        {"n": "1e12"},
        {"n": "0"},
        {"k": "13"},
        {"k": "1e9"},
        {"o13.lr": "1"},
        {"unheard": "1"},
        {"fn": "../../etc/passwd"},
        {"fn": "own", "f": "__import__('os')"},
        {"fn": "own", "f": "9**9**9**9"},
        {"rate": "o9.lr"},
        {"rate": "o1"},
        {"rate": "o2.momentum"},
        {"rate": ""},
        {"theme": "neon"},
        {"theme": ""},
        {"x": "9" * 9000},
    ],
    ids=lambda more: str(more)[:40],
)
def test_a_request_that_means_no_race_is_refused_in_a_sentence(more):
    for lang in ("en", "ja", "xx"):
        status, body = asked(PRESETS[0].spec, **more, lang=lang)
        assert status == 400
        assert body.decode()[-1] in ".。"
        assert len(body) < 1500


@pytest.mark.parametrize("query", ["", "&&&", "%00=%ff", "a" * 100_000, "&".join(f"o{i}.lr=1" for i in range(1000)), "rate=o1.lr"])
def test_a_query_of_anything_is_refused(query):
    assert live.answer(query).status == 400


def test_a_race_that_would_hold_up_the_server_is_not_run(monkeypatch):
    monkeypatch.setattr(cache, "tried", lambda *_: pytest.fail("it was run"))
    for spec in (
        optim.RaceSpec("rosenbrock", optim.Entry("sgd"), (0.0, 0.0), rates.LONGEST + 1),
        optim.RaceSpec("rosenbrock", optim.Entry("lbfgs", {"history": 10}), (0.0, 0.0), rates.LONGEST // 10 + 1),
    ):
        status, body = asked(spec)
        assert (status, body.decode()) == (413, "This race takes too long to follow the slider.")


def test_the_longest_race_that_is_run_is_run():
    facts, _ = scene(asked(optim.RaceSpec("sphere", optim.Entry("sgd"), (1.0, 0.0), rates.LONGEST)))
    assert facts["race"]["steps"] == rates.LONGEST


def test_a_drag_runs_its_own_racer_alone_and_keeps_nothing_of_it(monkeypatch):
    spec = optim.RaceSpec("booth", PRESETS[0].spec.entries, (3.25, -1.5), 31)
    ran, remembered = [], []

    def counted(one):
        ran.append(one.entries[0].optimizer)
        return record(one)

    def replayed(one):
        remembered.append(one.entries[0].optimizer)
        return replay(one)

    record, replay = cache.record, cache.replay
    monkeypatch.setattr(cache, "record", counted)
    monkeypatch.setattr(cache, "replay", replayed)
    for rate in (0.01, 0.02, 0.03, 0.01):
        scene(asked(spec, **{"o1.lr": repr(rate)}, a_velocity="true"))
    assert ran.count("sgd") == remembered.count("sgd") == 4
    assert sorted(set(ran) - {"sgd"}) == ["adagrad", "adam", "momentum"]
    assert len(ran) == len(remembered) == 4 + 3


def test_the_route_answers_bytes_that_nobody_stores():
    (route,) = live.routes()
    for query, status, kind in ((b"theme=light&rate=o1.lr", 200, "application/octet-stream"), (b"", 400, "text/plain")):
        request = Request(
            {"type": "http", "method": "GET", "path": route.path, "query_string": query, "headers": [], "server": ("a", 1)}
        )
        response = route.endpoint(request)
        assert response.status_code == status
        assert response.headers["content-type"].startswith(kind)
        assert response.headers["cache-control"] == "no-store"
        assert response.body == live.answer(query.decode()).body
