"""Stage 2: a clipping, text or page, becomes lines with hints."""
