"""The errors clipclean raises, as one small tree.

    ClipcleanError
    ├── SettingsError      a setting that cannot be used; names it and what is allowed
    ├── InputError         an input that cannot be read at all (no such path, nothing matches a glob)
    ├── RecordError        one record that cannot be used; it is listed and the run goes on
    ├── OutputError        results cannot be written where they were asked for
    ├── StoreError         an index cannot be opened, read or written; it is left as it was
    └── AccountingError    the counts of a run do not add up; its output must not be trusted

Foreign exceptions (of lxml, pyarrow, zlib, the operating system ...) are translated into one of these at the
boundary where they arise. Each message names the file and record it is about and says what to do.
"""

from __future__ import annotations


class ClipcleanError(Exception):
    """Base of every error that clipclean raises on purpose; catch this one to catch them all.

    >>> issubclass(InputError, ClipcleanError)
    True
    """


class SettingsError(ClipcleanError, ValueError):
    """A setting that cannot be used. The message names the setting, its value and what is allowed."""


class InputError(ClipcleanError):
    """An input that cannot be read at all, so that a run cannot start or go on."""


class RecordError(ClipcleanError):
    """One record that cannot be used: it becomes a line of ``errors.jsonl`` and the run goes on.

    ``kind`` is a short stable name for the fault (``broken-json``, ``empty-text`` ...), fit for counting.

    >>> RecordError("empty-text", "the text is empty; leave the record out or fill its text").kind
    'empty-text'
    """

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class OutputError(ClipcleanError):
    """Results cannot be written where they were asked for."""


class StoreError(ClipcleanError):
    """An index that cannot be opened, read or written; what was committed to it is as it was."""


class AccountingError(ClipcleanError):
    """``read = written + folded + failed`` does not hold: a fault of clipclean, never of the input."""
