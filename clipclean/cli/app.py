"""The commands: what each takes and what it says. The work is the pipeline's."""

from __future__ import annotations

from typing import Annotated

import typer

from clipclean.cli import copy_options as c
from clipclean.cli import options as o
from clipclean.config import Copies
from clipclean.layers import Stated

app = typer.Typer(
    help="Each story of a news dump once, with only its own text, and a reason for every line it took.",
    epilog="Start with:  clipclean run dump/ -o out\n\n"
    "Exit codes: 0 all fine, 1 some records failed and are listed, 2 wrong use or a fatal error, 130 interrupted.",
    add_completion=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:
    if asked:
        from clipclean import __version__

        typer.echo(f"clipclean {__version__}")
        raise typer.Exit


@app.callback()
def clipclean(
    version: Annotated[
        bool,
        typer.Option("--version", metavar=o.FLAG, is_eager=True, callback=_version, help="Show the version and exit."),
    ] = False,
) -> None:
    """Each story of a news dump once, with only its own text, and a reason for every line it took."""


def examples(*lines: str) -> str:
    """The end of a help page: examples, a line for each.

    >>> examples("clipclean run dump/ -o out")
    '[bold]Examples[/bold]\\n\\nclipclean run dump/ -o out'
    """
    return "\n\n".join(["[bold]Examples[/bold]", *lines])


@app.command(
    epilog=examples(
        "clipclean run dump/ -o out",
        "clipclean run 'crawl/*.jsonl.gz' pages.warc.gz -o out --workers 4 --format parquet",
        "clipclean run dump.csv -o out --field text=artikel --keep earliest",
    )
)
def run(
    inputs: o.Inputs,
    output: o.Folder,
    field: o.Fields = None,
    encoding: o.Encoding = None,
    limit: o.Limits = None,
    drop: o.Drop = None,
    keep_lines: o.KeepLines = None,
    rule_off: o.RulesOff = None,
    preset: o.WhichPreset = None,
    extractor: o.HowExtracted = None,
    detect_lang: o.DetectLang = None,
    reasons: o.Reasons = None,
    profile: o.Profile = None,
    no_profile: Annotated[
        bool,
        typer.Option(
            "--no-profile",
            metavar=o.FLAG,
            rich_help_panel=o.CLEANING,
            help="Read inputs once; do not learn what recurs at each source.",
        ),
    ] = False,
    dup: c.WhatOfCopies = None,
    keep: c.WhichStays = None,
    prefer: c.Preferred = None,
    fold: c.HowFar = None,
    level: c.HowNear = None,
    window: c.Window = None,
    scope: c.WhichSources = None,
    threshold: c.Threshold = None,
    candidates: c.HowFound = None,
    against: c.Against = None,
    index: c.YesterdaysIndex = None,
    store_text: c.StoreText = False,
    form: o.HowWritten = None,
    annotate: o.Annotate = None,
    force: Annotated[
        bool,
        typer.Option(
            "--force", metavar=o.FLAG, rich_help_panel=o.WRITING, help="Replace files in DIR that no run wrote."
        ),
    ] = False,
    resume: Annotated[
        bool,
        typer.Option(
            "--resume", metavar=o.FLAG, rich_help_panel=o.RUNNING, help="Go on from where a killed run was, if one was."
        ),
    ] = False,
    workers: o.Workers = None,
    max_seconds: o.MaxSeconds = None,
    max_memory: o.MaxMemory = None,
    quiet: o.Quiet = False,
    config: o.ConfigFile = None,
    no_config: o.NoConfig = False,
) -> int:
    """Clean a dump, fold its duplicates, and write each story once.

    DIR gets clippings, removed lines, duplicates, errors and a report; an earlier run in it is replaced.
    """
    from clipclean.cli.commands import run_command

    given = o.stated(
        field=field,
        encoding=encoding,
        limit=limit,
        drop=drop,
        keep_lines=keep_lines,
        rule_off=rule_off,
        preset=preset,
        extractor=extractor,
        detect_lang=detect_lang,
        reasons=reasons,
        dup=dup,
        keep=keep,
        prefer=prefer,
        fold=fold,
        level=level,
        window=window,
        scope=scope,
        threshold=threshold,
        candidates=candidates,
        format=form,
        annotate=annotate,
        workers=workers,
        max_seconds=max_seconds,
        max_memory=max_memory,
    )
    settings, file = o.settings(given, config, no_config)
    return run_command(
        inputs,
        output,
        settings=settings,
        settings_file=file,
        profile=profile,
        learn=not no_profile,
        force=force,
        resume=resume,
        quiet=quiet,
        against=against,
        index=index,
        store_text=store_text,
    )


@app.command(
    epilog=examples(
        "clipclean clean dump/ -o clean.jsonl",
        "zcat crawl.jsonl.gz | clipclean clean - | jq -r .text",
        "clipclean clean dump/ --drop caption,credit --annotate -o lines.jsonl.gz",
    )
)
def clean(
    inputs: o.Inputs,
    output: o.Target = "-",
    field: o.Fields = None,
    encoding: o.Encoding = None,
    limit: o.Limits = None,
    drop: o.Drop = None,
    keep_lines: o.KeepLines = None,
    rule_off: o.RulesOff = None,
    preset: o.WhichPreset = None,
    extractor: o.HowExtracted = None,
    detect_lang: o.DetectLang = None,
    reasons: o.Reasons = None,
    profile: o.Profile = None,
    annotate: o.Annotate = None,
    errors: o.ErrorsFile = None,
    workers: o.Workers = None,
    max_seconds: o.MaxSeconds = None,
    max_memory: o.MaxMemory = None,
    quiet: o.Quiet = False,
    config: o.ConfigFile = None,
    no_config: o.NoConfig = False,
) -> int:
    """Take the furniture out of clippings: JSON Lines, one for each, in the order of the input."""
    from clipclean.cli.commands import clean_command

    given = o.stated(
        field=field,
        encoding=encoding,
        limit=limit,
        drop=drop,
        keep_lines=keep_lines,
        rule_off=rule_off,
        preset=preset,
        extractor=extractor,
        detect_lang=detect_lang,
        reasons=reasons,
        annotate=annotate,
        workers=workers,
        max_seconds=max_seconds,
        max_memory=max_memory,
    )
    settings, _ = o.settings(given, config, no_config)
    return clean_command(inputs, output, settings=settings, profile=profile, errors=errors, quiet=quiet)


@app.command(
    epilog=examples(
        "clipclean dedup stories.jsonl -o marked.jsonl --pairs pairs.jsonl",
        "clipclean dedup stories.parquet --threshold 0.7 --dup remove -o unique.jsonl",
        "clipclean dedup dump/ --clean -o marked.jsonl",
    )
)
def dedup(
    inputs: o.Inputs,
    output: o.Target = "-",
    pairs: c.Pairs = None,
    clean: c.CleanFirst = False,
    field: o.Fields = None,
    encoding: o.Encoding = None,
    limit: o.Limits = None,
    drop: o.Drop = None,
    keep_lines: o.KeepLines = None,
    rule_off: o.RulesOff = None,
    preset: o.WhichPreset = None,
    extractor: o.HowExtracted = None,
    dup: c.WhatOfCopies = None,
    keep: c.WhichStays = None,
    prefer: c.Preferred = None,
    fold: c.HowFar = None,
    level: c.HowNear = None,
    window: c.Window = None,
    scope: c.WhichSources = None,
    threshold: c.Threshold = None,
    candidates: c.HowFound = None,
    against: c.Against = None,
    preview: c.Preview = False,
    preview_pairs: c.PreviewPairs = None,
    no_color: c.NoColor = False,
    errors: o.ErrorsFile = None,
    workers: o.Workers = None,
    max_seconds: o.MaxSeconds = None,
    max_memory: o.MaxMemory = None,
    quiet: o.Quiet = False,
    config: o.ConfigFile = None,
    no_config: o.NoConfig = False,
) -> int:
    """Find the copies among clippings, on their text as it is: each record comes out with its cluster.

    HTML pages have no text as it is: of them the cleaned text is compared.
    """
    from clipclean.cli.dedup import dedup_command, preview_command

    given = o.stated(
        field=field,
        encoding=encoding,
        limit=limit,
        drop=drop,
        keep_lines=keep_lines,
        rule_off=rule_off,
        preset=preset,
        extractor=extractor,
        dup=dup,
        keep=keep,
        prefer=prefer,
        fold=fold,
        level=level,
        window=window,
        scope=scope,
        threshold=threshold,
        candidates=candidates,
        workers=workers,
        max_seconds=max_seconds,
        max_memory=max_memory,
    )
    settings, _ = o.settings(given, config, no_config, defaults=Stated(dup=Copies.ANNOTATE))
    if preview or preview_pairs is not None:
        return preview_command(
            inputs,
            output=output,
            pairs=pairs,
            against=against,
            settings=settings,
            pages_only=not clean,
            shown=10 if preview_pairs is None else preview_pairs,
            colors=not no_color,
            errors=errors,
            quiet=quiet,
        )
    return dedup_command(
        inputs,
        output,
        pairs=pairs,
        against=against,
        settings=settings,
        pages_only=not clean,
        errors=errors,
        quiet=quiet,
    )
