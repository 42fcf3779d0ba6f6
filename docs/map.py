"""Writes docs/map.md, one line for each source file, from the first sentence of the file itself: `make map`."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "tandem"
SUFFIXES = (".py", ".toml", ".tsv", ".html", ".css", ".js")
FLOORS = {
    "": "The library",
    "interfaces": "Interfaces: ways in and out",
    "hub": "Hub: the story, one file a step",
    "compute": "Compute: where a pure function runs",
    "storage": "Storage: files in and out",
    "engine": "Engine: the verbs, pure functions",
    "domain": "Domain: the nouns",
    "base": "Base: errors, settings, words",
}
TEMPLATES = "interfaces/web/templates"
# Files that cannot say what they are.
TOLD = {
    "domain/cities.tsv": "The cities that domain/cities.py knows.",
    "domain/map_cells.tsv": "The cells of the map of Guangdong, Hong Kong and Macao that domain/map_cells.py reads.",
    "domain/name_words.tsv": "Words in organisations' names that mean the same in several languages, or nothing.",
    "domain/service_codes.tsv": "The taxonomy that domain/services.py reads: codes, names, mappings, key terms.",
    "engine/language/industry_terms.tsv": "The industry's own terms, zh and en.",
    "engine/figures/subject_words.tsv": "Words that say how something is measured, of what whole and where, zh and en.",
    "storage/region_report/templates/region.css": "How the region page looks beyond the shared base.",
    "storage/region_report/templates/region.html": "How the region page is laid out.",
    "storage/report/templates/base.css": "The look that the match report and the region page share.",
    "storage/report/templates/report.css": "How the report looks.",
    "storage/report/templates/report.html": "How the report is laid out.",
    "storage/report/templates/report.js": "What the report's buttons do; all content is there without it.",
}
HEAD = """# Map

One line for each file of `src/tandem`, floor by floor; imports go down only. `make map` writes this page.
Beside it: `tests/` mirrors the tree (`tests/journeys/`: whole stories), `bench/` measures, `examples/` is the
illustrative sample world and a walkthrough, `docs/decisions/` says why. The templates of the hub's pages
(`interfaces/web/templates/`) stand in folders named for the views that show them.
"""


def files() -> list[Path]:
    """The source files that hold something."""
    found = (path for path in SOURCE.rglob("*") if path.suffix in SUFFIXES and path.stat().st_size)
    return sorted(path for path in found if not _told_elsewhere(path) and path.read_text("utf-8").strip())


def _told_elsewhere(path: Path) -> bool:
    """Templates of pages are called as the views that show them; what others made is listed in assets/LICENSES.md."""
    return path.name.endswith((".min.css", ".min.js")) or path.is_relative_to(SOURCE / TEMPLATES)


def first_words(path: Path) -> str:
    """What a file says of itself in its first sentence."""
    name = path.relative_to(SOURCE).as_posix()
    if name in TOLD:
        return TOLD[name]
    text = path.read_text("utf-8")
    told = ast.get_docstring(ast.parse(text)) if path.suffix == ".py" else text.splitlines()[0].lstrip("#/* ")
    return (told or "").split("\n\n")[0].replace("\n", " ").strip()


def main() -> None:
    """Writes the page."""
    lines = [HEAD]
    for floor, title in FLOORS.items():
        lines.append(f"\n## {title}\n")
        for path in files():
            name = path.relative_to(SOURCE).as_posix()
            if name.split("/")[0] == floor or (not floor and "/" not in name):
                lines.append(f"- `{name}` - {first_words(path)}")
    (ROOT / "docs" / "map.md").write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
