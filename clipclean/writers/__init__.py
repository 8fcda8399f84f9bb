"""Stage 5: results become records and files."""

from clipclean.writers.accounts import Accounts
from clipclean.writers.folder import MACHINE, MANIFEST, REPORT, OutputFolder, is_begun, kept_clippings
from clipclean.writers.jsonlines import to_json
from clipclean.writers.manifest import describe_file, describe_folder
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
from clipclean.writers.shards import Shards
from clipclean.writers.spool import Spool, by_cluster, fold_lines, fold_records, spool_line
from clipclean.writers.tables import Columns
from clipclean.writers.whole import told, whole_file

__all__ = [
    "MACHINE",
    "MANIFEST",
    "REPORT",
    "Accounts",
    "Columns",
    "JsonLines",
    "OutputFolder",
    "Rows",
    "Shards",
    "Spool",
    "by_cluster",
    "cluster_keys",
    "dedup_record",
    "describe_file",
    "describe_folder",
    "failure_row",
    "fold_lines",
    "fold_records",
    "is_begun",
    "kept_clippings",
    "measures",
    "open_rows",
    "removed_rows",
    "restore",
    "spool_line",
    "to_json",
    "to_record",
    "told",
    "whole_file",
]
