"""Loops compiled with numba: in the background, once they pay, and kept for the life of the process."""

import importlib.util
import logging
import math
import operator
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from functools import lru_cache
from typing import Any

import numpy as np

PAYS = 60_000_000
"""Steps over all runs after which a loop is compiled: it takes numba 0.5 to 1 s, and saves 10 to 30 ns a step."""
MOST, KNOWN = 32, 1024
"""Loops that a process compiles at most, since each keeps 8 MB for good, and those whose steps it counts."""
_GIVEN = """
int64 int64 float64[::1] float64[:,::1] float64[:,::1] float64[::1] float64[:,:,::1] float64[:,::1] float64[::1] float64[:,::1]
float64 float64[::1] int64 int64 int64[::1] float64[:,::1] boolean[::1] float64[:,::1] float64[:,::1] float64[::1]
"""
Loop = Callable[..., None]


def installed() -> bool:
    """Whether numba is there."""
    return importlib.util.find_spec("numba") is not None


class Loops:
    """The loops of a process, by their source: each is compiled once it pays. What cannot be compiled is left to NumPy for good."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._done: OrderedDict[str, int] = OrderedDict()
        self._begun: dict[str, Future[Loop | None]] = {}

    @property
    def idle(self) -> bool:
        """Whether nothing has been compiled, or is being."""
        return not self._begun

    def ready(self, text: str, run_steps: int, may_start: bool = True) -> Loop | None:
        """Return a compiled loop; None where NumPy has to take the next `run_steps` steps, which count towards compiling it."""
        with self._lock:
            begun = self._begun.get(text)
            if begun is None:
                self._done[text] = done = self._done.pop(text, 0) + run_steps
                if len(self._done) > KNOWN:
                    self._done.popitem(last=False)
                if may_start and done > PAYS and len(self._begun) < MOST:
                    self._begin(text)
                return None
        return begun.result() if begun.done() else None

    def wait(self, text: str) -> Loop | None:
        """Compile a loop, unless that was done, and return it; None where it cannot be compiled."""
        with self._lock:
            begun = self._begun.get(text) or self._begin(text)
        return begun.result()

    def _begin(self, text: str) -> Future[Loop | None]:
        begun = self._begun[text] = Future()
        try:
            threading.Thread(target=_compile, args=(text, begun), name="optim-fused").start()
        except RuntimeError:  # no more threads, or the process is ending
            begun.set_result(None)
        return begun


def _compile(text: str, begun: Future[Loop | None]) -> None:
    try:
        begun.set_result(compiled(text))
    except Exception:  # whatever is wrong with the compiler, NumPy does the same
        logging.getLogger(__name__).warning("A loop was not compiled; NumPy takes its steps.", exc_info=True)
        begun.set_result(None)


@lru_cache(maxsize=1)
def loops() -> Loops:
    """Return the loops of this process."""
    return Loops()


def compiled(text: str, given: str = _GIVEN) -> Loop:
    """Return a loop as machine code, which lets go of the interpreter's lock; `given` are the types of what it takes.

    Without `fastmath`: every operation is as written.
    """
    import numba  # noqa: PLC0415 - half a second, and it need not be there

    made = {**names(numba.njit), "divided": numba.njit(error_model="numpy")(_by_reciprocal())}
    exec(compile(text, "<loop of a sweep>", "exec"), made)  # noqa: S102 - its own code
    loop: Loop = numba.njit(f"void({', '.join(given.split())})", nogil=True, error_model="numpy")(made["loop"])
    return loop


def names(compiled: Callable[[Any], Any]) -> dict[str, Any]:
    """Return what a loop's names stand for, where `compiled` makes functions of our own those that a compiled loop may call."""
    functions = {name: getattr(np, name) for name in ("empty", "sign", "maximum", "minimum", "hypot")}
    # A root of math's is one instruction to numba, and NumPy's a function to be compiled.
    return {
        **functions,
        "sqrt": math.sqrt,
        "inf": math.inf,
        "divided": operator.truediv,
        "power": compiled(_power),
        "raised": compiled(_raised),
    }


def _by_reciprocal() -> Callable[[float, float], float]:
    """Return a division by a known whole number: the nearest number, as of `/`, in a third of its time.

    A quotient by the reciprocal is mended by what it leaves over (Markstein 1990; Brisebarre, Muller and Raina 2004). Where nothing
    is left, or no number is, the quotient stands. Only below 1e-307, where numbers have fewer digits, may it be the neighbour of
    the nearest.
    """
    from numba import types  # noqa: PLC0415 - as above
    from numba.extending import intrinsic  # noqa: PLC0415

    def instruction(_context: Any, _a: Any, _b: Any, _c: Any) -> Any:
        signature = types.float64(types.float64, types.float64, types.float64)
        return signature, lambda _context, builder, _signature, given: builder.fma(*given)

    fma: Any = intrinsic(instruction)

    def divided(value: float, divisor: float) -> float:
        quotient = value * (1.0 / divisor)
        left: float = fma(-quotient, divisor, value)
        return fma(left, 1.0 / divisor, quotient) if abs(left) > 0.0 else quotient

    return divided


def _power(base: float, exponent: float) -> float:
    return math.pow(base, exponent)


def _raised(base: float, exponent: float) -> float:
    return base * base if exponent == 2.0 else math.pow(base, exponent)
