"""Takes clippings out of an index: what only they held goes with them, and of what is left another copy is kept."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from clipclean.columns import spans
from clipclean.index.block import Words12, keys_of
from clipclean.index.placing import Placer
from clipclean.index.rows import ClippingRow, TextRow
from clipclean.index.store import Store
from clipclean.text import Places


def remove(store: Store, placer: Placer, rows: Sequence[ClippingRow], size: int) -> None:
    """Take clippings out; a cluster keeps its name as long as another clipping is in it."""
    state = placer.state
    gone = {row.number for row in rows}
    texts = sorted({row.text for row in rows})
    state.fetch(texts)
    dropped: list[TextRow] = []
    for text in map(state.text, texts):
        left = [row for row in store.copies(text.number) if row.number not in gone]
        if not left:
            dropped.append(text)
        elif text.best in gone:
            best = left[placer.first([(row, text.words) for row in left])]
            state.set_text(text._replace(best=best.number))
    emptied = [
        number
        for number in dict.fromkeys(state.text(text).cluster for text in texts)
        if not _settle(store, placer, number, gone, {text.number for text in dropped})
    ]
    changes = state.changes()
    changes.dropped_clippings, changes.dropped_texts, changes.dropped_clusters = list(rows), dropped, emptied
    if dropped:
        changes.unposted.append(_postings(store, [text.number for text in dropped], size))
    store.write(changes)


def _settle(store: Store, placer: Placer, number: int, gone: set[int], dropped: set[int]) -> bool:
    """Choose what is kept of a cluster from now on; whether any of it is left."""
    state = placer.state
    cluster = state.cluster(number)
    if cluster is None:
        return True  # it has no row
    members = [state.text(text.number) for text in store.members(number) if text.number not in dropped]
    if not members:
        return False
    if cluster.kept in gone:
        copies = sorted((state.clipping(text.best), text.words) for text in members)
        cluster = cluster._replace(kept=copies[placer.first(copies)][0].number)
    state.set_cluster(cluster._replace(texts=len(members)))
    return True


def _postings(store: Store, numbers: list[int], size: int) -> tuple[Places, Places]:
    """The keys of some texts, each with its text."""
    bodies = store.bodies(numbers)
    keys, bounds = keys_of(Words12.read([bodies[number] for number in numbers]), size)
    return keys, np.repeat(np.array(numbers, np.int64), spans(bounds))
