"""The line model: boosted oblivious trees over the columns of a sheet, evaluated with numpy alone.

An oblivious tree asks the same question of all rows at each level, so that its answer is an index made of bits; that
is what makes it quick in columns. The trees are trained by ``clipclean/training.py`` and stored as JSON under
``models/``, with where they came from; nothing in such a file can run.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files

import numpy as np
import numpy.typing as npt

ROWS_AT_A_TIME = 256
"""Rows are scored in blocks of this size, so that the answers of all questions stay in the cache: of 64 to 1,024 rows
the quickest size that was measured."""


@dataclass(frozen=True)
class LineModel:
    """Trees as arrays.

    ``columns`` names the inputs. Question q is ``value of column[q] > border[q]``. ``trees`` [tree, level] holds the
    question of each level, ``leaves`` [tree, 2 ** levels] what each answer adds. The sum plus ``bias`` is a log-odds.
    """

    columns: tuple[str, ...]
    column: npt.NDArray[np.intp]
    border: npt.NDArray[np.float32]
    trees: npt.NDArray[np.intp]
    leaves: npt.NDArray[np.float32]
    bias: float
    threshold: float

    def probabilities(self, rows: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """The chance that each row is story, 0 to 1. ``rows`` is [columns, rows].

        Leaves are stored with five decimals, so that their sum in doubles is exact: no order of adding changes it.
        """
        found = np.empty(rows.shape[1], np.float64)
        flat = self.leaves.ravel()
        for start in range(0, rows.shape[1], ROWS_AT_A_TIME):
            block = rows[:, start : start + ROWS_AT_A_TIME]
            answers = (block.take(self.column, 0) > self.border[:, None]).view(np.uint8)
            index = np.zeros((len(self.trees), block.shape[1]), np.uint8 if len(self._levels) <= 8 else np.uint16)
            for questions in self._levels[::-1]:
                index += index
                index |= answers.take(questions, 0)
            # no index lies outside: to clip is only quicker than to look
            leaves = flat.take(self._offsets + index, mode="clip")
            found[start : start + ROWS_AT_A_TIME] = leaves.sum(0, dtype=np.float64)
        return np.asarray(1.0 / (1.0 + np.exp(-(found + self.bias))), np.float64)

    def contributions(self, rows: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """What each column adds to the log-odds of each row, [columns, rows]; see ``why.py``.

        Summed over the columns, and with the bias and the mean of all leaves, it is the row's log-odds.
        """
        found = np.zeros(rows.shape, np.float64)
        means = [self.leaves.astype(np.float64)]  # of the leaves that are open before each question
        for _ in self._levels:
            half = means[0].shape[1] // 2
            means.insert(0, (means[0][:, :half] + means[0][:, half:]) / 2)
        asked = self.column[self._levels][:, None] == np.arange(len(self.columns))[:, None]  # [level, column, tree]
        trees = np.arange(len(self.trees))[:, None]
        for start in range(0, rows.shape[1], ROWS_AT_A_TIME):
            here = slice(start, start + ROWS_AT_A_TIME)
            answers = (rows[:, here].take(self.column, 0) > self.border[:, None]).astype(np.intp)
            place = np.zeros((len(self.trees), answers.shape[1]), np.intp)
            before = means[0][trees, place]
            for level, questions in enumerate(self._levels):
                place += answers[questions] << level
                after = means[level + 1][trees, place]
                found[:, here] += asked[level].astype(np.float64) @ (after - before)
                before = after
        return found

    @cached_property
    def _levels(self) -> npt.NDArray[np.intp]:
        """The questions, [level, tree]."""
        return np.ascontiguousarray(self.trees.T)

    @cached_property
    def _offsets(self) -> npt.NDArray[np.intp]:
        """Where the leaves of each tree begin among all leaves, [tree, 1]."""
        return np.asarray(np.arange(len(self.trees))[:, None] * self.leaves.shape[1], np.intp)


@cache
def load(name: str) -> LineModel:
    """The model stored under ``models/<name>.json``; loaded once, never changed.

    >>> 0 < load("text").threshold < 1
    True
    """
    return from_json(files("clipclean.cleaning").joinpath("models", f"{name}.json").read_bytes())


def from_json(data: bytes) -> LineModel:
    """The model in a file that ``clipclean/training.py`` wrote.

    >>> from_json(b'{"columns": ["words"], "questions": [[0, 7.5]], "trees": [[0]], "leaves": [[-1, 1]], "bias": 0,'
    ...           b' "threshold": 0.5}').probabilities(np.float32([[3, 12]])).round(2).tolist()
    [0.27, 0.73]
    """
    import orjson

    stored = orjson.loads(data)
    questions = stored["questions"]
    return LineModel(
        columns=tuple(stored["columns"]),
        column=np.asarray([column for column, _ in questions], np.intp),
        border=np.asarray([border for _, border in questions], np.float32),
        trees=np.asarray(stored["trees"], np.intp),
        leaves=np.asarray(stored["leaves"], np.float32),
        bias=float(stored["bias"]),
        threshold=float(stored["threshold"]),
    )
