"""Moments in which a page's script stands back, so that the browser hears and draws first what a visitor waits for."""

import gc
import time

START = 0.002
"""Seconds at the start of a run in which the server tells the browser of it: else that waits until the script lets go."""
BREATH = 0.1
"""Seconds in which the browser draws the racers before it gets the rest of the page: else they would be drawn last."""


def begin() -> None:
    """Let the browser hear that a run has begun before the run needs the interpreter for itself."""
    time.sleep(START)


def show() -> None:
    """Let the browser draw what it has before more is sent."""
    time.sleep(BREATH)


def keep_what_stays() -> None:
    """Take what is loaded by now out of later garbage collections: nobody is answered during one."""
    gc.collect()
    gc.freeze()
