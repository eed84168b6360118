import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).parents[1]
PAGES = [path for pattern in ("*.md", "docs/*.md", "papers/*/*.md", "saved_models/*.md") for path in ROOT.glob(pattern)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_relative_links_lead_to_files(page):
    links = re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if "://" not in link and not (page.parent / link).exists()] == []
