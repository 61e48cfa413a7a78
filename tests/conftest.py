"""What the browser tests need: the app on a free port and a headless Chromium, skipped with a reason where there is none."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support import shares

ROOT = Path(__file__).parent.parent
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
QUIET = ("--no-sandbox", "--disable-gpu", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")
DESKTOP = {"width": 1400, "height": 1000}
OFFLINE = ("--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run")


def pytest_itemcollected(item):
    """Mark each test that needs a browser; it is a long one, unless it belongs to a visitor's first journeys."""
    if "browsers" in item.fixturenames:
        item.add_marker("browser")
        if item.path.stem != shares.FIRST:
            item.add_marker("long")
        assert item.path.stem in shares.PAGES, f"{shares.__file__} says how many pages the browser tests of a file load"


def pytest_collection_modifyitems(items):
    """Let the longest groups start first, so that none is left to end alone."""
    items.sort(key=lambda item: shares.rank(shares.group(item.nodeid)))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Hand the tests out by these groups: xdist 3.8 writes those of its own marker where pytest 9.2 no longer reads them."""
    from xdist.scheduler import LoadScopeScheduling

    class Groups(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            return shares.group(nodeid)

    return Groups(config, log)


def chromium_path():
    """Return the path of an installed Chromium or Chrome, or None."""
    return next(filter(None, map(shutil.which, CHROMIUM)), str(MAC) if MAC.exists() else None)


def free_port():
    """Return the number of a port on this machine that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@contextmanager
def running_app(script="streamlit_app.py"):
    """Start the app, or another script, as the README does and give its address."""
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.headless=true", f"--server.port={port}"]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://localhost:{port}/"
    try:
        wait_until_healthy(server, url)
        yield url
    finally:
        server.terminate()
        server.wait(timeout=20)


@pytest.fixture(scope="session", autouse=True)
def _no_browser_to_wait_for():
    """In a test without a browser nobody tells that a newcomer has seen the race, so that nobody waits for it."""
    from pages.shared.components.race_view import newcomers

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(newcomers, "PATIENCE", 0.0)
        yield


@pytest.fixture(scope="session")
def app_url():
    """The address of the app, started once for all browser tests."""
    with running_app() as url:
        yield url


def wait_until_healthy(server, url):
    """Wait until a server that was just started answers at its address."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert server.poll() is None, "the app stopped while starting"
        try:
            with urllib.request.urlopen(f"{url}_stcore/health", timeout=5) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    pytest.fail("the app did not start within a minute")


@pytest.fixture(scope="session")
def profiles(tmp_path_factory):
    """Where browsers keep what they may keep from one page to the next: the app's scripts, fetched and compiled."""
    return tmp_path_factory.mktemp("profiles")


@pytest.fixture(scope="module")
def browsers(profiles):
    """Start a headless Chromium with a profile of its own; without one installed skip, but fail where CI promises one.

    They are closed after each file: open, their event loop would be running in every later test of the process.
    """
    path = chromium_path()
    if path is None:
        reason = "no Chromium or Chrome is installed; on Debian: apt-get install chromium"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    started = []
    with sync_playwright() as playwright:

        def start(profile, **settings):
            # A profile on disk, since only there Chromium keeps compiled scripts: a page then costs it a quarter less.
            launch = playwright.chromium.launch_persistent_context
            started.append(launch(profiles / profile, executable_path=path, args=[*QUIET, *OFFLINE], **settings))
            return started[-1]

        yield start
        for context in started:
            context.close()


@pytest.fixture(scope="module")
def desktop(browsers):
    """The windows of a desktop, which share a profile."""
    return browsers("desktop", viewport=DESKTOP)


@pytest.fixture(scope="module")
def chromium(desktop):
    """The browser of the desktop, for contexts of their own."""
    return desktop.browser


SEEN = "sessionStorage.setItem('optimizer race seen', 'yes')"
"""Makes a visitor one who has seen a race: the first one of a new visitor plays by itself."""


def fresh_page(context, *, seen=True):
    """Return a new page that knows nothing of those before: of what they left only fetched and compiled files are still there."""
    context.clear_cookies()
    context.clear_permissions()
    page = context.new_page()
    if seen:
        page.add_init_script(SEEN)
    kept = {"origin": "*", "storageTypes": "cookies,local_storage,indexeddb,websql,service_workers,cache_storage"}
    context.new_cdp_session(page).send("Storage.clearDataForOrigin", kept)
    return page


@pytest.fixture
def new_page(desktop):
    """Open a page of the desktop that knows nothing, closed after the test."""
    opened = []

    def open_(viewport=None, *, seen=True):
        opened.append(fresh_page(desktop, seen=seen))
        if viewport:
            opened[-1].set_viewport_size(viewport)
        return opened[-1]

    yield open_
    for page in opened:
        page.close()
