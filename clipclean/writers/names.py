"""Ids as file names that no two ids share, on any file system.

An id of plain lower-case letters, digits, dots, hyphens and underscores is its own name. Every other id is made safe
and gets a digest of the id at its end. So a name depends on its own id alone, never on which ids came before it, and
ids that differ only in case or in how Unicode writes them still have two names.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

LONGEST = 100
"""Characters of an id that a name shows; with digest and suffix it stays far below the 255 bytes of file systems."""

DIGEST = 32
"""Hexadecimal digits of SHA-256. Ids that look alike and share 12 can be made in seconds; 32 are out of reach."""

PLAIN = re.compile(r"[a-z0-9_][a-z0-9._-]*(?<!\.)")
DIGESTED = re.compile(rf".*-[0-9a-f]{{{DIGEST}}}")
RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?")  # devices on Windows, whatever the suffix


def safe_name(name: str) -> str:
    """A file name without suffix for an id.

    >>> safe_name("story-17"), safe_name("../Über uns?")
    ('story-17', 'Über_uns-53605f1bcc0c66f73f3ba301f25c9043')
    """
    if len(name) <= LONGEST and PLAIN.fullmatch(name) and not DIGESTED.fullmatch(name) and not RESERVED.fullmatch(name):
        return name
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:DIGEST]
    shown = re.sub(r"[^\w.-]+", "_", unicodedata.normalize("NFC", name)).strip("._-")
    if RESERVED.fullmatch(shown.lower()):
        shown = f"_{shown}"
    while len(shown.encode()) > 2 * LONGEST or len(shown) > LONGEST:
        shown = shown[: min(LONGEST, len(shown) - 1)]
    return f"{shown}-{digest}" if shown else digest
