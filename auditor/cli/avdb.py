"""auditor avdb request|status|step|retest|reject|verify|close|list"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from auditor.cli.incident_options import Command, reads, reason_option
from auditor.cli.options import together
from auditor.cli.request_options import asks, changes, file_options, note_option

if TYPE_CHECKING:
    from auditor.app.accounts.session import Session

When = tuple[str, bool]

_database_options = together(
    click.option(
        "--db-date", default="", metavar="TIME", help="Release of the databases in use, such as 2026-12-04T13:00Z."
    ),
    click.option(
        "--latest-known-db", "latest", default="", metavar="TIME", help="Release of the latest databases known."
    ),
    click.option(
        "--tolerance", default="", metavar="LENGTH", help="How much older they may be: 30min, 2h. Default: 0min."
    ),
    click.option(
        "--from-audit",
        "audit",
        metavar="RESULT",
        type=click.Path(exists=True, path_type=Path),
        help="Take --db-date from a stored audit (result.json or its folder); needs --host.",
    ),
    click.option("--host", default="", metavar="NAME", help="The Linux host in that audit."),
    click.option("--host-zone", default="", metavar="ZONE", help="Its time zone, such as Europe/Madrid."),
)


def _databases(command: Command) -> Command:
    """The options about databases, as the argument `stated`."""
    import functools

    names = ("db_date", "latest", "tolerance", "audit", "host", "host_zone")

    @functools.wraps(command)
    def gathered(**given: Any) -> Any:
        from auditor.app.stated_databases import Stated

        return command(stated=Stated(**{name: given.pop(name) for name in names}), **given)

    return _database_options(gathered)


@click.group()
def avdb() -> None:
    """Releases of anti-virus databases on request, for a file that is judged wrongly.

    The file must be judged wrongly by the latest databases. Answers, severity and the end of the incident itself are
    recorded with auditor incident.
    """


@avdb.command()
@click.argument("account", metavar="ACCOUNT")
@click.option(
    "--reason",
    required=True,
    type=click.Choice(["false_negative", "false_positive"]),
    help="An infected file is taken for safe, or a safe one for infected.",
)
@click.option("--detection", required=True, metavar="TEXT", help="What the product says: a threat, or not detected.")
@click.option("--title", default="", help="The matter in a few words. Default: the detection and the file.")
@file_options("--file-name", "The file that is judged wrongly")
@_databases
@asks
def request(session: Session, account: str, when: When, language: str, **given: Any) -> None:
    """Ask for a release. Databases that are not the latest, or unknown, block it until the file is tested again.

    The dates of the databases are those in the product or in Kaspersky Security Center (BaseDate); they are UTC.
    """
    from auditor.app import avdb as use_cases
    from auditor.app import request_console
    from auditor.app.incidents.asking import Asked

    asked = Asked(account, given["title"], **given["asked"])
    sample = use_cases.sample(given["sha256"], given["file_name"], given["detection"], given["path"])
    wish = use_cases.Wish(given["reason"], sample, given["stated"].databases(), given["confirmed"], language)
    request_console.ask_for_release(session, asked, wish, when, sys.stdout)


@avdb.command()
@click.argument("incident", metavar="INCIDENT")
@reads("text", "json")
def status(session: Session, incident: str, language: str) -> None:
    """How a request stands: its databases, the steps of the programme, who informs, what comes next."""
    from auditor.app import request_console

    request_console.show(session, incident, "avdb", (language, sys.stdout))


@avdb.command()
@changes
@click.argument("number", metavar="1|2|3", type=click.IntRange(1, 3))
@note_option
def step(session: Session, number: int, note: str, **given: Any) -> None:
    """Take a step: 1 specialists process it, 2 the update is released, 3 somebody informed the customer about it.

    Steps are taken in this order. Whoever the programme names also informs of each change by a message.
    """
    from auditor.app import avdb as use_cases

    _change(session, use_cases.step(number, note), **given)


@avdb.command()
@_databases
@changes
def retest(session: Session, stated: Any, **given: Any) -> None:
    """The file was tested again after an update, and is still judged wrongly: state the databases anew."""
    from auditor.app import avdb as use_cases

    _change(session, use_cases.retest(stated.databases(), keep_tolerance=not stated.tolerance), **given)


@avdb.command()
@reason_option
@changes
def reject(session: Session, reason: str, **given: Any) -> None:
    """The specialists release no update."""
    from auditor.app import avdb as use_cases

    _change(session, use_cases.reject(reason), **given)


@avdb.command()
@note_option
@changes
def verify(session: Session, note: str, **given: Any) -> None:
    """The update judges the file rightly."""
    from auditor.app import avdb as use_cases

    _change(session, use_cases.verify(note), **given)


@avdb.command()
@note_option
@changes
def close(session: Session, note: str, **given: Any) -> None:
    """End a request that is verified, or was blocked and solved by updating the databases."""
    from auditor.app import avdb as use_cases

    _change(session, use_cases.close(note), **given)


@avdb.command("list")
@click.argument("account", metavar="[ACCOUNT]", default="")
@click.option("--all", "ended", is_flag=True, help="Also those whose incident has ended.")
@reads("text", "json")
def list_(session: Session, account: str, ended: bool, language: str) -> None:
    """Requests of an account, or of all, the latest first."""
    from auditor.app import request_console

    request_console.listing(session, account, "avdb", ended, (language, sys.stdout))


def _change(session: Session, make: Any, incident: str, when: When, language: str) -> None:
    from auditor.app import request_console

    request_console.change_release(session, incident, when, make, (language, sys.stdout))
