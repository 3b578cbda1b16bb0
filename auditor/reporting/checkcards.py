"""One check of the result as a report shows it: evidence, people's words, bounded samples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias

from auditor.reporting.model import Check, Current, EvidenceRow, Fact, Notice, Open, Source, Step
from auditor.reporting.text import one_line, web_link
from auditor.reporting.words import OUTCOMES, Words, product

Json: TypeAlias = Mapping[str, Any]

SETTINGS_PER_SUBJECT = 4
_EMPTY = {"str": "empty_str", "list": "empty_list", "dict": "empty_dict", "NoneType": "empty_null"}
_TOO_LONG = "too long to show here"
_COMMANDS = frozenset({"sudo", "kesl-control", "klscflag", "klnagchk", "klmover", "systemctl"})
_INITIALS = frozenset({"edr", "fim", "ini", "ksn", "tls"})


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


def build_check(words: Words, check: Json, sample_limit: int) -> Check:
    """The check in people's words with at most `sample_limit` subjects (or devices) of evidence."""
    failing = [verdict for verdict in check["sample"] if verdict["outcome"] == "fail"]
    undecided = [verdict for verdict in check["sample"] if verdict["outcome"] in {"unknown", "error"}]
    telling = failing or [verdict for verdict in undecided if verdict["evidence"] or "rollup" in verdict]
    evidence = tuple(_evidence(words, telling, sample_limit))
    reach = _reach(check, failing)
    return Check(
        id=one_line(check["id"]),
        title=words.told(check["title"], 300),
        severity=check["severity"],
        severity_label=words.say(f"severity_{check['severity']}"),
        severity_reason=words.told(check.get("severity_reason", "")),
        state=check["state"],
        state_label=words.say(f"outcome_{check['state']}"),
        product=one_line(check["product"]),
        product_label=one_line(product(check["product"])),
        area=words.told(heading(check["area"])),
        message=words.told(check.get("question", "")) or _first_message(words, failing or undecided or check["sample"]),
        affected=_of(words, reach, words.kind(reach.kind, reach.judged)),
        affected_short=_of(words, reach, ""),
        affected_note=_besides(words, reach),
        counts_text=_counts_text(words, check),
        evidence=evidence,
        more=_more(words, reach.failed and reach.listed, sum(1 for row in evidence if row.subject)),
        of_devices=any("rollup" in verdict for verdict in failing),
        undecided=tuple(_open(words, verdict) for verdict in undecided[:sample_limit]),
        undecided_more=_undecided_more(words, check, min(len(undecided), sample_limit)),
        rationale=words.told(check["rationale"]),
        recommendation=words.told(check["recommendation"]),
        remediation=tuple(_step(words, step) for step in check["remediation"]),
        verify=words.told(check["verify"]),
        facts=tuple(_facts(words, check)),
        sources=tuple(_source(words, reference) for reference in check["references"]),
        question=words.told(check.get("question", "")),
        question_evidence=words.told(check.get("question_evidence", "")),
        notices=tuple(_notices(words, check)),
        gate=check.get("gate", False),
        card=check["state"] in {"fail", "error", "unknown", "manual"},
    )


def _undecided_more(words: Words, check: Json, shown: int) -> str:
    return _more(words, check["counts"].get("unknown", 0) + check["counts"].get("error", 0), shown)


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


def place(words: Words, evidence: Json) -> str:
    """File, and line or pointer inside it."""
    file = one_line(evidence.get("file", ""))
    if "line" in evidence:
        line = words.say("place_line", line=evidence["line"])
        return f"{file}, {line}" if file else line
    pointer = one_line(evidence.get("pointer", ""))
    return ", ".join(part for part in (file, pointer) if part)


def lock_words(words: Words, evidence: Json) -> str:
    """Who holds the lock of a policy setting; empty where locks do not exist."""
    if "lock" in evidence:
        return words.phrase(evidence["lock"], 200)
    if "locked" not in evidence:
        return ""
    return words.say("locked" if evidence["locked"] else "not_locked")


def is_remark(evidence: Json) -> bool:
    """Evidence without a value that says in words what was seen: how many entries, that a list breaks off."""
    return "value" not in evidence and "expected" not in evidence and bool(evidence.get("note"))


def _remarks(verdict: Json) -> list[Json]:
    return [item for item in verdict["evidence"] if is_remark(item)]


def is_summary(evidence: Json) -> bool:
    """Evidence whose value is no setting's value but a sentence about it: so many entries that they are not shown."""
    return isinstance(evidence.get("value"), str) and str(evidence.get("note", "")).endswith(_TOO_LONG)


def current(words: Words, evidence: Json, *, summed: bool = False) -> Current:
    """The value as it stands, keeping "absent" and "present and empty" apart. A remark on no value stands for it.

    `summed`: the value is a sentence about devices, that of a roll-up.
    """
    if is_remark(evidence):
        return Current(words.phrase(evidence["note"], 300), "empty")
    if (summed and isinstance(evidence.get("value"), str)) or is_summary(evidence):
        return Current(words.phrase(evidence["value"], 300), "value")
    if "value" not in evidence:
        return Current(words.say("absent"), "absent")
    value = evidence["value"]
    if value is None or (isinstance(value, str | list | dict) and not value):
        return Current(words.say(_EMPTY[type(value).__name__]), "empty")
    return Current(words.value(value), "value")


def _evidence(words: Words, verdicts: list[Json], limit: int) -> Iterator[EvidenceRow]:
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
            yield from _rows(words, owner, verdict, "" if kind == last_kind else kind)
            last_kind = kind


def _rows(words: Words, owner: Json, verdict: Json, kind: str) -> Iterator[EvidenceRow]:
    subject = owner.get("subject", owner)
    label = words.clip(words.subject(subject["key"], subject["name"]), 120)
    is_device = owner is not verdict
    flag = words.say("flag_waived") if "waived" in verdict else ""
    if is_device and owner["outcome"] != "fail":
        flag = words.say("flag_undecided")
    chosen = _telling(owner.get("evidence", ()))
    doubt = _doubt(words, verdict)
    if not chosen:
        yield EvidenceRow(label, kind, "", Current("", "value"), "", "", "", _reason(words, owner), flag, doubt)
    for evidence in chosen[:SETTINGS_PER_SUBJECT]:
        yield EvidenceRow(
            subject=label,
            subject_kind=kind,
            setting=words.clip(one_line(evidence["setting"]), 200),
            current=current(words, evidence, summed="rollup" in verdict and not is_device),
            expected=words.phrase(evidence.get("expected", ""), 200),
            lock=lock_words(words, evidence),
            place=place(words, evidence),
            note="" if is_remark(evidence) else words.phrase(evidence.get("note", ""), 300),
            flag=flag,
            doubt=doubt,
        )
        label = kind = flag = doubt = ""


def _doubt(words: Words, verdict: Json) -> str:
    """Said where this verdict rests on less than its check does."""
    stated = verdict.get("confidence", "")
    if stated not in {"high", "medium", "low"}:
        return ""
    return words.say("doubt", confidence=words.say(f"confidence_{stated}"))


def _telling(evidence: Any) -> list[Json]:
    """What is not met first; what is met only where nothing else is there."""
    unmet = [item for item in evidence if item.get("met") is False]
    open_ = [item for item in evidence if item.get("met") is None]
    return unmet + open_ or list(evidence)


def _reason(words: Words, owner: Json) -> str:
    reason = owner.get("reason", "")
    return words.clip(words.one_of("reason", reason), 300) if reason else ""


def _open(words: Words, verdict: Json) -> Open:
    subject = verdict["subject"]
    return Open(
        subject=words.clip(words.subject(subject["key"], subject["name"]), 120),
        reason=_reason(words, verdict),
        message=words.message(verdict, 300),
    )


def _first_message(words: Words, verdicts: list[Json]) -> str:
    return next((words.message(verdict, 400) for verdict in verdicts if verdict.get("message")), "")


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


def _of(words: Words, reach: _Reach, kind: str) -> str:
    if not reach.failed:
        return ""
    share = words.percent(reach.failed, reach.judged)
    failed, judged = words.number(reach.failed), words.number(reach.judged)
    if not kind:
        return words.say("affected_short", failed=failed, judged=judged, share=share)
    phrase = "affected_judged" if reach.undecided else "affected"
    return one_line(words.say(phrase, failed=failed, judged=judged, kind=kind, share=share))


def _besides(words: Words, reach: _Reach) -> str:
    parts = []
    if reach.undecided:
        number, total = words.number(reach.undecided), words.number(reach.judged + reach.undecided)
        if reach.failed:  # beside a share of those judged the number alone; else of how many
            parts.append(words.say("besides_undecided", number=number))
        else:
            parts.append(words.say("besides_undecided_of", number=number, total=total))
    if reach.waived:
        parts.append(words.say("besides_waived", number=words.number(reach.waived)))
    return ", ".join(parts)


def _more(words: Words, total: int, shown: int) -> str:
    if total <= shown:
        return ""
    return words.say("more", shown=words.number(shown), total=words.number(total))


def _counts_text(words: Words, check: Json) -> str:
    counts = check["counts"]
    text = ", ".join(
        words.count_of(counts[code], words.say(f"outcome_{code}")) for code in OUTCOMES if counts.get(code)
    )
    if check["waived"]:
        text = words.say("counts_waived", counts=text, number=words.number(check["waived"]))
    return text


def heading(area: str) -> str:
    """`File threat protection` for the folder name `file-threat-protection`, `KSN` for `ksn`."""
    text_ = one_line(area).replace("-", " ").replace("_", " ")
    return text_.upper() if text_ in _INITIALS else text_[:1].upper() + text_[1:]


def _step(words: Words, text: str) -> Step:
    command = is_command(text)
    return Step(words.clip(text) if command else words.told(text), command)


def is_command(text: str) -> bool:
    """A known tool, a path, or a word with hyphens that an option follows."""
    first, _, rest = text.partition(" ")
    is_tool = "-" in first and first.replace("-", "").isalpha() and first.islower() and rest.startswith("-")
    return first in _COMMANDS or is_tool or (first.startswith("/") and "/" in first[1:])


def _source(words: Words, reference: Json) -> Source:
    url = reference.get("url", "")
    link = web_link(url)
    title = words.clip(reference["title"], 300) if url else words.told(reference["title"], 300)
    return Source(title=title, url=link, text="" if link else words.clip(url, 300))


def _facts(words: Words, check: Json) -> Iterator[Fact]:
    yield Fact(words.say("fact_effort"), words.say(f"effort_{check['effort']}"))
    yield Fact(words.say("fact_risk"), words.one_of("risk", check["change_risk"]))
    yield Fact(words.say("fact_confidence"), words.say(f"confidence_{check['confidence']}"))
    if check.get("versions"):
        yield Fact(words.say("fact_versions"), one_line(check["versions"]))
    for framework in check.get("frameworks", ()):
        name = f"{framework['name']} {framework.get('version', '')}".strip()
        yield Fact(one_line(name), one_line(framework["id"]))
    yield Fact(words.say("fact_revision"), str(check["revision"]), one_line(check.get("origin", "")))


def _notices(words: Words, check: Json) -> Iterator[Notice]:
    expired = {verdict["waiver_expired"]: None for verdict in check["sample"] if verdict.get("waiver_expired")}
    for date in expired:
        yield Notice(words.say("notice_expired", day=words.instant(one_line(date))))
    for verdict in check["sample"]:
        if "rollup" in verdict:
            for item in _remarks(verdict):
                text, after = words.say("notice_devices", note="\0").split("\0")
                yield Notice(text, words.phrase(item["note"], 300), after)
    if check["counts"].get("error"):
        yield Notice(words.say("notice_broken", count=check["counts"]["error"]))
    if check.get("gate") and check["state"] in {"unknown", "error"}:
        yield Notice(words.say("notice_gate"))
