"""auditor key create|show|list|export"""

from __future__ import annotations

from pathlib import Path

import click

_NAME = click.argument("name", default="default")


@click.group()
def key() -> None:
    """Keys that sign deliveries; they stay on this computer.

    They are kept in the user's data folder; AUDITOR_KEYS names another one. A passphrase is read from
    AUDITOR_KEY_PASSPHRASE or asked for, never taken from the command line.
    """


@key.command()
@_NAME
@click.option("--passphrase", "ask", is_flag=True, help="Ask for a passphrase that will protect the key.")
def create(name: str, *, ask: bool) -> None:
    """Make a signing key (Ed25519). An existing one is never overwritten."""
    from auditor.app.evidence import key_commands

    typed = (lambda: click.prompt("Passphrase", hide_input=True, confirmation_prompt=True)) if ask else None
    _print(key_commands.create(name, typed))


@key.command()
@_NAME
def show(name: str) -> None:
    """Show fingerprint and public key: give both to whoever receives deliveries."""
    from auditor.app.evidence import key_commands

    _print(key_commands.show(name))


@key.command("list")
def list_() -> None:
    """List the keys with their fingerprints."""
    from auditor.app.evidence import key_commands

    _print(key_commands.listing())


@key.command()
@_NAME
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="File to write; default: print it.")
def export(name: str, out: Path | None) -> None:
    """Write the public key as PEM. The private key is never written out."""
    from auditor.app.evidence import key_commands

    _print(key_commands.export(name, out))


def _print(lines: list[str]) -> None:
    for line in lines:
        click.echo(line)
