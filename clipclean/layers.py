"""What each place states of the settings, and how places are laid over one another.

    command line  over  a source's section of the file  over  the file  over  the defaults

One law: the nearest place that states a switch states it whole. So ``--keep-lines signoff`` replaces the ``keep-lines``
of a file, those of its sections for sources among them, and does not add to it. Nothing is read here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from clipclean.config import (
    FURNITURE,
    Candidates,
    CleanSettings,
    Copies,
    DedupSettings,
    Extractor,
    Format,
    Keep,
    Level,
    LineMatch,
    OutputSettings,
    OwnRule,
    Preset,
    Reach,
    ReadSettings,
    Scope,
    Settings,
    SourceSettings,
    WorkSettings,
)
from clipclean.limits import parted
from clipclean.model import Label

NO_WINDOW = "none"
"""How a nearer place says that there is no window after all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedForSource:
    """What a section of the file states for one source; None and () say nothing."""

    source: str
    preset: Preset | None = None
    drop: frozenset[Label] | None = None
    keep_lines: frozenset[Label] | None = None
    rule_off: frozenset[str] | None = None
    keep: tuple[LineMatch, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What one place states, under the names of the options; None and () say nothing.

    >>> command = Stated(preset=Preset.RECALL)
    >>> file = Stated(preset=Preset.PRECISION, keep=Keep.EARLIEST)
    >>> both = command.over(file).settings()
    >>> both.clean.preset.value, both.dedup.keep.value
    ('recall', 'earliest')
    """

    field: Mapping[str, str] | None = None
    encoding: str | None = None
    preset: Preset | None = None
    drop: frozenset[Label] | None = None
    keep_lines: frozenset[Label] | None = None
    rule_off: frozenset[str] | None = None
    extractor: Extractor | None = None
    detect_lang: bool | None = None
    reasons: bool | None = None
    dup: Copies | None = None
    keep: Keep | None = None
    prefer: tuple[str, ...] | None = None
    fold: Reach | None = None
    level: Level | None = None
    threshold: float | None = None
    candidates: Candidates | None = None
    window: str | None = None
    scope: Scope | None = None
    format: Format | None = None
    annotate: bool | None = None
    workers: int | None = None
    max_seconds: float | None = None
    max_memory: int | None = None
    limit: Mapping[str, int] | None = None
    rules: tuple[OwnRule, ...] = ()
    sources: tuple[StatedForSource, ...] = ()

    def over(self, below: Stated) -> Stated:
        """This place and one further away as one: what both state is as it is here.

        Some go together: who states ``threshold``, ``fold`` or ``level`` here takes none of them from below, since they
        exclude one another, and who states ``drop`` here takes no ``keep_lines`` from below, which would undo it. Each
        ``limit`` is a switch of its own.
        """
        if any(value is not None for value in (self.fold, self.level, self.threshold)):
            below = replace(below, fold=None, level=None, threshold=None)
        if self.drop is not None:
            below = replace(below, keep_lines=None)
        sources = tuple(
            replace(
                section,
                preset=section.preset if self.preset is None else None,
                drop=section.drop if self.drop is None else None,
                keep_lines=section.keep_lines if self.keep_lines is None and self.drop is None else None,
                rule_off=section.rule_off if self.rule_off is None else None,
            )
            for section in below.sources
        )
        both = {}
        for name in (field.name for field in fields(self)):
            here = getattr(self, name)
            both[name] = getattr(below, name) if here is None or here == () else here
        limit = {**(below.limit or {}), **(self.limit or {})} or None
        return replace(Stated(**both), sources=self.sources or sources, limit=limit)

    def settings(self) -> Settings:
        """The settings for all stages; raises SettingsError where they cannot be used."""
        reading, page = parted(self.limit or {})
        clean = _stated(
            preset=self.preset,
            rules_off=self.rule_off,
            extractor=self.extractor,
            detect_lang=self.detect_lang,
            reasons=self.reasons,
        )
        return Settings(
            read=ReadSettings(limits=reading, **_stated(fields=self.field, encoding=self.encoding)),
            clean=CleanSettings(
                drop=_dropped(self.drop, self.keep_lines),
                rules=self.rules,
                sources=tuple(map(self._for_source, self.sources)),
                limits=page,
                **clean,
            ),
            dedup=DedupSettings(
                **_stated(
                    threshold=self.threshold,
                    candidates=self.candidates,
                    keep=self.keep,
                    prefer=self.prefer if self.keep in (None, Keep.PREFERRED) else None,  # from further away, unused
                    fold=self.fold,
                    level=self.level,
                    window=None if self.window == NO_WINDOW else self.window,
                    scope=self.scope,
                )
            ),
            output=OutputSettings(**_stated(format=self.format, copies=self.dup, annotate=self.annotate)),
            work=WorkSettings(**_stated(max_seconds=self.max_seconds, max_memory=self.max_memory)),
            **_stated(workers=self.workers),
        )

    def _for_source(self, section: StatedForSource) -> SourceSettings:
        stated = section.drop is not None or section.keep_lines is not None
        both = Stated(drop=section.drop, keep_lines=section.keep_lines).over(
            Stated(drop=self.drop, keep_lines=self.keep_lines)
        )
        return SourceSettings(
            source=section.source,
            preset=section.preset,
            drop=_dropped(both.drop, both.keep_lines) if stated else None,
            rules_off=section.rule_off,
            keep=section.keep,
        )


def _stated(**values: Any) -> dict[str, Any]:
    """The values that are stated; for the others the settings have their defaults."""
    return {name: value for name, value in values.items() if value is not None}


def _dropped(drop: frozenset[Label] | None, kept: frozenset[Label] | None) -> frozenset[Label]:
    return (FURNITURE if drop is None else drop) - (kept or frozenset())


def _defaults() -> Stated:
    default = Settings()
    return Stated(
        preset=default.clean.preset,
        drop=default.clean.drop,
        keep_lines=frozenset(),
        rule_off=default.clean.rules_off,
        extractor=default.clean.extractor,
        detect_lang=default.clean.detect_lang,
        reasons=default.clean.reasons,
        keep=default.dedup.keep,
        fold=default.dedup.fold,
        window=NO_WINDOW,
        scope=default.dedup.scope,
        candidates=default.dedup.candidates,
        format=default.output.format,
        annotate=default.output.annotate,
        workers=default.workers,
        max_seconds=default.work.max_seconds,
        max_memory=default.work.max_memory,
        limit={**asdict(default.read.limits), **asdict(default.clean.limits)},
    )


DEFAULTS = _defaults()
"""What holds where nobody states anything, whichever the command: for ``dup`` each has its own, and ``field``,
``encoding``, ``prefer``, ``level`` and ``threshold`` have no value then."""
