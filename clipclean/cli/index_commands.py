"""The work of ``clipclean index``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from clipclean import readers
from clipclean.cleaners import clean_stream
from clipclean.cli import WRONG
from clipclean.cli.commands import exit_code, interrupted, many
from clipclean.cli.terminal import Failures, bar_for, check_targets, complain, results
from clipclean.comparing import compared_text
from clipclean.config import Settings, plain
from clipclean.errors import StoreError
from clipclean.index.documents import DocumentIndex, facts_of, is_there
from clipclean.index.parquet import export_index, exported_settings, import_index
from clipclean.index.rebuild import rebuild
from clipclean.index.settings import AS_GIVEN, cleaning_digest, cleaning_of, stated_in, stores_text, with_own
from clipclean.index.store import is_address, without_password
from clipclean.index.verdict import Verdict
from clipclean.indexing import moment_of
from clipclean.model import CleanClipping, Clipping, Document, Failure, new_clipping, new_document
from clipclean.review.printable import printable, printable_json
from clipclean.streams import Counted
from clipclean.writers import JsonLines, to_json

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def info_command(where: str, *, as_json: bool) -> int:
    """``clipclean index info``."""
    with DocumentIndex(where, create=False) as index:
        stats = index.stats()
    said: dict[str, Any] = asdict(stats) | {"settings": plain(stats.settings)}
    said |= {name: _date(said[name]) for name in ("oldest", "newest")}
    if as_json:
        print(printable_json(to_json(said, indent=True)).decode())
        return 0
    settings = said.pop("settings")
    each = f" ({stats.bytes / stats.clippings:,.0f} each)" if stats.clippings else ""
    rows = said | {"bytes": f"{stats.bytes:,}{each}", **{name: settings[name] for name in ("window", "keep", "fold")}}
    for name, value in rows.items():
        print(f"{name.replace('_', ' '):<12} {f'{value:,}' if type(value) is int else printable(str(value))}")
    return 0


def ask_command(
    where: str,
    inputs: Sequence[str],
    target: str,
    *,
    settings: Settings,
    stated: frozenset[str],
    add: bool,
    clean: bool,
    store_text: bool,
    errors: Path | None,
    quiet: bool,
) -> int:
    """``clipclean index add`` and ``check``; ``stated`` are the names of the options that were given."""
    check_targets(inputs, target, errors, where if add and not is_address(where) else None)
    given = readers.read(inputs, settings.read)
    cleaning = cleaning_digest(settings.clean) if clean else None
    how: dict[str, Any] = {"cleaning": cleaning, "store_text": store_text, "create": add}
    if add:
        how |= {"settings": settings.dedup, "stated": stated_in(settings.dedup) | stated}
    with (
        bar_for(quiet=quiet, target=target) as bar,
        interrupted(bar) as interrupt,
        Failures(bar, errors) as failures,
        DocumentIndex(where, **how) as index,
        results(target) as file,
    ):
        items = Counted(interrupt.until(given), bar)
        cleaned = clean_stream(items, settings=settings.clean, pages_only=not clean)
        documents = _documents(cleaned, failures)
        verdicts = index.add_many(documents) if add else index.check_many(documents)
        rows, copies = JsonLines(file), 0
        for verdict in verdicts:
            copies += verdict.copy
            rows.write(verdict_row(verdict))
        failures.sum_up()
    if not quiet:
        complain(f"{many(rows.count, 'clipping', 'clippings')}, {copies:,} of them copies")
    return exit_code(interrupt, failures.count)


def expire_command(where: str, before: str) -> int:
    """``clipclean index expire``."""
    with DocumentIndex(where, create=False) as index:
        complain(f"{many(index.expire(moment_of(before)), 'clipping', 'clippings')} taken out")
    return 0


def export_command(where: str, target: Path) -> int:
    """``clipclean index export``."""
    with DocumentIndex(where, create=False) as index:
        complain(f"{many(export_index(index, target), 'clipping', 'clippings')} in {target}")
    return 0


def import_command(where: str, exports: Sequence[Path]) -> int:
    """``clipclean index import``."""
    settings, cleaning = exported_settings(exports[0])
    how: dict[str, Any] = {} if is_there(where) else {"settings": settings, "cleaning": cleaning}
    with DocumentIndex(where, **how) as index, index.transaction():
        for path in exports:
            complain(f"{many(import_index(index, path), 'clipping', 'clippings')} of {path} added")
    return 0


def verify_command(where: str) -> int:
    """``clipclean index verify``."""
    with DocumentIndex(where, create=False) as index:
        faults = index.verify()
        count = index.stats().clippings
    for fault in faults:
        print(printable(fault))
    wrong = "something is wrong; restore it from a copy, or build it again"
    complain(wrong if faults else f"{many(count, 'clipping', 'clippings')}, and nothing is wrong")
    return WRONG if faults else 0


def rebuild_command(
    where: str,
    inputs: Sequence[str] | None,
    *,
    settings: Settings,
    stated: frozenset[str],
    clean: bool | None,
    store_text: bool,
    errors: Path | None,
    quiet: bool,
) -> int:
    """``clipclean index rebuild``; what is not ``stated`` of how copies fold stays as it is in the index."""
    if is_address(where):
        raise StoreError(
            f"{without_password(where)}: only an index in a file can be rebuilt; make another one with ?prefix=NAME"
        )
    facts = facts_of(where)
    as_given = cleaning_of(facts) == AS_GIVEN if clean is None else not clean
    with bar_for(quiet=quiet) as bar, interrupted(bar) as interrupt, Failures(bar, errors) as failures:

        def documents(held: Iterator[Document]) -> Iterable[Document]:
            given: Iterable[Clipping | Failure] = map(_clipping, held)
            if inputs:
                given = readers.read(inputs, settings.read)
            items = Counted(interrupt.until(given), bar)
            return _documents(clean_stream(items, settings=settings.clean, pages_only=as_given), failures)

        count = rebuild(
            Path(where),
            with_own(facts, settings.dedup, stated_in(settings.dedup) | stated),
            cleaning=AS_GIVEN if as_given else cleaning_digest(settings.clean),
            documents=documents,
            store_text=store_text or stores_text(facts),
        )
        failures.sum_up()
    complain(f"{many(count, 'clipping', 'clippings')} in the new index")
    return exit_code(interrupt, failures.count)


def verdict_row(verdict: Verdict) -> dict[str, Any]:
    """A verdict as it is written.

    >>> verdict_row(Verdict(id="a", cluster="a", kept="a"))["copy"]
    False
    """
    return asdict(verdict)


def _clipping(document: Document) -> Clipping:
    return new_clipping(document.id, document.text, source=document.source, published=document.published)


def _date(seconds: int | None) -> str | None:
    return None if seconds is None else (_EPOCH + timedelta(seconds=seconds)).isoformat()


def _documents(results: Iterable[CleanClipping], failures: Failures) -> Iterator[Document]:
    for result in results:
        if result.error is not None:
            failures.add(result.error)
        else:
            clipping = result.clipping
            yield new_document(clipping.id, compared_text(result), clipping.source, clipping.published)
