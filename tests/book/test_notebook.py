"""Every figure and every printed number of the notebook has its counterpart on the Book page.

What the notebook does is done here once more as it is written there, cell by cell, and held against what the page shows.
"""

import ast
from itertools import pairwise

import numpy as np
import pytest

import optim
from tests.support import reference
from tests.support.book_page import Booklet
from tests.support.notebook import SGD, AdaGradMy, MomentumMy


def f(args):
    return (1 / 20) * (args[0] ** 2) + args[1] ** 2


def numerical_gradient(function, x):
    grad = np.zeros_like(x)
    for i in range(x.size):
        kept = x[i]
        x[i] = kept + 1e-4
        above = function(x)
        x[i] = kept - 1e-4
        grad[i] = (above - function(x)) / 2e-4
        x[i] = kept
    return grad


def walked(optimizer, count, start=(-7.0, 2.0)):
    """Cell 21, and return the path with its start."""
    path = [start]
    for _ in range(count):
        x, y = path[-1]
        grads = numerical_gradient(f, np.array([x, y]))
        pos = {"x": x, "y": y}
        optimizer.update(pos, {"x": grads[0], "y": grads[1]})
        path.append((float(pos["x"]), float(pos["y"])))
    return np.array(path)


@pytest.fixture(scope="module")
def book():
    return Booklet()


def close(shown, path):
    np.testing.assert_allclose(shown, path, rtol=1e-6, atol=1e-6)  # the view draws in single precision


def formulas(book):
    wanted = {
        "function": [r"f(x, y) = \frac{1}{20}x^2 + y^2"],
        "momentum": [r"\alpha \boldsymbol{v} - \eta", r"\boldsymbol{W} + \boldsymbol{v}"],
        "adagrad": [r"\boldsymbol{h} + \frac{\partial L}{\partial \boldsymbol{W}} \odot", r"\eta\,\frac{1}{\sqrt{\boldsymbol{h}}}"],
        "adam": [r"\beta_1 \boldsymbol{m}", r"\beta_2 \boldsymbol{v}", r"1-\beta_1^t", r"\sqrt{\hat{\boldsymbol{v}}}"],
    }
    for section, parts in wanted.items():
        shown = " ".join(book.open(section).formulas)
        assert all(part in shown for part in parts), section


def surface_18(book):
    figure = book.open("function").figure("book surface")
    sheet = figure["data"][0]
    x, y = np.meshgrid(sheet["x"], sheet["y"])
    np.testing.assert_allclose(sheet["z"], f([x, y]), rtol=1e-5)
    assert (min(sheet["x"]), max(sheet["x"]), min(sheet["y"]), max(sheet["y"])) == (-10, 10, -10, 10)
    floor, lines = figure["data"][1:3]
    assert (
        np.nanmax(floor["z"]) < np.min(lines["z"][~np.isnan(lines["x"])]) < 0
    )  # the floor lies below the surface, its lines on it
    places, gaps = np.stack([lines["x"], lines["y"]]), np.flatnonzero(np.isnan(lines["x"]))
    for one, other in pairwise(gaps):
        along = f(places[:, one + 1 : other])
        assert np.ptp(along) < 0.02 * np.max(sheet["z"])  # each line is of one height


def quiver_19(book):
    figure = book.open("gradient").figure("book arrows")
    tails, heads = [], []
    for trace in figure["data"][:2]:
        points = np.stack([trace["x"], trace["y"]])
        tails += points[:, 0::3].T.tolist()
        heads += points[:, 1::3].T.tolist()
    places = np.linspace(-0.5, 0.5, 11)
    assert sorted(np.round(tails, 9).tolist()) == sorted([x, y] for x in places.round(9) for y in places.round(9) if x or y)
    for tail, tip in zip(tails, heads, strict=True):
        np.testing.assert_allclose(np.array(tip) - tail, -0.1 * numerical_gradient(f, np.array(tail)), atol=1e-9)

    misses = []
    for x in np.arange(-5.0, 5.0, 0.1):
        for y in np.arange(-5.0, 5.0, 0.1):
            down = -numerical_gradient(f, np.array([x, y]))
            turn = np.arctan2(down[1], down[0]) - np.arctan2(-y, -x)
            if np.hypot(x, y) > 1e-9:
                misses.append(abs((np.degrees(turn) + 180) % 360 - 180))
    share, limit, median = book.sentence(r"([\d.]+)% miss it by more than ([\d.]+)°, and the middle one by ([\d.]+)°")
    assert share == pytest.approx(100 * np.mean(np.array(misses) > limit), abs=0.06)
    assert median == pytest.approx(np.median(misses), rel=1e-3)
    assert book.sentence(r"the arrow misses by ([\d.]+)°.*?by more than ([\d.]+)°") == pytest.approx([64.13, 64.79], abs=0.01)


def path_20(book):
    close(book.open("sgd").path(), walked(SGD(lr=0.95), 30))
    np.testing.assert_allclose(book.path()[:30], reference.seed_path()[:30], atol=1e-6)
    assert book.sentence(r"sign (\d+) times in (\d+) steps. The way is ([\d.]+) long") == pytest.approx([30, 30, 36.99])


def printed_20(book):
    lists = [code for code in book.open("sgd").codes if code.startswith("[")]
    assert lists[0] == str(reference.NOTEBOOK["x"])
    assert lists[1].startswith(str(reference.NOTEBOOK["y"]).rstrip("]"))
    assert len(lists) == 2


def class_3(book):
    names = {}
    exec(book.open("sgd").codes[0], names)
    np.testing.assert_array_equal(walked(names["SGD"](lr=0.95), 30), walked(SGD(lr=0.95), 30))


def function_21(book):
    code, names = book.open("sgd", lr=0.8, n=12, x=3).codes[-1], {}
    lines = code.split("\n")
    exec("\n".join([*lines[:-1], f"shown = {lines[-1]}"]), names)
    np.testing.assert_allclose(names["shown"].trajectory, walked(SGD(lr=0.8), 12, (3.0, 2.0)), atol=1e-9)
    close(book.path(), names["shown"].trajectory)


def mistake_8(book):
    wrong = next(code for code in book.open("momentum").codes if "np.zeros_like(params)" in code)
    for code, kind in ((wrong, NameError), (wrong.replace("= momentum *", "= self.momentum *"), IndexError)):
        names = {"np": np}
        exec(code, names)
        with pytest.raises(kind) as error:
            walked(names["MomentumMy"](), 1)
        message = f"{kind.__name__}: {error.value}"
        assert message in book.codes or message.removesuffix(f". Did you forget to import '{error.value}'") in book.codes
    assert repr(np.zeros_like({"x": 0.0})) in book.text


def one_velocity_8(book):
    names = {"Params": dict, "Grads": dict}
    exec(next(code for code in book.open("momentum").codes if code.startswith("class OneVelocity")), names)
    one, own = walked(names["OneVelocity"](0.1, 0.95), 30), walked(MomentumMy(lr=0.1), 30)
    place = r"\((-?[\d.]+), (-?[\d.]+)\)"
    wanted = [*one[5], *own[5], *one[30], *own[30]]
    words = rf"to {place} \(with its own velocities: {place}\).*? at {place} \(with its own: {place}\)"
    assert book.sentence(words) == pytest.approx(wanted, rel=1e-3)
    assert np.hypot(*one[5]) > np.hypot(*one[0]) > np.hypot(*own[5])


def corrected_22(book):
    names = {"np": np}
    exec(next(code for code in book.open("momentum").codes if "self.v = {}" in code), names)
    np.testing.assert_array_equal(walked(names["MomentumMy"](lr=0.1), 30), walked(MomentumMy(lr=0.1), 30))


def momentum_23(book):
    path = walked(MomentumMy(lr=0.1), 30)
    close(book.open("momentum").path(), path)
    passed, sgd_x, y, loss = book.sentence(
        r"passes x = 0 with step (\d+), .*? x = (-?[\d.]+) after 30 steps.*? y is (-?[\d.]+) and the loss ([\d.]+)"
    )
    first = int(np.argmax(path[:, 0] > 0))
    assert [passed, sgd_x] == [first, pytest.approx(walked(SGD(lr=0.95), 30)[-1, 0], rel=1e-3)]
    assert [y, loss] == pytest.approx([path[first, 1], f(path[first])], rel=1e-3)
    step, far = book.sentence(r"at step (\d+) it is ([\d.]+) past 0")
    assert [step, far] == pytest.approx([30, path[30, 0]], rel=1e-3)


def momentum_24(book):
    path = walked(MomentumMy(lr=0.1), 1000)
    close(book.open("momentum", n=1000).path(), path)
    step, far = book.sentence(r"at step (\d+) it is ([\d.]+) past 0")
    assert [step, far] == [int(np.argmax(path[:, 0])), pytest.approx(path[:, 0].max(), rel=1e-3)]
    (kept,) = book.sentence(r"Each swing keeps (\d+)%")
    assert kept == pytest.approx(100 * abs(path[64, 0] / path[32, 0]), abs=1)  # 32 steps from turning point to turning point
    step, target, loss = book.sentence(r"from step (\d+) on the loss stays below (\S+), and after 1000 steps it is (\S+)\.\s")
    losses = np.array([f(point) for point in path])
    assert target == pytest.approx(optim.PROBLEMS["elongated_bowl"].target, rel=1e-2)
    assert [step, loss] == [int(np.flatnonzero(losses > target)[-1]) + 1, pytest.approx(losses[-1], rel=1e-3)]


def matrices_25(book):
    row = "1.41421356 1.41421356 1.41421356"
    wanted = [
        f"[[{row}]\n [{row}]\n [{row}]]",
        "[[1.97989899 1.97989899 1.97989899]\n [1.97989899 1.97989899 1.97989899]\n [1.97989899 1.97989899 1.97989899]]",
        "[[1. 1. 1.]\n [1. 1. 1.]\n [1. 1. 1.]]",
        "[[1. 1. 1.]\n [1. 1. 1.]\n [1. 1. 1.]]",
        "[[0. 0. 0.]\n [0. 0. 0.]\n [0. 0. 0.]]",
    ]
    assert book.open("adagrad").codes[:5] == wanted
    labels = [block.value for block in book.app.markdown if block.value.startswith("`")]
    assert labels[:5] == ["`np.sqrt(A)`", "`B / A`", "`B / B`", "`A / A`", "`np.zeros_like(A)`"]


def scalar_zero_26(book):
    class Shaped(AdaGradMy):
        def update(self, params, grads):
            self.h = self.h or {key: np.zeros_like(value) for key, value in params.items()}
            super().update(params, grads)

    runs = []
    for kind in (AdaGradMy, Shaped):
        own, params = kind(lr=1.5), {"W1": np.ones((2, 3))}
        for _ in range(30):
            own.update(params, {"W1": params["W1"] * [1.0, 2.0, 3.0]})
        runs.append(params["W1"])
    np.testing.assert_array_equal(*runs)
    assert "h has the shape (2, 3) after the first step, and over 30 steps the two ways differ by 0." in book.open("adagrad").text


def adagrad_27(book):
    path = walked(AdaGradMy(lr=1.5), 30)
    close(book.open("adagrad").path(), path)
    assert "neither x nor y ever passes 0" in book.text
    slopes = path[:-1, 0] / 10
    h, moves = np.cumsum(slopes**2), np.abs(np.diff(path[:, 0]))
    rate = 1.5 / np.sqrt(h)
    rows = book.rows("step")
    assert [row[0] for row in rows[2:]] == ["1", "2", "3", "4", "5", "30"]
    for row in rows[2:]:
        i = int(row[0]) - 1
        assert [float(cell) for cell in row[1:]] == pytest.approx(
            [slopes[i] ** 2, h[i], np.sqrt(h[i]), rate[i], moves[i]], rel=2e-3
        )
    times = book.sentence(r"was divided by ([\d.]+): the rate left over by ([\d.]+), the gradient by ([\d.]+)")
    assert times == pytest.approx([moves[0] / moves[-1], rate[0] / rate[-1], slopes[0] / slopes[-1]], rel=2e-3)
    drawn = book.figure("book parts")["data"]
    for trace, wanted in zip(drawn, (moves, rate, np.abs(slopes)), strict=True):
        np.testing.assert_allclose(trace["y"], wanted, rtol=1e-5)


def adagrad_28(book):
    path = walked(AdaGradMy(lr=1.5), 10_000)
    _, columns = book.open("adagrad", n=10_000).race()
    np.testing.assert_array_equal(columns["step"][:100], np.arange(100))  # it is over early, and that is what there is to see
    np.testing.assert_allclose(columns["x"], path[columns["step"], 0], atol=1e-6)
    assert "neither x nor y ever passes 0" in book.text
    h, rate = book.sentence(r"h stops at ([\d.]+), .*? stops at ([\d.]+):")
    assert [h, rate] == pytest.approx([np.sum((path[:-1, 0] / 10) ** 2), 1.5 / np.sqrt(h)], rel=1e-3)


def adam_finished(book):
    m = v = np.zeros(2)
    x = np.array([-7.0, 2.0])
    path, rows = [x], []
    for t in range(1, 31):
        g = np.array([x[0] / 10, 2 * x[1]])
        m, v = m + 0.1 * (g - m), v + 0.001 * (g * g - v)
        hats = m / (1 - 0.9**t), v / (1 - 0.999**t)
        x = x - 0.3 * hats[0] / (np.sqrt(hats[1]) + 1e-8)
        path.append(x)
        rows.append((g, m, hats[0], v, hats[1], x - path[-2]))
    close(book.open("adam").path(), path)
    for axis, name in enumerate("xy"):
        shown = book.rows(f"{name}: t")[2:]
        assert len(shown) == 5
        for row in shown:
            assert [float(cell) for cell in row[1:]] == pytest.approx([part[axis] for part in rows[int(row[0]) - 1]], rel=1e-3)
    (times,) = book.sentence(r"= ([\d.]+) × η")
    assert times == pytest.approx(0.1 / np.sqrt(0.001), rel=1e-3)
    assert book.figure("book lengths")["data"][1]["y"][0] == pytest.approx(0.3 * times, rel=1e-3)


def figure_6_8(book):
    facts, columns = book.open("four").race()
    assert [racer["label"] for racer in facts["race"]["racers"]] == ["SGD", "Momentum", "AdaGrad", "Adam"]
    ways = {"sgd": (SGD(0.95), 0), "momentum": (MomentumMy(0.1, 0.9), 1), "adagrad": (AdaGradMy(1.5), 2)}
    for own, place in ways.values():
        shown = slice(31 * place, 31 * place + 31)
        close(np.stack([columns["x"][shown], columns["y"][shown]], axis=1), walked(own, 30))
    adam = optim.book.eval_optimizer(optim.book.Adam(lr=0.3)).trajectory
    np.testing.assert_allclose(columns["x"][93:], adam[:, 0], atol=2e-5)  # eps stands at another place


COUNTERPARTS = {
    "formulas": formulas,
    "[3] the class SGD": class_3,
    "[8] the mistake and what it says": mistake_8,
    "[8] one velocity for all": one_velocity_8,
    "[18] the surface with contours on its floor": surface_18,
    "[19] the gradient's arrows": quiver_19,
    "[20] SGD's zigzag": path_20,
    "[20] the printed coordinates": printed_20,
    "[21] eval_optimizer": function_21,
    "[22] the corrected Momentum": corrected_22,
    "[23] Momentum, 30 steps": momentum_23,
    "[24] Momentum, 1000 steps": momentum_24,
    "[25] the printed matrices": matrices_25,
    "[26] h from the number 0": scalar_zero_26,
    "[27] AdaGrad, 30 steps": adagrad_27,
    "[28] AdaGrad, 10 000 steps": adagrad_28,
    "Adam, where the notebook stops": adam_finished,
    "the book's figure 6-8": figure_6_8,
}


@pytest.mark.parametrize("holds", COUNTERPARTS.values(), ids=COUNTERPARTS)
@pytest.mark.long
def test_the_notebook_has_its_counterpart(book, holds):
    holds(book)


def tells(lines):
    """Whether a cell of the notebook draws, prints or defines something."""
    tree = ast.parse("\n".join(line for line in lines if not line.lstrip().startswith("%")))
    calls = {ast.unparse(node.func).rpartition(".")[2] for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return bool(calls & {"show", "print", "eval_optimizer"}) or any(isinstance(node, ast.ClassDef) for node in tree.body)


def test_every_cell_that_draws_or_prints_or_defines_is_named():
    cells = {int(name[1 : name.index("]")]) for name in COUNTERPARTS if name.startswith("[")}
    assert cells == {number for number, lines in reference.NOTEBOOK_CELLS.items() if tells(lines)}
    assert len(reference.NOTEBOOK_CELLS) > len(cells)  # those that only import
