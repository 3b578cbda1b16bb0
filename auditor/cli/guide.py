"""auditor guide"""

from __future__ import annotations

import click


@click.command()
@click.option("--product", "products", multiple=True, help="Only this product, such as kesl or ksc. Repeatable.")
@click.option("--language", default="en", show_default=True, metavar="CODE", help="en, es, it, ru or pt.")
def guide(products: tuple[str, ...], language: str) -> None:
    """Print what to export from each product, with the exact commands and clicks."""
    from auditor.app.guides import guide_text
    from auditor.app.plugins import load_plugins

    click.echo(guide_text(language, products, load_plugins()), nl=False)
