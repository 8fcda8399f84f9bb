"""Which processors numpy is told to sort on without AVX-512; what is sorted is the same."""

from __future__ import annotations

import subprocess
import sys

import pytest

ZEN_4 = "processor\\t: 0\\nvendor_id\\t: AuthenticAMD\\ncpu family\\t: 25\\nmodel\\t\\t: 17\\n"
ZEN_5 = ZEN_4.replace("25", "26")
INTEL = "processor\\t: 0\\nvendor_id\\t: GenuineIntel\\ncpu family\\t: 25\\n"

SCRIPT = """
import os, sys, warnings
from clipclean.engines import sorting
warnings.simplefilter("error")
sorting._processor = lambda: "{processor}"
{before}
sorting.sort_quickly()
print("numpy" in sys.modules, os.environ.get(sorting.VARIABLE))
import numpy
print(numpy.sort(numpy.array([3, 1, 2], numpy.uint64)).tolist())
"""


def run(processor: str, before: str = "") -> list[str]:
    script = SCRIPT.format(processor=processor, before=before)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=60)
    assert done.stderr == ""
    return done.stdout.splitlines()


def wheel(tag: str) -> str:
    """Say that numpy was installed from a wheel of that kind."""
    facts = f'{{"version": sorting.distribution("numpy").version, "read_text": lambda name: "Tag: {tag}"}}'
    return f'made = type("", (), {facts}); sorting.distribution = lambda name: made'


def test_on_zen_4_numpy_is_imported_with_advice_that_other_processes_do_not_see() -> None:
    assert run(ZEN_4, wheel("manylinux_2_28_x86_64")) == ["True None", "[1, 2, 3]"]


@pytest.mark.parametrize("processor", [ZEN_5, INTEL, ""])
def test_on_other_processors_nothing_is_done(processor: str) -> None:
    assert run(processor) == ["False None", "[1, 2, 3]"]


def test_what_the_user_told_numpy_stands() -> None:
    assert run(ZEN_4, 'os.environ[sorting.VARIABLE] = ""') == ["False ", "[1, 2, 3]"]


def test_a_numpy_that_was_compiled_here_is_left_alone() -> None:
    """It may be made for AVX-512 alone, and then cannot be imported without."""
    assert run(ZEN_4, wheel("linux_x86_64")) == ["False None", "[1, 2, 3]"]
