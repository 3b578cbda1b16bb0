"""What a report template is given: plain, frozen data in people's words, already ordered and bounded.

All text in here is *visible* text (see `auditor.reporting.text`): control characters and direction marks are spelt
out, long values are cut with a note. In a report of another language a text without translation is `English`. It is not
escaped: that is the template's autoescape. Codes (`state`, `severity`) stand beside their labels so that templates can
choose a style. Named tuples: making them costs a quarter of what data classes cost at each start.
"""

from __future__ import annotations

from typing import NamedTuple


class Tally(NamedTuple):
    """One line of a count: `code` for styles, `label` for people, `width` of a bar in percent of the largest."""

    code: str
    label: str
    number: int
    width: float
    note: str = ""


class Fact(NamedTuple):
    """A labelled value of a title block or a footer."""

    label: str
    value: str
    note: str = ""


class Headline(NamedTuple):
    """One honest sentence; `tone` is `bad`, `open` (too little is known) or `calm`."""

    text: str
    tone: str
    detail: str = ""


class Summary(NamedTuple):
    """The numbers of the first page. `decided_share` is empty when nothing applied."""

    severities: tuple[Tally, ...]
    states: tuple[Tally, ...]
    decided: int
    decidable: int
    decided_share: str
    decided_width: float
    findings: int
    waived: int
    complete: bool
    incomplete_because: tuple[str, ...]


class Current(NamedTuple):
    """A value as the export states it. `kind` is `value`, `empty` (present and empty) or `absent` (no such key)."""

    text: str
    kind: str


class EvidenceRow(NamedTuple):
    """One setting of one subject. `subject` is empty where it repeats the row above; `doubt` follows the note."""

    subject: str
    subject_kind: str
    setting: str
    current: Current
    expected: str
    lock: str
    place: str
    note: str
    flag: str = ""
    doubt: str = ""


class Notice(NamedTuple):
    """A sentence about a check; `note` is a part of it that stands between `text` and `after`."""

    text: str
    note: str = ""
    after: str = ""


class Open(NamedTuple):
    """A subject that could not be decided, and why."""

    subject: str
    reason: str
    message: str


class Step(NamedTuple):
    """One step of a remedy; `command` says that it is to be typed rather than read."""

    text: str
    command: bool


class Source(NamedTuple):
    """Where a recommendation comes from; `url` is empty unless it is a plain web address."""

    title: str
    url: str
    text: str = ""


class Judged(NamedTuple):
    """What people added to the verdict on one subject; `machine` repeats what the tool said."""

    subject: str
    machine: str
    lines: tuple[str, ...]


class Check(NamedTuple):
    """One check with its state and, for those that need attention, a bounded sample of evidence.

    `rated` and `judged` are what people added: the state and the severity stay the machine's.
    """

    id: str
    title: str
    severity: str
    severity_label: str
    severity_reason: str
    state: str
    state_label: str
    product: str
    product_label: str
    area: str
    message: str
    affected: str
    affected_short: str
    affected_note: str
    counts_text: str
    evidence: tuple[EvidenceRow, ...]
    more: str
    of_devices: bool
    undecided: tuple[Open, ...]
    undecided_more: str
    rationale: str
    recommendation: str
    remediation: tuple[Step, ...]
    verify: str
    facts: tuple[Fact, ...]
    sources: tuple[Source, ...]
    question: str
    question_evidence: str
    notices: tuple[Notice, ...]
    gate: bool
    card: bool
    rated: str = ""
    judged: tuple[Judged, ...] = ()
    judged_left_out: str = ""

    @property
    def has_locks(self) -> bool:
        """Whether the evidence tells of locks."""
        return any(row.lock for row in self.evidence)


class SeverityGroup(NamedTuple):
    """The findings of one severity."""

    severity: str
    label: str
    checks: tuple[Check, ...]


class ReasonGroup(NamedTuple):
    """The undecided checks that share a reason, with what helps."""

    reason: str
    label: str
    advice: str
    checks: tuple[Check, ...]


class AreaGroup(NamedTuple):
    """Part of the complete checklist: every check of one product, in the order of ids."""

    product: str
    label: str
    checks: tuple[Check, ...]
    states: str


class InventoryRow(NamedTuple):
    """What was found of one kind."""

    product: str
    kind: str
    number: int
    versions: str
    names: str


class InputRow(NamedTuple):
    """One input file and what became of it."""

    path: str
    status: str
    status_label: str
    what: str
    size: str
    sha256: str
    subjects: str
    message: str
    place: str
    hint: str
    notes: tuple[str, ...]
    collected: str


class Inputs(NamedTuple):
    """The input files: all troubled ones up to a bound, a sample of the others; `left_out` says what is not shown."""

    total: int
    statuses: tuple[Tally, ...]
    troubled: tuple[InputRow, ...]
    listed: tuple[InputRow, ...]
    left_out: str


class Gap(NamedTuple):
    """One thing to export: what to do (`commands` to type or call, or `advice` to read), what it brings, for whom.

    `instead` names other ways, `areas` holds what would be brought (`task (12)` for many of one sort), `checks` those
    that wait for it. `title` is empty when no way to export it is known.
    """

    product: str
    title: str
    commands: tuple[str, ...]
    advice: tuple[str, ...]
    save_as: str
    instead: tuple[str, ...]
    areas: str
    subjects: str
    checks: tuple[str, ...]
    more_checks: int
    waiting: str


class WaiverRow(NamedTuple):
    """A waiver of the customer, with what it matched."""

    check: str
    title: str
    subjects: str
    reason: str
    approver: str
    expires: str
    state: str
    state_label: str
    matched: str


class ReceivedRow(NamedTuple):
    """One delivery of exports."""

    when: str
    what: str
    source: str
    files: str
    size: str
    sha256: str


class Cover(NamedTuple):
    """The agreed engagement: what, when, who; what was set aside, what was not finished, what came in."""

    title: str
    facts: tuple[Fact, ...]
    corrects: str
    overrides: tuple[str, ...]
    unfinished: tuple[str, ...]
    received: tuple[ReceivedRow, ...]


class ChangeRow(NamedTuple):
    """Findings of one check of which the same became, with a sample of the things."""

    check: str
    title: str
    severity: str
    severity_label: str
    things: str
    number: str
    note: str


class ChangeGroup(NamedTuple):
    """Everything of which the same became."""

    change: str
    label: str
    number: str
    rows: tuple[ChangeRow, ...]
    left_out: str


class Comparison(NamedTuple):
    """This result beside an earlier one: scores, numbers by change, and what is behind them.

    `code` is compared (the Health Check before) or self_audit (the customer's own audit).
    """

    code: str
    heading: str
    lead: str
    scores: tuple[Fact, ...]
    counts: tuple[Tally, ...]
    groups: tuple[ChangeGroup, ...]
    notes: tuple[str, ...]


class Filters(NamedTuple):
    """The choices of the filter bar, as (code, label)."""

    severities: tuple[tuple[str, str], ...]
    states: tuple[tuple[str, str], ...]
    products: tuple[tuple[str, str], ...]


class ReportDocument(NamedTuple):
    """Everything that a report shows. `partly_english`: some of it has no translation into `language`."""

    title: str
    audited: str
    self_audit: bool
    as_of: str
    facts: tuple[Fact, ...]
    headline: Headline
    summary: Summary
    decide_first: tuple[Check, ...]
    inventory: tuple[InventoryRow, ...]
    inputs: Inputs
    gaps: tuple[Gap, ...]
    gaps_left_out: str
    findings: tuple[SeverityGroup, ...]
    finding_count: int
    waived: tuple[Check, ...]
    waivers: tuple[WaiverRow, ...]
    waivers_expired: int
    questions: tuple[Check, ...]
    undecided: tuple[ReasonGroup, ...]
    undecided_count: int
    checklist: tuple[AreaGroup, ...]
    check_count: int
    plugins: tuple[Fact, ...]
    plugin_failures: tuple[Fact, ...]
    digests: tuple[Fact, ...]
    affected_file: str
    verdicts_file: str
    filters: Filters
    version: str
    language: str = "en"
    partly_english: bool = False
    cover: Cover | None = None
    comparison: Comparison | None = None
    since_self_audit: Comparison | None = None
