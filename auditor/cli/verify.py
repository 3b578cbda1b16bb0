"""auditor verify DIR"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from auditor.cli import exits
from auditor.cli.options import limits_option


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--key", default="", metavar="KEY", help="Who must have signed: a public key's file or fingerprint.")
@click.option("--exports", multiple=True, type=click.Path(exists=True, path_type=Path),
              help="The exports, or the folder that holds them: each is hashed again. Repeatable.")  # fmt: skip
@click.option("--replay", is_flag=True, help="Run the audit again on the exports: it must give the same bytes.")
@click.option("--content", multiple=True, type=click.Path(exists=True, file_okay=False, path_type=Path),
              help="For --replay: the folder with further checks that the audit was given. Repeatable.")  # fmt: skip
@click.option("--verdict", default="", metavar="CHECK", help="Trace the verdict of this check to export and root.")
@click.option("--subject", default="", metavar="KEY", help="For --verdict: the subject, when there are several.")
@limits_option
def verify(folder: Path, key: str, **options: Any) -> int:
    """Prove a signed delivery, offline: FOLDER holds manifest.json, the result and its reports.

    Each step is shown; the first broken link is named with what was expected and what was found. Without --key a valid
    signature only says that nothing was changed since, not who signed.

    Exit codes: 0 the chain holds; 3 it is broken, or signed by another than --key; 4 it holds, but --replay was not
    possible here (another version, other checks); 2 wrong usage; 1 internal error.
    """
    from auditor.app.evidence.replay import Exports
    from auditor.app.evidence.trust import trust_in
    from auditor.app.evidence.verifying import Asked
    from auditor.app.evidence.verifying import verify as prove
    from auditor.app.evidence.wording import lines_of
    from auditor.reporting.text import visible

    exports = Exports(options["exports"], options["content"], options["limits"])
    asked = Asked(trust_in(key), exports, options["replay"], options["verdict"], options["subject"])
    found = prove(folder, asked)
    for line in lines_of(folder, found, asked):
        click.echo(visible(line))
    if found.broken is not None:
        return exits.BAD_INPUT
    return exits.OK if found.comparable else exits.INCOMPLETE
