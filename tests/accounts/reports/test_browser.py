"""Service reports in a real browser, opened from disk with the network blocked. These tests never skip."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.accounts.reports.goldens import documents, renderer
from tests.accounts.reports.test_rendering import hostile

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
VIOLATIONS = "addEventListener('securitypolicyviolation', e => console.error('CSP ' + e.violatedDirective));"


@pytest.fixture(scope="module")
def browser():
    if not CHROMIUM.exists():
        pytest.fail("the browser is missing: install Debian's package with 'apt-get install chromium'")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def visit(browser, tmp_path):
    """Opens a document as a page; at the end nothing may have been requested, logged or violated."""
    contexts, requests, complaints = [], [], []

    def open_page(document, language, width=1280, **options):
        path = tmp_path / "report.html"
        path.write_bytes(renderer().render(document, "html", language))
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        context.route(re.compile(r"^(?!file:)"), lambda route: route.abort())
        context.add_init_script(VIOLATIONS)
        page = context.new_page()
        page.on("request", lambda request: requests.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: (complaints.append(f"dialog {dialog.message}"), dialog.dismiss()))
        page.goto(path.as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [url for url in requests if not url.startswith("file:")] == []
    assert complaints == []


def width_of(page):
    return page.evaluate("document.documentElement.scrollWidth")


@pytest.mark.parametrize("name", sorted(documents()))
@pytest.mark.parametrize("language", ["ru", "pt"])
def test_a_phone_shows_it_without_scrolling_sideways(visit, name, language):
    page = visit(documents()[name], language, 390)
    assert width_of(page) == 390
    page.set_viewport_size({"width": 320, "height": 700})
    assert width_of(page) == 320


@pytest.mark.parametrize("number", [0, 1])
def test_hostile_words_neither_run_nor_break_the_layout(visit, number):
    document = hostile()[number]
    document["incidents"][0]["title"] += "W" * 3_000
    page = visit(document, "es", 390)
    assert width_of(page) == 390
    assert page.get_by_text("<script>alert(1)</script>").count() > 0


def test_the_first_stop_of_the_keyboard_skips_to_the_summary(visit):
    page = visit(documents()["quarterly"], "it")
    page.keyboard.press("Tab")
    assert page.locator(".skip").evaluate("e => e === document.activeElement && e.getBoundingClientRect().width > 50")
    page.keyboard.press("Enter")
    assert page.url.endswith("#section-summary")


def test_paper_shows_everything_on_numbered_pages(visit):
    page = visit(documents()["quarterly"], "ru")
    page.emulate_media(media="print")
    assert not page.locator("nav.contents").is_visible()
    assert page.locator("#section-list tbody tr").count() == 11
    assert page.locator(".scroll").first.evaluate("e => getComputedStyle(e).overflowX") == "visible"
    # a mark is smaller than the text it stands in, also on paper
    mark = page.locator("td .mark").first
    sizes = mark.evaluate("e => [e, e.parentElement].map(one => parseFloat(getComputedStyle(one).fontSize))")
    assert sizes[0] < sizes[1]
    assert page.pdf(format="A4", prefer_css_page_size=True).startswith(b"%PDF")
    margin = "[...document.styleSheets[0].cssRules].filter(r => r.constructor.name === 'CSSPageRule').at(-1).cssText"
    assert "Страница" in page.evaluate(margin)
    assert "Acme Ltd: 3-й квартал" in page.evaluate(margin)


@pytest.mark.parametrize(
    ("name", "width", "scheme"),
    [
        ("quarterly", 1280, "light"),
        ("quarterly", 390, "dark"),
        ("daily-late", 390, "light"),
        ("daily-late", 1280, "dark"),
        ("on-demand", 1280, "light"),
    ],
)
def test_accessibility_rules_hold(browser, tmp_path, name, width, scheme):
    from axe_playwright_python.sync_playwright import Axe

    path = tmp_path / "report.html"
    path.write_bytes(renderer().render(documents()[name], "html", "ru"))
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
        bypass_csp=True,  # the rules are injected as a script; every other test keeps the policy
    )
    page = context.new_page()
    page.goto(path.as_uri())
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]})
    context.close()
    assert found.response["passes"]
    assert [(rule["id"], rule["nodes"][0]["html"][:200]) for rule in found.response["violations"]] == []
