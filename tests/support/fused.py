"""Sweeps in machine code: loops compiled before they pay, or read by Python itself, which computes the same without a compiler."""

import ast

import numpy as np

from optim.sweeps.fused import kernels
from optim.sweeps.fused.block import fused
from optim.sweeps.reductions import judged
from optim.sweeps.run import block_of, pieces


def warm(spec):
    """Compile the loops of a sweep, and return how many of its blocks they are for."""
    own = [fused(block_of(piece)) for piece in pieces(spec)]
    return sum(one is not None and one.compiled() is not None for one in own)


def read(text):
    """Return a loop as a function that Python itself runs, slowly."""
    made = {**kernels.names(_quiet), "real": np.float64, "sqrt": np.sqrt}
    exec(compile(ast.fix_missing_locations(_Reals().visit(ast.parse(text))), "<loop>", "exec"), made)
    return made["loop"]


def _quiet(function):
    """Return a power that is not a number, or infinite, where Python's own raises and a compiled one does not."""

    def quiet(base, exponent):
        try:
            return function(base, exponent)
        except (ValueError, OverflowError):
            return np.power(np.float64(base), exponent)

    return quiet


class _Reals(ast.NodeTransformer):
    """Makes NumPy's numbers of those in a text: Python's own raise where zero divides."""

    def visit_Constant(self, node):
        return ast.Call(ast.Name("real", ast.Load()), [node], []) if isinstance(node.value, float) else node


def outcome(piece, compiler, stop=None):
    """Return the reductions of a block whose loop `compiler` makes of its text; None where `stop` became true on the way."""
    block = block_of(piece)
    own = fused(block)
    assert own is not None
    loop = compiler(own.source.text)
    with np.errstate(all="ignore"):
        ends = own.run(loop, stop)
    return None if ends is None else judged(block.criteria, ends)
