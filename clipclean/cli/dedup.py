"""``clipclean dedup``: the copies written, or shown before anything is written."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from clipclean import pipeline, readers
from clipclean.cleaners import clean_stream
from clipclean.cli.commands import complain_of_known, exit_code, interrupted, many
from clipclean.cli.options import worker_count
from clipclean.cli.terminal import Failures, bar_for, check_targets, complain, results
from clipclean.comparing import Known, compare, compare_levels, compared_text
from clipclean.config import Copies, Settings
from clipclean.engines.local import Crew
from clipclean.errors import OutputError
from clipclean.model import CleanClipping, Clipping, Failure
from clipclean.review.preview import borderline, pairs_page, table
from clipclean.streams import Counted
from clipclean.writers import JsonLines, Spool, dedup_record, fold_lines, measures


def dedup_command(
    inputs: Sequence[str],
    target: str,
    *,
    pairs: Path | None,
    against: Sequence[str] | None,
    settings: Settings,
    pages_only: bool,
    errors: Path | None,
    quiet: bool,
) -> int:
    """``clipclean dedup``."""
    check_targets([*inputs, *_names(against)], target, errors, pairs)
    given = readers.read(inputs, settings.read)  # before anything is opened, so that a glob finds nothing of ours
    with (
        Crew(worker_count(settings.workers), settings.work) as crew,
        bar_for(quiet=quiet, target=target) as bar,
        interrupted(bar) as interrupt,
        Failures(bar, errors) as failures,
        Spool() as spool,
        results(target) as file,
    ):
        known = _known(against, settings, pages_only, crew)
        grouped = settings.output.copies is Copies.GROUP
        found = compare(
            _cleaned(Counted(interrupt.until(given), bar), settings, pages_only, crew),
            settings=settings.dedup,
            keep=lambda result: spool.add(
                result.clipping, dedup_record(result.clipping, grouped=grouped), facts=grouped
            ),
            fail=failures.add,
            known=known,
            crew=crew,
            progress=bar,
        )
        if pairs is not None:
            with results(str(pairs)) as pair_file:
                pair_rows = JsonLines(pair_file)
                for match in found.matches:
                    before = {"known": match.known} if known else {}
                    pair_rows.write({"a": match.a, "b": match.b, **measures(match), **before})
        rows = JsonLines(file)
        for line in fold_lines(spool, found, settings.output.copies):
            rows.write_line(line)
        failures.sum_up()
    if known and known.failed:
        complain_of_known(known.counts())
    if not quiet:
        folded = sum(fold.duplicate_of is not None for fold in found.folds)
        stories = len(found.folds) - folded
        complain(
            f"{len(found.folds):,} compared: {stories:,} kept, {many(folded, 'copy', 'copies')} of them in "
            f"{many(len(found.clusters), 'cluster', 'clusters')}, {failures.count:,} failed"
            if known is None
            else f"{len(found.folds):,} compared with {known.read:,} known before: {stories:,} kept, "
            f"{many(folded, 'copy', 'copies')} of {len(found.clusters):,} of these, {failures.count:,} failed"
        )
    return exit_code(interrupt, failures.count)


def preview_command(
    inputs: Sequence[str],
    *,
    output: str,
    pairs: Path | None,
    against: Sequence[str] | None,
    settings: Settings,
    pages_only: bool,
    shown: int,
    colors: bool,
    errors: Path | None,
    quiet: bool,
) -> int:
    """``clipclean dedup --preview``."""
    if output != "-" or pairs is not None:
        name = "-o" if output != "-" else "--pairs"
        raise OutputError(f"--preview writes no output, it shows what would be folded; leave out {name}, or --preview")
    check_targets([*inputs, *_names(against)], errors)
    given = readers.read(inputs, settings.read)
    with (
        Crew(worker_count(settings.workers), settings.work) as crew,
        bar_for(quiet=quiet, target="-") as bar,
        interrupted(bar) as interrupt,
        Failures(bar, errors) as failures,
        Spool() as spool,
    ):
        known = _known(against, settings, pages_only, crew, spool)
        found = compare_levels(
            _cleaned(Counted(interrupt.until(given), bar), settings, pages_only, crew),
            settings=settings.dedup,
            keep=lambda result: _spool(spool, result, known=False),
            fail=failures.add,
            known=known,
            crew=crew,
            progress=bar,
        )
        some = borderline(found, shown)
        wanted = {side for match in some for side in ((match.a, match.known), (match.b, False))}
        texts = {
            (record["id"], record["known"]): (facts, record["text"])
            for facts, record in spool
            if (record["id"], record["known"]) in wanted
        }
        styled = colors and "NO_COLOR" not in os.environ and sys.stdout is not None and sys.stdout.isatty()
        failures.sum_up()
    lines = [*table(found, settings.dedup), *pairs_page(some, texts, shutil.get_terminal_size().columns, styled=styled)]
    with results("-") as file:
        file.writelines(f"{line}\n".encode() for line in lines)
    if known and known.failed:
        complain_of_known(known.counts())
    return exit_code(interrupt, failures.count)


def _names(against: Sequence[str] | None) -> list[str]:
    return [] if against is None else pipeline.known_names(against)


def _cleaned(
    items: Iterable[Clipping | Failure], settings: Settings, pages_only: bool, crew: Crew
) -> Iterable[CleanClipping]:
    clean = replace(settings.clean, detect_lang=False)  # the records come out as they came
    return clean_stream(items, settings=clean, crew=crew, pages_only=pages_only)


def _known(
    against: Sequence[str] | None, settings: Settings, pages_only: bool, crew: Crew, spool: Spool | None = None
) -> Known | None:
    if against is None:
        return None
    cleaned = _cleaned(pipeline.read_known(_names(against), settings.read), settings, pages_only, crew)
    return Known(cleaned if spool is None else (_spool(spool, result, known=True) for result in cleaned))


def _spool(spool: Spool, result: CleanClipping, *, known: bool) -> CleanClipping:
    """Put the text of a result aside, to be shown."""
    if result.error is None:
        spool.add(result.clipping, {"id": result.id, "known": known, "text": compared_text(result)})
    return result
