"""What `auditor checks new` writes: a check that works as it stands, to be rewritten into the one that is wanted.

In the texts CHECK-ID stands for the id and CHECK_MODULE for the name of the module beside a Python check.
"""

from __future__ import annotations

_HEAD = """\
# Rewrite every value; docs/check-format.md explains each key. Try it with: auditor checks test --mutants CHECK-ID.yaml
id: CHECK-ID
revision: 1 # raised when the meaning changes
title: Replace this by the desired state # 100 characters at most
severity: medium # critical high medium low info
confidence: low # high: the datum is documented; medium: inferred; low: weak
"""

_TEXTS = """\
rationale: Say why it matters, in 400 characters at most.
recommendation: Say what to set, in 400 characters at most.
remediation:
  - Say what to do, step by step
effort: low # low: minutes; medium: hours; high: a project
change_risk: low # what the change may break: low medium high
verify: Export the settings again and repeat the check.
references:
  - {title: field practice} # or a vendor document with its url
tags: [own]
"""

_KESL = """\
product: kesl
subject: kesl.host # docs/areas.md lists the subjects and their areas
"""

_EXPECT = (
    _HEAD
    + _KESL
    + """\
expect: {setting: app.MaxEventsNumber, ge: $events}
params:
  events: {type: integer, default: 500000, meaning: smallest accepted number of events}
"""
    + _TEXTS
    + """\
messages:
  fail: Only {current} events are kept, expected {expected}.
examples: # at least pass, fail and missing data; a changed operator or threshold must break one of them
  - {outcome: pass, given: {app: {MaxEventsNumber: "500000"}}}
  - {outcome: fail, given: {app: {MaxEventsNumber: "499999"}}}
  - {outcome: unknown, reason: key_absent, given: {app: {}}}
  - {outcome: unknown, reason: not_collected, given: {}}
"""
)

_SCHEMA = (
    _HEAD
    + """\
product: ksc
subject: ksc.server # docs/areas.md lists the subjects and their areas
# JSON Schema judges the values as the export types them: text exports such as those of KESL hold text only.
schema:
  area: section.KLSRV_HOST_STATUS
  needs: [KLSRV_HSTSTAT_CRITICAL.KLSRV_HSTSTAT_OLD_AV_BASES] # unknown, not failed, when one of these is absent
  schema:
    properties:
      KLSRV_HSTSTAT_CRITICAL:
        properties:
          KLSRV_HSTSTAT_OLD_AV_BASES: {type: integer, maximum: 7}
"""
    + _TEXTS
    + """\
messages:
  fail: The settings differ from what belongs together.
examples:
  - {outcome: pass, given: {section.KLSRV_HOST_STATUS: {KLSRV_HSTSTAT_CRITICAL: {KLSRV_HSTSTAT_OLD_AV_BASES: 7}}}}
  - {outcome: fail, given: {section.KLSRV_HOST_STATUS: {KLSRV_HSTSTAT_CRITICAL: {KLSRV_HSTSTAT_OLD_AV_BASES: 8}}}}
  - {outcome: unknown, reason: key_absent, given: {section.KLSRV_HOST_STATUS: {KLSRV_HSTSTAT_CRITICAL: {}}}}
  - {outcome: unknown, reason: not_collected, given: {}}
"""
)

_PYTHON = (
    _HEAD
    + _KESL
    + """\
python: CHECK_MODULE:judge # must be importable: part of a plugin, or its folder named in PYTHONPATH
"""
    + _TEXTS
    + """\
messages:
  fail: Only {events} events are kept.
examples:
  - {outcome: pass, given: {app: {MaxEventsNumber: "500000"}}}
  - {outcome: fail, given: {app: {MaxEventsNumber: "499999"}}}
  - {outcome: unknown, reason: not_understood, given: {app: {MaxEventsNumber: many}}}
  - {outcome: unknown, reason: key_absent, given: {app: {}}}
  - {outcome: unknown, reason: not_collected, given: {}}
"""
)

_MANUAL = (
    _HEAD
    + _KESL
    + """\
manual:
  question: Which question does a person have to answer?
  evidence: What the answer is seen from.
"""
    + _TEXTS
    + """\
examples:
  - {outcome: manual, given: {}}
"""
)

SKELETONS: dict[str, str] = {"expect": _EXPECT, "schema": _SCHEMA, "python": _PYTHON, "manual": _MANUAL}

MODULE = '''\
"""Say what is decided here, and why a predicate could not."""

from auditor.sdk import Context, Judgement

SETTING = "app.MaxEventsNumber"


def judge(ctx: Context) -> Judgement:
    """Host: 500000 events or more. What was not collected or understood is unknown, never passed."""
    seen = [ctx.see(SETTING, expected="at least 500000")]
    if not ctx.has("app"):
        return ctx.unknown("not_collected", seen, area="app")
    stated = ctx.get(SETTING)
    if stated is None:
        return ctx.unknown("key_absent", seen)
    if not str(stated).isdecimal():
        return ctx.unknown("not_understood", seen)
    return ctx.passed(seen) if int(stated) >= 500000 else ctx.failed(evidence=seen, events=stated)
'''
"""The module beside a Python check."""
