"""Whatever is typed, linked or brought is used or refused in a sentence: no traceback, hang, file, request or live markup.

`python -m tests.benchmarks.fuzz` does the same with 10 000 inputs.
"""

import json
import sys

import hypothesis
import hypothesis.strategies as st
import pytest

import optim
from optim.networks.spec import NetworkSpec
from pages.shared.inputs.fields import LOOKED_AT, fields
from pages.shared.inputs.link_codec import decode
from tests.benchmarks.fuzz import LIVE, Reader, direct, on_pages
from tests.benchmarks.load import Server
from tests.conftest import ROOT
from tests.support import hostile
from tests.support.hostile import Sent
from tests.support.visitor import opened, together
from tests.support.watch import Watch

HANG = 20.0
"""Seconds of processor time: ten times the promise, which the benchmark measures, since a test times no machine."""
DRAWN = {"link": 60, "pin": 40, "formula": 60, "rule": 400, "file": 400, "JSON": 400}
"""Kind -> how many are drawn, by what one takes."""
FULL = {"k": "12", "fn": "own"}
EXAMPLES = hypothesis.settings(max_examples=60, derandomize=True, deadline=None)
PIECES = st.lists(st.one_of(st.sampled_from(hostile.PIECES), st.text(max_size=4)), max_size=30).map("".join)


@pytest.fixture(scope="module")
def watch():
    """Everything loaded, and a watch over what the process does."""
    for kind in hostile.FORMS:
        for seed in range(5):
            direct(hostile.drawn(kind, seed), seen := Watch(), HANG)
    seen.stop()
    return Watch(ROOT, sys.prefix, sys.base_prefix)


@pytest.mark.parametrize("kind", hostile.FORMS)
@pytest.mark.long
def test_hostile_input_gets_an_answer_and_nothing_else_happens(kind, watch):
    wrong = {seed: direct(hostile.drawn(kind, seed), watch, HANG) for seed in range(DRAWN[kind])}
    assert {seed: fault for seed, fault in wrong.items() if fault} == {}


@pytest.mark.long
def test_pages_of_the_server_answer_hostile_links_and_typed_texts():
    wrong = dict(on_pages(range(16), HANG))
    assert {seed: fault for seed, fault in wrong.items() if fault} == {}


@pytest.mark.long
def test_a_menu_told_of_no_option_of_its_own_and_a_file_that_is_gone_are_answered():
    """A menu says nothing of options it does not have; the server loses files when it restarts, while the browser shows them."""
    gone = {"uploaded_file_info": [{"name": "a.csv", "size": 9, "file_id": "gone", "file_urls": {"file_id": "gone"}}]}

    async def visits():
        async with opened(server.address) as socket:
            visitor = Reader(socket)
            await visitor.open()
            for key in ("o1", "fn", "preset"):
                await visitor.hold(next(name for name in visitor._inputs if name.endswith(f"-{key}")), string_value="nope")
        async with opened(server.address) as socket:
            visitor = Reader(socket, "net.data=file&net.n=2", "network")
            await visitor.open()
            await visitor.hold(visitor._named("-net upload"), file_uploader_state_value=gone)

    with Server(ROOT) as server:
        together(visits)  # a page that cannot answer shows an exception, which a visitor raises


@hypothesis.given(PIECES)
@EXAMPLES
@pytest.mark.long
def test_any_text_is_a_formula_or_is_not(watch, text):
    assert direct(Sent("formula", text[:300]), watch, HANG) == ""


@hypothesis.given(PIECES)
@EXAMPLES
def test_any_text_is_a_rule_or_is_not(watch, text):
    assert direct(Sent("rule", f"g = gradient(x)\nx = {text}"), watch, HANG) == ""


@hypothesis.given(st.dictionaries(st.sampled_from(hostile.keys()) | st.text(max_size=9), st.text(max_size=40), max_size=12))
@EXAMPLES
@pytest.mark.long
def test_any_link_is_a_race_or_says_why_not(watch, query):
    assert direct(Sent("link", query), watch, HANG) == ""


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
    max_leaves=8,
)
FIELDS = [*optim.RaceSpec.__dataclass_fields__, *NetworkSpec.__dataclass_fields__]


@hypothesis.given(st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=5).map(json.dumps))
@EXAMPLES
def test_any_json_is_an_experiment_or_says_why_not(watch, text):
    assert direct(Sent("JSON", text), watch, HANG) == ""


@hypothesis.given(st.binary(max_size=200))
@EXAMPLES
def test_any_bytes_are_data_or_are_not(watch, content):
    for begin in (b"", b"PK\x03\x04", b"a,label\n"):
        assert direct(Sent("file", begin + content), watch, HANG) == ""


def bounded():
    """Yield every input with a largest value, and a value above it."""
    values = decode(FULL)[0]
    for field in [*fields(values), *LOOKED_AT]:
        parameter = field.parameter
        if parameter is not None and parameter.kind != "bool" and parameter.canonical(parameter.high * 2 + 1) is None:
            yield pytest.param(field.key, parameter.high * 2 + 1, id=field.key)


@pytest.mark.parametrize(("key", "more"), list(bounded()))
def test_more_than_a_bound_is_refused_with_a_sentence_that_names_the_field(key, more):
    values, notes = decode({**FULL, key: str(more)})
    assert values[key] == decode({**FULL} if key != "k" else {"fn": "own"})[0][key]
    assert len([note for note in notes if f"({key})" in str(note) and "expected" in str(note)]) == 1


HALF = '{"problem": "sphere", "start": [1, 2], "entries": [{"optimizer": "sgd", '
FOUND = {
    "cosh of a large power": Sent("link", {"fn": "own", "f": hostile.drawn("formula", 119).content}),
    "cosh of a logarithm": Sent("formula", "((max(((cosh((log(x))**64)*2)**3)**0.5/(1e99*x**64), y))/(1/(x**2+y**2)))**2"),
    "no value around a point": Sent("formula", hostile.drawn("formula", 153).content),
    "no limit where a rate is divided by 0": Sent("link", {"fn": "own", "f": "((log(x))/(cbrt(x*y)))**64"}),
    "half a character": Sent(
        "JSON", '{"problem": "sphere", "entries": [{"optimizer": "sgd", "valu\\ud800es": 1}], "start": [1, 2]}'
    ),
    "half a character told": Sent(
        "JSON", '{"problem": "sphere", "entries": [{"optimizer": "sgd", "origin": "\\ud800"}], "start": [1, 2]}'
    ),
}
"""What once hung, or ended in a traceback."""


@pytest.mark.parametrize("sent", FOUND.values(), ids=FOUND)
def test_what_was_found_is_mended(sent, watch):
    assert direct(sent, watch, HANG) == ""


def test_half_a_character_in_json_is_refused():
    with pytest.raises(optim.SpecError, match="characters that are whole"):
        optim.RaceSpec.from_json(FOUND["half a character told"].content)


def test_the_watch_sees_files_connections_and_programs(tmp_path):
    import socket
    import subprocess

    watch = Watch(ROOT)
    watch.start()
    (tmp_path / "written").write_text("x")
    (tmp_path / "written").read_text()
    (ROOT / "README.md").read_bytes()
    (ROOT / "optim" / "__init__.py").read_bytes()
    with socket.socket() as door, pytest.raises(OSError, match="refused"):
        door.connect(("127.0.0.1", 9))
    subprocess.run([sys.executable, "-V"], check=True, capture_output=True)
    watch.stop()
    (tmp_path / "later").write_text("x")
    kinds = [seen.split()[0] for seen in watch.read() if "/dev/null" not in seen]
    assert kinds == ["writes", "reads", "reads", "socket.connect", "subprocess.Popen"]


@pytest.mark.parametrize(
    ("text", "live"),
    [
        (f"![a]({hostile.HOST}a.png)", True),
        (f"\\!\\[a\\]\\({hostile.HOST}a.png\\)", False),
        (f"\\[a\\]({hostile.HOST})", False),
        (f"<img src={hostile.HOST}>", True),
        (f"\\<img src={hostile.HOST}\\>", False),
    ],
)
def test_live_markup_is_told_from_markup_that_is_escaped(text, live):
    assert bool(LIVE.search(text)) == live
