"""The list of pages and the files of the pages are the same, and each page has the one layout."""

import ast
from pathlib import Path

import pytest

from pages.shared.sitemap import PAGES

ROOT = Path(__file__).parents[3]


def test_every_page_is_listed_and_every_listed_page_is_there():
    assert sorted(page.file for page in PAGES) == sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("pages/*.py"))


@pytest.mark.parametrize("listed", PAGES, ids=lambda listed: listed.name)
def test_every_page_has_the_one_layout_and_is_short(listed):
    text = (ROOT / listed.file).read_text(encoding="utf-8")
    calls = [node.func.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    assert "page" in calls
    assert len(text.splitlines()) < 80
