"""Short sleeps that release the interpreter lock, so that the browser receives and draws first what a visitor waits for."""

import gc
import time

START = 0.002
"""Seconds at the start of a run in which the server tells the browser of it: else that waits until the script lets go."""
DRAWING = 0.1
"""Seconds in which the browser draws the racers before it gets the rest of the page: else they would be drawn last."""


def yield_at_start() -> None:
    """Let the server tell the browser that a run has begun, before the run keeps the interpreter busy."""
    time.sleep(START)


def yield_to_browser() -> None:
    """Let the browser draw what it has before more is sent."""
    time.sleep(DRAWING)


def freeze_loaded() -> None:
    """Exclude everything loaded so far from later garbage collections, which block all visitors."""
    gc.collect()
    gc.freeze()
