"""Python bodies of checks as a customer might write them, good and bad."""

from __future__ import annotations

from typing import Any

from auditor.model.outcomes import Outcome
from auditor.model.verdicts import Evidence, Judgement
from auditor.sdk.context import Context
from auditor.sdk.looks import asks

calls: list[str] = []
CONSTANT = Judgement(Outcome.PASS)


def passes(ctx: Context) -> Judgement:
    calls.append(ctx.subject.key)
    return ctx.passed([ctx.see("app.Value", "anything", True)])


@asks(lambda params: {"app.A": [lambda text: len(text) <= params["most"]]})
def asks_for_length(ctx: Context) -> Judgement:
    calls.append(ctx.subject.key)
    short = len(ctx.get("app.A")) <= ctx.params["most"]
    evidence = [ctx.see("app.A", "few letters", short)]
    return ctx.passed(evidence) if short else ctx.failed("fail", evidence)


def shows_all(ctx: Context) -> Judgement:
    return ctx.failed("fail", [ctx.see("app.G"), ctx.see("app.S.0")], current=ctx.get("app.S.1"))


def sees_its_settings(ctx: Context) -> Judgement:
    seen = [
        f"{area}.{name}" for area, parts in ctx.view.parts.items() for part in parts for name in part.settings.values
    ]
    return ctx.passed([Evidence("seen", value=sorted(seen), has_value=True)])


def crashes(_: Context) -> Judgement:
    raise RuntimeError("no luck \x00\x01 \ud800 {current} %d")


def answers_nothing(_: Context) -> Any:
    return None


def answers_a_truth(_: Context) -> Any:
    return True


def exits(_: Context) -> Judgement:
    raise SystemExit(0)


def answers_a_constant(_: Context) -> Judgement:
    return CONSTANT


def shows_what_json_cannot(ctx: Context) -> Judgement:
    return Judgement(
        Outcome.FAIL,
        (
            Evidence("app.A", value={1, 2}, has_value=True),
            Evidence("app.B", value="\ud800", has_value=True),
            Evidence("app.C", value=10**30, has_value=True),
            Evidence("app.D", value=[object()], has_value=True),
        ),
        message="fail",
        params={"current": "\ud800"},
    )


def says_an_outcome_in_words(_: Context) -> Judgement:
    return Judgement("pass")  # type: ignore[arg-type]
