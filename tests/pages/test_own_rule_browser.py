"""A rule of one's own in a real browser: typed, raced, mended, stepped through, linked, and taken home as a class for PyTorch."""

import ast
import re

from optim.export import torch_classes
from pages.shared.inputs.rules import ADAM, HEAVY_BALL
from tests.conftest import DESKTOP
from tests.support.visit import address_change, go, spec_of_address

SIGNS = "g = gradient(x)\nm = beta1 * m + gain * g\nx = x - lr * sign(m)"
BROKEN = SIGNS.replace("sign(m)", "foo(m)")
PHONE = {"width": 390, "height": 844}


def field(visitor, slot=1):
    return visitor.page.get_by_role("textbox", name=f"Lines of racer {slot}")


def apply(visitor, text, slot=1):
    """Type lines over what is there and apply them."""
    field(visitor, slot).fill(text)
    field(visitor, slot).press("Control+Enter")


def test_an_author_types_a_rule_mends_it_steps_through_it_and_takes_it_home(visit, tmp_path):
    visitor = visit(permissions=["clipboard-read", "clipboard-write"])
    page = visitor.page
    with address_change(visitor):
        visitor.choose("Racer 1", "Your own rule")
    assert field(visitor).input_value() == HEAVY_BALL
    assert spec_of_address(page.url).entries[0].optimizer == HEAVY_BALL
    visitor.expect(spec_of_address(page.url))

    with address_change(visitor):
        apply(visitor, SIGNS)
    raced = spec_of_address(page.url)
    assert raced.entries[0].optimizer == SIGNS
    visitor.expect(raced)
    assert page.locator(".rv-list", has_text="Your rule").count() == 1
    with address_change(visitor):
        page.get_by_role("spinbutton", name="gain").fill("2.5")
        page.get_by_role("spinbutton", name="gain").press("Enter")
    raced = spec_of_address(page.url)
    assert raced.entries[0].hyper["gain"] == 2.5

    apply(visitor, BROKEN)
    message = page.get_by_text("Line 3, column 14: there is no function foo")
    message.wait_for()
    visitor.settled()
    assert message.count() == 1
    assert field(visitor).input_value() == BROKEN
    visitor.expect(raced)
    page.wait_for_function("() => !location.search.includes('foo')", timeout=10_000)  # a mistake is in no link
    assert spec_of_address(page.url) == raced
    with address_change(visitor):
        page.get_by_role("spinbutton", name="gain").fill("3")
        page.get_by_role("spinbutton", name="gain").press("Enter")
    assert field(visitor).input_value() == BROKEN
    raced = spec_of_address(page.url)
    assert raced.entries[0].hyper["gain"] == 3
    apply(visitor, SIGNS)
    message.wait_for(state="detached")
    visitor.expect(raced)

    with address_change(visitor):
        page.get_by_role("button", name="Undo").click()
    assert spec_of_address(page.url).entries[0].hyper["gain"] == 2.5
    with address_change(visitor):
        page.get_by_role("button", name="Redo").click()
    assert spec_of_address(page.url) == raced

    page.get_by_role("button", name="How to write a rule").click()
    with address_change(visitor):
        page.get_by_role("button", name="Use the lines of Adam").click()
    assert field(visitor).input_value() == ADAM
    with address_change(visitor):
        page.get_by_role("button", name="Undo").click()
    assert spec_of_address(page.url) == raced

    go(page, "Step")
    page.locator("h1", has_text="Why did Your rule take step 1?").wait_for()
    visitor.settled()
    page.get_by_role("button", name="Next").click()
    page.locator("h1", has_text="Why did Your rule take step 2?").wait_for()
    assert page.locator(".katex").count() >= 3
    go(page, "Race")
    visitor.settled()

    page.get_by_role("button", name="Copy link").click()
    page.get_by_role("button", name="Copied").wait_for()
    link = page.evaluate("() => navigator.clipboard.readText()")
    fresh = visit(link, viewport=DESKTOP, locale="en-US")
    assert field(fresh).input_value() == SIGNS
    fresh.expect(raced)

    fresh.page.get_by_text("Export and share").click()
    fresh.page.get_by_role("tab", name="torch.optim").click()
    with fresh.page.expect_download() as download:
        fresh.page.get_by_role("button", name="Download your_rule.py").click()
    kept = tmp_path / "your_rule.py"
    download.value.save_as(kept)
    assert kept.read_text() == torch_classes(raced).text
    assert re.findall(r"class (\w+)\(torch.optim.Optimizer\)", kept.read_text()) == ["YourRule"]
    ast.parse(kept.read_text())
    assert visitor.complaints == fresh.complaints == []
    assert visitor.outside == fresh.outside == []


def test_on_a_phone_lines_and_their_mistake_fit_the_screen(visit):
    visitor = visit("?o1=own&k=2", viewport=PHONE, locale="ja-JP", has_touch=True)
    page = visitor.page
    page.get_by_test_id("stExpandSidebarButton").click()
    lines = page.get_by_role("textbox", name="手法 1 の行")
    lines.wait_for()
    lines.fill(BROKEN)
    lines.press("Control+Enter")
    page.get_by_text("3 行目、14 文字目").wait_for()
    box = lines.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE["width"]
    assert lines.evaluate("area => area.scrollHeight - area.clientHeight") <= 2
    assert visitor.complaints == []
