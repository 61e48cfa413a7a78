"""Which process gets which tests: file by file, the longest first, and the files that draw in a browser in two shares alike."""

import functools

BROWSERS = 2
"""As many as CI has cores: with one the other core would be idle at the end, with more they would only be in each other's way."""
SECONDS = {}
"""File -> seconds of its tests that need no browser, measured with `-n 0`; what is not here takes less than 5."""
IN_A_BROWSER = {}
"""File -> seconds of its tests that need one."""


@functools.cache
def browser_shares():
    """Return file -> number of its share: from the longest down, each to the share that has least so far."""
    filled, shares = dict.fromkeys(range(1, BROWSERS + 1), 0), {}
    for file in sorted(IN_A_BROWSER, key=IN_A_BROWSER.get, reverse=True):
        shares[file] = min(filled, key=filled.get)
        filled[shares[file]] += IN_A_BROWSER[file]
    return shares


def group(file, in_a_browser):
    """Return the name of the group that a test of a file belongs to."""
    return f"browser-{browser_shares().get(file, BROWSERS)}" if in_a_browser else file


def seconds(name):
    """Return how long a group takes."""
    shares = browser_shares()
    return SECONDS.get(name, 0) or sum(spent for file, spent in IN_A_BROWSER.items() if name == f"browser-{shares[file]}")
