"""``wetland birds``: surveys, names, review, indices, richness, alerts, export."""

from __future__ import annotations

import typer

from wetland.cli.birdindex import index

app = typer.Typer()


@app.callback()
def _noun() -> None:
    """鸟类调查：从记录表到种群指数 / Birds: from a field sheet to a population index."""


app.command("index")(index)
