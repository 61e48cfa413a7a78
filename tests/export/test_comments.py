"""What a script says to its readers is said in their language, and changes nothing of what it does."""

import ast
from dataclasses import replace

import pytest

import optim
from optim import Entry, NetworkSpec, RaceSpec
from optim.export import commented, numpy_script, numpy_training, torch_classes, torch_script, torch_training
from optim.export.comments import comments
from pages.shared.text.languages import catalogue
from tests.conftest import ROOT
from tests.support.bracket_language import Brackets, strangers

OWN = "g = gradient(x)\nx = x - lr * norm(g) * g"
RACES = [
    RaceSpec("himmelblau", tuple(map(Entry, list(optim.OPTIMIZERS)[i : i + 9])), (0.0, 0.0), 5, noise=0.1) for i in range(0, 36, 9)
] + [
    RaceSpec("abs(x) + y**2", (Entry("sgd", schedule="cosine", modifiers=("clip_norm",)), Entry(OWN)), (1.0, 1.0), 5, rotate=20.0),
    RaceSpec("abs(x) + y**2", (Entry("sgd"),), (1.0, 1.0), 5, gradient="central"),
]
TRAININGS = [
    NetworkSpec(entries=(Entry("adam"), Entry(OWN)), data="two_moons", layers=(4,), steps=3, batch_norm=True, dropout=0.2),
    NetworkSpec(entries=(Entry("sgd"),), data="x + y", layers=(4,), steps=3),
]
SCRIPTS = [(write, spec) for spec in RACES for write in (numpy_script, torch_script, torch_classes)] + [
    (write, spec) for spec in TRAININGS for write in (numpy_training, torch_training)
]
EACH = pytest.mark.parametrize(("write", "spec"), SCRIPTS)


def bare(text):
    """Return what a script does: its tree without docstrings."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node) is not None:
            node.body = node.body[1:]
    return ast.dump(tree)


@pytest.fixture(scope="module")
def copied():
    """The lines of this library, parts of which scripts hold."""
    files = [path for path in (ROOT / "optim").rglob("*.py") if "export" not in path.parts]
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


@EACH
def test_a_script_says_all_of_its_own_in_the_readers_language(write, spec, copied):
    brackets = Brackets()
    text = commented(write(spec), lambda words: optim.i18n.message.translated(words, brackets))
    foreign = [words for words in comments(text) if strangers(words) and words not in copied]
    assert [words for words in foreign if not words.startswith("optimizer = ")] == []  # a line of code that is shown as an example


@EACH
def test_a_script_does_the_same_in_every_language(write, spec):
    script = write(spec)
    japanese = commented(script, lambda words: optim.i18n.message.translated(words, catalogue("ja")))
    assert (japanese != script.text) == bool(script.text)
    assert bare(japanese) == bare(script.text)


def test_a_name_that_is_a_sentence_of_the_script_stays_a_name():
    name = next(words for words in comments(numpy_script(RACES[-1]).text) if 8 < len(words) < 24)
    script = numpy_script(replace(RACES[-1], entries=(Entry("sgd", label=name), Entry("adam"))))
    japanese = commented(script, lambda words: f"<{words}>")
    assert f"<{name}>" in japanese
    assert script.text.count(repr(name)) == japanese.count(repr(name)) > 0
