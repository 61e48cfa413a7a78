"""A lesson in a real browser: by its link, by the keyboard, in two languages, and on to free play."""

import optim
from tests.support.visit import spec_of_address

PLAYED = "() => /180 of 180/.test(document.body.innerText)"


def test_a_pupil_answers_by_keyboard_sees_the_proof_plays_on_and_goes_to_another_lesson(visit):
    lesson = optim.LESSONS["saddle"]
    visitor = visit("lessons?lesson=saddle")
    page = visitor.page
    assert visitor.headline == "The saddle"
    assert page.locator(".race-view").count() == 0
    choice = page.get_by_role("button", name="A. A thousand times as long")
    choice.focus()
    page.keyboard.press("Enter")
    page.get_by_text("Right is B: 72 steps longer").wait_for()
    page.wait_for_function(PLAYED, timeout=60_000)
    page.get_by_role("img", name="The race on the contour map", exact=True).wait_for()  # where no click sets a start
    row = page.get_by_role("row", name="More steps for SGD").inner_text().split("\t")
    assert row[1:] == ["72", "ln 1000 / ln 1.1 = 72.48"]

    page.get_by_role("radio", name="The plateau").check(force=True)
    page.locator("h1", has_text="The plateau").wait_for()
    page.get_by_role("button", name="B.").wait_for()
    page.locator(".race-view").wait_for(state="detached")
    page.wait_for_url("**lesson=plateau**")

    page.get_by_role("radio", name="日本語").click()
    page.locator("h1", has_text="プラトー").wait_for()
    page.get_by_role("radio", name="鞍点").check(force=True)  # answered before, and still in this session
    page.locator("h1", has_text="鞍点").wait_for()
    visitor.settled()
    assert "lesson=saddle" in page.url
    assert "lang=ja" in page.url

    page.get_by_role("link", name="0.000001").click()
    page.wait_for_url("**/?**")
    visitor.settled()
    opened = spec_of_address(page.url.replace("lang=ja", ""))
    assert opened.start == lesson.races[1].spec.start
    assert [entry.hyper for entry in opened.entries] == [entry.hyper for entry in lesson.races[1].spec.entries]
    assert visitor.complaints == visitor.outside == []
