"""One check of the result as a report shows it: evidence, people's words, bounded samples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias

from auditor.reporting import words
from auditor.reporting.model import Check, Current, EvidenceRow, Fact, Open, Source, Step
from auditor.reporting.text import clip, one_line, value_text, web_link

Json: TypeAlias = Mapping[str, Any]

SETTINGS_PER_SUBJECT = 4
_EMPTY = {"str": "empty text", "list": "empty list", "dict": "empty group", "NoneType": "null"}
_COMMANDS = frozenset({"sudo", "kesl-control", "klscflag", "klnagchk", "klmover", "systemctl"})


def open_failures(check: Json) -> int:
    """Failing subjects that no waiver covers. A failure in the sample without a waiver always counts."""
    failed = check["counts"].get("fail", 0)
    unwaived = sum(1 for verdict in check["sample"] if verdict["outcome"] == "fail" and "waived" not in verdict)
    return int(max(failed - check["waived"], unwaived))


class _Reach(NamedTuple):
    """How far a finding reaches; `listed` is how many rows the full list has."""

    kind: str
    failed: int
    judged: int
    undecided: int
    waived: int
    listed: int


def build_check(check: Json, sample_limit: int) -> Check:
    """The check in people's words with at most `sample_limit` subjects (or devices) of evidence."""
    failing = [verdict for verdict in check["sample"] if verdict["outcome"] == "fail"]
    undecided = [verdict for verdict in check["sample"] if verdict["outcome"] in {"unknown", "error"}]
    telling = failing or [verdict for verdict in undecided if verdict["evidence"] or "rollup" in verdict]
    evidence = tuple(_evidence(telling, sample_limit))
    reach = _reach(check, failing)
    state = check["state"]
    return Check(
        id=one_line(check["id"]),
        title=clip(check["title"], 300),
        severity=check["severity"],
        severity_label=words.SEVERITIES[check["severity"]],
        severity_reason=clip(check.get("severity_reason", "")),
        state=state,
        state_label=words.OUTCOMES[state],
        product=one_line(check["product"]),
        product_label=one_line(words.product(check["product"])),
        area=_heading(check["area"]),
        message=clip(check.get("question", "")) or _first_message(failing or undecided or check["sample"]),
        affected=_of(reach, words.kind(reach.kind, reach.judged)),
        affected_short=_of(reach, ""),
        affected_note=_besides(reach),
        counts_text=_counts_text(check),
        evidence=evidence,
        has_locks=any(row.lock for row in evidence),
        more=_more(reach.listed, sum(1 for row in evidence if row.subject)),
        undecided=tuple(_open(verdict) for verdict in undecided[:sample_limit]),
        rationale=clip(check["rationale"]),
        recommendation=clip(check["recommendation"]),
        remediation=tuple(_step(step) for step in check["remediation"]),
        verify=clip(check["verify"]),
        facts=tuple(_facts(check)),
        sources=tuple(_source(reference) for reference in check["references"]),
        question=clip(check.get("question", "")),
        question_evidence=clip(check.get("question_evidence", "")),
        notices=tuple(_notices(check)),
        gate=check.get("gate", False),
        card=state in {"fail", "error", "unknown", "manual"},
    )


def reason_of(check: Json) -> str:
    """The commonest reason among the sampled verdicts that could not be decided; `crashed` for broken checks."""
    reasons: dict[str, int] = {}
    for verdict in check["sample"]:
        if verdict["outcome"] == "error":
            return "crashed"
        if verdict["outcome"] == "unknown":
            reason = verdict.get("reason", "")
            reasons[reason] = reasons.get(reason, 0) + 1
    return max(reasons, key=lambda reason: reasons[reason], default="")


def place(evidence: Json) -> str:
    """File, and line or pointer inside it."""
    file = one_line(evidence.get("file", ""))
    if "line" in evidence:
        return f"{file}, line {evidence['line']}" if file else f"line {evidence['line']}"
    pointer = one_line(evidence.get("pointer", ""))
    return ", ".join(part for part in (file, pointer) if part)


def lock_words(evidence: Json) -> str:
    """Who holds the lock of a policy setting; empty where locks do not exist."""
    if "lock" in evidence:
        return clip(evidence["lock"], 200)
    if "locked" not in evidence:
        return ""
    return "locked" if evidence["locked"] else "not locked"


def is_remark(evidence: Json) -> bool:
    """Evidence without a value that says in words what was seen: how many entries, that a list breaks off."""
    return "value" not in evidence and "expected" not in evidence and bool(evidence.get("note"))


def _remarks(verdict: Json) -> list[Json]:
    return [item for item in verdict["evidence"] if is_remark(item)]


def current(evidence: Json) -> Current:
    """The value as it stands, keeping "absent" and "present and empty" apart. A remark on no value stands for it."""
    if is_remark(evidence):
        return Current(clip(evidence["note"], 300), "empty")
    if "value" not in evidence:
        return Current("not in the export", "absent")
    value = evidence["value"]
    if value is None or (isinstance(value, str | list | dict) and not value):
        return Current(_EMPTY[type(value).__name__], "empty")
    return Current(value_text(value), "value")


def _evidence(verdicts: list[Json], limit: int) -> Iterator[EvidenceRow]:
    """Rows of at most `limit` subjects; roll-ups give a row per sampled device."""
    shown = 0
    last_kind = ""
    for verdict in verdicts:
        devices = verdict.get("rollup", {}).get("affected", ())
        for owner in devices or (verdict,):
            if shown >= limit:
                return
            shown += 1
            kind = one_line(words.kind(verdict["subject"]["kind"] if owner is verdict else "ksc.host", 1))
            yield from _rows(owner, verdict, "" if kind == last_kind else kind)
            last_kind = kind


def _rows(owner: Json, verdict: Json, kind: str) -> Iterator[EvidenceRow]:
    subject = owner.get("subject", owner)
    label = clip(one_line(subject["name"] or subject["key"]), 120)
    is_device = owner is not verdict
    flag = "waived" if "waived" in verdict else ""
    if is_device and owner["outcome"] != "fail":
        flag = "not decided"
    chosen = _telling(owner.get("evidence", ()))
    doubt = _doubt(verdict)
    if not chosen:
        note = "; ".join(text for text in (_reason(owner), doubt) if text)
        yield EvidenceRow(label, kind, "", Current("", "value"), "", "", "", note, flag)
    for evidence in chosen[:SETTINGS_PER_SUBJECT]:
        note = "; ".join(
            text for text in ("" if is_remark(evidence) else clip(evidence.get("note", ""), 300), doubt) if text
        )
        yield EvidenceRow(
            subject=label,
            subject_kind=kind,
            setting=clip(one_line(evidence["setting"]), 200),
            current=current(evidence),
            expected=clip(evidence.get("expected", ""), 200),
            lock=lock_words(evidence),
            place=place(evidence),
            note=note,
            flag=flag,
        )
        label = kind = flag = doubt = ""


def _doubt(verdict: Json) -> str:
    """Said where this verdict rests on less than its check does."""
    stated = verdict.get("confidence", "")
    return f"confidence {words.CONFIDENCES[stated]}" if stated in words.CONFIDENCES else ""


def _telling(evidence: Any) -> list[Json]:
    """What is not met first; what is met only where nothing else is there."""
    unmet = [item for item in evidence if item.get("met") is False]
    open_ = [item for item in evidence if item.get("met") is None]
    return unmet + open_ or list(evidence)


def _reason(owner: Json) -> str:
    reason = owner.get("reason", "")
    return words.REASONS[reason][0] if reason in words.REASONS else clip(reason, 300)


def _open(verdict: Json) -> Open:
    subject = verdict["subject"]
    return Open(
        subject=clip(one_line(subject["name"] or subject["key"]), 120),
        reason=_reason(verdict),
        message=clip(verdict.get("message", ""), 300),
    )


def _first_message(verdicts: list[Json]) -> str:
    return next((clip(verdict["message"], 400) for verdict in verdicts if verdict.get("message")), "")


def _reach(check: Json, failing: list[Json]) -> _Reach:
    """Devices for roll-ups, else subjects."""
    rollups = [verdict["rollup"] for verdict in failing if "rollup" in verdict]
    if rollups:
        failed, judged, undecided = (
            sum(rollup[name] for rollup in rollups) for name in ("failed", "judged", "undecided")
        )
        return _Reach("ksc.host", failed, judged, undecided, check["waived"], failed + undecided)
    counts = check["counts"]
    failed, undecided = counts.get("fail", 0), counts.get("unknown", 0) + counts.get("error", 0)
    judged = failed + counts.get("pass", 0)
    return _Reach(check["subject"], failed, judged, undecided, check["waived"], failed or undecided)


def _of(reach: _Reach, kind: str) -> str:
    if not reach.failed:
        return ""
    share = words.percent(reach.failed, reach.judged)
    kind = f"judged {kind}" if kind and reach.undecided else kind
    return one_line(" ".join(f"{reach.failed:,} of {reach.judged:,} {kind} ({share})".split()))


def _besides(reach: _Reach) -> str:
    parts = []
    if reach.undecided:
        # beside a share of those judged the number alone; else of how many
        total = reach.judged + reach.undecided
        parts.append(f"{reach.undecided:,}{'' if reach.failed else f' of {total:,}'} not decided")
    if reach.waived:
        parts.append(f"{reach.waived:,} waived")
    return ", ".join(parts)


def _more(total: int, shown: int) -> str:
    return f"{shown:,} of {total:,} are shown" if total > shown > 0 else ""


def _counts_text(check: Json) -> str:
    counts = check["counts"]
    text = ", ".join(f"{counts[code]:,} {label.lower()}" for code, label in words.OUTCOMES.items() if counts.get(code))
    if check["waived"]:
        text += f" ({check['waived']:,} waived)"
    return text


def _heading(area: str) -> str:
    """`File threat protection` for the folder name `file-threat-protection`."""
    text_ = one_line(area).replace("-", " ").replace("_", " ")
    return text_[:1].upper() + text_[1:]


def _step(text: str) -> Step:
    return Step(clip(text), _is_command(text))


def _is_command(text: str) -> bool:
    """A known tool, a path, or a word with hyphens that an option follows."""
    first, _, rest = text.partition(" ")
    is_tool = "-" in first and first.replace("-", "").isalpha() and first.islower() and rest.startswith("-")
    return first in _COMMANDS or is_tool or (first.startswith("/") and "/" in first[1:])


def _source(reference: Json) -> Source:
    url = reference.get("url", "")
    link = web_link(url)
    return Source(title=clip(reference["title"], 300), url=link, text="" if link else clip(url, 300))


def _facts(check: Json) -> Iterator[Fact]:
    yield Fact("Effort", words.EFFORTS[check["effort"]])
    yield Fact("Risk of the change", check["change_risk"])
    yield Fact("Confidence", words.CONFIDENCES[check["confidence"]])
    if check.get("versions"):
        yield Fact("For versions", one_line(check["versions"]))
    for framework in check.get("frameworks", ()):
        name = f"{framework['name']} {framework.get('version', '')}".strip()
        yield Fact(one_line(name), one_line(framework["id"]))
    yield Fact("Revision", str(check["revision"]), one_line(check.get("origin", "")))


def _notices(check: Json) -> Iterator[str]:
    expired = {verdict["waiver_expired"]: None for verdict in check["sample"] if verdict.get("waiver_expired")}
    for date in expired:
        yield f"The waiver expired on {words.instant(one_line(date))}: this counts as a finding again."
    for verdict in check["sample"]:
        if "rollup" in verdict:
            yield from (f"Not every device is known: {clip(item['note'], 300)}." for item in _remarks(verdict))
    if check["counts"].get("error"):
        broken = words.plural(check["counts"]["error"], "subject")
        yield f"The check itself broke on {broken}; nothing is known of those."
    if check.get("gate") and check["state"] in {"unknown", "error"}:
        yield "The baseline demands a decision here: the audit is not complete without it."
