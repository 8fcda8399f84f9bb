"""The commands about what there is: rules, settings, and the output of a run. They clean nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from clipclean.cli import options as o
from clipclean.cli.app import app, examples
from clipclean.layers import Stated

__all__ = ["app"]


@app.command(
    epilog=examples(
        "clipclean rules", "clipclean rules --config own.toml", "clipclean rules --no-config --markdown > rules.md"
    )
)
def rules(
    markdown: Annotated[
        bool, typer.Option("--markdown", metavar=o.FLAG, help="Write a Markdown page instead of a table.")
    ] = False,
    config: o.ConfigFile = None,
    no_config: o.NoConfig = False,
) -> int:
    """List the rules that give lines their labels, in order, each with an example; those of a settings file first."""
    from clipclean.cli.commands import rules_command

    settings, _ = o.settings(Stated(), config, no_config)
    return rules_command(settings=settings, markdown=markdown)


@app.command(
    epilog=examples(
        "clipclean config", "clipclean config --config own.toml", "clipclean config --no-config > clipclean.toml"
    )
)
def config(
    config: o.ConfigFile = None,
    no_config: o.NoConfig = False,
) -> int:
    """Show the settings that hold here, and which file they come from, as a settings file."""
    from clipclean.cli.commands import config_command

    return config_command(o.settings_file(config, no_config))


@app.command(epilog=examples("clipclean verify out", "clipclean verify out && rsync -a out/ archive:out/"))
def verify(
    folder: Annotated[Path, typer.Argument(metavar="OUT", show_default=False, help="The folder that run wrote.")],
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", metavar=o.FLAG, help="Say nothing where everything is right.")
    ] = False,
) -> int:
    """Check that the output of a run is whole: rows, bytes and digests of every file, and that the counts add up.

    A fault is said with file and figure, and the exit code is 2.
    """
    from clipclean.cli.commands import verify_command

    return verify_command(folder, quiet=quiet)
