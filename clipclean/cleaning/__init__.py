"""Stage 3: lines become verdicts: which are the story's own, which are furniture, and why.

The order of work is the order of the files: ``paragraphs`` (what is judged as one), ``features`` and ``cues`` (columns
over a batch), ``learnt`` (what a first pass knows of them: ``profile`` and its ``evidence``, ``openings``), ``sheet``
(all together), ``trees`` (the line model's chance), ``rules`` and ``verdicts`` (labels and
reasons), ``facts`` (what the furniture gives away), ``cleaner`` (the way in).
"""

from clipclean.cleaning.cleaner import Cleaner

__all__ = ["Cleaner"]
