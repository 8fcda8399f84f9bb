"""Stage 3: lines become verdicts: which are the story's own, which are furniture, and why."""
