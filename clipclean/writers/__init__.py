"""Stage 5: results become records and files."""
