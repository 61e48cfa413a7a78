"""The language in a real browser: the browser's own, the switch, and links that go from one language to the other."""

from tests.support.visit import HEADLINE, spec_of_address


def test_a_japanese_browser_sees_japanese_and_the_switch_and_its_link_are_english_everywhere(visit):
    japanese = visit("?fn=sphere&o1.schedule=cosine&n=60&curve=distance", locale="ja-JP")
    page = japanese.page
    assert "SGD の勝ち：23 ステップで目標に到達しました。" in japanese.headline
    assert page.evaluate("() => document.documentElement.lang") == "ja"
    view = page.locator(".race-view")
    for words in ("途中順位", "次のステップ", "輪が開始点です", "収束"):
        assert words in view.inner_text()
    view.get_by_role("button", name="再生（スペース）").wait_for()
    page.get_by_role("button", name="リンクをコピー").wait_for()
    page.get_by_test_id("stTopNavSection").filter(has_text="調べる").wait_for()
    address = page.url
    mine = spec_of_address(address)
    assert (mine.problem, mine.steps, mine.entries[0].schedule) == ("sphere", 60, ("cosine",))
    assert "lang" not in address

    def speak(language, word):
        page.locator("[data-testid=stSidebar]").get_by_role("radio", name=language).click()
        page.locator(HEADLINE, has_text=word).first.wait_for(timeout=30_000)

    for language, word in (("English", "won"), ("日本語", "勝ち"), ("English", "won")):
        speak(language, word)
    page.wait_for_function("() => location.search.includes('lang=en') && location.search.includes('Sphere')", timeout=30_000)
    japanese.settled().expect(mine)
    assert spec_of_address(page.url) == mine
    assert "Leader board" in view.inner_text()
    assert page.evaluate("() => document.documentElement.lang") == "en"

    chosen, unchosen = visit(page.url, locale="ja-JP"), visit(address, locale="en-US")
    for opened in (chosen, unchosen):
        assert "won" in opened.headline
        assert spec_of_address(opened.page.url) == mine
        assert "curve=distance" in opened.page.url
    assert japanese.complaints == chosen.complaints == unchosen.complaints == []
