"""Muon: momentum whose matrices are made nearly orthogonal, so that every direction moves as far."""

import numpy as np

from optim.core.optimizer import Optimizer, Torch
from optim.core.rules.text import Call, Lines
from optim.core.types import Array
from optim.i18n.message import message
from optim.optimizers.first_order.shared import BETA1, BETA2, DECOUPLED, EPS, LR, decay_rate, with_default
from optim.optimizers.matrices.shared import ELSE_LR, EXEMPT, FAMILY, by_matrix, call, flipped, hidden_matrices, times

NEWTON_SCHULZ = (3.4445, -4.775, 2.0315)
"""The odd polynomial a s + b s³ + c s⁵ that takes every singular value towards 1; five times is enough."""
ROUNDS = 5


def orthogonalised(matrices: Array) -> Array:
    """Return matrices (B, rows, columns) with the same singular vectors, and all singular values between about 0.7 and 1.2."""
    a, b, c = NEWTON_SCHULZ
    tall = matrices.shape[-2] > matrices.shape[-1]
    x = flipped(matrices) if tall else matrices
    x = np.ascontiguousarray(x / (np.sqrt(np.einsum("bij,bij->b", x, x))[:, None, None] + 1e-7))
    for _ in range(ROUNDS):
        square = times(x, flipped(x))
        x = a * x + times(b * square + c * times(square, square), x)
    return flipped(x) if tall else x


muon = by_matrix(
    Optimizer(
        "muon",
        "Muon",
        FAMILY,
        (
            with_default(LR, 0.02),
            decay_rate("momentum", "μ", 0.95, "memory of the gradients' average"),
            DECOUPLED,
            ELSE_LR,
            BETA1,
            BETA2,
            EPS,
        ),
        Lines(
            "g = gradient(x)",
            "m = momentum * m + (1 - momentum) * g",
            "u = longer(x) * orthogonal((1 - momentum) * g + momentum * m)",
            "x = x * (1 - lr * weight_decay) - lr * u",
            calls={
                "orthogonal": call(orthogonalised, r"\operatorname{{orthogonal}}{0:(}"),
                "longer": Call(
                    lambda x: max(1.0, x.shape[1] / x.shape[0]) ** 0.5,
                    r"\sqrt{{\max\left(1,\; \tfrac{{n_{{\mathrm{{out}}}}}}{{n_{{\mathrm{{in}}}}}}\right)}}",
                    "constant",
                ),
            },
            carries=("m",),
        ),
        reference="Jordan et al., Muon: an optimizer for hidden layers in neural networks, kellerjordan.github.io/posts/muon "
        "(2024)",
        idea="makes an average of gradients nearly orthogonal in every matrix between hidden layers; the rest is moved by Adam.",
        form="Jordan's form: Nesterov's look ahead, five rounds, and steps longer by the root of outputs over inputs where outputs "
        "are more. PyTorch's orthogonalises in half precision; this one keeps that of the training.",
        exempt=EXEMPT,
        torch=Torch("torch.optim.Muon", lambda _: message("PyTorch's takes matrices alone, and orthogonalises in half precision")),
    ),
    hidden_matrices,
)
