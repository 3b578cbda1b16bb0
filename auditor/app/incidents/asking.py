"""What somebody who hands in a request states, as it comes from a command line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from auditor.accounts.incidents.commands import Act, CallMade
from auditor.accounts.incidents.severity import Effects, Functionality, suggest
from auditor.accounts.programmes import level_meaning, level_name
from auditor.app.accounts import loading
from auditor.app.incidents.following import Remark
from auditor.app.incidents.opening import Opening, allowed, reporter_of
from auditor.app.moments import instant_from
from auditor.errors import UsageProblem

if TYPE_CHECKING:
    from auditor.accounts.incidents.facts import Channel, Kind, RequestType
    from auditor.store.store import Reading


@dataclass(frozen=True, slots=True)
class Call:
    """A phone call besides the request. `at` as written, local to the account; "" together with `by` "" is no call."""

    at: str = ""
    by: str = ""
    line: str = "priority"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as stated. `level` None asks for a suggestion from `effects` (None: none were stated).

    `override` is who allows a premium unit beyond the quota, and why.
    """

    account: str
    title: str
    reported_by: str = ""
    level: int | None = None
    effects: Effects | None = None
    channel: Channel = "portal"
    type: RequestType = "incident"
    kind: Kind | None = None
    description: str = ""
    product: str = ""
    product_version: str = ""
    contract: str = ""
    call: Call = Call()
    override: tuple[str, str] | None = None

    def opening(self, reading: Reading, act: Act) -> Opening:
        """The request to record. UsageProblem with the suggested level while nobody has confirmed one (RULE-SEV-1)."""
        reporter = reporter_of(self.reported_by) if self.reported_by else act.actor
        if reporter.partition(":")[0] not in {"contact", "person"}:
            raise UsageProblem("who hands it in is missing", hint="state --by CONTACT, or act --as contact:ID")
        return Opening(
            account=self.account,
            title=self.title,
            level=self.level if self.level is not None else _suggested(self.effects),
            reported_by=reporter,
            channel=self.channel,
            type=self.type,
            kind=self.kind,
            description=self.description,
            product=self.product,
            product_version=self.product_version,
            contract=self.contract,
            calls=self._calls(reading, act, reporter),
            override=allowed(reading, act.actor, self.override),
        )

    def doubts(self) -> list[Remark]:
        """That the effects mean another severity than the one that was chosen (RULE-SEV-1: the reporter chooses)."""
        if self.level is None or self.effects is None:
            return []
        found = suggest(self.effects)
        if found.level == self.level:
            return []
        message = f"by its effects this is level {found.level} ({level_name(found.level, 'en')}), not {self.level}"
        return [Remark("severity_differs", message, "the level that was stated counts until somebody changes it")]

    def _calls(self, reading: Reading, act: Act, reporter: str) -> tuple[CallMade, ...]:
        if not self.call.at and not self.call.by:
            return ()
        zone = loading.load_account(reading, self.account).zone
        at = instant_from(self.call.at, zone) if self.call.at and self.call.at != "now" else act.at
        return (CallMade(at, reporter_of(self.call.by) if self.call.by else reporter, self.call.line),)


def _suggested(effects: Effects | None) -> int:
    if effects is None:
        levels = "; ".join(f"{level} {level_name(level, 'en')}: {level_meaning(level, 'en')}" for level in (1, 2, 3, 4))
        hint = "state --level, or the facts: --crash, --data-loss, --business-stopped, --function affected|slight|none"
        raise UsageProblem(f"the severity is missing. {levels}", hint=hint)
    found = suggest(effects)
    raise UsageProblem(
        f"level {found.level} ({level_name(found.level, 'en')}) is suggested: {level_meaning(found.level, 'en')}",
        hint=f"confirm it with --level {found.level}, or choose another",
    )


def asked(  # the options of the command line
    *, called: str | None, called_by: str, line: str, kind_of_request: RequestType, **stated: Any
) -> Asked:
    """A request from the options of the command line."""
    facts = {name: bool(stated.pop(name)) for name in ("crash", "data_loss", "business_stopped")}
    function: Functionality | None = _FUNCTIONALITY.get(stated.pop("function"))
    effects = Effects(function or "none", **facts) if function or any(facts.values()) else None
    call = Call(called or "", called_by, line)
    return Asked(type=kind_of_request, effects=effects, call=call, **stated)


_FUNCTIONALITY: Mapping[str | None, Functionality] = {"affected": "affected", "slight": "partly", "none": "none"}
