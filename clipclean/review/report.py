"""What a run did, in counts: the value that ``run`` returns and ``report.json`` holds.

No times and nothing of the machine: the same input gives the same report.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from clipclean.errors import AccountingError
from clipclean.model import Deduplication

LIBRARIES = (
    *("clipclean", "beautifulsoup4", "charset-normalizer", "ftfy", "google-re2", "lxml", "numpy", "orjson"),
    *("py3langid", "pyarrow", "trafilatura"),
)
"""The packages whose version can change a result."""

UNKNOWN = "(unknown)"
"""The name in the counts of clippings that state no source."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The counts of a run. ``read = written + folded + failed``, counted in clippings, failed inputs among them.

    ``written`` counts the kept clippings, ``folded`` the copies, whether they are left out of the output or annotated
    in it. ``sources`` has the counts of each source, flagged clippings and their flags among them; ``labels``
    and ``rules`` the removed lines, blank ones among them, ``errors`` the failures by kind. ``interrupted`` says that
    input was left unread. ``against`` counts what was there before, where clippings were compared with it, ``index``
    says which index they were folded against, ``settings_file`` names the file that settings came from.

    >>> Report(read=3, written=1, folded=1, failed=1).check()
    """

    read: int = 0
    written: int = 0
    folded: int = 0
    failed: int = 0
    interrupted: bool = False
    lines: int = 0
    removed: int = 0
    labels: Mapping[str, int] = field(default_factory=dict)
    rules: Mapping[str, int] = field(default_factory=dict)
    flags: Mapping[str, int] = field(default_factory=dict)
    errors: Mapping[str, int] = field(default_factory=dict)
    sources: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    clusters: Mapping[str, Any] = field(default_factory=dict)
    against: Mapping[str, Any] = field(default_factory=dict)
    index: Mapping[str, Any] = field(default_factory=dict)
    inputs: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    settings_file: str | None = None
    digest: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)

    def check(self) -> None:
        """Raise AccountingError where the counts do not add up."""
        if self.read != self.written + self.folded + self.failed:
            raise AccountingError(
                f"{self.read} read, but {self.written} written, {self.folded} folded and {self.failed} failed; "
                "do not trust this output, and please report how it came about"
            )

    def record(self) -> dict[str, Any]:
        """The report as plain JSON values."""
        return asdict(self)


class Tally:
    """Counts what passes, one result at a time, for the parts of a report that no file can be asked for.

    >>> tally = Tally()
    >>> tally.fail("empty-text")
    >>> tally.counts()["errors"]
    {'empty-text': 1}
    """

    def __init__(self) -> None:
        self._lines = 0
        self._labels: Counter[str] = Counter()
        self._rules: Counter[str] = Counter()
        self._flags: Counter[str] = Counter()
        self._errors: Counter[str] = Counter()
        self._sources: dict[str, Counter[str]] = {}
        self._source_flags: dict[str, Counter[str]] = {}

    def clean(
        self, source: str | None, *, lines: int, removed: Sequence[Mapping[str, Any]], flags: Sequence[str]
    ) -> None:
        """Count a clipping that was cleaned: how many lines it had, the rows of those that went, and its flags."""
        counts = self._source(source)
        counts["read"] += 1
        counts["lines"] += lines
        counts["removed"] += len(removed)
        if flags:
            counts["flagged"] += 1
            self._source_flags.setdefault(source or UNKNOWN, Counter()).update(flags)
            self._flags.update(flags)
        self._lines += lines
        for line in removed:
            self._labels[line["label"]] += 1
            self._rules[line["rule"]] += 1

    def fail(self, kind: str) -> None:
        """Count an input that failed."""
        self._errors[kind] += 1

    def written(self, source: str | None, *, folded: bool) -> None:
        """Count what became of a clipping that was cleaned."""
        self._source(source)["folded" if folded else "written"] += 1

    def counts(self) -> dict[str, Any]:
        """The counts as the fields of a Report, each from the most frequent name to the rarest."""
        sources = sorted(self._sources.items(), key=lambda item: (-item[1]["read"], item[0]))
        names = ("read", "written", "folded", "lines", "removed", "flagged")
        return {
            "lines": self._lines,
            "removed": self._labels.total(),
            "labels": _ranked(self._labels),
            "rules": _ranked(self._rules),
            "flags": _ranked(self._flags),
            "errors": _ranked(self._errors),
            "sources": {
                source: {name: counts[name] for name in names}
                | {"flags": _ranked(self._source_flags.get(source, Counter()))}
                for source, counts in sources
            },
        }

    def _source(self, source: str | None) -> Counter[str]:
        name = source or UNKNOWN
        if name not in self._sources:
            self._sources[name] = Counter()
        return self._sources[name]


WITHIN = {"1h": 1.0, "1d": 24.0, "7d": 168.0}
"""The spans by which clusters are counted, in hours."""


def describe_clusters(found: Deduplication) -> dict[str, Any]:
    """Clusters in counts: by size, by the sources they stand at, and by the time between their first and last copy.

    >>> describe_clusters(Deduplication())["number"]
    0
    """
    sizes = Counter(len(cluster.members) for cluster in found.clusters)
    spread = Counter(cluster.sources for cluster in found.clusters)
    within = Counter(_within(cluster.hours) for cluster in found.clusters)
    relations = Counter(fold.relation.value for fold in found.folds if fold.relation)
    return {
        "number": len(found.clusters),
        "largest": max(sizes, default=0),
        "sizes": {str(size): sizes[size] for size in sorted(sizes)},
        "sources_per_cluster": {str(number): spread[number] for number in sorted(spread)},
        "within": {name: within[name] for name in (*WITHIN, "longer", "unknown")},
        "relations": _ranked(relations),
    }


def _within(hours: float | None) -> str:
    if hours is None:
        return "unknown"
    return next((name for name, most in WITHIN.items() if hours <= most), "longer")


def versions() -> dict[str, str]:
    """The versions of clipclean and of the libraries whose version can change a result.

    >>> "clipclean" in versions()
    True
    """
    found = {}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "unknown"
    return found


def _ranked(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
