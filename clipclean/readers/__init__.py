"""Stage 1: paths, streams and records become clippings."""
