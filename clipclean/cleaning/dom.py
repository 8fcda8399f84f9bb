"""What a page says of a line, as columns: its element, the names given to it, its links, the company it keeps.

Names (class and id words) are read in groups, as every site has its own; what the lines of one container, or of one
kind, look like together says more than any name.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence

import numpy as np
import numpy.typing as npt

from clipclean.cleaning.features import Blocks, Bools, Floats
from clipclean.model import PageLine

TAGS = (
    "p",
    "li",
    "h1",
    "h2",
    "h3",
    "h4",
    "div",
    "td",
    "figcaption",
    "blockquote",
    "dd",
    "button",
    "section",
    "article",
)
HINTS = (
    "article", "figure", "figcaption", "aside", "nav", "header", "footer", "form", "list", "quote", "table", "heading",
    "hidden", "summary",
)  # fmt: skip
NAMES: dict[str, frozenset[str]] = {
    group: frozenset(words.split())
    for group, words in {
        "body": "article story content body text post entry main paragraph copy inhalt texto cuerpo nota artikel",
        "title": "title headline heading titel titulo",
        "lead": "lead intro standfirst summary subtitle dek excerpt abstract teaser kicker subhead description",
        "caption": "caption figcaption legend bildunterschrift",
        "credit": "credit copyright source photographer credits agency",
        "author": "author byline bio contributor autor auteur writer authors profile",
        "date": "date time published timestamp datum updated datetime fecha",
        "related": "related recommend recommended recommendation more also read trending popular latest most next mehr",
        "social": "share social sharing follow facebook twitter whatsapp shares",
        "comment": "comment comments disqus discussion reply respond kommentar",
        "nav": "nav menu navigation breadcrumb breadcrumbs header footer topbar toolbar pagination skip",
        "ad": "ad ads advert advertisement sponsor sponsored banner promo promotion werbung commercial",
        "newsletter": "newsletter subscribe subscription signup paywall login register offer abo premium",
        "topic": "tag tags topic topics category categories label keywords section",
        "media": "image img photo picture gallery media video player slider carousel audio thumbnail foto bild figure "
        "attachment",
        "list": "list item card grid cards items teaserlist row",
        "side": "sidebar aside rail widget box infobox factbox module",
        "overlay": "cookie consent modal popup overlay dialog notification alert gdpr",
    }.items()
}


Groups = npt.NDArray[np.int64]
"""A number for each line; lines with the same number belong together."""


def dom_columns(lines: Sequence[PageLine], words: Floats, sentence: Bools, blocks: Blocks) -> dict[str, Floats]:
    """The page's columns for some lines; ``words``, ``sentence`` and ``blocks`` are those of the same lines.

    >>> columns = dom_columns([PageLine("Rain fell.", "p")], np.ones(1), np.zeros(1, bool), Blocks.of([1]))
    >>> columns["tag:p"].tolist(), columns["tag:li"].tolist()
    ([1.0], [0.0])
    """
    columns = _memberships("tag", {tag: frozenset({tag}) for tag in TAGS}, [(line.tag,) for line in lines])
    columns |= _memberships("in", {hint: frozenset({hint}) for hint in HINTS}, [line.hints for line in lines])
    columns |= _memberships("name", NAMES, [line.classes for line in lines])
    links = np.asarray([line.link_share for line in lines], np.float64)
    columns["links"] = links
    share, whole = blocks.window(np.array((links * words, words)), (1, 3))
    columns["links_1"], columns["links_3"] = share / np.maximum(whole, 1.0)
    for name, values in (
        ("extracted", [line.extracted for line in lines]),
        ("stated", [line.stated for line in lines]),
    ):
        columns[name] = np.asarray([-1.0 if value is None else float(value) for value in values], np.float64)
    columns["stated_5"] = blocks.window(np.maximum(columns["stated"], 0), 5)
    mass = np.where(sentence & (links < 0.5), words, 0.0)
    page_mass = np.maximum(blocks.total(mass), 1.0)
    for name, group in _groups(lines, blocks).items():
        count = np.bincount(group)[group].astype(np.float64)
        columns[f"{name}_mass"] = np.bincount(group, mass)[group] / page_mass
        columns[f"{name}_lines"] = np.log1p(count)
        columns[f"{name}_sentences"] = np.bincount(group, sentence)[group] / count
        columns[f"{name}_links"] = np.bincount(group, links)[group] / count
    return columns


def _groups(lines: Sequence[PageLine], blocks: Blocks) -> dict[str, Groups]:
    """Lines of a page with the same element and names, and those in the same container, one to three levels up."""
    kinds: dict[Hashable, int] = {}
    pages = blocks.page.tolist()
    kind = [kinds.setdefault((at, line.tag, line.classes), len(kinds)) for at, line in zip(pages, lines, strict=True)]
    around = [(parents + parents[-1:] * 3)[1:4] or (-1, -1, -1) for parents in (line.parents for line in lines)]
    numbers = np.asarray(around, np.int64).reshape(len(lines), 3) + 1
    sizes = np.maximum.reduceat(numbers.max(1), blocks.starts) + 1  # elements are numbered page by page
    numbers += (np.cumsum(sizes) - sizes)[blocks.page, None]
    return {"kind": np.asarray(kind, np.int64)} | {f"parent_{level}": numbers[:, level - 1] for level in (1, 2, 3)}


def _memberships(kind: str, wanted: dict[str, frozenset[str]], given: Sequence[Collection[str]]) -> dict[str, Floats]:
    """For each wanted group, 1 where a line's words hold any of the group's."""
    numbers: dict[Collection[str], int] = {}
    number = [numbers.setdefault(words, len(numbers)) for words in given]
    table = [[not group.isdisjoint(words) for words in numbers] for group in wanted.values()]
    found = np.asarray(table, np.float64).take(np.asarray(number, np.intp), 1)
    return {f"{kind}:{name}": column for name, column in zip(wanted, found, strict=True)}
