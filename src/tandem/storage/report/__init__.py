"""The self-contained bilingual report of one matching, and what the result workbook shares with it."""

from tandem.storage.report.page import write_report
from tandem.storage.report.view import ReportView

__all__ = ["ReportView", "write_report"]
