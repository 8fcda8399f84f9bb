"""Records as JSON: one line of UTF-8 for each.

orjson writes what JSON and UTF-8 know. Records of other people hold more: halves of surrogate pairs, numbers beyond
64 bits, dates, bytes. Those few take the slow way, which mends what has no place in JSON and loses nothing else.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

import orjson

from clipclean.errors import RecordError


def to_json(value: Any, *, indent: bool = False) -> bytes:
    """``value`` as one line of JSON without a line feed; with ``indent``, as lines a person can read.

    What JSON cannot hold is written as near to it as can be: half a surrogate pair as U+FFFD, a number that is none
    as null, bytes and other objects as text. Raises RecordError (``unwritable``) where values are nested deeper than
    can be walked.

    >>> to_json({"id": "a", "half": "\\ud83d", "big": 2**70})
    b'{"id":"a","half":"\\xef\\xbf\\xbd","big":1180591620717411303424}'
    """
    try:
        return orjson.dumps(value, option=orjson.OPT_INDENT_2 if indent else None)
    except TypeError:
        pass
    separators = (",", ": " if indent else ":")
    try:
        return json.dumps(
            _mend(value), ensure_ascii=False, indent=2 if indent else None, separators=separators
        ).encode()
    except RecursionError:
        raise RecordError("unwritable", "the record is nested too deeply to be written; flatten it") from None


def _mend(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {_mend(str(key)): _mend(member) for key, member in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_mend(member) for member in value]
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return _mend(str(value))
