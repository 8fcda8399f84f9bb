"""What the commands do with their settings, up to the exit code."""

from __future__ import annotations

import contextlib
import difflib
import signal
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path
from typing import Any

import orjson
import typer

from clipclean import pipeline, readers
from clipclean.cleaners import clean_stream
from clipclean.cli import INTERRUPTED, TERMINATED, WRONG
from clipclean.cli.options import worker_count
from clipclean.cli.terminal import SHOWN, Bar, Failures, bar_for, check_targets, complain, results
from clipclean.config import Settings
from clipclean.engines.interrupt import Interrupt
from clipclean.engines.local import Crew
from clipclean.errors import ClipcleanError, InputError, OutputError, RecordError, SettingsError
from clipclean.layers import DEFAULTS, Stated
from clipclean.learning import Lesson, learn_stream, load_profile, save_profile
from clipclean.model import Clipping, Failure, Origin
from clipclean.places import refuse_overlap
from clipclean.review.printable import printable
from clipclean.settings_file import load_stated
from clipclean.settings_toml import as_toml
from clipclean.spooling import cleaned_lines
from clipclean.streams import Counted
from clipclean.verifying import verify
from clipclean.writers import JsonLines, is_begun

MORE = 1000
"""How far ``explain`` counts the clippings that it does not show."""


DUP = '# dup = "remove"  # not set: run removes copies, dedup annotates them'
"""What ``config`` shows of the one setting whose default is not the same for all commands."""


def run_command(
    inputs: Sequence[str],
    folder: Path,
    *,
    settings: Settings,
    settings_file: Path | None,
    profile: Path | None,
    learn: bool,
    force: bool,
    resume: bool,
    quiet: bool,
    against: Sequence[str] | None = None,
    index: str | None = None,
    store_text: bool = False,
) -> int:
    """``clipclean run``."""
    if str(folder) == "-":
        raise OutputError("-o -: run writes a folder; name one, or use clean or dedup for standard output")
    if profile is not None and not learn:
        raise SettingsError("--profile and --no-profile contradict each other; leave one of them out")
    known = None if profile is None else load_profile(profile)
    began = time.monotonic()
    with bar_for(quiet=quiet) as bar, interrupted(bar) as interrupt:
        try:
            report = pipeline.run(
                inputs,
                folder,
                read=settings.read,
                clean=settings.clean,
                dedup=settings.dedup,
                output=settings.output,
                profile=known,
                learn=learn,
                work=settings.work,
                workers=worker_count(settings.workers),
                force=force,
                resume=resume,
                settings_file=None if settings_file is None else settings_file.as_posix(),
                progress=bar,
                interrupt=interrupt,
                against=against,
                index=index,
                store_text=store_text,
            )
        except (ClipcleanError, KeyboardInterrupt):
            if not resume and is_begun(folder):
                bar.say("what was cleaned is kept: the same command with --resume goes on from there")
            raise
    if not quiet:
        from rich.console import Console

        from clipclean.review.summary import summary

        Console(stderr=True, highlight=False).print(summary(report, folder, time.monotonic() - began))
    elif report.failed:
        complain(f"{report.failed:,} of {report.read:,} failed; {folder / 'errors.jsonl'} lists them")
    if report.failed and report.failed == report.read:
        complain_of_all(folder)
    if report.against.get("failed"):
        complain_of_known(report.against)
    return exit_code(interrupt, report.failed)


def clean_command(
    inputs: Sequence[str],
    target: str,
    *,
    settings: Settings,
    profile: Path | None,
    errors: Path | None,
    quiet: bool,
) -> int:
    """``clipclean clean``."""
    check_targets([*inputs, *([str(profile)] if profile else [])], target, errors)
    lesson = None if profile is None else Lesson(load_profile(profile))
    given = readers.read(inputs, settings.read)  # before anything is opened, so that a glob finds nothing of ours
    lines = removed = 0
    with (
        Crew(worker_count(settings.workers), settings.work) as crew,
        bar_for(quiet=quiet, target=target) as bar,
        interrupted(bar) as interrupt,
        Failures(bar, errors) as failures,
        results(target) as file,
    ):
        rows = JsonLines(file)
        items = Counted(interrupt.until(given), bar)
        cleaned = cleaned_lines(
            items,
            settings=settings.clean,
            lesson=lesson,
            annotate=settings.output.annotate,
            crew=crew,
        )
        for line in chain.from_iterable(cleaned):
            about, _, record = line.partition(b"\t")
            facts = orjson.loads(about)
            if "kind" in facts:
                failures.add(
                    Failure(Origin(facts["file"], facts["record"] or 0), facts["kind"], facts["message"], facts["id"])
                )
                continue
            rows.write_line(record)
            lines += facts["lines"]
            removed += facts["removed"]
        failures.sum_up()
    if not quiet:
        complain(f"{rows.count:,} cleaned, {removed:,} of {lines:,} lines removed, {failures.count:,} failed")
    return exit_code(interrupt, failures.count)


def learn_command(inputs: Sequence[str], target: Path, *, settings: Settings, errors: Path | None, quiet: bool) -> int:
    """``clipclean learn``."""
    check_targets(inputs, target, errors)
    given = readers.read(inputs, settings.read)  # before anything is opened, so that a glob finds nothing of ours
    with (
        Crew(worker_count(settings.workers), settings.work) as crew,
        bar_for(quiet=quiet) as bar,
        interrupted(bar) as interrupt,
        Failures(bar, errors) as failures,
    ):
        items = Counted(interrupt.until(given), bar, "learn")
        listed = failures.listed(items)
        profile = learn_stream(listed, crew=crew, teasers=False).profile
        save_profile(profile, target)
        failures.sum_up()
    if not quiet:
        lines = many(profile.lines, "line recurs at its source", "lines recur at their source")
        sources = many(len(profile.sources), "source", "sources")
        read = items.count - failures.count
        complain(f"{read:,} read from {sources}: {lines}, {failures.count:,} failed")
    return exit_code(interrupt, failures.count)


def explain_command(source: str, wanted: str | None, *, settings: Settings, profile: Path | None) -> int:
    """``clipclean explain``."""
    from clipclean.review.lines import line_rows, line_table

    refuse_overlap([source])
    lesson = None if profile is None else Lesson(load_profile(profile))
    items = readers.read([source], settings.read)
    clipping, more = _find(items, wanted, source)
    clean = replace(settings.clean, detect_lang=False, reasons=True)
    (result,) = clean_stream([clipping], settings=clean, lesson=lesson)
    if result.error is not None:
        raise RecordError(result.error.kind, result.error.message)
    if sys.stdout.isatty():
        from rich.console import Console

        Console(highlight=False).print(line_table(result))
    else:
        with results("-") as file:
            file.writelines(f"{row}\n".encode() for row in line_rows(result))
    if more:
        complain(f"{source} holds {more} more; --id chooses one")
    return 0


def _find(items: Iterator[Clipping | Failure], wanted: str | None, source: str) -> tuple[Clipping, str]:
    """The clipping to explain, and how many others there are."""
    ids: list[str] = []
    failures: list[Failure] = []
    for item in items:
        if isinstance(item, Failure):
            failures.append(item)
        elif wanted in (None, item.id):
            rest = sum(1 for _, other in zip(range(MORE), items, strict=False) if isinstance(other, Clipping))
            return item, "" if wanted else f"over {MORE:,}" if rest == MORE else f"{rest:,}" if rest else ""
        else:
            ids.append(item.id)
    if not ids and failures:
        raise RecordError(failures[0].kind, failures[0].message)
    if wanted is None or not ids:
        raise InputError(f"{source} holds no clipping")
    near = difflib.get_close_matches(wanted, ids, n=3, cutoff=0.0)
    others = f" and {len(ids) - len(near):,} more" if len(ids) > len(near) else ""
    there = f"there is only {near[0]}" if len(ids) == 1 else f"there are {', '.join(near)}{others}"
    raise InputError(f"{source} has no clipping with the id {wanted!r}; {there}")


def complain_of_all(folder: Path) -> None:
    """Say why nothing could be used, of the first few inputs: there is nothing else that a run has to tell."""
    with (folder / "errors.jsonl").open("rb") as errors:
        for line in islice(errors, SHOWN):
            complain(orjson.loads(line)["message"])


def complain_of_known(counts: Mapping[str, Any]) -> None:
    """Say what in ``--against`` could not be compared with, and why, of the first few."""
    for failure in counts["failures"]:
        complain(failure)
    failed = counts["failed"]
    them = "it" if failed == 1 else "them"
    what = many(failed, "clipping", "clippings")
    complain(f"{what} of --against could not be used, and nothing was folded into {them}")


def many(number: int, one: str, more: str) -> str:
    """A number with what it counts."""
    return f"{number:,} {one if number == 1 else more}"


@contextlib.contextmanager
def interrupted(bar: Bar) -> Iterator[Interrupt]:
    """What Ctrl-C and SIGTERM do while a command reads."""
    with Interrupt(
        lambda: bar.say("stopping; what was read is being written (Ctrl-C again: stop at once)")
    ) as interrupt:
        try:
            yield interrupt
        except (ClipcleanError, KeyboardInterrupt) as error:
            if interrupt.asked and interrupt.number == signal.SIGTERM:  # the second one, or workers that it ended too
                bar.say("interrupted; nothing more is written")
                raise typer.Exit(TERMINATED) from error
            raise


def exit_code(interrupt: Interrupt, failed: int) -> int:
    """The exit code of a command that came to its end."""
    if interrupt.asked:
        return TERMINATED if interrupt.number == signal.SIGTERM else INTERRUPTED
    return 1 if failed else 0


def rules_command(*, settings: Settings, markdown: bool) -> int:
    """``clipclean rules``."""
    from clipclean.cleaning.catalogue import as_markdown, reasons

    own = settings.clean.rules
    if markdown:
        print(as_markdown(own), end="")
    elif sys.stdout.isatty():
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        table = Table("rule", "label", "how sure", "takes a line that", "for example", box=None, pad_edge=False)
        for reason in reasons(own):
            cells = (reason.name, reason.label, reason.sure, reason.says, reason.example)
            table.add_row(*(Text(printable(cell)) for cell in cells))
        Console().print(table)
    else:
        print("rule\tlabel\tsure\tsays\texample")
        for reason in reasons(own):
            print("\t".join(map(printable, (reason.name, reason.label, reason.sure, reason.says, reason.example))))
    return 0


def config_command(file: Path | None) -> int:
    """``clipclean config``: standard output gets a settings file, standard error says which one it comes from."""
    stated = Stated() if file is None else load_stated(file)
    complain(f"settings from {file}" if file else "no settings file: these are the defaults")
    if stated.dup is None:
        print(DUP)
    print(as_toml(stated.over(DEFAULTS)), end="")
    return 0


def verify_command(folder: Path, *, quiet: bool) -> int:
    """``clipclean verify``."""
    faults = 0
    for fault in verify(folder):
        complain(fault)
        faults += 1
    if faults:
        wrong = many(faults, "fault", "faults")
        complain(f"{folder}: {wrong}; take the output from where it was copied, or run clipclean again")
    elif not quiet:
        complain(f"{folder}: everything is as it was written, and adds up")
    return WRONG if faults else 0
