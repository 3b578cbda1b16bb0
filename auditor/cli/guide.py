"""auditor guide"""

from __future__ import annotations

import click


@click.command()
@click.option("--product", "products", multiple=True, help="Only this product, such as kesl or ksc. Repeatable.")
def guide(products: tuple[str, ...]) -> None:
    """Print what to export from each product, with the exact commands and clicks."""
    from auditor.app.content import load_checks
    from auditor.app.plugins import load_plugins
    from auditor.intake.guide import guide_of, render_text

    catalogue = load_checks(load_plugins())
    click.echo(render_text(guide_of(catalogue.collection), products), nl=False)
