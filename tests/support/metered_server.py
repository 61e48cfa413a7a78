"""Streamlit's command line with a meter: each line on its input is answered with what the process has spent so far, as JSON.

Run as a file, `python tests/support/metered_server.py run streamlit_app.py`, so that the app may be that of another checkout.
"""

import gc
import json
import os
import runpy
import sys
import threading
import time


class Meter:
    """The processor time of this process, and how much of it went into garbage collection."""

    def __init__(self):
        self.full, self.collecting, self._began = 0, 0.0, 0.0

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
        for _ in sys.stdin:
            print(json.dumps(self.read()), flush=True)


if __name__ == "__main__":
    sys.path[0] = os.getcwd()  # as `python -m streamlit` has it
    meter = Meter()
    gc.callbacks.append(meter)
    threading.Thread(target=meter.answer, daemon=True).start()
    runpy.run_module("streamlit", run_name="__main__", alter_sys=True)
