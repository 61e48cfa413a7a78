"""Streamlit's command line with a meter: each line on its input is answered with what the process has spent so far, as JSON.

The line "watch" is answered with what the process has done to the world since the last such line, and noted from the first one on.

Run as a file, `python tests/support/metered_server.py run streamlit_app.py`, so that the app may be that of another checkout.
"""

import gc
import json
import os
import runpy
import sys
import tempfile
import threading
import time


class Meter:
    """The processor time of this process, and how much of it went into garbage collection."""

    def __init__(self):
        self.full, self.collecting, self._began = 0, 0.0, 0.0
        self._watch = None

    def __call__(self, phase, info):
        """Be one of gc.callbacks: only one collection runs at a time, begun and ended by the same thread."""
        if phase == "start":
            self._began = time.thread_time()
        else:
            self.collecting += time.thread_time() - self._began
            self.full += info["generation"] == 2

    def read(self):
        """Return seconds of processor time, of them in collections, how many were full, and the objects that the next looks at."""
        objects = len(gc.get_objects())
        return {"cpu": time.process_time(), "collecting": self.collecting, "full": self.full, "objects": objects}

    def answer(self):
        """Answer each line of the standard input until it is closed."""
        for line in sys.stdin:
            print(json.dumps(self.watched() if line.strip() == "watch" else self.read()), flush=True)

    def watched(self):
        """Return seconds of processor time, and what the process did since it was last asked: nothing before the first time."""
        from tests.support.watch import Watch

        if self._watch is None:
            tempfile.tempdir = os.path.join(os.devnull, "nowhere")  # there is no place to write to: nothing needs one
            self._watch = Watch(os.getcwd(), sys.prefix, sys.base_prefix)
            self._watch.start()
        return {"cpu": time.process_time(), "seen": self._watch.read()}


if __name__ == "__main__":
    sys.path[0] = os.getcwd()  # as `python -m streamlit` has it
    meter = Meter()
    gc.callbacks.append(meter)
    threading.Thread(target=meter.answer, daemon=True).start()
    runpy.run_module("streamlit", run_name="__main__", alter_sys=True)
