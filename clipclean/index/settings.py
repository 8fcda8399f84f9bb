"""What an index was made with, as it stands in it, and whether it can be used with what is asked for now.

What shapes the fingerprints of texts can never change: texts made ready one way are not found by texts made ready
another. What says how copies fold, and what is kept, can: what is given when an index is opened counts from then on.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from clipclean.choosing import choice
from clipclean.config import CleanSettings, DedupSettings, Keep, Reach, Scope, settings_digest
from clipclean.errors import SettingsError, StoreError
from clipclean.index.compact import BITS

AS_GIVEN = "as given"
"""The cleaning of an index whose texts are compared as they are given."""

_TOKENISER = 1  # raised when ``clipclean.text`` gives other words for the same text
_SKETCH = "the 16 lowest and all in the lowest sixteenth; all of up to 64"
_SHAPE, _POLICY = "shape", "policy"
_SHAPING, _CHANGING = ("ngram", "permutations", "seed"), ("window", "keep", "prefer", "fold")


def shape(settings: DedupSettings, cleaning: str) -> dict[str, Any]:
    """All that shapes fingerprints; ``cleaning`` is the digest of the cleaning settings.

    >>> shape(DedupSettings(), AS_GIVEN)["ngram"]
    5
    """
    return {
        "tokeniser": _TOKENISER,
        "word bits": BITS,
        "ngram": settings.ngram,
        "sketch": _SKETCH,
        "permutations": settings.permutations,
        "seed": settings.seed,
        "cleaning": cleaning,
    }


def cleaning_digest(clean: CleanSettings) -> str:
    """The digest of what decides which text is left of a clipping; reasons, languages and limits do not.

    >>> cleaning_digest(CleanSettings(reasons=True)) == cleaning_digest(CleanSettings())
    True
    """
    return settings_digest(replace(clean, reasons=False, detect_lang=False, limits=CleanSettings().limits))


def policy(settings: DedupSettings, *, store_text: bool) -> dict[str, Any]:
    """What may change from one time to the next."""
    return {
        "window": settings.window,
        "keep": settings.keep.value,
        "prefer": list(settings.prefer),
        "fold": settings.fold.value,
        "store_text": store_text,
    }


def stated_in(settings: DedupSettings) -> frozenset[str]:
    """What of all that an index remembers is not as it is where nobody states it.

    >>> sorted(stated_in(DedupSettings(window="42d", ngram=4)))
    ['ngram', 'window']
    """
    usual = DedupSettings()
    return frozenset(name for name in (*_SHAPING, *_CHANGING) if getattr(settings, name) != getattr(usual, name))


def check_fit(settings: DedupSettings) -> None:
    """Raise SettingsError for what an index cannot do.

    >>> check_fit(DedupSettings(window="42d"))
    """
    if settings.threshold is not None:
        raise SettingsError("threshold: an index compares versions of stories and has no plain mode; leave it out")
    if settings.scope is not Scope.ALL:
        raise SettingsError(f"scope: an index folds copies of all sources, not {settings.scope.value}; leave it out")
    if settings.fold is Reach.NONE:
        raise SettingsError(
            "fold: an index that folds nothing is of no use; choose exact, duplicate, abridgement, update"
        )


def written(settings: DedupSettings, cleaning: str, *, store_text: bool) -> dict[str, str]:
    """The facts that a new index holds about itself."""
    return {
        _SHAPE: json.dumps(shape(settings, cleaning), sort_keys=True),
        **policy_facts(settings, store_text=store_text),
    }


def policy_facts(settings: DedupSettings, *, store_text: bool) -> dict[str, str]:
    """The facts that say how copies fold and what is kept."""
    return {_POLICY: json.dumps(policy(settings, store_text=store_text), sort_keys=True)}


def is_made(facts: Mapping[str, str]) -> bool:
    """Whether an index was ever made in a store with these facts.

    >>> is_made({})
    False
    """
    return _SHAPE in facts


def agreed(
    where: str,
    facts: Mapping[str, str],
    settings: DedupSettings | None,
    window: str | None,
    cleaning: str | None,
    stated: frozenset[str] | None = None,
) -> DedupSettings:
    """The settings with which an index is used: its own, but for what is asked for and may change.

    ``stated`` are the names of what counts in ``settings``, as ``stated_in`` gives them; None where all does, but for
    a window that is not there.

    Raises StoreError where what is asked for would shape fingerprints otherwise.
    """
    held, before = json.loads(facts[_SHAPE]), json.loads(facts[_POLICY])
    own = settings_of(held, before)
    if settings is None:
        settings = own
    elif stated is not None:
        settings = _filled(settings, own, {*_SHAPING, *_CHANGING} - stated)
    elif settings.window is None:
        settings = replace(settings, window=own.window)
    asked = shape(settings, held["cleaning"] if cleaning is None else cleaning)
    if differing := differences(held, asked):
        cleans = " --clean" if held["cleaning"] == AS_GIVEN != asked["cleaning"] else ""
        raise StoreError(
            f"{where}: this index was made with other settings: {differing}; use the same, "
            f"or make it anew with: clipclean index rebuild {where}{cleans}"
        )
    return settings if window is None else with_window(settings, window)


def with_own(facts: Mapping[str, str], settings: DedupSettings, stated: frozenset[str]) -> DedupSettings:
    """The settings with what an index has of all that may change and is not ``stated``.

    >>> facts = written(DedupSettings(window="42d", keep=Keep.FIRST), AS_GIVEN, store_text=False)
    >>> found = with_own(facts, DedupSettings(window="9d"), frozenset({"window"}))
    >>> found == DedupSettings(window="9d", keep=Keep.FIRST)
    True
    """
    own = settings_of(json.loads(facts[_SHAPE]), json.loads(facts[_POLICY]))
    return _filled(settings, own, {*_CHANGING} - stated)


def _filled(settings: DedupSettings, own: DedupSettings, names: set[str]) -> DedupSettings:
    return replace(settings, **{name: getattr(own, name) for name in names})


def settings_of(held: Mapping[str, Any], before: Mapping[str, Any]) -> DedupSettings:
    """The settings that an index holds as its shape and policy.

    >>> settings = DedupSettings(window="42d", prefer=("halden.example",))
    >>> settings_of(shape(settings, AS_GIVEN), policy(settings, store_text=False)) == settings
    True
    """
    return DedupSettings(
        ngram=held["ngram"],
        permutations=held["permutations"],
        seed=held["seed"],
        window=before["window"],
        keep=choice(before["keep"], Keep, "keep"),
        prefer=tuple(before["prefer"]),
        fold=choice(before["fold"], Reach, "fold"),
    )


def with_window(settings: DedupSettings, window: str) -> DedupSettings:
    """The settings with another window; ``none`` is without one.

    >>> with_window(DedupSettings(), "42d").window, with_window(DedupSettings(window="42d"), "none").window
    ('42d', None)
    """
    return replace(settings, window=None if window == "none" else window)


def differences(there: Mapping[str, Any], here: Mapping[str, Any]) -> str:
    """In which settings two shapes differ, in words.

    >>> differences({"ngram": 5, "seed": 1}, {"ngram": 4, "seed": 1})
    'ngram is 5 there and 4 here'
    """
    differing = (name for name in here if here[name] != there.get(name))
    return ", ".join(f"{name} is {_said(there.get(name))} there and {_said(here[name])} here" for name in differing)


def _said(value: object) -> str:
    return "as given (no cleaning)" if value == AS_GIVEN else repr(value)


def stores_text(facts: Mapping[str, str]) -> bool:
    """Whether an index stores texts."""
    return bool(json.loads(facts[_POLICY])["store_text"])


def cleaning_of(facts: Mapping[str, str]) -> str:
    """The digest of the cleaning settings of an index, or ``AS_GIVEN``."""
    return str(json.loads(facts[_SHAPE])["cleaning"])
