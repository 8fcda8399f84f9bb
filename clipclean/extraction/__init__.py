"""Stage 2: a clipping, text or page, becomes lines with hints.

``extract`` is the one way in. Text is cut at its line ends; a page is walked block by block (``blocks``), its stated
facts are read (``facts``), and where the settings ask for it trafilatura marks the lines it takes for story
(``judge``). Every visible line of a page is there: what is story is for the next stage to say.
"""

from __future__ import annotations

from clipclean.config import CleanSettings
from clipclean.model import Clipping, Page


def extract(clipping: Clipping, settings: CleanSettings | None = None) -> Page:
    """The lines of one clipping: of its ``text`` where there is one, else of its ``html``.

    Raises RecordError where a page holds no text at all or cannot be parsed, and where a limit is passed.

    >>> [line.text for line in extract(Clipping(id="a", text="Rain fell.\\r\\nShare")).lines]
    ['Rain fell.', 'Share']
    """
    from clipclean.extraction.plain import split_lines

    settings = settings or CleanSettings()
    if clipping.text is not None:
        return Page(clipping, split_lines(clipping.text, settings.limits))
    from clipclean.extraction.page import read_page

    return read_page(clipping, settings)
