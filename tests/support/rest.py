"""Waiting for a page to come to rest: what a test reads or touches must be what stays, however slow the machine."""

from itertools import count

LONG = 300_000
"""Milliseconds that long work may take here: it gives way to whatever else wants the machine, and that is every other test."""
CALM = 2000
"""Milliseconds without a run after which none is to come: an address is written in several goes, and each may cause one."""
FRAMES, STILL = 10, 250
"""A value stands once so many frames and milliseconds have shown the same: where one frame takes long, time alone says nothing."""

_BUSY = ", ".join(
    (
        "[data-testid=stStatusWidget]",
        "[data-testid=stSkeleton]",
        "[data-stale=true]",
        ".race-view:not([data-ready])",
        ".st-key-cancel-work",  # long work, which draws its page anew now and then
    )
)
_AT_REST = """([busy, calm]) => {
  const app = document.querySelector('[data-testid=stApp]')?.dataset ?? {}, now = performance.now();
  const runs = app.testScriptState !== 'notRunning' || app.testConnectionState !== 'CONNECTED' || document.querySelector(busy);
  if (runs || window.rest?.address !== location.href) window.rest = { address: location.href, since: now };
  return !runs && now - window.rest.since > calm;
}"""
_STEADY = """([call, argument, frames, still]) => {
  const value = (READ)(argument), told = JSON.stringify(value), now = performance.now();
  if (window.steady?.call !== call || window.steady.told !== told) window.steady = { call, told, since: now, frames: 0 };
  return ++window.steady.frames > frames && now - window.steady.since > still && { value };
}"""
_BOX = """async (found, [frames, patience]) => {
  found.scrollIntoView({ block: 'center', behavior: 'instant' });
  const read = () => ['x', 'y', 'width', 'height'].map((side) => found.getBoundingClientRect()[side]);
  const ends = performance.now() + patience;
  let seen = read();
  for (let same = 0; same < frames; ) {
    await new Promise(requestAnimationFrame);
    if (!found.isConnected || performance.now() > ends) throw new Error('what was looked for left the page, or never stood still');
    const now = read();
    same = String(now) === String(seen) ? same + 1 : 0;
    seen = now;
  }
  return seen;
}"""
_calls = count()


def at_rest(page):
    """Wait until nothing runs or is out of date, every race is drawn, and the address stands."""
    page.wait_for_function(_AT_REST, arg=[_BUSY, CALM], timeout=LONG)


def finished(page):
    """Wait until the long work that a page shows is done, and the page says so."""
    at_rest(page)
    page.wait_for_function("() => /^(?!So far|Tuning)./.test(document.querySelector('h1')?.innerText ?? '')", timeout=LONG)


def steady(page, read, argument=None):
    """Return what a JavaScript function says once it has gone on saying the same."""
    asked = page.wait_for_function(_STEADY.replace("READ", read), arg=[next(_calls), argument, FRAMES, STILL], timeout=60_000)
    return asked.json_value()["value"]


def box(found):
    """Bring what a locator finds to the middle of the screen, and return its x, y, width and height once it stands still there."""
    return found.evaluate(_BOX, [FRAMES, 60_000])
