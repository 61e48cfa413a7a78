"""What a process does to the world while it is watched, as Python's own audit events tell it: files, connections, programs.

The standard library alone, so that a server can be watched without what the tests need.
"""

import os
import sys
from pathlib import Path

READ = (
    *(".py", ".pyc", ".so", ".js", ".css", ".html", ".mo", ".npz", ".json", "icon.png", "entry_points.txt"),
    f"python{sys.version_info[0]}{sys.version_info[1]}.zip",
)
"""What the app reads of its own and of what is installed, when it is first needed; nothing else."""
TOLD = ("socket.connect", "socket.sendto", "socket.getaddrinfo", "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn")
CHANGES = ("os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.truncate", "os.link", "os.symlink", "os.chmod", "shutil.rmtree")
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC


class Watch:
    """Notes what happens between `start` and `stop`; Python takes no such hook back, so that it stays and sleeps.

    Files are only read where they belong to what is `known`, by folder: the app and what is installed. Of the modules there, which
    are read when they are first needed, nothing is told.
    """

    def __init__(self, *known):
        self._known, self._on, self._seen = tuple(str(Path(path).resolve()) for path in known), False, []
        sys.addaudithook(self._hear)

    def start(self):
        """Begin to note, with nothing noted."""
        self._seen.clear()
        self._on = True

    def stop(self):
        """Note no more."""
        self._on = False

    def read(self):
        """Return what was noted since the last reading."""
        seen, self._seen = self._seen, []
        return seen

    def _hear(self, event, args):
        if not self._on:
            return
        if event == "open":
            path, _, flags = args
            if isinstance(path, str | bytes | os.PathLike):
                self._opened(os.fsdecode(path), flags or 0)
        elif event in TOLD or (event in CHANGES and not str(args[0]).startswith(f"{os.devnull}/")):  # where nothing can be made
            self._seen.append(f"{event} {args[1:] if event.startswith('socket') else args}"[:300])

    def _opened(self, path, flags):
        if flags & WRITES:
            self._seen.append(f"writes {path}")
        elif not (path.endswith(READ) and os.path.abspath(path).startswith(self._known)):
            self._seen.append(f"reads {path}")
