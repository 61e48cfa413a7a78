"""Back, Forward and reload in a real browser: inputs, picture and address always agree, and nothing that was set is lost."""

import re
from dataclasses import replace

import pytest

import optim
from pages.shared.inputs.presets import PRESETS
from tests.support.rest import LONG, at_rest, finished
from tests.support.visit import go, spec_of_address

BOOK = PRESETS[0].spec


def shows(visitor, spec):
    """Wait until address, inputs, verdict and table are all those of `spec`."""
    page = visitor.page
    title = optim.PROBLEMS[spec.problem].title
    page.wait_for_function(
        "title => document.querySelector('[data-testid=stSidebar] .st-key-fn input')?.value === title", arg=title, timeout=30_000
    )
    visitor.expect(spec)
    assert spec_of_address(visitor.settled().page.url) == spec
    assert float(page.locator(".st-key-o1-lr input").first.input_value()) == spec.entries[0].hyper["lr"]


def on(spec, problem):
    """The same race on another function, from that one's first start, its rates set by hand."""
    entries = tuple(replace(entry, origin=optim.Entry("sgd").origin) for entry in spec.entries)
    return replace(spec, problem=problem, start=optim.PROBLEMS[problem].starts[0], entries=entries)


def test_back_and_forward_walk_through_the_experiments(visit):
    visitor = visit()
    page = visitor.page
    length = page.evaluate("() => history.length")
    seen = [BOOK]
    for title in ("Sphere", "Matyas"):
        visitor.choose("Function", title)
        page.wait_for_url(f"**fn={title}**")
        visitor.settled()
        seen.append(spec_of_address(page.url))
    slider = page.get_by_role("slider", name="SGD's lr, logarithmic")
    slider.focus()
    for _ in range(20):
        page.keyboard.press("ArrowLeft")
    slow = seen[2].entries[0].hyper["lr"] / 5
    page.wait_for_url(lambda url: spec_of_address(url).entries[0].hyper["lr"] < slow)  # a slider reports when the keys rest
    visitor.settled()
    seen.append(spec_of_address(page.url))
    assert [spec.problem for spec in seen] == ["elongated_bowl", "sphere", "matyas", "matyas"]
    assert page.evaluate("() => history.length") == length + 3  # a slider that moves twenty times is one change
    for spec in seen[2::-1]:
        page.go_back()
        shows(visitor, spec)
    for spec in seen[1:]:
        page.go_forward()
        shows(visitor, spec)
    assert visitor.complaints == []


def test_back_across_pages_brings_back_what_each_showed(visit):
    visitor = visit("?fn=Sphere&n=60")
    page, mine = visitor.page, spec_of_address(visitor.page.url)
    go(page, "Starts")
    page.wait_for_url("**/starts?**")
    finished(page)
    page.get_by_label("Steps", exact=True).fill("40")
    page.keyboard.press("Enter")
    page.get_by_text("40 steps each").wait_for(timeout=LONG)
    go(page, "Lessons")
    page.get_by_role("button", name="The saddle").first.click()
    page.locator("h1", has_text="The saddle").wait_for()
    page.wait_for_url("**lesson=saddle**")
    go(page, "Race")
    visitor.expect(replace(mine, steps=40))

    page.go_back()
    page.locator("h1", has_text="The saddle").wait_for()
    page.go_back()
    page.locator("h1", has_text="experiments of a minute").wait_for()
    page.go_back()
    page.get_by_text("40 steps each").wait_for(timeout=LONG)
    finished(page)
    assert spec_of_address(page.url) == replace(mine, steps=40)
    page.go_back()
    page.get_by_text("60 steps each").wait_for(timeout=LONG)
    assert page.get_by_label("Steps", exact=True).input_value() == "60"
    page.go_back()
    shows(visitor, mine)
    assert visitor.complaints == []


@pytest.mark.parametrize(
    ("address", "heading"),
    [
        ("functions?show=Beale", "Beale"),
        ("optimizers?opt=Lion", "Lion"),
        ("lessons?lesson=saddle", "The saddle"),
        ("book?section=momentum&momentum.n=77", "Momentum"),
        ("book?section=four&four.how=equal", "The four compared"),
        ("step?r=2&step=7", "Why did Momentum take step 7"),
    ],
)
def test_a_reload_keeps_the_experiment_and_what_is_open(visit, address, heading):
    page_name, _, own = address.partition("?")
    visitor = visit(f"{page_name}?fn=Sphere&n=60&{own}")
    page = visitor.page
    wanted = on(replace(BOOK, steps=60), "sphere")
    for _ in range(2):
        page.locator("h1, h2", has_text=heading).first.wait_for(timeout=60_000)
        visitor.settled()
        assert own in page.url
        page.reload()
    page.locator("h1, h2", has_text=heading).first.wait_for(timeout=60_000)
    go(page, "Race")
    visitor.expect(wanted)


def test_back_undoes_an_input_of_the_book_and_the_choice_of_a_language(visit):
    visitor = visit("book?section=momentum")
    page = visitor.page
    steps = page.locator(".st-key-momentum-n input")
    page.get_by_role("button", name="1000 steps").click()
    page.wait_for_url("**momentum.n=1000**")
    visitor.settled()
    page.get_by_role("radio", name="日本語").click()
    page.wait_for_url("**lang=ja**")
    visitor.settled()
    page.go_back()
    page.locator("h1", has_text="Momentum").wait_for()
    page.wait_for_function("() => document.querySelector('.st-key-momentum-n input').value === '1000'")
    page.go_back()
    page.wait_for_function("() => document.querySelector('.st-key-momentum-n input').value === '30'")
    assert "momentum.n" not in visitor.settled().page.url
    page.go_forward()
    page.wait_for_function("() => document.querySelector('.st-key-momentum-n input').value === '1000'")
    assert steps.input_value() == "1000"
    assert visitor.complaints == []


@pytest.mark.parametrize(("title", "name"), [("Learning rates", "rates"), ("Starts", "starts")])
def test_more_steps_for_everybody_is_heard_by_the_whole_page(visit, title, name):
    visitor = visit()
    page = visitor.page
    go(page, title)
    page.wait_for_url(f"**/{name}**")  # the Race page has such a field too
    finished(page)
    page.get_by_label("Steps", exact=True).fill("20")
    page.keyboard.press("Enter")
    page.get_by_text("20 steps each").wait_for(timeout=LONG)
    finished(page)
    page.get_by_role("button", name="Give everybody 300 steps").click()
    page.get_by_text(re.compile("300 steps each")).wait_for(timeout=LONG)
    assert page.get_by_label("Steps", exact=True).input_value() == "300"
    page.wait_for_url("**n=300**")
    page.go_back()
    page.get_by_text("20 steps each").wait_for(timeout=LONG)
    assert page.get_by_label("Steps", exact=True).input_value() == "20"


def scrolled(page):
    """How far the page is scrolled once nothing runs any more."""
    at_rest(page)
    return page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollTop")


def to_the_end(page):
    page.evaluate("() => { const main = document.querySelector('[data-testid=stMain]'); main.scrollTo(0, main.scrollHeight); }")
    page.wait_for_function("() => document.querySelector('[data-testid=stMain]').scrollTop > 300")


def test_a_section_a_lesson_and_a_page_begin_at_their_top(visit):
    visitor = visit("book?section=gradient", viewport={"width": 1400, "height": 700})
    page = visitor.page
    for title in ("SGD", "Momentum"):
        to_the_end(page)
        page.locator(".st-key-book-next button").click()
        page.locator("h1", has_text=title).wait_for(timeout=30_000)
        assert scrolled(page) == 0
    to_the_end(page)
    go(page, "Lessons")
    page.locator("h1", has_text="experiments of a minute").wait_for()
    assert scrolled(page) == 0
    to_the_end(page)
    page.get_by_role("button", name=optim.LESSONS[list(optim.LESSONS)[-1]].title).last.click()
    page.get_by_text("Lesson 15 of 15").wait_for()
    assert scrolled(page) == 0
