"""The commands that look at what there is: lines and why they go, what recurs, rules, settings, output of a run."""

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
        "clipclean explain page.html",
        "clipclean explain dump.jsonl --id wire-17",
        "clipclean explain dump.jsonl --id wire-17 | grep -v body",
    )
)
def explain(
    source: o.Input,
    id_: Annotated[
        str | None, typer.Option("--id", metavar="ID", show_default="the first", help="The clipping to show.")
    ] = None,
    field: o.Fields = None,
    encoding: o.Encoding = None,
    limit: o.Limits = None,
    drop: o.Drop = None,
    keep_lines: o.KeepLines = None,
    rule_off: o.RulesOff = None,
    preset: o.WhichPreset = None,
    extractor: o.HowExtracted = None,
    profile: o.Profile = None,
    config: o.ConfigFile = None,
    no_config: o.NoConfig = False,
) -> int:
    """Show one clipping line by line: kept or not, label, rule, score, and why.

    On a terminal a table; into a pipe or file, tab-separated lines with a header.
    """
    from clipclean.cli.commands import explain_command

    given = o.stated(
        field=field,
        encoding=encoding,
        limit=limit,
        drop=drop,
        keep_lines=keep_lines,
        rule_off=rule_off,
        preset=preset,
        extractor=extractor,
    )
    settings, _ = o.settings(given, config, no_config)
    return explain_command(source, id_, settings=settings, profile=profile)


@app.command(
    epilog=examples(
        "clipclean learn dump/ -o profile.jsonl.gz",
        "clipclean learn 'crawl/2024-03-*.jsonl.gz' -o march.jsonl.gz --workers 4",
        "clipclean learn dump.csv -o profile.jsonl --field source=zeitung",
    )
)
def learn(
    inputs: o.Inputs,
    output: Annotated[
        Path,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            rich_help_panel=o.WRITING,
            show_default=False,
            help="The file for the profile (.gz, .zst ... compresses).",
        ),
    ],
    field: o.Fields = None,
    encoding: o.Encoding = None,
    limit: o.Limits = None,
    errors: o.ErrorsFile = None,
    workers: o.Workers = None,
    max_seconds: o.MaxSeconds = None,
    max_memory: o.MaxMemory = None,
    quiet: o.Quiet = False,
    config: o.ConfigFile = None,
    no_config: o.NoConfig = False,
) -> int:
    """Learn what recurs at each source of a dump, for the option --profile of clean, run and explain.

    The file holds hashes of lines and counts, no texts.
    """
    from clipclean.cli.commands import learn_command

    given = o.stated(
        field=field,
        encoding=encoding,
        limit=limit,
        workers=workers,
        max_seconds=max_seconds,
        max_memory=max_memory,
    )
    settings, _ = o.settings(given, config, no_config)
    return learn_command(inputs, output, settings=settings, errors=errors, quiet=quiet)


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
