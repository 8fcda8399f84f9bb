"""What is true of one run alone: when it was, how long it took, and on what machine. Nothing that results depend on."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from typing import Any


def describe_machine(began: datetime, *, workers: int, taken_over: int) -> dict[str, Any]:
    """The times and the machine of a run that ends now, as plain JSON values.

    ``taken_over`` counts the records that a run which goes on took from the one before.

    >>> describe_machine(datetime.now(UTC), workers=2, taken_over=0)["workers"]
    2
    """
    ended = datetime.now(UTC)
    return {
        "began": began.isoformat(timespec="seconds"),
        "ended": ended.isoformat(timespec="seconds"),
        "seconds": round((ended - began).total_seconds(), 1),
        "workers": workers,
        "taken_over": taken_over,
        "python": platform.python_version(),
        "system": platform.platform(),
        "processors": os.cpu_count(),
    }
