"""Learning as an action: a ranker file out, used by matching, its worth told."""

import json

import pytest
from tests.engine.matching import learnable

from tandem.base.errors import Invalid
from tandem.hub import actions

pytest.importorskip("lightgbm", reason="the extra 'learn' is not installed")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A world as tables in a folder."""
    place, world = tmp_path_factory.mktemp("past"), learnable.world(needs=90)
    deliveries = world.deliveries.with_columns(organisation=world.deliveries["org_ids"].list.join(";"))
    tables = {
        "needs": world.needs.select("need_id", "title", "text", "posted_on"),
        "organisations": world.organisations.select("org_id", "name"),
        "deliveries": deliveries.select("delivery_id", "title", "text", "organisation", "delivered_on"),
        "truth": world.truth.rename({"need_id": "need", "org_id": "organisation"}),
    }
    for name, frame in tables.items():
        frame.write_csv(place / f"{name}.csv")
    return place


def test_learn_then_match(folder, tmp_path):
    taught = actions.run("learn", {"book": folder, "out": tmp_path / "ranker.json"})
    assert taught.kept
    assert taught.file.exists()
    assert taught.quality["ndcg_10_learned"] > taught.quality["ndcg_10_untrained"]
    assert sum(row["matches"] for row in taught.reliability) > 0
    actions.run("match", {"book": folder, "ranker": taught.file, "out": tmp_path / "m.jsonl"})
    rows = [json.loads(line) for line in (tmp_path / "m.jsonl").read_text("utf-8").splitlines()]
    assert any('"record"' in row["reasons"] or "record" in str(row["reasons"]) for row in rows)


def test_nothing_to_learn_from(folder, tmp_path):
    with pytest.raises(Invalid) as raised:
        actions.run("learn", {"needs": folder / "needs.csv", "deliveries": folder / "deliveries.csv",
                              "organisations": folder / "organisations.csv", "out": tmp_path / "r.json"})  # fmt: skip
    assert raised.value.code == "learn.no_truth"
    assert not (tmp_path / "r.json").exists()


@pytest.mark.parametrize(("given", "share"), [("0.1", 0.1), ("10%", 0.1), (0, 0.0)])
def test_the_floor_is_a_share(given, share):
    from tandem.base import settings
    from tandem.hub.inputs import MatchInput

    assert settings.parse(MatchInput, {"exposure_floor": given}).exposure_floor == pytest.approx(share)


@pytest.mark.parametrize("given", ["1.5", "-1", "nan", "five", "500%"])
def test_no_share(given):
    from tandem.base import settings
    from tandem.hub.inputs import MatchInput

    with pytest.raises(Invalid) as raised:
        settings.parse(MatchInput, {"exposure_floor": given})
    assert raised.value.code == "setting.share"
