"""``clipclean index ...``: what each of these commands takes and what it says."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from clipclean.cli import copy_options as c
from clipclean.cli import options as o
from clipclean.cli.app import app, examples

__all__ = ["index_app"]

index_app = typer.Typer(
    help="Look at an index of yesterday's clippings, add to it, ask it, and move it.",
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(index_app, name="index")

File = Annotated[
    str, typer.Argument(metavar="INDEX", show_default=False, help="The file of the index, or redis://HOST:PORT/0.")
]
Cleaned = Annotated[
    bool,
    typer.Option(
        "--clean",
        metavar=o.FLAG,
        rich_help_panel=o.CLEANING,
        help="Clean the texts first, as run does; needed for an index that run --index is to use.",
    ),
]


def _named(**options: object) -> frozenset[str]:
    """The names of the options that were given."""
    return frozenset(name for name, value in options.items() if value is not None)


@index_app.command(epilog=examples("clipclean index info clippings.idx", "clipclean index info clippings.idx --json"))
def info(
    index: File,
    as_json: Annotated[
        bool, typer.Option("--json", metavar=o.FLAG, help="Write one JSON object instead of a table.")
    ] = False,
) -> int:
    """Show how much an index holds, from when to when, in how many bytes, and its settings."""
    from clipclean.cli.index_commands import info_command

    return info_command(index, as_json=as_json)


@index_app.command(
    epilog=examples(
        "clipclean index add clippings.idx out/clippings.jsonl --clean --window 42d",
        "zcat crawl.jsonl.gz | clipclean index add clippings.idx - --clean -o verdicts.jsonl",
    )
)
def add(
    index: File,
    inputs: o.Inputs,
    output: o.Target = "-",
    field: o.Fields = None,
    encoding: o.Encoding = None,
    limit: o.Limits = None,
    clean: Cleaned = False,
    preset: o.WhichPreset = None,
    keep: c.WhichStays = None,
    prefer: c.Preferred = None,
    fold: c.HowFar = None,
    window: c.Window = None,
    store_text: c.StoreText = False,
    errors: o.ErrorsFile = None,
    quiet: o.Quiet = False,
    config: o.ConfigFile = None,
    no_config: o.NoConfig = False,
) -> int:
    """Add clippings in the order of the input, and write what each of them is, as JSON Lines."""
    from clipclean.cli.index_commands import ask_command

    given = o.stated(
        field=field,
        encoding=encoding,
        limit=limit,
        preset=preset,
        keep=keep,
        prefer=prefer,
        fold=fold,
        window=window,
    )
    settings, _ = o.settings(given, config, no_config)
    return ask_command(
        index,
        inputs,
        output,
        settings=settings,
        stated=_named(keep=keep, prefer=prefer, fold=fold, window=window),
        add=True,
        clean=clean,
        store_text=store_text,
        errors=errors,
        quiet=quiet,
    )


@index_app.command(
    epilog=examples(
        "clipclean index check clippings.idx today.jsonl | jq -r 'select(.copy).id'",
        "clipclean index check redis://redis.example/0 page.html --clean",
    )
)
def check(
    index: File,
    inputs: o.Inputs,
    output: o.Target = "-",
    field: o.Fields = None,
    encoding: o.Encoding = None,
    limit: o.Limits = None,
    clean: Cleaned = False,
    preset: o.WhichPreset = None,
    errors: o.ErrorsFile = None,
    quiet: o.Quiet = False,
    config: o.ConfigFile = None,
    no_config: o.NoConfig = False,
) -> int:
    """Write what clippings would be if they were added, each by itself; nothing is added."""
    from clipclean.cli.index_commands import ask_command

    given = o.stated(field=field, encoding=encoding, limit=limit, preset=preset)
    settings, _ = o.settings(given, config, no_config)
    return ask_command(
        index,
        inputs,
        output,
        settings=settings,
        stated=frozenset(),
        add=False,
        clean=clean,
        store_text=False,
        errors=errors,
        quiet=quiet,
    )


@index_app.command(epilog=examples("clipclean index expire clippings.idx --before 2024-03-01"))
def expire(
    index: File,
    before: Annotated[
        str,
        typer.Option("--before", metavar="DATE", show_default=False, help="The first day that is kept, as 2024-03-01."),
    ],
) -> int:
    """Take out what was published before a date."""
    from clipclean.cli.index_commands import expire_command

    return expire_command(index, before)


@index_app.command(epilog=examples("clipclean index export clippings.idx -o clippings.parquet"))
def export(
    index: File,
    output: Annotated[
        Path,
        typer.Option("-o", "--output", metavar="FILE", show_default=False, help="The Parquet file to write."),
    ],
) -> int:
    """Write an index to a Parquet file, with signatures and sketches, to move it or to load it elsewhere."""
    from clipclean.cli.index_commands import export_command

    return export_command(index, output)


@index_app.command(
    "import", epilog=examples("clipclean index import redis://redis.example/0 monday.parquet tuesday.parquet")
)
def import_(
    index: File,
    exports: Annotated[
        list[Path],
        typer.Argument(metavar="FILE", show_default=False, help="What index export wrote, oldest first."),
    ],
) -> int:
    """Add what was exported to an index, which is made if it is not there: move one, or merge several."""
    from clipclean.cli.index_commands import import_command

    return import_command(index, exports)


@index_app.command(epilog=examples("clipclean index verify clippings.idx && rsync clippings.idx archive:"))
def verify(index: File) -> int:
    """Read all of an index and say what is wrong with it; exit code 2 where anything is."""
    from clipclean.cli.index_commands import verify_command

    return verify_command(index)


@index_app.command(
    epilog=examples(
        "clipclean index rebuild clippings.idx --preset recall",
        "clipclean index rebuild clippings.idx --clean",
        "clipclean index rebuild clippings.idx --from monday/ --from tuesday/ --clean",
    )
)
def rebuild(
    index: File,
    inputs: Annotated[
        list[str] | None,
        typer.Option("--from", metavar="INPUT", show_default="the texts it stores", help="What it is built of."),
    ] = None,
    field: o.Fields = None,
    encoding: o.Encoding = None,
    limit: o.Limits = None,
    clean: Annotated[
        bool | None,
        typer.Option(
            "--clean/--as-given",
            metavar=o.FLAG,
            show_default="as the index was made",
            rich_help_panel=o.CLEANING,
            help="Clean the texts first, as run does and run --index asks for, or compare them as they are given.",
        ),
    ] = None,
    preset: o.WhichPreset = None,
    keep: c.WhichStays = None,
    prefer: c.Preferred = None,
    fold: c.HowFar = None,
    window: c.Window = None,
    store_text: c.StoreText = False,
    errors: o.ErrorsFile = None,
    quiet: o.Quiet = False,
    config: o.ConfigFile = None,
    no_config: o.NoConfig = False,
) -> int:
    """Make an index anew with the settings that hold now, from its texts or from files, and put it in its place."""
    from clipclean.cli.index_commands import rebuild_command

    given = o.stated(
        field=field,
        encoding=encoding,
        limit=limit,
        preset=preset,
        keep=keep,
        prefer=prefer,
        fold=fold,
        window=window,
    )
    settings, _ = o.settings(given, config, no_config)
    return rebuild_command(
        index,
        inputs,
        settings=settings,
        stated=_named(keep=keep, prefer=prefer, fold=fold, window=window),
        clean=clean,
        store_text=store_text,
        errors=errors,
        quiet=quiet,
    )
