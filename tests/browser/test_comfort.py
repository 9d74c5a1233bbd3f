"""Every page, as everybody sees it: nothing axe objects to, nothing over the edge, the mark in view."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.looking import Findings, look_at_all, settle
from tests.browser.pages_of import WALKERS, Walk, become_in
from tests.browser.reading import left_chinese
from tests.browser.serving import served
from tests.browser.states import arrange
from webapp import assets

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def lived_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A demonstration of its own in which something of everything has happened."""
    with served(tmp_path_factory.mktemp("lived_in")) as address:
        arrange(address)
        yield address


@pytest.fixture(scope="module")
def walk(lived_in: str) -> Walk:
    """The pages of everybody."""
    return Walk(lived_in).run()


@pytest.fixture(scope="module")
def found(browser: Browser, lived_in: str, walk: Walk) -> Findings:
    """What there is to say about them."""
    return look_at_all(browser, lived_in, walk, WALKERS)


def test_somebody_reaches_every_page(walk: Walk) -> None:
    assert walk.troubles == []
    # Link to it from a page that a walker reaches, or say in UNLINKED why nothing does.
    assert walk.addresses_nobody_reaches() == []
    assert len(walk.pages) > 40


def test_an_english_page_says_in_chinese_only_what_people_wrote(lived_in: str) -> None:
    pages = Walk(lived_in, "en").run().pages
    left = {text: str(page) for page in pages for text in left_chinese(page.html, page.endpoint)}
    assert left == {}


def test_a_chinese_page_says_nothing_in_english(found: Findings) -> None:
    assert found.english == []


def test_an_english_form_and_diagram_are_in_english(
    browser: Browser, lived_in: str, walk: Walk
) -> None:
    context = browser.new_context(base_url=lived_in)
    context.add_cookies([{"name": "gongban_lang", "value": "en", "url": lived_in}])
    page, left = context.new_page(), {}
    drawn = [one for one in walk.pages if 'data-island="form"' in one.html]
    for seen in drawn:
        become_in(page, WALKERS[seen.walker])
        page.goto(seen.path)
        settle(page)
        left |= {text: str(seen) for text in left_chinese(page.content())}
    context.close()
    assert len(drawn) > 4
    assert left == {}


def test_axe_finds_nothing(found: Findings) -> None:
    assert found.axe == []


def test_nothing_hangs_over_the_edge(found: Findings) -> None:
    assert found.overhanging == []


def test_the_mark_of_bpmn_io_is_in_view_wherever_something_is_drawn(found: Findings) -> None:
    assert found.marks == []
    assert {"pages.task", "pages.case", "pages.start_form"} <= found.drawn


def test_the_first_pages_are_small(walk: Walk) -> None:
    firsts = {"pages.login", "pages.home", "pages.inbox"}
    sizes = {str(one): weight(one.html) for one in walk.pages if one.endpoint in firsts}
    assert len(sizes) > 2
    assert {page: size for page, size in sizes.items() if size > 90 * 1024} == {}


def weight(html: str) -> int:
    """What a page's scripts and style sheets weigh on their way, by gzip."""
    paths = set(re.findall(r'(?:src|href)="/static/(dist/assets/[^"]+\.(?:js|css))"', html))
    assert len(paths) > 2
    return sum(len(gzip.compress((assets.DIST.parent / path).read_bytes())) for path in paths)


def test_no_script_complains_and_the_policy_is_kept(found: Findings) -> None:
    assert found.complaints == []
