"""Loops compiled with numba: in the background, once they pay, and kept for the life of the process."""

import importlib.util
import math
import threading
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

PAYS = 30_000_000
"""Steps over all runs after which a loop is compiled: NumPy takes about as long for them as numba for compiling, 0.4 s."""
KERNELS = 128
"""Loops that are kept."""
_GIVEN = """
int64 int64 float64[::1] float64[:,::1] float64[:,::1] float64[::1] float64[:,:,::1] float64[:,::1] float64[::1] float64[:,::1]
float64 float64[::1] int64 int64 int64[::1] float64[:,::1] boolean[::1] float64[:,::1] float64[:,::1] float64[::1]
"""
Loop = Callable[..., None]


def installed() -> bool:
    """Whether numba is there."""
    return importlib.util.find_spec("numba") is not None


class Kernel:
    """A loop of that source, which is compiled when it pays. One that cannot be compiled is left to NumPy for good."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._lock = threading.Lock()
        self._done = 0
        self._thread: threading.Thread | None = None
        self._loop: Loop | None = None

    def ready(self, run_steps: int, may_start: bool = True) -> Loop | None:
        """Return the compiled loop; None where NumPy has to do the next `run_steps` steps, which counts towards compiling it."""
        with self._lock:
            self._done += run_steps
            if self._thread is None and may_start and self._done > PAYS and installed():
                self._thread = threading.Thread(target=self._compile, name="optim-fused")
                self._thread.start()
        return self._loop

    def wait(self) -> Loop | None:
        """Compile the loop, unless that was done, and return it; None where it cannot be compiled."""
        self.ready(PAYS + 1)
        if self._thread is not None:
            self._thread.join()
        return self._loop

    def _compile(self) -> None:
        try:
            self._loop = compiled(self._text)
        except Exception:  # whatever is wrong with the compiler, NumPy does the same
            self._loop = None


@lru_cache(maxsize=KERNELS)
def kernel(text: str) -> Kernel:
    """Return the kernel of that source, the same object each time."""
    return Kernel(text)


def compiled(text: str) -> Loop:
    """Return a loop as machine code, which lets go of the interpreter's lock. Without `fastmath`: every operation is as written."""
    import numba  # noqa: PLC0415 - half a second, and it need not be there

    made = names(numba.njit)
    exec(compile(text, "<loop of a sweep>", "exec"), made)  # noqa: S102 - its own code
    made |= {name: numba.njit(made[name]) for name in ("remember", "ended")}
    loop: Loop = numba.njit(f"void({', '.join(_GIVEN.split())})", nogil=True, error_model="numpy")(made["loop"])
    return loop


def names(compiled: Callable[[Any], Any]) -> dict[str, Any]:
    """Return what a loop's names stand for, where `compiled` makes functions of our own those that a compiled loop may call."""
    functions = {name: getattr(np, name) for name in ("empty", "isfinite", "sqrt", "sign", "maximum", "minimum", "hypot")}
    return {**functions, "inf": np.inf, "boolean": np.bool_, "power": compiled(_power), "raised": compiled(_raised)}


def _power(base: float, exponent: float) -> float:
    return math.pow(base, exponent)


def _raised(base: float, exponent: float) -> float:
    return base * base if exponent == 2.0 else math.pow(base, exponent)
