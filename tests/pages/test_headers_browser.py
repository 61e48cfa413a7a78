"""The content security policy of the nginx example lets the app work: every page draws, and the browser refuses nothing."""

import pytest

from tests.support.visit import Visit
from tests.test_security import NGINX

POLICY = NGINX.partition('Content-Security-Policy "')[2].partition('"')[0]


@pytest.mark.parametrize("address", ["", "rates"])
def test_a_page_under_the_policy_is_whole(new_page, app_url, address):
    page = new_page()
    page.context.grant_permissions(["local-network-access"])  # what a test hands over is not from this machine

    answers = []

    def with_policy(route):
        answer = route.fetch()
        answers.append(answer.url)
        route.fulfill(response=answer, headers={**answer.headers, "content-security-policy": POLICY})

    page.route(lambda url: url == app_url + address, with_policy)
    visit = Visit(page, app_url + address)
    assert answers == [app_url + address]
    assert visit.complaints == []
    assert visit.outside == []
    assert page.evaluate("fetch('http://127.0.0.1:9/').then(() => 'asked', (error) => String(error))") != "asked"
    assert any("Content Security Policy" in complaint for complaint in visit.complaints)
