"""The self-contained bilingual page of one region register."""

from tandem.storage.region_report.page import write_report
from tandem.storage.region_report.view import RegionView

__all__ = ["RegionView", "write_report"]
