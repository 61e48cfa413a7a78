"""What the tests of the pages of many races share."""

import time

from tests.pages.test_race_page import headline, opened, ran


def page(name, query=None):
    """Go from a race to a page of many races and wait until its work is whole."""
    app = opened(query)
    app.switch_page(f"pages/{name}.py")
    return whole(ran(app))


def whole(app):
    """Run a page again and again, as the browser does, until nothing is under way."""
    deadline = time.monotonic() + 60
    while any(button.label in ("Cancel", "Go on") for button in app.button) or not app.markdown:
        assert time.monotonic() < deadline, headline(app)
        time.sleep(0.05)
        ran(app)
    return ran(app)
