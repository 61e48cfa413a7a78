"""The steps of docs/deploy/Dockerfile without a container engine: `python -m tests.support.dockerfile`, as root on Linux.

An empty directory takes the place of the image's root, a virtual environment of the system's Python that of its Python. What is
copied, run, checked and started is the file's own; the server runs as its user, who can write nowhere in the directory, with no
home and no place for temporary files. Then a page is opened and the file's health check is run.
"""

import argparse
import asyncio
import json
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from tests.conftest import ROOT, wait_until_healthy
from tests.support.visitor import Visitor, opened

FILE = ROOT / "docs" / "deploy" / "Dockerfile"
ADDRESS = "http://127.0.0.1:8501/"


def steps():
    """Return the file's instructions, each with its text."""
    lines = (line for line in FILE.read_text().splitlines() if line and not line.startswith("#"))
    return [tuple(line.split(" ", 1)) for line in lines]


def copied(text, work):
    """Copy what an instruction names from the checkout, without caches."""
    *sources, target = text.split()
    for source in sources:
        there = (work / target).resolve()
        there = there / source if target.endswith("/") else there
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, there, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / source, there)


def build(work, python):
    """Take every step of the build; return the settings that the file makes, the user, the check and the command."""
    subprocess.run([python, "-m", "venv", work.parent / "python"], check=True)
    inside = {**os.environ, "PATH": f"{work.parent}/python/bin:/usr/bin:/bin"}
    settings, user, check, command = {}, "", [], []
    for name, text in steps():
        print(f"{name} {text[:90]}", flush=True)
        match name:
            case "COPY":
                copied(text, work)
            case "RUN":
                subprocess.run(text, shell=True, check=True, cwd=work, env=inside)
            case "ENV":
                settings |= dict(part.split("=", 1) for part in text.split())
            case "USER":
                user = text
            case "HEALTHCHECK":
                check = json.loads(text.partition("CMD ")[2])
            case "CMD":
                command = json.loads(text)
    return {"PATH": inside["PATH"], "TMPDIR": "/nonexistent", **settings}, user, check, command


async def visit():
    """Open a page and one that computes in other processes."""
    for page in ("", "rates"):
        async with opened(ADDRESS) as socket:
            await Visitor(socket, "", page).open()


def main():
    """Take every step, open pages, and say what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", default="/usr/bin/python3", help="an interpreter that every user may run")
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder) / "app"
        work.mkdir()
        Path(folder).chmod(0o755)
        settings, user, check, command = build(work, parser.parse_args().python)
        uid, gid = user.split(":")
        became = ["setpriv", f"--reuid={uid}", f"--regid={gid}", "--clear-groups", "--no-new-privs"]
        touched = subprocess.run([*became, "touch", work / "written"], check=False, capture_output=True)
        print("the server's user can write:", touched.returncode == 0)
        begin = time.perf_counter()
        server = subprocess.Popen([*became, *command], cwd=work, env=settings, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        try:
            wait_until_healthy(server, ADDRESS)
            print(f"healthy after {time.perf_counter() - begin:.1f} s")
            asyncio.run(visit())
            print(f"two pages opened after {time.perf_counter() - begin:.1f} s")
            print("health check:", subprocess.run([*became, *check], check=False, env=settings).returncode == 0)
            size = sum(path.stat().st_size for path in work.rglob("*") if path.is_file()) / 1e6
            print(f"the app has {size:.0f} MB")
        finally:
            server.terminate()
            server.wait(timeout=20)
        print("server said:", server.stderr.read().decode()[-500:] or "nothing")


if __name__ == "__main__":
    main()
