"""The command line: one module per command, loaded when it is called."""

from __future__ import annotations

import sys
from importlib import import_module

import click

from auditor.cli import exits
from auditor.errors import AuditorError, UsageProblem

# name -> (module:attribute, one line for --help): known here so that help loads nothing else
COMMANDS: dict[str, tuple[str, str]] = {
    "account": ("auditor.cli.account:account", "Customers: create, show, list and change them."),
    "audit": ("auditor.cli.audit:audit", "Read exports, run the checks, write checklist and report."),
    "avdb": ("auditor.cli.avdb:avdb", "Releases of anti-virus databases on request."),
    "baselines": ("auditor.cli.baselines:baselines", "List, show and compare baselines."),
    "calendar": ("auditor.cli.calendar_store:calendar", "Business time: add, measure, show days; save calendars."),
    "checks": ("auditor.cli.checks:checks", "List, show, test and create checks."),
    "compare": ("auditor.cli.compare:compare", "Two stored results: what is new, fixed, still there."),
    "contact": ("auditor.cli.contact:contact", "People of a customer who may send requests; erasing them."),
    "contract": ("auditor.cli.contract:contract", "Contracts: what is promised, how much of it is used."),
    "db": ("auditor.cli.db:db", "Check, back up, restore and upgrade the store."),
    "engagement": ("auditor.cli.engagement:engagement", "The yearly Health Check: agree, plan, hold, deliver."),
    "finding": ("auditor.cli.finding:finding", "Findings over the years: judge, accept, promote them."),
    "guide": ("auditor.cli.guide:guide", "What to export from each product, with the exact commands."),
    "history": ("auditor.cli.history:history", "Everything that happened to an account, as one timeline."),
    "incident": ("auditor.cli.incident:incident", "Requests: open, answer, escalate; why a deadline is due."),
    "intake": ("auditor.cli.intake:intake", "Show what was found in exports and what is missing."),
    "key": ("auditor.cli.key:key", "Keys that sign deliveries: create, show, list, export."),
    "patch": ("auditor.cli.patch:patch", "Private patches, and every patch that an account received."),
    "plugins": ("auditor.cli.plugins:plugins", "List plugins and what became of them."),
    "programme": ("auditor.cli.programme:programme", "Show and compare support programmes, with evidence."),
    "questionnaire": ("auditor.cli.questionnaire:questionnaire", "Interview questions out, answers back in."),
    "report": ("auditor.cli.report:report", "Render reports again from a stored result."),
    "schema": ("auditor.cli.schema:schema", "Print a published JSON Schema."),
    "service-report": ("auditor.cli.service_report:service_report", "Daily, quarterly, periodic reports on requests."),
    "tam": ("auditor.cli.tam:tam", "Account and duty managers: tasks, absences, board."),
    "tick": ("auditor.cli.tick:tick", "Do all that is due: escalations, reminders, reports, mail."),
    "verify": ("auditor.cli.verify:verify", "Prove a signed delivery, from exports to reports."),
}


class LazyGroup(click.Group):
    """Knows its commands by name; imports one only when it is run. Commands of plugins are asked for last."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of the built-in commands."""
        return sorted({*COMMANDS, *super().list_commands(ctx)})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a built-in command, else ask the plugins."""
        if cmd_name in COMMANDS:
            module, _, attribute = COMMANDS[cmd_name][0].partition(":")
            command: click.Command = getattr(import_module(module), attribute)
            return command
        if super().get_command(ctx, cmd_name) is None:
            from auditor.app.plugins import COMMANDS_HOOK, load_plugins

            plugins = load_plugins()
            plugins.contributions(COMMANDS_HOOK, group=self)
            if super().get_command(ctx, cmd_name) is None:
                for failure in plugins.failures:  # one of them may be why
                    click.echo(f"auditor: {_visible(f'plugin {failure.name} failed: {failure.message}')}", err=True)
        return super().get_command(ctx, cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Help without importing anything."""
        rows = [(name, COMMANDS[name][1]) for name in self.list_commands(ctx) if name in COMMANDS]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="kaspersky-auditor", prog_name="auditor", message="%(prog)s %(version)s")
def cli() -> None:
    """Health check of Kaspersky business products from exported settings.

    Nothing leaves this computer. Start with:  auditor audit FOLDER --out report
    """


def run() -> int:
    """Run a command and turn expected errors into one line and a documented exit code."""
    try:
        result = cli.main(prog_name="auditor", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort:
        click.echo("stopped", err=True)
        return exits.INTERNAL
    except AuditorError as error:
        click.echo(f"auditor: {_visible(str(error))}", err=True)
        return exits.USAGE if isinstance(error, UsageProblem) else exits.BAD_INPUT
    except BrokenPipeError:
        sys.stderr.close()
        return exits.OK
    except OSError as error:  # of files that the user named: what can be said better is an AuditorError by now
        click.echo(f"auditor: {_visible(_refused(error))}", err=True)
        return exits.BAD_INPUT
    return result if isinstance(result, int) else exits.OK


def _refused(error: OSError) -> str:
    """What the system refused, and for which file."""
    where = f"{error.filename}: " if error.filename is not None else ""
    return f"{where}{error.strerror or error} (may you read and write there, and is there room?)"


def _visible(text: str) -> str:
    """Control characters of foreign names made visible: a terminal must not obey them."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
