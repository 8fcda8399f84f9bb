"""Stage 5: results become records and files."""

from clipclean.writers.folder import OutputFolder
from clipclean.writers.jsonlines import to_json
from clipclean.writers.records import (
    cluster_keys,
    dedup_record,
    failure_row,
    measures,
    removed_rows,
    restore,
    to_record,
)
from clipclean.writers.rows import JsonLines, Rows, open_rows
from clipclean.writers.spool import Spool, by_cluster, fold_lines, fold_records
from clipclean.writers.tables import Columns
from clipclean.writers.whole import whole_file

__all__ = [
    "Columns",
    "JsonLines",
    "OutputFolder",
    "Rows",
    "Spool",
    "by_cluster",
    "cluster_keys",
    "dedup_record",
    "failure_row",
    "fold_lines",
    "fold_records",
    "measures",
    "open_rows",
    "removed_rows",
    "restore",
    "to_json",
    "to_record",
    "whole_file",
]
