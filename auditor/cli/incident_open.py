"""auditor incident open"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from auditor.cli.incident_options import LEVEL, hands_in, quota_option
from auditor.cli.options import together

if TYPE_CHECKING:
    from auditor.app.accounts.session import Session

_facts = together(
    click.option("--crash", is_flag=True, help="Fact: a program or system crashes."),
    click.option("--data-loss", is_flag=True, help="Fact: data are lost or damaged."),
    click.option("--business-stopped", is_flag=True, help="Fact: the business stands still."),
    click.option(
        "--function",
        type=click.Choice(["affected", "slight", "none"]),
        help="Fact: how far the product's functions are affected.",
    ),
)
_call = together(
    click.option("--called", metavar="TIME", help="The customer called as well, at this time; `now` is now."),
    click.option("--called-by", default="", metavar="ID", help="Who called, when it was somebody else."),
    click.option("--line", default="priority", show_default=True, help="The line that was called."),
)


@click.command("open")
@click.argument("account", metavar="ACCOUNT")
@click.option("--title", required=True, help="The matter in a few words.")
@click.option("--level", type=LEVEL, help="Severity, 1 critical to 4 low. Without it the facts below suggest one.")
@_facts
@click.option("--by", "reported_by", default="", metavar="ID", help="The contact who hands it in (or person:ID).")
@click.option(
    "--channel",
    type=click.Choice(["portal", "phone", "e-mail", "tam"]),
    default="portal",
    show_default=True,
    help="How it came in.",
)
@click.option(
    "--type",
    "kind_of_request",
    type=click.Choice(["incident", "service_request", "question"]),
    default="incident",
    show_default=True,
    help="auditor avdb and auditor patch open the other types.",
)
@click.option("--kind", type=click.Choice(["premium", "standard"]), help="Default: premium under a contract.")
@click.option("--description", default="", help="The matter in full.")
@click.option("--product", default="", help="The product it is about.")
@click.option("--product-version", default="", help="Its version.")
@click.option("--contract", default="", metavar="ID", help="Needed where several contracts are in force.")
@_call
@quota_option
@click.option("--draft", is_flag=True, help="Show what would be promised; record nothing.")
@hands_in
def open_(session: Session, when: tuple[str, bool], draft: bool, **stated: Any) -> None:
    """Hand in a request. The contract in force at that time decides what is promised, for good.

    When no premium unit is left, nothing is recorded until somebody chooses: --kind standard, or --override-quota.
    """
    from auditor.app.incidents import asking, console

    console.opening(session, asking.asked(**stated), when, draft, sys.stdout)
