"""What the tests of pages in a browser share."""

import pytest

from tests.conftest import DESKTOP, SEEN


@pytest.fixture
def visit(new_page, chromium, app_url):
    """Open the app, or a link to it, as somebody who has never been there.

    A window of another size is one of the same browser; one with other settings, such as a language, is one of another.
    """
    from tests.support.visit import Visit

    contexts = []

    def open_(address="", viewport=None, **settings):
        if settings:
            contexts.append(chromium.new_context(viewport=viewport or DESKTOP, **settings))
            contexts[-1].add_init_script(SEEN)
        page = contexts[-1].new_page() if settings else new_page(viewport)
        return Visit(page, address if address.startswith("http") else app_url + address)

    yield open_
    for context in contexts:
        context.close()
