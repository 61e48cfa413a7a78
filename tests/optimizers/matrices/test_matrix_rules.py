"""Rules on matrices, step by step beside plain code for one network: by singular values, by matrix roots, by the authors' lines."""

import numpy as np
import pytest

import optim
from optim.core.oracle import Block, Oracle
from optim.networks.oracle import BatchOracle
from optim.networks.stretch import first_weights
from optim.optimizers import MATRIX_OPTIMIZERS
from optim.optimizers.matrices.muon import orthogonalised

STEPS = 12
SETTINGS = {
    "muon": {"lr": 0.05, "weight_decay": 0.1, "else_lr": 0.01, "momentum": 0.9},
    "shampoo": {"lr": 0.05, "damping": 0.01, "every": 4, "else_lr": 0.01},
    "soap": {"lr": 0.02, "weight_decay": 0.1, "every": 3},
}


def spec_of(name, **more):
    entries = [optim.Entry(name, SETTINGS[name]), optim.Entry(name, {**SETTINGS[name], "lr": 0.01})]
    return optim.NetworkSpec("digits", entries, layers=(9, 6, 11), activation="tanh", batch=32, steps=STEPS, every=1, **more)


class Adam:
    """Adam on one array."""

    def __init__(self, hp):
        self.hp, self.m, self.v, self.t = hp, 0.0, 0.0, 0

    def step(self, g):
        b1, b2 = self.hp["beta1"], self.hp["beta2"]
        self.t += 1
        self.m, self.v = b1 * self.m + (1 - b1) * g, b2 * self.v + (1 - b2) * g * g
        return self.m / (1 - b1**self.t) / (np.sqrt(self.v / (1 - b2**self.t)) + self.hp["eps"])


class Muon:
    """Muon on one matrix (inputs, outputs): a polynomial of its singular values, not of the matrix."""

    def __init__(self, hp):
        self.hp, self.m = hp, 0.0

    def step(self, w, g):
        mu, lr = self.hp["momentum"], self.hp["lr"]
        self.m = mu * self.m + (1 - mu) * g
        u, s, vt = np.linalg.svd((1 - mu) * g + mu * self.m, full_matrices=False)
        s = s / (np.sqrt(np.sum(s * s)) + 1e-7)
        for _ in range(5):
            s = 3.4445 * s - 4.775 * s**3 + 2.0315 * s**5
        longer = np.sqrt(max(1.0, w.shape[1] / w.shape[0]))
        return w - lr * self.hp["weight_decay"] * w - lr * longer * (u * s) @ vt


def square_root(matrix):
    """Return the square root of a positive definite matrix, by Denman and Beavers' iteration: no eigenvalues."""
    y, z = matrix, np.eye(len(matrix))
    for _ in range(40):
        y, z = (y + np.linalg.inv(z)) / 2, (z + np.linalg.inv(y)) / 2
    np.testing.assert_allclose(y @ y, matrix, atol=1e-10 * np.abs(matrix).max())
    return y


class Shampoo:
    """Shampoo on one matrix, its roots by two square roots and an inverse."""

    def __init__(self, hp):
        self.hp, self.t = hp, 0

    def step(self, w, g):
        if self.t == 0:
            self.left, self.right = (self.hp["damping"] * np.eye(side) for side in w.shape)
        self.left, self.right = self.left + g @ g.T, self.right + g.T @ g
        if self.t < self.hp["every"] or self.t % self.hp["every"] == 0:
            self.roots = [np.linalg.inv(square_root(square_root(one))) for one in (self.left, self.right)]
        self.t += 1
        return w - self.hp["lr"] * self.roots[0] @ g @ self.roots[1]


class Soap:
    """SOAP on one matrix, in the order of the authors' own step; the first call only looks."""

    def __init__(self, hp):
        self.hp, self.t, self.m, self.v, self.left, self.right, self.bases = hp, 0, 0.0, 0.0, 0.0, 0.0, None

    def step(self, w, g):
        if self.bases is not None:
            ql, qr = self.bases
            b1, b2 = self.hp["beta1"], self.hp["beta2"]
            seen = ql.T @ g @ qr
            self.m, self.v = b1 * self.m + (1 - b1) * seen, b2 * self.v + (1 - b2) * seen**2
            size = self.hp["lr"] * np.sqrt(1 - b2**self.t) / (1 - b1**self.t)
            w = w - size * ql @ (self.m / (np.sqrt(self.v) + self.hp["eps"])) @ qr.T
            w = w - self.hp["lr"] * self.hp["weight_decay"] * w
        kept = self.hp["memory"]
        self.left = kept * self.left + (1 - kept) * g @ g.T
        self.right = kept * self.right + (1 - kept) * g.T @ g
        if self.bases is None:
            self.bases = [np.linalg.eigh(one)[1][:, ::-1] for one in (self.left, self.right)]
        elif self.t % self.hp["every"] == 0:
            self.turn()
        self.t += 1
        return w

    def turn(self):
        m = self.bases[0] @ self.m @ self.bases[1].T
        for side, average in enumerate((self.left, self.right)):
            q = self.bases[side]
            order = np.argsort(-np.diag(q.T @ average @ q), kind="stable")
            self.v = np.take(self.v, order, axis=side)
            self.bases[side] = np.linalg.qr(average @ q[:, order])[0]
        self.m = self.bases[0].T @ m @ self.bases[1]


def by_hand(spec, entry):
    """Return the weights (steps + 1, d) of an entry's network after every step, block by block."""
    name, hp = spec.entries[entry].optimizer, spec.entries[entry].hyper
    blocks, kind = spec.network.blocks, {"muon": Muon, "shampoo": Shampoo}[name]
    of_rule = [block.name for block in blocks if len(block.shape) == 2]
    of_rule = of_rule[1:-1] if name == "muon" else of_rule
    rules = {block.name: kind(hp) if block.name in of_rule else Adam(hp) for block in blocks}
    x = first_weights(spec)[:, entry]
    points = [x]
    for step in range(spec.steps):
        oracle = BatchOracle(spec.network, spec.examples, spec.seed, spec.batch, 1)
        oracle.begin(step)
        g, x = oracle.gradient(x[:, None])[:, 0], x.copy()
        for block in blocks:
            w, slope = x[block.part].reshape(block.shape), g[block.part].reshape(block.shape)
            rule = rules[block.name]
            moved = rule.step(w, slope) if block.name in of_rule else w - hp["else_lr"] * rule.step(slope)
            x[block.part] = moved.ravel()
        points.append(x)
    return np.array(points)


@pytest.mark.parametrize("name", ["muon", "shampoo"])
def test_every_step_is_that_of_plain_code(name):
    spec = spec_of(name)
    result = optim.train(spec)
    for entry in range(2):
        wanted = by_hand(spec, entry)
        assert np.abs(wanted[-1] - wanted[0]).max() > 0.05
        np.testing.assert_allclose(result.points[entry], wanted, rtol=1e-6, atol=1e-7)


class Square(Oracle):
    """A square matrix and a bias on a bowl with noise: gradients of full rank, so that no eigenvector is a matter of choice."""

    def __init__(self, side, runs):
        rng = np.random.default_rng(4)
        self._side, self._runs = side, runs
        self._weights, self._goal = rng.uniform(0.5, 2.0, side * side + side), rng.standard_normal(side * side + side)
        self.noise = rng.standard_normal((STEPS, side * side + side))
        self.step = 0

    def blocks(self, x):
        end = self._side**2
        return Block("a.W", (self._side, self._side), slice(0, end)), Block("a.b", (self._side,), slice(end, len(x)))

    def gradient(self, x, where=None):
        return (self._weights * (x.T - self._goal) + self.noise[self.step]).T

    def value(self, x, where=None):
        raise NotImplementedError

    hessian = normal = value


def test_every_step_of_soap_is_the_authors():
    rates, side = np.array([0.05, 0.01]), 6
    rule, oracle = MATRIX_OPTIMIZERS["soap"], Square(side, 2)
    hp = {**optim.Entry("soap", SETTINGS["soap"]).hyper, "lr": rates, "eps": 1e-12}
    x = np.zeros((side * side + side, 2))
    state = rule.init(oracle, x, hp)
    plain = [(Soap({**hp, "lr": lr}), Adam({**hp, "eps": 1e-12})) for lr in rates]
    ours, biases = [np.zeros((side, side)) for _ in rates], [np.zeros(side) for _ in rates]
    for step in range(STEPS):
        oracle.step = step
        g = oracle.gradient(x)
        x, state = rule.step(oracle, x, state, hp)
        for i, (matrix, bias) in enumerate(plain):
            ours[i] = matrix.step(ours[i], g[: side**2, i].reshape(side, side))
            if step:
                biases[i] = (biases[i] - rates[i] * bias.step(g[side**2 :, i])) * (1 - rates[i] * hp["weight_decay"])
            np.testing.assert_allclose(x[: side**2, i].reshape(side, side), ours[i], rtol=1e-7, atol=1e-9)
            np.testing.assert_allclose(x[side**2 :, i], biases[i], rtol=1e-7, atol=1e-9)
    assert np.abs(x).max() > 0.1


@pytest.mark.parametrize("name", SETTINGS)
@pytest.mark.long
def test_a_run_alone_is_the_run_among_others_and_a_training_called_off_goes_on(name):
    spec = spec_of(name)
    result = optim.train(spec)
    alone = optim.train(optim.NetworkSpec("digits", spec.entries[1:], (9, 6, 11), "tanh", batch=32, steps=STEPS, every=1))
    np.testing.assert_allclose(alone.points[0], result.points[1], rtol=1e-12, atol=1e-12)
    calls = []
    part = optim.train(spec, cancel=lambda: calls.append(1) or len(calls) > 6)
    assert 0 < part.done < STEPS
    np.testing.assert_array_equal(optim.train(spec, resume=part).points, result.points)


def test_they_are_made_for_networks_and_say_so():
    assert {*MATRIX_OPTIMIZERS} == {*SETTINGS}
    assert not {*MATRIX_OPTIMIZERS} & {*optim.OPTIMIZERS}
    for name in MATRIX_OPTIMIZERS:
        with pytest.raises(optim.SpecError, match="moves matrices, and a point is a vector"):
            optim.RaceSpec("sphere", optim.Entry(name), (1.0, 2.0))
        with pytest.raises(optim.SpecError, match="wholes"):
            optim.Entry(name, modifiers=["clip_norm"])
    with pytest.raises(optim.SpecError, match="Muon moves matrices that it has not"):
        optim.NetworkSpec(entries=optim.Entry("muon"), layers=(8,))
    assert optim.NetworkSpec.from_json(spec_of("soap").to_json()) == spec_of("soap")
    script = optim.export.numpy_training(spec_of("shampoo"))
    assert (script.text, "Shampoo is left out" in script.left_out[0]) == ("", True)


def test_singular_values_come_near_one():
    rng = np.random.default_rng(0)
    for shape in ((3, 8, 8), (3, 20, 5), (3, 5, 20)):
        values = np.linalg.svd(orthogonalised(rng.standard_normal(shape)), compute_uv=False)
        assert values.max() < 1.25
        assert np.median(values) > 0.65


def test_muon_is_pytorchs_but_for_its_half_precision():
    torch = pytest.importorskip("torch")
    if not hasattr(torch.optim, "Muon"):
        pytest.skip("this PyTorch has no Muon")
    hp = {"lr": 0.05, "momentum": 0.9, "weight_decay": 0.1}
    rng = np.random.default_rng(1)
    for shape in ((6, 15), (15, 6)):
        ours, mine = Muon(hp), rng.standard_normal(shape)
        theirs = torch.nn.Parameter(torch.tensor(mine.T.copy(), dtype=torch.float32))
        optimizer = torch.optim.Muon([theirs], **hp)
        start = mine.copy()
        for _ in range(10):
            g = rng.standard_normal(shape)
            mine = ours.step(mine, g)
            theirs.grad = torch.tensor(g.T.copy(), dtype=torch.float32)
            optimizer.step()
        assert np.abs(theirs.detach().numpy().T - mine).max() < 0.02 * np.abs(mine - start).max()
