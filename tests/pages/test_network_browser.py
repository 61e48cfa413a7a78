"""The Network page in a real browser: from its first view to a file, by clicking, and back by the link."""

import io
import subprocess
import sys
from urllib.parse import urlencode

import pandas as pd

import optim
from optim.reports import network_claim
from pages.shared.inputs.network import NETWORK, training_spec
from tests.export.test_trainings import deviation
from tests.support.rest import LONG, finished

CHANGED = {"net.data": "two_moons", "net.layers": "2x16", "net.n": 40}


def trained(**more):
    """Return the training that a link with these parts asks for."""
    return training_spec({**{field.key: field.default for field in NETWORK}, **CHANGED, **more})


def claimed(page, spec):
    """Wait until the page says what the library finds for a spec."""
    page.locator("h1", has_text=network_claim(optim.train(spec))).wait_for(timeout=LONG)
    finished(page)


def plays_and_scrubs(page):
    """Play the paths on the plane to their end, and look at another step."""
    scrub = page.locator(".rv-scrub")
    scrub.wait_for()
    page.wait_for_function(
        "() => document.querySelector('.rv-scrub').value === document.querySelector('.rv-scrub').max", timeout=LONG
    )
    page.evaluate(
        """() => {
          window.frames_seen = new Set();
          document.querySelector('.race-view').addEventListener('race-frame', ({ detail }) => window.frames_seen.add(detail.frame));
        }"""
    )
    page.locator(".rv-play").click()
    page.wait_for_function("() => window.frames_seen.size > 10", timeout=LONG)
    page.locator(".rv-play[aria-label^=Pause]").click()
    assert page.locator(".rv-arrows label:visible").count() == 0  # the plane has no slope of its own at a racer's place
    scrub.fill("20")
    page.get_by_text("step 20 of 40", exact=True).wait_for()
    page.get_by_text("Step 20 of 40:").first.wait_for()


SHOWN_TWICE = """async () => {
  const sheet = [...document.querySelectorAll('link[rel=stylesheet]')].find(({ href }) => href.endsWith('/view.css'));
  const [{ show }, { waiting }] = await Promise.all(['entry.js', 'messages.js'].map((name) => import(new URL(name, sheet.href))));
  const root = document.body.appendChild(document.createElement('div'));
  const before = waiting.size;
  const [first, second] = [1, 2].map(() => show(root, { land: 'none', theme: {} }, () => {}));
  first();
  const kept = waiting.size - before;
  second();
  root.remove();
  return [kept, waiting.size - before];
}"""
"""Shows a view twice before its program was there: then the end of the first showing is told after the second began."""


def test_a_network_is_trained_asked_further_and_taken_home(visit, tmp_path):
    visitor = visit(f"network?{urlencode(CHANGED)}")
    page = visitor.page
    claimed(page, trained())

    page.get_by_label("lr of Adam").fill("0.05")
    page.keyboard.press("Enter")
    page.wait_for_url("**net.lr.adam=0.05**")
    faster = trained(**{"net.lr.adam": 0.05})
    claimed(page, faster)

    page.locator("label", has_text="Show the loss around the paths").click()
    page.locator(".race-view[data-ready]").wait_for(timeout=LONG)
    page.get_by_text("of the variance of all paths").first.wait_for()
    plays_and_scrubs(page)
    assert page.evaluate(SHOWN_TWICE) == [1, 0]
    page.wait_for_url("**net.land=true**")

    with page.expect_download() as download:
        page.get_by_role("button", name="CSV", exact=True).click()
    download.value.save_as(tmp_path / "training.csv")
    table = pd.read_csv(tmp_path / "training.csv")
    assert table.loss.tolist() == optim.train(faster).table().loss.tolist()

    page.get_by_text("As code", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download training_numpy.py").click()
    download.value.save_as(tmp_path / "training_numpy.py")
    run = [sys.executable, "-I", tmp_path / "training_numpy.py"]
    said = subprocess.run(run, capture_output=True, text=True, check=True).stdout
    assert deviation(pd.read_csv(io.StringIO(said)), faster) <= 1e-10
    assert (visitor.complaints, visitor.outside) == ([], [])


def test_a_file_is_brought_and_a_broken_one_gets_a_sentence(new_page, app_url, tmp_path):
    page = new_page()
    page.goto(f"{app_url}network?net.data=file&net.layers=none&net.n=5")
    page.locator("h1", has_text="Which file?").wait_for(timeout=LONG)
    broken, good = tmp_path / "broken.csv", tmp_path / "good.csv"
    broken.write_text("a,b\n1,2\n")
    good.write_text("a,b,label\n" + "".join(f"{i},{-i},{'cat' if i % 3 else 'dog'}\n" for i in range(40)))
    page.locator("input[type=file]").set_input_files(broken)
    page.locator("h1", has_text="This file cannot be used").wait_for(timeout=LONG)
    page.locator("input[type=file]").set_input_files(good)
    page.locator("h1", has_text="of the test examples right after 5 steps").wait_for(timeout=LONG)
