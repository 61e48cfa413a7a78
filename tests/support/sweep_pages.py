"""What the tests of the pages of many races share."""

import time

from tests.pages.test_race_page import opened, ran

UNDER_WAY = ("# So far", "# Tuning")


def page(name, query=None):
    """Go from a race to a page of many races and wait until its work is whole."""
    app = opened(query)
    app.switch_page(f"pages/{name}.py")
    ran(app)  # the harness leaves out the router, which carries the inputs over: they read the address with the next run
    return whole(ran(app))


def whole(app):
    """Run a page again and again, as the browser does, until it says what it has to say."""
    deadline = time.monotonic() + 300
    while not _said(app):
        assert time.monotonic() < deadline, [block.value for block in app.markdown]
        time.sleep(0.05)
        ran(app)
    assert [error.value for error in app.error] == []
    return app


def _said(app):
    heads = [block.value for block in app.markdown if block.value.startswith("# ")]
    return bool(heads) and not heads[0].startswith(UNDER_WAY) and not any(button.label == "Cancel" for button in app.button)
