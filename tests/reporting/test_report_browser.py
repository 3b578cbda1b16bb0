"""The report in a real browser, opened from disk with the network blocked.

These tests never skip: a report that nobody has looked at in a browser is not tested.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

from auditor.app.audit import Request, run_audit
from auditor.app.plugins import load_plugins
from auditor.app.reports import Look, render_stored
from auditor.reporting.html import HtmlRenderer
from auditor.reporting.reader import StoredResult, load_result
from tests.reporting.delivered import deliver, engagement

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
EXAMPLE = Path(__file__).parents[2] / "examples" / "acme"
WIDTHS = (1280, 390)
CUT_FIGURES = """[...document.querySelectorAll('.panel .num, .panel .big')]
    .filter(e => e.getBoundingClientRect().right > e.closest('.panel').getBoundingClientRect().right + 0.5)
    .map(e => e.textContent)"""
VIOLATIONS = "addEventListener('securitypolicyviolation', e => console.error('CSP ' + e.violatedDirective));"


@pytest.fixture(scope="session")
def browser():
    if not CHROMIUM.exists():
        pytest.fail("the browser is missing: install Debian's package with 'apt-get install chromium'")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def report(tmp_path, templates, acme_result):
    return write(tmp_path, templates, acme_result)


@pytest.fixture(params=["es", "ru"])
def delivered(request, tmp_path, templates, acme_result, store_result):
    """The report of a delivered result in another language: its address and the language."""
    path = store_result(acme_result)
    deliver(engagement(), tmp_path)
    renderer = HtmlRenderer(templates, None, request.param)
    page = tmp_path / renderer.file_name
    with page.open("wb") as out:
        renderer.render(load_result(path), out)
    return page.as_uri(), request.param


def write(folder, templates, result):
    path = folder / "report.html"
    with path.open("wb") as out:
        HtmlRenderer(templates).render(StoredResult(result), out)
    return path.as_uri()


@pytest.fixture
def visit(browser):
    """Opens a page without network; at the end nothing may have been requested, logged or violated."""
    contexts, requests, complaints = [], [], []

    def open_page(url, width=1280, **options):
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        context.route(re.compile(r"^(?!file:)"), lambda route: route.abort())
        context.add_init_script(VIOLATIONS)
        page = context.new_page()
        page.on("request", lambda request: requests.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: (complaints.append(f"dialog {dialog.message}"), dialog.dismiss()))
        page.goto(url)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [url for url in requests if not url.startswith("file:")] == []
    assert complaints == []


def shown(page, selector):
    return page.locator(f"{selector}:visible").count()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_the_page_never_scrolls_sideways(visit, report, width, scheme):
    page = visit(report, width, color_scheme=scheme)
    page.get_by_role("button", name="Open all").click()
    page.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.evaluate("document.querySelector('.scroll').scrollWidth > 0")


@pytest.mark.parametrize("width", WIDTHS)
def test_hostile_content_neither_runs_nor_breaks_the_layout(visit, templates, tmp_path, builder, width):
    evil = "<script>alert(1)</script><img src='https://evil.example/x' onerror=alert(2)>" + "W" * 3_000
    builder.check("A-1", title=evil[:300], references=[{"title": "x", "url": "javascript:alert(3)"}])
    builder.verdict("A-1", "fail", evil, message=evil, evidence=[builder.evidence(value=evil, setting=evil, file=evil)])
    builder.input(evil, "broken", message=evil, hint=evil)
    page = visit(write(tmp_path, templates, builder.build()), width)
    page.get_by_role("button", name="Open all").click()
    page.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.get_by_text("javascript:alert(3)").count() == 1
    assert page.locator("a[href^='javascript']").count() == 0


def test_search_by_keyboard_finds_values_and_announces_the_number(visit, report):
    page = visit(report)
    page.locator("#q").focus()
    page.keyboard.type("KLNAG_SVCPRT")
    expect(page.locator("#matches")).to_have_text("1 of 27 checks match")
    assert page.locator("#matches").get_attribute("aria-live") == "polite"
    assert shown(page, "details.card") == 1
    assert shown(page, "tr[data-check]") == 1
    assert page.locator("#section-questions .nothing").is_visible()
    assert page.locator("#section-findings .count:visible").all_inner_texts() == ["1 of 5"]
    page.keyboard.press("Escape")
    assert page.locator("#matches").inner_text() == "27 checks"
    assert shown(page, "tr[data-check]") == 27


def test_filters_by_keyboard_combine_and_go_into_the_address(visit, report):
    page = visit(report)
    page.locator("#more > summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")  # Critical
    page.keyboard.press("Space")
    page.keyboard.press("Tab")  # High
    page.keyboard.press("Space")
    assert page.locator("#active").inner_text() == "(2 chosen)"
    grave = page.locator("#matches").inner_text()
    page.locator("input[name=state][value=fail]").focus()
    page.keyboard.press("Space")
    assert page.locator("#matches").inner_text() == "7 of 27 checks match"
    assert grave != "7 of 27 checks match"
    assert page.locator("#section-findings .count").all_inner_texts()[:2] == ["2", "5"]
    assert page.url.endswith("#?severity=critical%2Chigh&state=fail")
    assert shown(page, "details.card") == 7


def test_a_view_comes_back_from_its_address(visit, report):
    page = visit(report + "#?q=web01&severity=high&state=fail")
    assert page.locator("#q").input_value() == "web01"
    assert page.locator("#matches").inner_text() == "2 of 27 checks match"
    page.get_by_role("button", name="Clear filters").click()
    assert page.locator("#matches").inner_text() == "27 checks"


@pytest.mark.parametrize("width", WIDTHS)
def test_a_deep_link_opens_its_finding(visit, report, width):
    page = visit(report + "#KESL-FTP-003", width)
    card = page.locator("[id='KESL-FTP-003']")
    assert card.get_attribute("open") is not None
    box = card.locator("summary").first.bounding_box()
    assert 0 <= box["y"] < 450
    assert page.evaluate("document.activeElement.parentElement.id") == "KESL-FTP-003"


def test_a_deep_link_relaxes_filters_that_hide_it(visit, report):
    page = visit(report + "#?severity=low")
    assert not page.locator("[id='KESL-FTP-003']").is_visible()
    page.evaluate("location.hash = '#KESL-FTP-003'")
    expect(page.locator("[id='KESL-FTP-003']")).to_have_attribute("open", "")
    assert page.locator("[id='KESL-FTP-003']").is_visible()
    assert page.locator("#matches").inner_text() == "27 checks"


def test_a_deep_link_to_a_passed_check_leads_to_its_line(visit, report):
    page = visit(report + "#KESL-UPD-001")
    assert 0 <= page.locator("[id='KESL-UPD-001']").bounding_box()["y"] < 900


def test_the_list_to_decide_leads_to_the_finding(visit, report):
    page = visit(report)
    page.locator(".first a").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("[id='KESL-FTP-001']")).to_have_attribute("open", "")


def test_the_first_stop_of_the_keyboard_skips_to_the_summary(visit, report):
    page = visit(report)
    page.keyboard.press("Tab")
    link = page.locator(".skip")
    assert link.evaluate("e => e === document.activeElement && e.getBoundingClientRect().width > 50")
    page.keyboard.press("Enter")
    assert page.url.endswith("#section-summary")


@pytest.mark.parametrize("width", WIDTHS)
def test_everything_can_be_read_without_script(visit, report, width):
    page = visit(report, width, java_script_enabled=False)
    assert not page.locator("#filters").is_visible()
    cards = page.locator("details.card")
    assert cards.count() == 20
    for number in range(cards.count()):
        card = cards.nth(number)
        card.locator("summary").first.click()
        assert card.locator(".body").is_visible()
    assert shown(page, "tr[data-check]") == 27


def on_paper(page):
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")


@pytest.mark.parametrize("script", [True, False])
def test_paper_has_findings_with_evidence_and_other_checks_as_lines(visit, report, script):
    page = visit(report, java_script_enabled=script)
    cards = {name: page.locator(f"#section-{name} .card").count() for name in ("findings", "questions", "undecided")}
    on_paper(page)
    assert (page.locator("details:not([open])").count() == 0) is script  # the style alone shows what is closed
    for part in ("summary", ".evidence", ".columns", ".facts"):
        assert shown(page, f"#section-findings .card {part}") == cards["findings"], part
    assert shown(page, "#section-questions .shows") == cards["questions"]
    assert shown(page, "#section-undecided .undecided li") >= cards["undecided"] > 0
    for part in (".evidence", ".columns", ".steps", ".facts"):
        assert shown(page, f":is(#section-questions, #section-undecided) .card {part}") == 0, part
    assert shown(page, ".verify") == shown(page, ".sources") == 0
    assert "report.html holds everything" in page.locator("header .print-only").inner_text()
    assert shown(page, "table.inputs") == 1
    assert shown(page, "tr[data-check]") == 27
    assert not page.locator("nav.contents").is_visible()
    assert not page.locator("#filters").is_visible()
    if script:
        page.evaluate("dispatchEvent(new Event('afterprint'))")
        assert page.locator("details[open], .closed").count() == 0


@pytest.mark.parametrize("script", [True, False])
def test_what_is_open_on_the_screen_is_printed_whole(visit, report, script):
    page = visit(report, java_script_enabled=script)
    opened = [page.locator(f"#section-{name} .card").first for name in ("findings", "questions", "undecided")]
    for card in opened:
        card.locator("summary").click()
    on_paper(page)
    for card in opened:
        for part in (".columns", ".verify", ".facts", ".sources"):
            assert card.locator(part).count() == card.locator(f"{part}:visible").count(), part
        assert card.locator(".verify").is_visible()


def test_a_printed_view_names_its_filters(visit, report):
    page = visit(report + "#?q=web01&severity=high")
    page.emulate_media(media="print")
    header = page.locator("#print-filters")
    assert header.is_visible()
    text = header.inner_text()
    assert "of 27 checks" in text
    assert "severity: High" in text
    assert "web01" in text


@pytest.mark.parametrize("language", ["en", "es", "it", "ru", "pt"])
def test_no_figure_of_the_summary_is_cut_off(visit, templates, tmp_path, acme_result, language):
    """On screens of any width, and on A4: 182 mm lie between its margins; what stands further right is not printed."""
    page_file = tmp_path / "report.html"
    with page_file.open("wb") as out:
        HtmlRenderer(templates, None, language).render(StoredResult(acme_result), out)
    page = visit(page_file.as_uri())
    for width in (1280, 1024, 768, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(CUT_FIGURES) == [], width
    page.set_viewport_size({"width": 794, "height": 1123})
    page.emulate_media(media="print")
    page.evaluate("document.body.style.width = '182mm'")
    assert page.evaluate(CUT_FIGURES) == [], "A4"


def test_pages_on_paper_are_numbered(visit, report):
    page = visit(report)
    pdf = page.pdf(format="A4", prefer_css_page_size=True)
    assert pdf.startswith(b"%PDF")
    style = page.locator("style").inner_text()
    assert 'content: "Page " counter(page) " of " counter(pages)' in style
    assert "Kaspersky health check - as of 1 March 2026, 12:00 UTC" in style


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_accessibility_rules_hold(browser, report, width, scheme):
    assert violations(browser, report, width, scheme) == []


@pytest.mark.parametrize(("width", "scheme"), [(1280, "dark"), (390, "light")])
def test_accessibility_rules_hold_for_a_translated_cover(browser, delivered, width, scheme):
    assert violations(browser, delivered[0], width, scheme) == []


def violations(browser, url, width, scheme):
    """What the accessibility rules object to, with everything open."""
    from axe_playwright_python.sync_playwright import Axe

    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
        bypass_csp=True,  # the rules are injected as a script; every other test keeps the policy
    )
    page = context.new_page()
    page.goto(url)
    page.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]})
    context.close()
    assert found.response["passes"]
    return [(rule["id"], rule["nodes"][0]["html"][:200]) for rule in found.response["violations"]]


@pytest.mark.parametrize("width", WIDTHS)
def test_a_translated_page_with_a_cover_never_scrolls_sideways(visit, delivered, width):
    page = visit(delivered[0], width)
    page.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_the_script_speaks_the_language_of_the_page(visit, delivered):
    url, language = delivered
    page = visit(url + "#?q=web01&severity=high&state=fail")
    matches, header = page.locator("#matches").inner_text(), page.locator("#print-filters").text_content()
    told = {
        "es": ("Comprobaciones que coinciden: 2 de 27", "gravedad: Alta; estado: No cumple; búsqueda: «web01»"),
        "ru": ("Подходящих проверок: 2 из 27", "серьёзность: Высокая; состояние: Не выполнено; поиск: «web01»"),  # noqa: RUF001  # Russian
    }[language]
    assert matches == told[0]
    assert header.endswith(told[1])
    page.locator("#toggle").click()
    assert page.locator("#toggle").inner_text() == {"es": "Cerrar todo", "ru": "Свернуть все"}[language]


def test_many_findings_filter_quickly(visit, templates, tmp_path, builder):
    for number in range(400):
        check_id = builder.check(f"A-{number:03}", severity="high" if number % 2 else "low")
        for host in range(10):
            builder.verdict(check_id, "fail", f"host-{host}")
    page = visit(write(tmp_path, templates, builder.build()))
    took = page.evaluate(
        """() => {
          document.querySelector("#q").value = "a-1 host-3";
          const box = document.querySelector("input[name=severity][value=high]");
          box.checked = true;
          const start = performance.now();
          box.dispatchEvent(new Event("change"));
          return performance.now() - start;
        }"""
    )
    expect(page.locator("#matches")).to_have_text("50 of 400 checks match")
    assert took < 1_000  # milliseconds, with the index built on the way, on a busy machine


@pytest.fixture(scope="module", params=["es", "ru"])
def example(request, tmp_path_factory):
    """The report of the example customer, with the texts of the shipped checks in another language: the whole, and one
    of some checks only, since the accessibility rules take minutes over hundreds.
    """
    folder = tmp_path_factory.mktemp("example")
    result = run_audit(Request([EXAMPLE], folder, jobs=1))
    few = folder / "few" / "result.json"
    few.parent.mkdir()
    few.write_text(json.dumps(result | {"checks": result["checks"][::25]}), encoding="utf-8")
    look, pages = Look(languages=(request.param,)), []
    for stored in (folder, few.parent):
        pages += render_stored(stored, stored, ["html"], load_plugins(), look)
    return [page.as_uri() for page in pages]


OVERFLOWING = """() => {
  const boxes = [...document.querySelectorAll("span, p, td, th, h3, h4, h5, dd, dt, li, button, legend, summary")];
  return boxes.filter(box => !box.closest(".vh, .skip") && getComputedStyle(box).display !== "inline")
    .filter(box => box.clientWidth > 0 && box.scrollWidth > box.clientWidth + 1)
    .map(box => `${box.tagName} ${box.textContent.trim().slice(0, 60)}`);
}"""


@pytest.mark.parametrize("width", WIDTHS)
def test_longer_words_of_checks_stay_in_their_boxes(visit, example, width):
    page = visit(example[0], width)
    page.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.evaluate(OVERFLOWING) == []


def test_translated_checks_are_accessible(browser, example):
    assert violations(browser, example[1], 1280, "light") == []


def test_nothing_is_cut_off_on_paper_and_the_example_stays_a_report_one_can_hold(visit, example):
    page = visit(example[0])
    pages = page.pdf(format="A4", prefer_css_page_size=True).count(b"/Type /Page\n")
    assert 40 < pages < 90
    page.set_viewport_size({"width": 794, "height": 1123})
    page.evaluate("document.body.style.width = '182mm'")
    on_paper(page)
    assert page.evaluate(OVERFLOWING) == []
    assert page.evaluate("[...document.querySelectorAll('td')].every(e => e.getBoundingClientRect().right <= 689)")
