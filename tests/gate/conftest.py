"""Scripts that score; there is nothing in them to test."""

collect_ignore_glob = ["*.py"]
