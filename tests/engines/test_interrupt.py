from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from clipclean.engines.interrupt import Interrupt


def test_without_an_interrupt_everything_is_read() -> None:
    interrupt = Interrupt()
    assert list(interrupt.until("abc")) == ["a", "b", "c"]
    assert not interrupt.cut


def test_the_first_interrupt_ends_the_reading_and_keeps_what_was_read() -> None:
    said = []
    with Interrupt(lambda: said.append("stopping")) as interrupt:
        read = []
        for item in interrupt.until("abc"):
            read.append(item)
            if item == "b":
                os.kill(os.getpid(), signal.SIGINT)
    assert (read, interrupt.cut, said) == (["a", "b"], True, ["stopping"])


def test_an_interrupt_while_waiting_for_input_ends_the_waiting() -> None:
    def items() -> Iterator[str]:
        yield "a"
        os.kill(os.getpid(), signal.SIGINT)
        yield "never seen"

    with Interrupt() as interrupt:
        assert list(interrupt.until(items())) == ["a"]
    assert interrupt.cut


def test_the_second_interrupt_is_an_ordinary_one() -> None:
    with Interrupt() as interrupt:
        interrupt.stop()
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)


def test_the_handler_that_was_there_is_put_back() -> None:
    before = signal.getsignal(signal.SIGINT)
    with Interrupt():
        assert signal.getsignal(signal.SIGINT) is not before
    assert signal.getsignal(signal.SIGINT) is before


def test_sigterm_is_an_interrupt_of_its_own_number() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with Interrupt() as interrupt:
        os.kill(os.getpid(), signal.SIGTERM)
        assert (interrupt.asked, interrupt.number) == (True, signal.SIGTERM)
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) is before
