"""Records out: whole for their owner, as others show themselves to everybody else; and in again unchanged."""

from __future__ import annotations

import io
import json
import subprocess
import sys

import polars as pl
import pytest
import python_calamine
from tests.hub.records.test_importing import NEEDS, came_to, upload

from tandem.base.errors import Invalid
from tandem.base.settings import Upload
from tandem.domain.people import HERE, VISITOR
from tandem.hub.actions import Asker, run
from tandem.hub.installation import open_hub
from tandem.hub.records import lots


def sheets(download) -> dict[str, list]:
    book = python_calamine.load_workbook(io.BytesIO(download.content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


@pytest.fixture
def filled(world):
    """Records of all kinds, states and visibilities, with text that a spreadsheet would take for a formula."""
    a, b = world.organisation("东莞精密"), world.organisation("检测中心")
    member = world.person("member", a)
    world.ask(member, "records.import", file=upload(NEEDS))
    world.ask(HERE, "records.import", file=upload("need_id,title,organisation,own\nN1,'=2,检测中心,=1+1\n"))
    world.ask(member, "need.pose", title="=HYPERLINK(1)", text="第一行\n第二行", visibility="named", named=[b],
              anonymous=True, budget_min="0.01")  # fmt: skip
    world.ask(member, "need.pose", title="-5", draft=True, slots=0)
    offer = world.ask(member, "offer.add", title="x", cities_served=["深圳", "香港"], price_from=1)
    world.ask(member, "offer.withdraw", id=offer.id)
    need = world.ask(member, "need.list").items[0].id
    world.ask(HERE, "delivery.add", title="d", organisation=b, partners=[a], need=need, rating=0.3)
    world.ask(
        HERE, "organisation.register", name="ACME", reg_no="91350100M000100Y43", visibility="confidential"
    )
    return member


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_out_into_a_fresh_hub_and_out_again(world, filled, tmp_path, lang):
    """The operator's workbook is complete: a fresh hub gives the same bytes again, and the old one has no change."""
    first = run("records.export", {}, Asker(HERE, hub=world.hub, lang=lang))
    again = world.ask(HERE, "records.import", file=Upload(first.name, first.content))
    assert [(one.new, one.changed, one.rejected) for one in again.tables] == [(0, 0, 0)] * 4
    fresh = open_hub(tmp_path / "fresh")
    taken = run("records.import", {"file": Upload(first.name, first.content)}, Asker(HERE, hub=fresh))
    assert [one.new for one in taken.tables] == [3, 5, 1, 1]
    second = run("records.export", {}, Asker(HERE, hub=fresh, lang=lang))
    fresh.close()
    assert sheets(first) == sheets(second)
    assert first.content == second.content


@pytest.mark.parametrize("format", ["xlsx", "csv", "jsonl", "parquet"])
def test_one_table_comes_back_unchanged(world, filled, format):
    """In every format a member's own records are known again."""
    own = world.ask(filled, "records.export", format=format, table="needs")
    assert own.name == f"needs.{format}"
    assert came_to(world.ask(filled, "records.import", file=Upload(own.name, own.content))) == (0, 0, 4, 0)


def test_others_are_told_as_they_show_themselves(world, filled):
    """A member of the named organisation gets the anonymous need without its poser, and bands instead of amounts."""
    other = world.person("member", world.ask(HERE, "organisation.list", name="检测中心").items[0].id)
    told = sheets(world.ask(other, "records.export"))
    assert set(told) == {"organisations", "needs", "deliveries", "others' organisations", "others' needs"}
    head, *rows = told["others' needs"]
    assert not {"importance", "budget_min", "budget_max", "ref"} & set(head)
    anonymous = dict(zip(head, next(row for row in rows if "=HYPERLINK(1)" in row), strict=True))
    assert (anonymous["organisation"], anonymous["budget"]) == ("", "<100000")
    assert filled.org not in [cell for row in rows if "=HYPERLINK(1)" in row for cell in row]


def test_nothing_hidden_leaves(world, filled):
    """What a visitor exports holds public records alone."""
    told = repr(sheets(run("records.export", {}, Asker(VISITOR, hub=world.hub, lang="en"))))
    assert "主轴热补偿" in told
    for hidden in ("HYPERLINK", "ACME", "检测服务", "内部编号"):
        assert hidden not in told


def test_text_stays_text(world, filled):
    """No cell of a CSV begins as a formula, and none of a workbook is one."""
    table = world.ask(filled, "records.export", format="csv", table="needs").content.decode("utf-8-sig")
    assert "'=HYPERLINK(1)" in table
    import zipfile

    book = world.ask(filled, "records.export")
    with zipfile.ZipFile(io.BytesIO(book.content)) as parts:
        assert not any(b"<f>" in parts.read(name) for name in parts.namelist() if "sheet" in name)


def test_a_format_of_one_table_needs_its_name(world):
    """CSV without a table is refused."""
    with pytest.raises(Invalid, match=r"export\.table"):
        world.ask(HERE, "records.export", format="csv")


def test_lots_make_no_difference(world, filled, monkeypatch):
    """Whole, or two records at a time: the same files in every format, of one's own and of others."""
    other = world.person("member", world.ask(HERE, "organisation.list", name="检测中心").items[0].id)
    asked = [{}, *({"table": table, "format": format, "others": others}
                   for table in ("needs", "deliveries")
                   for format in ("xlsx", "csv", "jsonl", "parquet") for others in (False, True))]  # fmt: skip
    for actor in (HERE, filled, other):
        for one in asked:
            monkeypatch.setattr(lots, "LOT", 1_000)
            whole = world.ask(actor, "records.export", **one)
            monkeypatch.setattr(lots, "LOT", 2)
            parts = world.ask(actor, "records.export", **one)
            if one.get("format") == "parquet":
                frames = [pl.read_parquet(io.BytesIO(told.content)) for told in (whole, parts)]
                assert frames[0].equals(frames[1])
                assert frames[0].schema == frames[1].schema
            else:
                assert whole == parts
    assert not list((world.hub.folder).glob(".tandem-*"))


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc/self/status")
def test_an_export_takes_no_more_memory_where_there_is_more(tmp_path):
    """Twenty-four thousand needs after two hundred: what the large export takes more is its file, and little else."""
    told = subprocess.run(
        [sys.executable, "-c", GROWN, str(tmp_path)], capture_output=True, text=True, check=True
    )
    grown, size = json.loads(told.stdout)
    assert size > 5_000_000
    assert grown < 2 * size + 30_000_000


GROWN = """
import json, sys
from pathlib import Path
from tandem.domain.people import HERE
from tandem.hub.actions import Asker, run
from tandem.hub.installation import open_hub
from tandem.hub.records import lots
from tandem.storage.database import schema as s

def most():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))

hub = open_hub(Path(sys.argv[1]) / "hub")
def put(n):
    rows = [{"id": hub.database._ids(), "version": 1, "state": "posed", "title": f"需求 {k}", "text": "x" * 200,
             "visibility": "public", "anonymous": False, "created_at": k, "changed_at": k} for k in range(n)]
    hub.database.write(lambda tx: tx.insert(s.needs, rows)).result()
for _ in range(12):
    put(2_000)
export = lambda: run("records.export", {"table": "needs", "format": "csv"}, Asker(HERE, hub=hub)).content
import tandem.hub.records.lots as lots
whole = lots._order
lots._order = lambda *given: whole(*given).head(200)
export()
lots._order = whole
before = most()
content = export()
print(json.dumps([most() - before, len(content)]))
hub.close()
"""
