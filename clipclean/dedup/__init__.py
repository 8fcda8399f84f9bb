"""Stage 4: clean texts become clusters of copies, each joined by measured matches."""
