"""How soon a visitor sees many races, printed: `python -m tests.benchmarks.screen`. From a key pressed to the screen; no test."""

import os
from urllib.parse import urlencode

from playwright.sync_api import sync_playwright

import optim
from pages.shared.inputs.link_codec import encode
from tests.benchmarks.engine import SIX, spread
from tests.benchmarks.sweep import PROBLEM, TEN
from tests.conftest import OFFLINE, QUIET, chromium_path, running_app

PRESSES, WARM = 6, 1
BEGIN = 420
"""Steps at first; each press on the slider takes 11 % off, so that nothing is asked twice, and the middle one asks for 300."""
WATCH = """() => {
  const seen = (window.seen = {});
  const said = () => document.querySelector("[data-testid=stMain] h1")?.innerText ?? "";
  const before = said();
  addEventListener("keydown", () => (seen.pressed = performance.now()), { capture: true, once: true });
  const look = () => {
    if (window.seen !== seen) return;
    if (seen.pressed) {
      const running = document.querySelector("[data-testid=stProgress]");
      if (said() && said() !== before) seen.first ??= performance.now();
      if (seen.first && !running && !said().startsWith("So far")) return (seen.whole = performance.now());
    }
    requestAnimationFrame(look);
  };
  look();
}"""


def measure(browser, address, names, title):
    """Print how long the first answer and the whole one take to be on screen."""
    spec = optim.RaceSpec(PROBLEM, [optim.Entry(name) for name in names], (1.0, 1.0), BEGIN)
    page = browser.new_page(viewport={"width": 1400, "height": 1000})
    page.goto(f"{address}?{urlencode(encode(spec))}")
    page.wait_for_timeout(15_000)
    slider, firsts, wholes = page.get_by_role("slider", name="Steps, logarithmic"), [], []
    for _ in range(PRESSES):
        slider.focus()
        page.evaluate(WATCH)
        slider.press("ArrowLeft")
        page.wait_for_function("() => window.seen.whole", timeout=90_000)
        first, whole = page.evaluate("() => [seen.first - seen.pressed, seen.whole - seen.pressed]")
        firsts.append(first / 1000)
        wholes.append(whole / 1000)
        page.wait_for_timeout(1500)
    print(f"{title}: first answer on screen after {spread(firsts[WARM:])} s, whole after {spread(wholes[WARM:])} s")
    page.close()


def main():
    """Print both pages of many races."""
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    with running_app() as app, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=[*QUIET, *OFFLINE])
        measure(browser, f"{app}rates", TEN, f"{len(TEN)} optimizers x 97 rates x 24 starts")
        measure(browser, f"{app}starts", SIX, f"200 x 200 starts x {len(SIX)} optimizers")
        browser.close()
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
