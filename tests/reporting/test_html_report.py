from __future__ import annotations

import base64
import hashlib
import io
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from auditor.errors import ResultError
from auditor.reporting.html import HtmlRenderer
from auditor.reporting.reader import StoredResult, load_result

EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{ 7*7 }}\x1b[2J\u202e"


class Page(HTMLParser):
    """The tags, attributes and visible text of a page."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.blocks: dict[str, list[str]] = {"script": [], "style": []}
        self.text = ""
        self._inside = ""
        self.feed(source)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self._inside = tag if tag in self.blocks else ""

    def handle_endtag(self, tag):  # noqa: ARG002  # the parser's signature
        self._inside = ""

    def handle_data(self, data):
        if self._inside:
            self.blocks[self._inside].append(data)
        else:
            self.text += data


@pytest.fixture
def render(templates):
    def html(result) -> str:
        out = io.BytesIO()
        HtmlRenderer(templates).render(StoredResult(result), out)
        return out.getvalue().decode()

    return html


def ids(page):
    return [attrs["id"] for _, attrs in page.tags if "id" in attrs]


def test_the_policy_allows_exactly_the_inlined_blocks(acme_result, render):
    page = Page(render(acme_result))
    policy = next(a["content"] for t, a in page.tags if a.get("http-equiv") == "Content-Security-Policy")
    for name in ("style", "script"):
        (block,) = page.blocks[name]
        digest = base64.b64encode(hashlib.sha256(block.encode()).digest()).decode()
        assert f"{name}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    assert "*" not in policy
    order = [tag for tag, attrs in page.tags if tag in {"style", "script"} or "http-equiv" in attrs]
    assert order[0] == "meta"


def test_nothing_on_the_page_makes_a_request(acme_result, render):
    page = Page(render(acme_result))
    loading = {"link", "img", "iframe", "object", "embed", "audio", "video", "source", "base", "image", "use"}
    assert not {tag for tag, _ in page.tags} & loading
    for tag, attrs in page.tags:
        assert not {"src", "srcset", "style", "background", "poster", "ping", "action"} & set(attrs), tag
        assert not [name for name in attrs if name.startswith("on")], tag
    assert "url(" not in page.blocks["style"][0]
    assert "@import" not in page.blocks["style"][0]


def test_links_lead_inside_or_to_named_sources_without_referrer(acme_result, render):
    page = Page(render(acme_result))
    targets = set(ids(page))
    links = [attrs for tag, attrs in page.tags if tag == "a"]
    outside = [attrs for attrs in links if not attrs["href"].startswith("#")]
    assert {attrs["href"] for attrs in links if attrs["href"].startswith("#")} <= {f"#{name}" for name in targets}
    assert outside
    assert all(attrs["href"].startswith("https://") and "noreferrer" in attrs["rel"] for attrs in outside)


def test_ids_are_unique_and_every_check_has_one(acme_result, render):
    found = ids(Page(render(acme_result)))
    assert len(found) == len(set(found))
    assert {check["id"] for check in acme_result["checks"]} <= set(found)


def test_the_sections_come_in_the_order_of_a_reader(acme_result, render):
    headings = re.findall(r"<h2[^>]*>([^<]+)</h2>", render(acme_result))
    assert headings == [
        "Summary",
        "Decide first",
        "What was looked at, and what was not",
        "Findings",
        "Waivers",
        "What to collect next",
        "Questions for people",
        "Not decided",
        "Complete checklist",
        "Appendix",
    ]


def test_what_to_collect_beyond_five_is_folded(builder, render):
    for number in range(7):
        step = {"id": f"s{number}", "title": f"Step {number}", "how": "command", "commands": [f"run {number}"]}
        gap = {"product": "kesl", "area": f"a{number}", "checks": ["A-1"], "subjects": 1, "names": [f"h{number}"]}
        builder.gaps.append(gap | {"steps": [step | {"save_as": ""}]})
    builder.check("A-1")
    html = render(builder.build())
    section = html[html.index('id="section-gaps"') : html.index('id="section-checklist"')]
    shown, folded = section.split("<details")
    assert "run 4" in shown
    assert "run 5" not in shown
    assert "2 more that fewer checks wait for" in folded
    assert "run 6" in folded


def test_titles_of_undecided_checks_do_not_read_like_facts(builder, render):
    for check_id, outcome in (("A-1", "unknown"), ("A-2", "error"), ("A-3", "fail")):
        builder.check(check_id, title=f"{check_id} is running")
        builder.verdict(check_id, "pass", "web00")
        builder.verdict(check_id, outcome, "web01", reason="not_collected")
    text = " ".join(re.sub(r"<[^>]+>", "", render(builder.build())).split())
    assert "A-1 Not decided: A-1 is running" in text
    assert "A-2 Not decided: A-2 is running" in text
    assert "A-3 Not met: A-3 is running" in text
    assert text.count("1 of 2 not decided") == 2


def test_instructions_are_no_code(builder, render):
    step = {
        "id": "c",
        "title": "Archive",
        "how": "clicks",
        "commands": ["Hand over the archive as it is."],
        "save_as": "",
    }
    builder.gaps = [{"product": "kesl", "area": "app", "checks": ["A-1"], "subjects": 1, "names": [], "steps": [step]}]
    builder.check("A-1")
    html = render(builder.build())
    assert "Hand over the archive as it is.</p>" in html
    assert "<code>Hand over" not in html


def test_a_finding_shows_all_that_is_needed_to_act(acme_result, render):
    html = render(acme_result)
    card = html[html.index('<details class="card" id="KESL-FTP-003"') :]
    text = Page(card[: card.index("</details>")]).text
    for part in (
        "High",
        "Infected files are disinfected or removed",
        "2 of 4 judged hosts (50 %)",
        "task.File_Threat_Protection.FirstAction",
        "Inform",
        "one of Recommended, Disinfect, Remove, Block",
        "acme.zip!kesl/web01/export.ini, line 88",
        "Notify-only leaves an infected file",
        "FirstAction=Recommended (or Disinfect)",
        "kesl-control --set-settings 1 FirstAction=Recommended SecondAction=Block",
        "medium: hours, a test group",
        "Export the settings again",
        "File Threat Protection settings",
        "field practice",
        "high: the setting is documented",
        "Kaspersky Endpoint Security for Linux",
    ):
        assert part in text, part


def test_scope_names_troubled_files_with_reason_and_help(acme_result, render):
    text = Page(render(acme_result)).text
    for row in acme_result["inputs"]:
        if row["status"] != "read":
            assert row["path"] in text
            assert row["message"] in text
            assert row.get("hint", "") in text
        assert row["sha256"] in text
    assert "kesl-control -L --query > $(hostname)_licence.txt" in text
    assert "The audit is not complete." in text
    assert "made without an agreed engagement" in text
    assert "cannot be imported: no module named acme" in text
    assert "1 waiver has expired." in text


def hostile(builder):
    """The same hostile text in every place that a customer, a plugin or a file name can fill."""
    texts = dict.fromkeys(("title", "rationale", "recommendation", "verify", "area", "product", "versions"), EVIL)
    references = [{"title": EVIL, "url": "javascript:alert(3)"}, {"title": EVIL, "url": 'https://a.example/"><script>'}]
    for outcome in ("fail", "unknown", "manual", "pass", "error"):
        builder.check(
            f"{outcome}-{EVIL}",
            **texts,
            remediation=[EVIL],
            references=references,
            question=EVIL,
            question_evidence=EVIL,
            severity_reason=EVIL,
            origin=EVIL,
            frameworks=[{"name": EVIL, "id": EVIL}],
        )
        evidence = dict.fromkeys(("setting", "value", "expected", "file", "pointer", "lock", "note"), EVIL)
        builder.verdict(
            f"{outcome}-{EVIL}",
            outcome,
            EVIL,
            message=EVIL,
            reason=EVIL,
            evidence=[{**evidence, "met": False}],
            waiver_expired=EVIL,
        )
    builder.input(
        EVIL, "broken", message=EVIL, where=EVIL, hint=EVIL, format=EVIL, notes=[EVIL], subjects=[EVIL], sha256=EVIL
    )
    builder.inventory = [{"product": EVIL, "kind": EVIL, "count": 1, "versions": {EVIL: 1}, "names": [EVIL]}]
    step = {"id": EVIL, "title": EVIL, "commands": [EVIL], "save_as": EVIL}
    builder.gaps = [{"product": EVIL, "area": EVIL, "checks": [EVIL], "subjects": 1, "steps": [step]}]
    waiver = {"check": EVIL, "subjects": [EVIL], "reason": EVIL, "approver": EVIL, "expires": EVIL}
    builder.waivers = [waiver | {"state": "expired", "matched": 0}]
    builder.plugins = [{"name": EVIL, "version": EVIL}]
    builder.plugin_failures = [{"name": EVIL, "message": EVIL}]
    builder.incomplete_because = [EVIL]
    result = builder.build()
    result["tool"] = {"name": EVIL, "version": EVIL}
    result["run"]["baseline"] |= {"title": EVIL, "id": EVIL}
    result["run"] |= {"as_of": EVIL, "input_digest": EVIL}
    result["run"]["catalogue"]["sha256"] = result["run"]["baseline"]["sha256"] = EVIL
    return result


def test_hostile_text_never_becomes_markup(builder, render):
    html = render(hostile(builder))
    page = Page(html)
    tags = [tag for tag, _ in page.tags]
    assert tags.count("script") == 1
    assert "img" not in tags
    assert all(not name.startswith("on") for _, attrs in page.tags for name in attrs)
    assert not set(html) & {"\x1b", "\u202e"}
    assert "{{ 7*7 }}" in page.text
    assert "[U+202E]" in page.text
    for _, attrs in page.tags:
        assert not (attrs.get("href") or "").lower().startswith("javascript")
    assert "</style" not in page.blocks["style"][0]
    assert EVIL not in page.blocks["style"][0]


def test_hostile_identifiers_still_have_unique_places(builder, render):
    found = ids(Page(render(hostile(builder))))
    assert len(found) == len(set(found))


def test_a_megabyte_value_is_cut_with_a_note(builder, render):
    builder.check("A-1")
    builder.verdict("A-1", "fail", evidence=[builder.evidence(value="x" * 1_000_000)])
    html = render(builder.build())
    assert "1,000,000 characters in all" in html
    assert len(html) < 100_000


def test_a_hundred_thousand_affected_devices_stay_small(acme_result, render, builder, tmp_path, stream_to):
    builder.check("F-1", subject="ksc.server", product="ksc")
    builder.rollup("F-1", "fail", 100_000, 100_000)
    html = render(builder.build())
    assert len(html.encode()) < 200_000
    assert "10 of 100,000 are shown; findings.csv and result.json have every one." in html


def test_where_the_rest_of_the_subjects_stands_is_true(builder, render):
    """`findings.csv` has what failed only; of many verdicts `result.json` keeps a sample, the stream has them all."""
    builder.check("A-1")
    builder.check("B-1")
    for number in range(60):
        builder.verdict("A-1", "fail" if number < 50 else "unknown", f"h{number}")
        builder.verdict("B-1", "unknown", f"h{number}", reason="not_collected", evidence=[builder.evidence()])
    result = builder.build()
    page = Page(render(result)).text
    assert "10 of 50 are shown; findings.csv and result.json have every one." in page
    assert "0 of 10 are shown; result.json has every one." in page
    assert page.count("10 of 60 are shown") == page.count("10 of 60 are shown; result.json has every one.") == 1
    result["streams"]["verdicts"] = {"file": "verdicts.ndjson", "sha256": "0" * 64, "lines": 120, "bytes": 1}
    page = Page(render(result)).text
    assert "10 of 50 are shown; findings.csv and verdicts.ndjson have every one." in page
    assert "10 of 60 are shown; verdicts.ndjson has every one." in page


def test_many_findings_with_many_subjects_stay_small(builder, render):
    for number in range(400):
        check_id = builder.check(f"A-{number:03}", rationale="r" * 400, recommendation="r" * 400)
        for host in range(25):
            builder.verdict(check_id, "fail", f"host-{host:05}.acme.example")
    assert len(render(builder.build()).encode()) < 5_000_000


def test_nothing_decided_is_no_clean_bill(builder, render):
    builder.check("A-1")
    builder.verdict("A-1", "unknown", reason="not_collected")
    text = Page(render(builder.build())).text
    assert "That is not a clean bill." in text
    assert "Nothing could be decided" in text


def test_nobody_is_said_to_wait_where_everything_was_decided(builder, render):
    builder.check("A-1")
    builder.verdict("A-1", "pass")
    text = Page(render(builder.build())).text
    assert "All verdicts that apply (1) are a pass or a fail." in text
    assert "No finding without a waiver; everything that applies could be decided." in text
    builder.check("A-2")
    builder.verdict("A-2", "unknown", reason="not_collected")
    text = Page(render(builder.build())).text
    assert "1 of the 2 verdicts that apply are a pass or a fail. The others wait" in text
    assert "What could not be decided is listed below." in text


def test_an_empty_result_is_still_a_page(builder, render):
    text = Page(render(builder.build())).text
    assert "Nothing was judged" in text
    assert "0 files" not in text
    assert "Nothing that a check could judge." in text


def test_the_same_result_gives_the_same_bytes(acme_result, render):
    assert render(acme_result) == render(acme_result)


def test_streamed_inputs_reach_the_page(acme_result, templates, store_result, stream_to):
    rows, acme_result["inputs"] = acme_result["inputs"], []
    stream_to(acme_result, "inputs", rows)
    out = io.BytesIO()
    HtmlRenderer(templates).render(load_result(store_result(acme_result)), out)
    assert rows[2]["path"] in out.getvalue().decode()


def test_a_customer_template_comes_first(acme_result, templates, tmp_path):
    (tmp_path / "default").mkdir()
    (tmp_path / "default" / "head.html.j2").write_text("<h1>{{ report.audited }} of ACME</h1>")
    out = io.BytesIO()
    HtmlRenderer((tmp_path, *templates)).render(StoredResult(acme_result), out)
    html = out.getvalue().decode()
    assert "of ACME</h1>" in html
    assert "Complete checklist" in html


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{{ report.headlin }}", "a template cannot be filled in: .* no attribute 'headlin'"),
        ("{% if report %}\n<p>", r"head\.html\.j2, line 2: a template is wrong"),
        ("{% include 'missing.html.j2' %}", r"no missing\.html\.j2"),
    ],
)
def test_a_mistake_in_a_template_is_told(acme_result, templates, tmp_path, text, told):
    (tmp_path / "default").mkdir()
    (tmp_path / "default" / "head.html.j2").write_text(text)
    with pytest.raises(ResultError, match=told):
        HtmlRenderer((tmp_path, *templates)).render(StoredResult(acme_result), io.BytesIO())


@pytest.mark.parametrize(("name", "text"), [("report.js", "'</script>'"), ("style.css", "/* </STYLE> */")])
def test_an_inlined_block_cannot_end_early(acme_result, templates, tmp_path, name, text):
    (tmp_path / "default").mkdir()
    (tmp_path / "default" / name).write_text(text)
    with pytest.raises(ResultError, match=name):
        HtmlRenderer((tmp_path, *templates)).render(StoredResult(acme_result), io.BytesIO())


def test_a_template_set_without_a_style_is_named(acme_result, tmp_path):
    with pytest.raises(ResultError, match=r"style\.css"):
        HtmlRenderer((tmp_path,)).render(StoredResult(acme_result), io.BytesIO())


def test_templates_never_lead_out_of_their_folder(acme_result, templates, tmp_path):
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "set" / "default").mkdir(parents=True)
    (tmp_path / "set" / "default" / "head.html.j2").write_text('{% include "../../secret" %}')
    with pytest.raises(ResultError, match="the template set has no"):
        HtmlRenderer((tmp_path / "set", *templates)).render(StoredResult(acme_result), io.BytesIO())


def test_only_style_and_script_bypass_escaping(templates):
    folder = Path(str(templates[0])) / "default"
    unescaped = [
        match[0]
        for file in sorted(folder.glob("*.j2"))
        for match in re.finditer(r"\{\{[^}]*\|\s*safe[^}]*\}\}|autoescape", file.read_text("utf-8"))
    ]
    assert unescaped == ["{{ style|safe }}", "{{ script|safe }}"]
