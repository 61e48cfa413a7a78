"""The Step page in a real browser: the keyboard steps through a run, and the address follows."""

import re

from tests.support.visit import go


def heading(page, text):
    page.locator("h1", has_text=text).first.wait_for(timeout=30_000)


def test_the_keyboard_steps_and_the_address_follows(visit):
    visitor = visit("step?r=2&step=9")
    page = visitor.page
    heading(page, "Why did Momentum take step 9?")
    page.locator("h1").first.click()
    page.keyboard.press("ArrowRight")
    heading(page, "Why did Momentum take step 10?")
    page.wait_for_function("() => new URLSearchParams(location.search).get('step') === '10'", timeout=15_000)
    page.keyboard.press("ArrowLeft")
    heading(page, "Why did Momentum take step 9?")
    page.keyboard.press("End")
    heading(page, "Why did Momentum take step 30?")
    page.keyboard.press("Home")
    heading(page, "Why did Momentum take step 1?")
    visitor.settled()
    assert page.locator(".katex-error").count() == 0
    assert visitor.complaints == []
    assert visitor.outside == []
    again = visit(re.sub(r"^https?://[^/]+/", "", page.url))
    heading(again.page, "Why did Momentum take step")


def test_keys_in_a_field_and_on_other_pages_do_not_step(visit):
    visitor = visit("step?r=2&step=9")
    page = visitor.page
    field = page.locator(".st-key-step input")
    field.click()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("End")
    page.locator("h1").first.click()
    heading(page, "Why did Momentum take step 9?")
    go(page, "Race")
    visitor.settled()
    page.keyboard.press("ArrowRight")
    go(page, "Step")
    heading(page, "Why did Momentum take step 9?")
    assert visitor.complaints == []
