"""Results as a person reads them: in the terminal, and in a summary."""

from clipclean.review.lines import line_rows, line_table
from clipclean.review.printable import printable
from clipclean.review.report import Report, Tally, describe_clusters, versions
from clipclean.review.summary import summary

__all__ = ["Report", "Tally", "describe_clusters", "line_rows", "line_table", "printable", "summary", "versions"]
