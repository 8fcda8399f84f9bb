"""clipclean: each story of a news dump once, with only its own text, and a reason for every line it took.

    import clipclean
    result = clipclean.clean(text, source="example.com")

The names load when they are first asked for, so that importing the package costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from clipclean.api import (
        clean,
        clean_html,
        clean_many,
        dedup,
        learn,
        load_profile,
        read,
        restore,
        run,
        save_profile,
        to_record,
        verify,
    )
    from clipclean.cleaning.profile import SourceProfile
    from clipclean.config import (
        CleanSettings,
        DedupSettings,
        Extractor,
        Keep,
        Level,
        LineMatch,
        Mode,
        OwnRule,
        PageLimits,
        Preset,
        Reach,
        ReadLimits,
        ReadSettings,
        Scope,
        Settings,
        SourceSettings,
        Sure,
        WorkSettings,
    )
    from clipclean.errors import (
        AccountingError,
        ClipcleanError,
        InputError,
        OutputError,
        RecordError,
        SettingsError,
        StoreError,
    )
    from clipclean.index.documents import IndexStats
    from clipclean.index.verdict import Verdict
    from clipclean.indexing import Index
    from clipclean.model import (
        Caption,
        CleanClipping,
        Clipping,
        Cluster,
        Deduplication,
        Failure,
        Fold,
        Label,
        Line,
        Match,
        Origin,
        Relation,
        Teaser,
    )
    from clipclean.review.report import Report
    from clipclean.settings_file import load_settings

    __version__: str

__all__ = [
    "AccountingError",
    "Caption",
    "CleanClipping",
    "CleanSettings",
    "ClipcleanError",
    "Clipping",
    "Cluster",
    "DedupSettings",
    "Deduplication",
    "Extractor",
    "Failure",
    "Fold",
    "Index",
    "IndexStats",
    "InputError",
    "Keep",
    "Label",
    "Level",
    "Line",
    "LineMatch",
    "Match",
    "Mode",
    "Origin",
    "OutputError",
    "OwnRule",
    "PageLimits",
    "Preset",
    "Reach",
    "ReadLimits",
    "ReadSettings",
    "RecordError",
    "Relation",
    "Report",
    "Scope",
    "Settings",
    "SettingsError",
    "SourceProfile",
    "SourceSettings",
    "StoreError",
    "Sure",
    "Teaser",
    "Verdict",
    "WorkSettings",
    "__version__",
    "clean",
    "clean_html",
    "clean_many",
    "dedup",
    "learn",
    "load_profile",
    "load_settings",
    "read",
    "restore",
    "run",
    "save_profile",
    "to_record",
    "verify",
]

_HOMES = {
    "api": (
        *("clean", "clean_html", "clean_many", "dedup", "learn", "load_profile", "read", "restore", "run"),
        *("save_profile", "to_record", "verify"),
    ),
    "cleaning.profile": ("SourceProfile",),
    "config": (
        *("CleanSettings", "DedupSettings", "Extractor", "Keep", "Level", "LineMatch", "Mode", "OwnRule", "PageLimits"),
        *("Preset", "Reach", "ReadLimits", "ReadSettings", "Scope", "Settings", "SourceSettings", "Sure"),
        "WorkSettings",
    ),
    "errors": (
        *("AccountingError", "ClipcleanError", "InputError", "OutputError", "RecordError", "SettingsError"),
        "StoreError",
    ),
    "index.documents": ("IndexStats",),
    "index.verdict": ("Verdict",),
    "indexing": ("Index",),
    "model": (
        *("Caption", "CleanClipping", "Clipping", "Cluster", "Deduplication", "Failure", "Fold", "Label", "Line"),
        *("Match", "Origin", "Relation", "Teaser"),
    ),
    "review.report": ("Report",),
    "settings_file": ("load_settings",),
}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("clipclean")
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"clipclean.{home}"), name)
    raise AttributeError(f"module 'clipclean' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
