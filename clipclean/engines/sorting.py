"""Has numpy sort quickly on AMD's processors with Zen 4 cores, for processes of our own; Linux alone.

There numpy sorts with AVX-512 instructions that these processors carry out step by step: a million hashes take 51 ms
instead of 11 with AVX2, and finding copies a sixth more time. numpy's makers know of it and do not choose otherwise by
themselves yet, but can be told to before numpy is imported. What is sorted is the same.

Source: numpy/numpy#32690, numpy/x86-simd-sort#6.
"""

from __future__ import annotations

import os
import re
import sys
from importlib import import_module
from importlib.metadata import distribution
from pathlib import Path

VARIABLE = "NPY_DISABLE_CPU_FEATURES"

_ZEN_4 = re.compile(r"AuthenticAMD\s+cpu family\s*:\s*25\b")
"""Zen 3 is of this family too, and has no AVX-512."""

_RENAMED = (2, 4)
"""The version of numpy from which on it names features otherwise."""


def sort_quickly() -> None:
    """Import numpy without AVX-512 where that is slow; does nothing where it is imported, or was told something.

    >>> sort_quickly()
    """
    if "numpy" in sys.modules or VARIABLE in os.environ or not _ZEN_4.search(_processor()):
        return
    numpy = distribution("numpy")
    # One that was compiled for this processor alone may refuse to be imported then.
    if re.search("manylinux|musllinux", numpy.read_text("WHEEL") or ""):
        os.environ[VARIABLE] = slow_features(numpy.version)
        try:
            import_module("numpy")  # which reads it now
        finally:
            del os.environ[VARIABLE]


def slow_features(numpy: str) -> str:
    """The names by which a version of numpy knows what it is to leave alone.

    >>> slow_features("2.1.3"), slow_features("2.10.0rc1")
    ('AVX512_SKX AVX512_ICL', 'X86_V4 AVX512_ICL AVX512_SPR')
    """
    early = tuple(map(int, numpy.split(".")[:2])) < _RENAMED
    return "AVX512_SKX AVX512_ICL" if early else "X86_V4 AVX512_ICL AVX512_SPR"


def _processor() -> str:
    """What the system says of its first processor; empty where it has no such file."""
    try:
        with Path("/proc/cpuinfo").open(encoding="ascii", errors="replace") as file:
            return file.read(512)
    except OSError:
        return ""
