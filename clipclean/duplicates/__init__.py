"""Stage 4: clean texts become clusters of copies, each joined by measured matches."""

from __future__ import annotations

from clipclean.duplicates.deduplicator import Deduplicator, deduplicate

__all__ = ["Deduplicator", "deduplicate"]
