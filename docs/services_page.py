"""Writes docs/services.md, the taxonomy as a page, from domain/service_codes.tsv: `make map`."""

from __future__ import annotations

from pathlib import Path

from tandem.domain.services import services

HEAD = """# Producer services 生产性服务分类

Codes for the `service_code` column of needs, offers and organisations; a code, its Chinese or its English name may be
written. An area stands for all of its services. GB/T: divisions and groups of GB/T 4754-2017; ISIC: divisions of ISIC
Rev. 4; empty where no single place is certain. Where a need and an offer both state a service and neither contains the
other, the offer is left out; what `tandem` proposes from texts never excludes anybody.

| code | 中文 | English | GB/T 4754 | ISIC |
|---|---|---|---|---|
"""


def page() -> str:
    """The whole page."""
    rows = (
        f"| {s.code} | {s.zh} | {s.en} | {', '.join(s.gbt)} | {', '.join(s.isic)} |\n"
        for s in services().values()
    )
    return HEAD + "".join(rows)


if __name__ == "__main__":
    (Path(__file__).parent / "services.md").write_text(page(), "utf-8")
