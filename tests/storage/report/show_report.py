"""Write the made-up report and workbook to look at: python tests/storage/report/show_report.py out/ [zh]."""

from __future__ import annotations

import sys
from pathlib import Path

from sample_result import view_of

from tandem.storage.report import write_report
from tandem.storage.result_book import write_result_book

if __name__ == "__main__":
    out = Path(sys.argv[1] if len(sys.argv) > 1 else "out")
    out.mkdir(parents=True, exist_ok=True)
    view = view_of(lang="zh" if "zh" in sys.argv else "en")
    write_report(out / "report.html", view)
    write_result_book(out / "matches.xlsx", view, view.lang)
    print(out / "report.html", out / "matches.xlsx")
