"""The command that starts JupyterLab."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corpus_kit.cli.output import say
from corpus_kit.safe_text import one_line

__all__ = ["lab"]


def lab(
    folder: Annotated[
        Path, typer.Argument(metavar="[FOLDER]", help="The folder for the notebooks; those you changed are kept.")
    ] = Path("corpus-kit-notebooks"),
    port: Annotated[
        int | None, typer.Option(help="The port; without it, the next free one is used.", min=0, max=65535)
    ] = None,
    ip: Annotated[
        str | None, typer.Option(help="The address to listen on; without it, only this machine can connect.")
    ] = None,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open a browser, or only print the address.")
    ] = True,
) -> None:
    """Start JupyterLab with the notebooks and with Arabic set right to left."""
    from corpus_kit.lab.server import start  # keeps JupyterLab's modules away from the other commands

    start(folder, port=port, ip=ip, browser=browser, echo=lambda line: say(one_line(line), error=True))
