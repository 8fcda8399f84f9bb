"""How often Python looks for objects that hold one another: seldom, where the process is ours."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

OBJECTS = 50_000
"""New objects after which Python looks, 700 unless told: cleaning makes values by the million and next to no circles
of them, and looking for these took 6 to 16 hundredths of a run."""


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Look seldom within the block; for processes of our own, since it holds for whoever else runs in one.

    >>> with seldom_collected():
    ...     gc.get_threshold()[0]
    50000
    """
    before = gc.get_threshold()
    gc.set_threshold(OBJECTS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
