"""Stop a run where it can be stopped: between two clippings.

``KeyboardInterrupt`` can arise in the middle of a line that is being written. Here the first interrupt only ends the
reading, at once even while waiting for input, and everything that was read still goes all the way. The second one is
an ordinary ``KeyboardInterrupt``. SIGTERM is met in the same way.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterable, Iterator
from types import FrameType
from typing import TypeVar

T = TypeVar("T")


class Interrupt:
    """Whether somebody asked to stop, and an iterator that ends when somebody has.

    ``cut`` says that input was left unread because of it, ``number`` which signal it was.

    >>> interrupt = Interrupt()
    >>> reading = interrupt.until(["a", "b", "c"])
    >>> next(reading), interrupt.stop(), list(reading), interrupt.cut
    ('a', None, [], True)
    """

    def __init__(self, tell: Callable[[], None] = lambda: None) -> None:
        self.asked = False
        self.cut = False
        self.number = signal.SIGINT
        self._tell = tell
        self._reading = False

    def stop(self, number: signal.Signals = signal.SIGINT) -> None:
        """Ask to stop; a second time, or while waiting for input, this raises KeyboardInterrupt."""
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True
        self.number = number
        self._tell()
        if self._reading:
            raise KeyboardInterrupt

    def until(self, items: Iterable[T]) -> Iterator[T]:
        """Give the items until somebody asks to stop. An item that is being read at that moment counts as unread."""
        iterator = iter(items)
        while not self.asked:
            try:
                self._reading = True
                item = next(iterator)
                self._reading = False
            except StopIteration:
                return
            except KeyboardInterrupt:
                break
            finally:
                self._reading = False
            yield item
        self.cut = True

    def __enter__(self) -> Interrupt:
        self._before = {number: signal.signal(number, self._handle) for number in (signal.SIGINT, signal.SIGTERM)}
        return self

    def __exit__(self, *error: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _handle(self, number: int, frame: FrameType | None) -> None:
        self.stop(signal.Signals(number))
