"""Records by file: previewed, written all or not at all, known again, resolved against what the asker may see."""

from __future__ import annotations

import io
import json
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace

import pytest
import python_calamine
from tests.hub.conftest import NOON

from tandem.base.clock import DAY, day
from tandem.base.errors import Conflict, Denied, Invalid, Unavailable
from tandem.base.settings import Upload
from tandem.domain.people import HERE, VISITOR
from tandem.hub.actions import Asker, run
from tandem.hub.records import bringing
from tandem.storage.database import schema as s

NEEDS = """需求编号,需求名称,机构名称,城市,预算上限（万元）,截止日期,可见范围,备注
N1,主轴热补偿,东莞精密,东莞,250,2027-06-30,公开,内部编号 7
N2,检测服务,东莞精密,深圳,,,,
"""


def upload(text: str, name: str = "needs.csv") -> Upload:
    return Upload(name, text.encode())


def came_to(answer, table: str = "needs") -> tuple[int, ...]:
    one = next(one for one in answer.tables if one.table == table)
    return one.new, one.changed, one.unchanged, one.rejected


def journal(world) -> list:
    with world.hub.database.reading() as tx:
        return list(tx.unguarded(s.journal.select().order_by(s.journal.c.seq)))


@pytest.fixture
def member(world):
    return world.person("member", world.organisation("东莞精密"))


def test_a_preview_writes_nothing(world, member):
    """It counts what would come, row by row, and the journal stays as it was."""
    answer = world.ask(member, "records.import", file=upload(NEEDS), preview=True)
    assert (answer.written, came_to(answer)) == (False, (2, 0, 0, 0))
    assert [(one.row, one.becomes) for one in answer.rows] == [(2, "new"), (3, "new")]
    assert not world.ask(member, "need.list").items
    assert not journal(world)


def test_a_row_becomes_a_record(world, member):
    """References, units, choices and visibility are read; an unknown column is kept and every record has its entry."""
    world.ask(member, "records.import", file=upload(NEEDS))
    own = {one.ref: one for one in world.ask(member, "need.list").items}
    first, second = own["N1"], own["N2"]
    assert (first.city, first.budget_max, first.visibility, first.state) == (
        "441900",
        250_000_000,
        "public",
        "posed",
    )
    assert (first.due_on, second.visibility, second.posted_on) == ("2027-06-30", "members", "2027-01-15")
    assert (json.loads(first.extra), first.org_id) == ({"备注": "内部编号 7"}, member.org)
    assert [one.title for one in world.ask(VISITOR, "need.list").items] == ["主轴热补偿"]
    assert {(one["action"], one["record_id"], one["org_id"]) for one in journal(world)} == {
        ("records.import", one.id, member.org) for one in own.values()
    }


def test_the_same_file_again_changes_nothing(world, member):
    """By id, and by content where rows have no id; a changed cell changes that column alone."""
    world.ask(member, "records.import", file=upload(NEEDS))
    assert came_to(world.ask(member, "records.import", file=upload(NEEDS))) == (0, 0, 2, 0)
    changed = NEEDS.replace("N2,检测服务", "N2,检测与认证")
    answer = world.ask(member, "records.import", file=upload(changed))
    assert came_to(answer) == (0, 1, 1, 0)
    assert answer.rows[0].columns == ("title",)
    anonymous = "title,text\nx,y\nx,y\n"
    assert came_to(world.ask(member, "records.import", file=upload(anonymous))) == (2, 0, 0, 0)
    assert came_to(world.ask(member, "records.import", file=upload(anonymous))) == (0, 0, 2, 0)


def test_columns_that_a_file_does_not_have_stay(world, member):
    """Importance and text set by hand survive a file without them; an empty cell empties its field."""
    world.ask(member, "records.import", file=upload(NEEDS))
    one = next(one for one in world.ask(member, "need.list").items if one.ref == "N1")
    world.ask(member, "need.edit", id=one.id, importance=5, text="详情")
    world.ask(member, "records.import", file=upload("need_id,title,due_on\nN1,主轴热补偿,\n"))
    after = world.ask(member, "need.show", id=one.id)
    assert (after.importance, after.text, after.due_on, after.budget_max) == (5, "详情", None, 250_000_000)


def test_bad_rows_are_told_and_good_ones_go_on_unless_strict(world, member):
    """Each finding has its row; strict writes nothing; the annotated copy says it beside the row."""
    faulty = NEEDS + "N3,,东莞精密,,,,,\nN4,x,东莞精密,,,2027-13-01,,\n"
    with pytest.raises(Invalid, match=r"import\.faulty"):
        world.ask(member, "records.import", file=upload(faulty), strict=True)
    assert not world.ask(member, "need.list").items
    copy = world.ask(member, "records.problems", file=upload(faulty))
    cells = python_calamine.load_workbook(io.BytesIO(copy.content)).get_sheet_by_index(0).to_python()
    assert [bool(row[0]) for row in cells[1:]] == [False, False, True, True]
    answer = world.ask(member, "records.import", file=upload(faulty))
    assert came_to(answer) == (2, 0, 0, 2)
    assert [(one.row, one.code) for one in answer.findings] == [(4, "required"), (5, "date.impossible")]


def test_a_member_imports_for_the_own_organisation_alone(world, member):
    """Rows of others are refused, by name or by id; an organisation is registered by no member's file."""
    other = world.organisation("别家机构")
    record = world.ask(HERE, "need.pose", title="theirs", organisation=other, visibility="public")
    text = f"need_id,title,organisation\nA,x,别家机构\nB,x,{member.org}\n{record.id},stolen,\nC,x,从未登记\n"
    answer = world.ask(member, "records.import", file=upload(text))
    assert came_to(answer) == (1, 0, 0, 3)
    assert sorted(one.code for one in answer.findings) == [
        "import.others",
        "import.others",
        "reference.unknown",
    ]
    assert world.ask(HERE, "need.show", id=record.id).title == "theirs"
    answer = world.ask(member, "records.import", file=upload("name\n新机构\n别家机构\n", "organisations.csv"))
    assert [one.code for one in answer.findings] == ["import.new_organisation"]
    assert came_to(answer, "organisations") == (0, 0, 0, 1)
    with pytest.raises(Denied, match=r"record\.no_organisation"):
        world.ask(world.person("member"), "records.import", file=upload(NEEDS))
    with pytest.raises(Denied, match=r"import\.agent"):
        world.ask(replace(member, agent=True), "records.import", file=upload(NEEDS))


def test_references_resolve_to_what_the_asker_may_see(world, member):
    """A hidden organisation is as unknown as one that is not there, by name, number or id."""
    hidden = world.ask(HERE, "organisation.register", name="隐秘机构", reg_no="91350100M000100Y43",
                       visibility="confidential")  # fmt: skip
    told = []
    for name in ("隐秘机构", "91350100M000100Y43", hidden.id, "并无此家"):
        text = f"title,organisation\nx,东莞精密;{name}\n"
        told.append(world.ask(member, "records.import", file=upload(text, "deliveries.csv"), preview=True))
    assert [one.findings[0].code for one in told] == ["reference.unknown"] * 4
    text = "title,organisation\nx,东莞精密;隐秘机构\n"
    answer = world.ask(HERE, "records.import", file=upload(text, "deliveries.csv"))
    assert came_to(answer, "deliveries") == (1, 0, 0, 0)
    assert world.ask(HERE, "delivery.list").items[0].org_ids == (member.org, hidden.id)


def test_an_operator_imports_a_whole_book(world):
    """Organisations that only references name are registered; deliveries find their need and all who delivered."""
    text = '{"title": "a", "organisation": "甲厂", "need_id": "N1"}\n'
    answer = world.ask(HERE, "records.import", file=upload(text, "needs.jsonl"))
    assert came_to(answer, "organisations")[0] == 1
    text = "title,organisation,need\nd,甲 厂；乙厂,N1\n"
    world.ask(HERE, "records.import", file=upload(text, "deliveries.csv"))
    [delivery] = world.ask(HERE, "delivery.list").items
    names = [world.ask(HERE, "organisation.show", id=one).name for one in delivery.org_ids]
    assert names == ["甲厂", "乙厂"]
    assert delivery.need_id == world.ask(HERE, "need.list").items[0].id
    assert [one.id for one in world.ask(HERE, "delivery.list", organisation=delivery.org_ids[1]).items] == [
        delivery.id
    ]


def test_a_file_does_not_move_states_that_have_their_own_action(world, member):
    """A member's file may hold a draft, and neither closes a need nor verifies an organisation."""
    text = "need_id,title,state\nN1,x,草稿\nN2,y,closed\n"
    answer = world.ask(member, "records.import", file=upload(text))
    states = {one.ref: one.state for one in world.ask(member, "need.list").items}
    assert states == {"N1": "draft", "N2": "posed"}
    assert [(one.code, one.severity, one.row) for one in answer.findings] == [("import.state", "warning", 3)]
    manager = replace(member, role="manager")
    text = "name,state,city\n东莞精密,verified,东莞\n"
    world.ask(manager, "records.import", file=upload(text, "organisations.csv"))
    own = world.ask(manager, "organisation.show", id=member.org)
    assert (own.state, own.city) == ("claimed", "441900")


def test_what_changed_between_reading_and_writing_is_planned_again(world, member):
    """A record edited while the file was read is compared anew, and its edit is not lost."""
    from tandem.hub.call import Call
    from tandem.hub.records import importing
    from tandem.hub.records.inputs import ImportInput

    world.ask(member, "records.import", file=upload(NEEDS))
    one = next(one for one in world.ask(member, "need.list").items if one.ref == "N1")
    given = ImportInput(file=upload("need_id,title\nN1,neu\nN9,new\n"))
    made = importing.prepared(given, Asker(member, hub=world.hub))
    world.ask(member, "need.edit", id=one.id, importance=4)
    world.ask(member, "records.import", file=upload("need_id,title\nN9,earlier\n"))
    answer = world.hub.database.write(
        lambda tx: importing.imported(Call(tx, member, world.hub), given, made)
    ).result()
    assert came_to(answer) == (0, 2, 0, 0)
    after = world.ask(member, "need.show", id=one.id)
    assert (after.title, after.importance) == ("neu", 4)


def test_a_named_import_is_done_once_and_kept_small(world, member):
    """The same key gives the first answer; what is kept of a file with many faults stays below a sixteenth of it."""
    text = "need_id,title,due_on\n" + "".join(f"N{i},需求 {i},2027-13-{i}\n" for i in range(20_000))
    asker = Asker(member, hub=world.hub, key="k")
    first = run("records.import", {"file": upload(text)}, asker)
    assert first == run("records.import", {"file": upload(text)}, asker)
    assert (len(first.findings), first.more_findings) == (200, 19_800)
    with world.hub.database.reading() as tx:
        [kept] = tx.unguarded(s.kept_answers.select())
    assert len(kept["body"]) < len(text.encode()) / 16


def test_the_sample_world_goes_into_an_empty_hub(world):
    """Everyone sees its posed needs; a hub with records takes it no more."""
    answer = world.ask(HERE, "records.sample")
    assert {one.table: one.new for one in answer.tables} == {
        "organisations": 444, "needs": 162, "offers": 441, "deliveries": 990}  # fmt: skip
    needs = world.ask(VISITOR, "need.list", limit=200).items
    assert {one.state for one in needs} == {"posed"}
    assert max(one.posted_on for one in needs) == day(NOON - DAY)  # its days have moved along with the clock
    with pytest.raises(Conflict, match=r"import\.not_empty"):
        world.ask(HERE, "records.sample")


IMPORTER = """
import sys
from pathlib import Path
from tandem.base.settings import Upload
from tandem.domain.people import HERE
from tandem.hub.actions import Asker, run
from tandem.hub.installation import open_hub
hub = open_hub(Path(sys.argv[1]))
text = "need_id,title,organisation\\n" + "".join(f"N{i},need {i},maker {i % 50}\\n" for i in range(6000))
asker = Asker(HERE, hub=hub, progress=lambda code: print(code, flush=True))
run("records.import", {"file": Upload("needs.csv", text.encode())}, asker)
print("done", flush=True)
"""


def killed(folder, pause: float) -> bool:
    """Imports in a process that is killed some time after it begins to write; whether it was done by then."""
    process = subprocess.Popen(
        [sys.executable, "-c", IMPORTER, str(folder)], stdout=subprocess.PIPE, text=True
    )
    told = []
    for line in process.stdout:
        told.append(line.strip())
        if line.strip() == "progress.writing":
            time.sleep(pause)
            process.send_signal(signal.SIGKILL)
    process.wait()
    return "done" in told


def test_a_killed_import_leaves_all_or_nothing(tmp_path):
    """kill -9 at random points of the writing: every table has all rows or none, and the next import finds its way."""
    chance = random.Random(7)
    left = set()
    for number in range(4):
        folder = tmp_path / str(number)
        acknowledged = killed(folder, chance.uniform(0, 0.5))
        with closing(sqlite3.connect(folder / "hub.db")) as held:
            counts = tuple(held.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
                           for table in ("needs", "organisations", "journal", "journal_contents"))  # fmt: skip
        assert counts in ((0, 0, 0, 0), (6000, 50, 6050, 6050))
        assert counts[0] or not acknowledged
        left.add(counts[0])
    assert 0 in left
    done = subprocess.run(
        [sys.executable, "-c", IMPORTER, str(folder)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, "done" in done.stdout) == (0, True), done.stderr


def test_a_state_in_a_file_does_not_keep_a_verification(world):
    """A manager who says the state as it is and changes the name is claimed again; the check's note is not theirs."""
    org = world.organisation("东莞精密", state="verified", reg_no="91350100M000100Y43", check_note="已核对")
    text = "id,name,reg_no,state,check_note\n{},{},91350100M000100Y43,verified,我说了算\n"
    manager = world.person("manager", org)
    world.ask(manager, "records.import", file=upload(text.format(org, "另一家公司"), "organisations.csv"))
    own = world.ask(HERE, "organisation.show", id=org)
    assert (own.name, own.state) == ("另一家公司", "claimed")
    with world.hub.database.reading() as tx:
        assert tx.unguarded(s.organisations.select())[0]["check_note"] == "已核对"


def test_an_upload_that_is_too_large_is_refused(world, member):
    """200,001 rows, for an import and for its problems, and cells beyond the limit are refused with a code."""
    rows = upload("title\n" + "x\n" * 200_001)
    wide = upload(
        ",".join(["title", *(f"c{i}" for i in range(59))]) + "\n" + ("x" + ",1" * 59 + "\n") * 83_334
    )
    for name in ("records.import", "records.problems"):
        with pytest.raises(Invalid, match=r"file\.rows"):
            world.ask(member, name, file=rows)
    with pytest.raises(Invalid, match=r"file\.cells"):
        world.ask(member, "records.import", file=wide)


def test_two_uploads_are_read_at_once(world, member, monkeypatch):
    """A third is told to come again while two are read, and is read when one of them is done."""
    monkeypatch.setattr(bringing, "_WAIT", 0.05)
    with bringing.placed(world.hub, upload(NEEDS)):
        world.ask(member, "records.import", file=upload(NEEDS), preview=True)
        with bringing.placed(world.hub, upload(NEEDS)):
            for name in ("records.import", "records.problems"):
                with pytest.raises(Unavailable, match=r"import\.busy"):
                    world.ask(member, name, file=upload(NEEDS))
    assert world.ask(member, "records.import", file=upload(NEEDS)).written
