"""Results as records, and the way back from a record to the lines that came in.

A record keeps the input's own keys, under the input's own names, and adds ours. Where both have a name, ours wins: a
record that is cleaned a second time tells of the second time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from clipclean.config import FIELD_NAMES
from clipclean.errors import RecordError
from clipclean.model import CleanClipping, Clipping, Cluster, Failure, Fold, Line

SCORE_DIGITS = 4
"""Digits a score or a measure is written with: more would differ between machines, and nobody reads them."""


FOUND = frozenset(
    ("cluster", "duplicate_of", "relation", "jaccard", "containment", "why_kept", "cluster_sources", "cluster_hours")
) | {"copies"}
"""The keys under which a record says what the duplicate stage found."""


def to_record(result: CleanClipping, *, annotate: bool = False) -> dict[str, Any]:
    """A cleaned clipping as a record: the input's keys (not the page), and what cleaning found.

    ``text`` is the story alone, whatever the input's key for it was. ``id``, ``text``, ``confidence`` and the lists
    ``captions``, ``teasers``, ``removed``, ``flags`` and ``notes`` are always there; ``headline``, ``byline``,
    ``agency`` and ``dateline`` where they were found. With ``annotate``, ``lines`` holds every line with its verdict
    and ``removed`` is left out. Not for results with an ``error``: those have nothing to write.

    >>> to_record(CleanClipping(Clipping(id="a", text="Rain fell.", meta={"page": 3})))["page"]
    3
    """
    clipping = result.clipping
    record = _input_record(clipping, derived=True, without=("text", "html"))
    found = {name: getattr(result, name) for name in ("headline", "byline", "agency", "dateline")}
    ours = {name: value for name, value in found.items() if value is not None} | {
        "text": result.text,
        "captions": [{"text": caption.text, "credit": caption.credit} for caption in result.captions],
        "teasers": [{"text": teaser.text, "of": teaser.of} for teaser in result.teasers],
        "removed": [_line(line) for line in result.removed],
        "flags": list(result.flags),
        "confidence": round(result.confidence, SCORE_DIGITS),
        "notes": list(clipping.notes),
    }
    theirs = {key: value for key, value in record.items() if key not in ours}
    if annotate:
        del ours["removed"]
        ours["lines"] = [_line(line, keep=True) for line in result.lines]
        theirs.pop("lines", None)
    return theirs | ours


def removed_rows(id: str, record: Mapping[str, Any]) -> list[dict[str, Any]]:  # noqa: A002 - the name of the key
    """One row for each removed line of a record: the clipping's id, and what the record says of the line.

    >>> removed_rows("a", {"removed": [{"line": 2, "label": "social"}]})
    [{'id': 'a', 'line': 2, 'label': 'social'}]
    """
    if "removed" in record:
        return [{"id": id, **line} for line in record["removed"]]
    gone = (line for line in record["lines"] if not line["keep"])
    return [{"id": id} | {key: value for key, value in line.items() if key != "keep"} for line in gone]


def failure_row(failure: Failure) -> dict[str, Any]:
    """A failure as a row of errors.jsonl: the file, the number of the record in it (null for a whole file), and why.

    >>> from clipclean.model import Origin
    >>> failure_row(Failure(Origin("a.jsonl", 3), "broken-json", "mend the line"))["record"]
    3
    """
    origin = failure.origin
    reason = {"kind": failure.kind, "message": failure.message}
    return {"file": origin.path, "record": origin.record or None, "id": failure.id, **reason}


def dedup_record(clipping: Clipping, *, grouped: bool = False) -> dict[str, Any]:
    """The input's record as it came, text and page with it; only an id is added where it had none.

    What the duplicate stage found (``fold_keys``, and ``copies`` where these are ``grouped``) is added when all is
    known; what an earlier run said of it is left out.

    >>> clipping = Clipping(id="b", text="Rain.", source="example.com", keys={"text": "body"}, meta={"cluster": "a"})
    >>> dedup_record(clipping)
    {'id': 'b', 'body': 'Rain.'}
    """
    record = _input_record(clipping, derived=False)
    if not record.keys().isdisjoint(FOUND):
        ours = FOUND if grouped else FOUND - {"copies"}
        return {key: value for key, value in record.items() if key not in ours}
    return record


def fold_keys(fold: Fold, cluster: Cluster | None = None) -> dict[str, Any]:
    """What the duplicate stage says of one clipping and its cluster (None where it stands alone), as keys of a record.

    ``cluster`` is the id of the kept copy, the clipping's own where it is kept or stands alone.

    >>> fold_keys(Fold("a", "a"))["duplicate_of"] is None
    True
    """
    found = {"cluster": fold.cluster, "duplicate_of": fold.duplicate_of, **measures(fold)}
    return found | cluster_keys(cluster)


def cluster_keys(cluster: Cluster | None) -> dict[str, Any]:
    """What is said of a cluster as the keys of a record; all null for a clipping that stands alone.

    >>> cluster_keys(Cluster("a", ("a", "b"), "longest: 4 words", 2, 1.5))
    {'why_kept': 'longest: 4 words', 'cluster_sources': 2, 'cluster_hours': 1.5}
    """
    if cluster is None:
        return {"why_kept": None, "cluster_sources": None, "cluster_hours": None}
    return {"why_kept": cluster.why, "cluster_sources": cluster.sources, "cluster_hours": cluster.hours}


def measures(pair: Any) -> dict[str, Any]:
    """The relation and measures of a Fold or a Match as they are written.

    >>> measures(Fold("a", "a"))
    {'relation': None, 'jaccard': None, 'containment': None}
    """
    return {
        "relation": pair.relation and pair.relation.value,
        "jaccard": None if pair.jaccard is None else round(float(pair.jaccard), SCORE_DIGITS),
        "containment": None if pair.containment is None else round(float(pair.containment), SCORE_DIGITS),
    }


def restore(record: Mapping[str, Any] | CleanClipping) -> str:
    """The lines as they came in, joined by line feeds: the kept ones and the removed ones, each in its place.

    ``record`` is a result, or a record with ``text`` and ``removed`` (as in ``clipclean clean``, or ``text`` from
    clippings.jsonl and the rows of its id from removed.jsonl), or one with ``lines``. For a page these are its lines,
    not its HTML. The law: ``restore(clean(text))`` is ``text`` with every line break as a line feed.

    Raises RecordError (``not-restorable``) where the line numbers do not fit the text.

    >>> restore({"text": "Rain fell.", "removed": [{"line": 2, "text": "Share"}]})
    'Rain fell.\\nShare'
    """
    if isinstance(record, CleanClipping):
        return "\n".join(line.text for line in record.lines)
    try:
        lines = _numbered(record["removed"] if "removed" in record else record["lines"])
        if "removed" in record:
            kept = record["text"].split("\n") if record["text"] else []
            gaps = (number for number in range(1, len(kept) + len(lines) + 1) if number not in lines)
            lines |= dict(zip(gaps, kept, strict=False))  # not strict: a number past the end leaves a gap, told below
        numbers = sorted(lines)
        if numbers != list(range(1, len(numbers) + 1)):
            raise RecordError(
                "not-restorable",
                f"the line numbers do not run from 1 to {len(numbers)}; take text and removed lines of the same run",
            )
        return "\n".join(lines[number] for number in numbers)
    except (KeyError, TypeError, AttributeError) as error:
        raise RecordError("not-restorable", f"this is no record of a cleaned clipping: {error!r}") from None


def _numbered(rows: Iterable[Mapping[str, Any]]) -> dict[int, str]:
    lines: dict[int, str] = {}
    for row in rows:
        if row["line"] in lines:
            raise RecordError("not-restorable", f"line {row['line']} is there twice; take the rows of one clipping")
        lines[row["line"]] = row["text"]
    return lines


def _line(line: Line, *, keep: bool = False) -> dict[str, Any]:
    verdict = {"keep": line.keep} if keep else {}
    score = round(float(line.score), SCORE_DIGITS)
    reason = {"label": line.label.value, "rule": line.rule, "score": score}
    why = {"why": line.why} if line.why else {}
    return {"line": line.number, **verdict, **reason, "text": line.text, **why}


def _input_record(clipping: Clipping, *, derived: bool, without: tuple[str, ...] = ()) -> dict[str, Any]:
    """The keys of the input: the fields we know under the names they came with, then all others.

    A clipping that came from no record (a file, a page) has no names of its own and gets ours. ``derived`` adds the
    fields that the record did not state and that were found (a source from the address, a title from the page).
    """
    own = clipping.keys
    record: dict[str, Any] = {"id": clipping.id}
    for field in FIELD_NAMES:
        stated = field in own or not own
        if field in without or not (stated or (derived and not clipping.meta.get(field))):
            continue
        if (value := getattr(clipping, field)) is not None:
            record[own.get(field, field)] = value
    return record | {key: value for key, value in clipping.meta.items() if key not in record}
