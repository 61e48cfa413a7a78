"""Scripts of trainings: run where only NumPy can be imported, or with PyTorch alone, they print the numbers of the training."""

import dataclasses
import io
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

import optim
from optim.export import network_script, numpy_training, torch_training
from optim.export.network.training import COLUMNS, MOST
from optim.networks.spec import no_network
from tests.export.test_scripts import printed

TRAINABLE = [rule for rule in optim.OPTIMIZERS.values() if not no_network(rule) and "script" not in rule.exempt]
MODIFIED = (
    optim.Entry("sgd", {"lr": 0.1}, "cosine", ["clip_norm"]),
    optim.Entry("rmsprop", {"lr": 0.01}, "step", ["decoupled_decay", "clip_value"]),
    optim.Entry("adagrad", {"lr": 0.1}, modifiers=["l2"]),
)
OWN = "g = gradient(x)\nbatch = 0.9 * batch + g\nx = x - lr * batch"
FACED = {
    "the page's first view": optim.NetworkSpec(steps=30),
    "the book's way": optim.NetworkSpec(
        "two_moons",
        [optim.Entry("adam", {"lr": 0.02}), optim.Entry("sgd", {"lr": 0.1}), optim.Entry("adam", {"lr": 0.01})],
        layers=(8, 8),
        activation="tanh",
        batch=16,
        steps=40,
        weights="own",
        loss_at="after",
        dropout=0.2,
        every=7,
    ),
    "normalised": optim.NetworkSpec(
        "spirals",
        [optim.Entry("adam", {"lr": 0.02}), optim.Entry("nesterov", {"lr": 0.1})],
        layers=(8, 8),
        activation="sigmoid",
        initial=0.5,
        batch_norm=True,
        dropout=0.1,
        batch=16,
        steps=40,
        weight_decay=0.1,
    ),
    "all examples": optim.NetworkSpec(
        "x**2 - y",
        [optim.Entry("lbfgs", {"lr": 0.1}), optim.Entry("rmsprop")],
        (8,),
        "tanh",
        "xavier",
        batch=0,
        steps=40,
        weight_decay=0.02,
    ),
    "no hidden layer": optim.NetworkSpec(entries=MODIFIED, layers=(), batch=7, steps=40, seed=9),
    "single precision": optim.NetworkSpec(
        "x*y", [optim.Entry("momentum", {"lr": 0.05})], (8,), batch_norm=True, dropout=0.1, batch=16, steps=15, dtype="float32"
    ),
    "lost": optim.NetworkSpec(
        "xor", [optim.Entry("sgd", {"lr": 1e60}), optim.Entry(OWN, {"lr": 0.01})], layers=(4,), batch=7, steps=25
    ),
}


def deviation(table, spec):
    """Return how far a printed table is off the training's own, each number relative to its size or to 1."""
    ours = optim.train(spec).table()[list(COLUMNS)]
    assert list(table.columns) == list(COLUMNS)
    assert table["optimizer"].tolist() == ours["optimizer"].astype(str).tolist()
    assert table["step"].tolist() == ours["step"].tolist()
    a, b = (frame[list(COLUMNS[2:])].to_numpy(float) for frame in (table, ours))
    assert (np.isnan(a) == np.isnan(b)).all()
    with np.errstate(all="ignore"):
        off = np.where((a == b) | np.isnan(a), 0.0, np.abs(a - b) / np.maximum(1.0, np.abs(b)))
    return float(np.max(off))


@pytest.mark.long
def test_the_numpy_script_prints_the_numbers_of_the_training():
    scripts = [numpy_training(spec) for spec in FACED.values()]
    assert [script.left_out for script in scripts] == [()] * len(FACED)
    for name, table in zip(FACED, printed([script.text for script in scripts]), strict=True):
        assert deviation(table, FACED[name]) <= (1e-6 if FACED[name].dtype == "float32" else 1e-10), name


@pytest.mark.long
def test_every_optimizer_that_trains_has_its_lines_in_the_numpy_script():
    entries = [optim.Entry(rule.name) for rule in TRAINABLE]
    groups = [tuple(entries[i : i + 12]) for i in range(0, len(entries), 12)]
    specs = [optim.NetworkSpec("xor", group, (6, 5), "tanh", batch=16, steps=20) for group in groups]
    scripts = [numpy_training(spec) for spec in specs]
    assert [script.left_out for script in scripts] == [()] * len(specs)
    for spec, table in zip(specs, printed([script.text for script in scripts]), strict=True):
        assert deviation(table, spec) <= 1e-10, spec


@pytest.mark.parametrize("face", FACED)
def test_the_torch_script_prints_the_numbers_of_the_training(face, torch_python, tmp_path):
    script = torch_training(FACED[face])
    assert script.left_out == ()
    (tmp_path / "training.py").write_text(script.text)
    done = subprocess.run([torch_python, "-W", "error", tmp_path / "training.py"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert deviation(pd.read_csv(io.StringIO(done.stdout)), FACED[face]) <= (1e-5 if FACED[face].dtype == "float32" else 1e-9)


def test_the_scripts_of_several_seeds_print_the_table_of_all(torch_python, tmp_path):
    spec = dataclasses.replace(FACED["the book's way"], steps=10, seed=6)
    ours = optim.train_seeds(optim.NetworkSeeds(spec, 2)).table()
    (tmp_path / "training.py").write_text(torch_training(spec, 2).text)
    done = subprocess.run([torch_python, tmp_path / "training.py"], capture_output=True, text=True, check=True)
    namespace = {}
    exec(network_script(spec, 2).text.replace("print(", "made = (", 1).replace(', end=""', ""), namespace)
    assert namespace["made"] == ours.to_csv(index=False)
    for table in (*printed([numpy_training(spec, 2).text]), pd.read_csv(io.StringIO(done.stdout))):
        assert table.seed.tolist() == ours.seed.tolist()
        assert table.optimizer.tolist() == ours.optimizer.tolist()
        for name in COLUMNS[2:]:
            np.testing.assert_allclose(table[name], ours[name], rtol=1e-9, atol=1e-9)


def test_a_file_of_the_visitors_own_goes_into_the_script_unless_it_is_too_large():
    rng = np.random.default_rng(0)
    small = "a,b,label\n" + "".join(f"{a},{b},{'yes' if a > b else 'no'}\n" for a, b in rng.random((40, 2)))
    data = optim.read_data(small.encode(), name='"""); import os #\n')
    spec = optim.NetworkSpec(data, optim.Entry("sgd", {"lr": 0.1}), layers=(3,), batch=5, steps=5)
    script = numpy_training(spec)
    (table,) = printed([script.text])
    assert deviation(table, spec) <= 1e-10
    assert "import os" not in script.text.replace("); import os #", "", 1)
    large = dataclasses.replace(data, inputs=rng.random((MOST // 8, 2)), targets=np.zeros(MOST // 8, dtype=np.int64))
    for write in (numpy_training, torch_training):
        refused = write(dataclasses.replace(spec, data=large))
        assert refused.text == ""
        assert refused.left_out[0].startswith("The examples take 2.")


def test_who_cannot_be_written_is_named_and_the_others_train():
    normed = optim.Entry("g = gradient(x)\nx = x - lr * g / norm(g)", {"lr": 0.1})
    spec = optim.NetworkSpec("xor", [normed, optim.Entry("lion"), optim.Entry("sgd")], (4,), steps=3)
    script = torch_training(spec)
    assert len(script.left_out) == 2
    assert "tensor by tensor" in script.left_out[0]
    assert script.left_out[1] == "Lion is left out: PyTorch does not have it."
    assert "torch.optim.SGD(model" in script.text
    alone = torch_training(dataclasses.replace(spec, entries=(normed,)))
    assert (alone.text, alone.left_out) == ("", script.left_out[:1])


def test_the_script_is_plain_code_that_a_linter_takes(tmp_path):
    for name, spec in FACED.items():
        for write in (numpy_training, torch_training):
            file = tmp_path / "script.py"
            file.write_text(write(spec).text)
            run = [sys.executable, "-m", "ruff", "check", "--isolated", "--select", "F,E9", file]
            done = subprocess.run(run, capture_output=True, text=True, check=False)
            assert done.returncode == 0, (name, done.stdout)
