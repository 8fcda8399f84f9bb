"""What became of the records of each input file, a row for each file."""

from __future__ import annotations

from clipclean.writers.rows import Rows

OUTCOMES = ("written", "folded", "failed")


class Accounts:
    """Counts outcomes as they come, in the order of the input, and writes a row when the next file begins.

    Members of archives are files of their own; a file whose records do not stand together gets several rows.

    >>> from clipclean.writers.rows import JsonLines
    >>> import io
    >>> file = io.BytesIO()
    >>> with Accounts(JsonLines(file)) as accounts:
    ...     accounts.add("a.jsonl", "written")
    ...     accounts.add("a.jsonl", "failed")
    >>> file.getvalue()
    b'{"file":"a.jsonl","read":2,"written":1,"folded":0,"failed":1}\\n'
    """

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._file = ""
        self._counts = dict.fromkeys(OUTCOMES, 0)

    def __enter__(self) -> Accounts:
        return self

    def __exit__(self, *error: object) -> None:
        if error[0] is None:
            self._end()

    def add(self, file: str, outcome: str) -> None:
        """Count a record of a file: ``written``, ``folded`` or ``failed``."""
        if file != self._file:
            self._end()
            self._file = file
        self._counts[outcome] += 1

    def _end(self) -> None:
        if read := sum(self._counts.values()):
            self._rows.write({"file": self._file, "read": read, **self._counts})
            self._counts = dict.fromkeys(OUTCOMES, 0)
