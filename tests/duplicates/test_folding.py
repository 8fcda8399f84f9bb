"""What folds into what, against a loop that does it one by one; and that many copies take no time."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clipclean.config import Scope
from clipclean.duplicates import folding
from clipclean.duplicates.buckets import encode
from clipclean.duplicates.folding import Limits, Measured, Rows, fold
from clipclean.duplicates.matching import NO_VERDICTS, Verdicts

HOUR = 3600.0
ROWS = st.lists(
    st.tuples(
        st.integers(0, 2),  # text
        st.integers(0, 1),  # cluster, of its text or not
        st.integers(-1, 2),  # source
        st.sampled_from([float("nan"), 0.0, HOUR, 2 * HOUR, 5 * HOUR, 6 * HOUR]),
    ),
    max_size=14,
)
NEAR = st.sets(st.sampled_from([(0, 1), (0, 2), (1, 2)]))


def made(rows: list[tuple[int, int, int, float]], known: int = 0) -> Rows:
    text, label, source, moment = (np.array([row[side] for row in rows]) for side in range(4))
    count = np.arange(len(rows))
    return Rows(
        count,
        text.astype(np.int64),
        label.astype(np.int64),
        count,
        source.astype(np.int64),
        moment.astype(float),
        count < known,
    )


def judged(near: set[tuple[int, int]]) -> Measured:
    """Measures all pairs of three texts, of which only the near ones match."""

    def judge(codes: np.ndarray) -> Verdicts:
        matching = {int(encode(np.array([one]), np.array([other]))[0]) for one, other in near}
        relation = np.array([1 if int(code) in matching else -1 for code in codes], np.int8)
        figures = np.zeros(len(codes))
        return Verdicts(codes, relation, figures, figures, figures, [""] * len(codes))

    return Measured(NO_VERDICTS, judge, np.array([True, True, False, False]))


def one_by_one(rows: Rows, limits: Limits, near: set[tuple[int, int]], against: bool) -> list[int]:
    """The rule as it stands in the docs."""
    kept = list(range(len(rows.text)))
    waiting = kept.copy()

    def may(one: int, other: int) -> bool:
        texts = tuple(sorted((int(rows.text[one]), int(rows.text[other]))))
        scoped = limits.scope is Scope.ALL or (
            min(rows.source[one], rows.source[other]) >= 0
            and (rows.source[one] == rows.source[other]) == (limits.scope is Scope.SAME_SOURCE)
        )
        return bool(rows.label[one] == rows.label[other] and scoped and (texts[0] == texts[1] or texts in near))

    while waiting:
        best = waiting.pop(0)
        if against and not rows.known[best]:
            break
        date = float(rows.moment[best])
        for other in waiting.copy():
            if rows.known[other] or not may(best, other):
                continue
            moment = float(rows.moment[other])
            if limits.window is not None and moment == moment:
                date = moment if date != date else date
                if abs(moment - date) > limits.window:
                    continue
            kept[other] = best
            waiting.remove(other)
    return kept


@settings(max_examples=400, deadline=None)
@given(
    ROWS,
    NEAR,
    st.sampled_from([None, HOUR, 3 * HOUR]),
    st.sampled_from(Scope),
    st.sampled_from([0, 1, 32]),
    st.integers(0, 5),
    st.booleans(),
)
def test_folding_in_columns_is_folding_one_by_one(
    rows: list[tuple[int, int, int, float]],
    near: set[tuple[int, int]],
    window: float | None,
    scope: Scope,
    rounds: int,
    known: int,
    against: bool,
) -> None:
    some, limits = made(rows, known if against else 0), Limits(window, scope)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(folding, "_ROUNDS", rounds)
        assert fold(some, limits, judged(near), against=against).tolist() == one_by_one(some, limits, near, against)


@pytest.mark.parametrize(
    ("limits", "sources"),
    [
        (Limits(None, Scope.CROSS_SOURCE), 1),
        (Limits(HOUR, Scope.CROSS_SOURCE), 1),
        (Limits(HOUR, Scope.ALL), 50),
        (Limits(24 * HOUR, Scope.SAME_SOURCE), 50),
        (Limits(24 * HOUR, Scope.CROSS_SOURCE), 3),
    ],
)
def test_a_hundred_thousand_copies_take_no_square_of_their_number(limits: Limits, sources: int) -> None:
    """A few seconds at most where machines are slow; a square would take hours."""
    count = 100_000
    chance = np.random.default_rng(3)
    zero, order = np.zeros(count, np.int64), chance.permutation(count)
    moment = np.where(chance.random(count) < 0.05, np.nan, chance.random(count) * 80_000 * HOUR)
    rows = Rows(np.arange(count), zero, zero, order, chance.integers(0, sources, count), moment, zero > 0)
    began = time.process_time()
    fold(rows, limits, judged(set()))
    assert time.process_time() - began < 20
