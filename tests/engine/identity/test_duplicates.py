"""Probable duplicates and their merging: known spellings meet, strangers do not, nothing is lost."""

import csv
import json
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from tandem.base import words
from tandem.base.errors import Invalid
from tandem.engine.identity import blocking, duplicates, merges

WORLD = Path(__file__).parents[3] / "examples" / "world"
STRANGERS = [
    "University of Toronto",
    "Delta Marine Cables Ltd",
    "Kobe Institute of Optics",
    "Hokkaido Fisheries College",
    "佛山市祖庙工装定制有限公司",
    "云浮市新州炊具制造有限公司",
    "Pebble Silicone Products (Jiangmen) Ltd.",
    "Technical University of Graz",
    "Oregon Health Clinic",
    "湛江市硇海水产食品有限公司",
]
SAME = [
    ("Technical University of Munich", "Technische Universität München"),
    ("Technical University Munich", "Technische Universitaet Muenchen"),
    ("Georgia Institute of Technology", "Georgia Tech"),
    ("KAIST", "KAIST (Korea Advanced Institute of Science and Technology)"),
    ("University of Osnabrueck", "Osnabrück University"),
    ("École Polytechnique Fédérale Lausanne", "Ecole Polytechnique Fédéraie de Lausanne"),
    ("Shanghai Jiao Tong University", "Shanghai JiaoTong University"),
    ("Hyundai Heavy Industries Co., Ltd", "ＨＹＵＮＤＡＩ Heavy Industries Company Limited"),
    ("深圳市岭讯视频编码技术有限公司", "岭讯视频编码"),
    ("紅磡灣展覽工程", "红磡湾展览工程有限公司"),
    ("嵘拓力控科技(惠州)", "惠州市嵘拓力控科技有限公司"),
]
APART = [
    ("University of Munich", "Technical University of Munich"),
    ("Université de Paris 6", "Université de Paris 11"),
    ("University of Massachusetts Lowell", "University of Massachusetts Amherst"),
    ("Hong Kong University of Science and Technology", "University of Hong Kong"),
    ("Siemens AG", "Siemens Limited"),
    ("Swiss Federal Institute of Technology (ETH)", "Swiss Federal Institute of Technology (EPFL)"),
    ("深圳大学", "广州大学"),
]


def organisations(names, **columns):
    return pl.DataFrame({"org_id": [f"O{i:02}" for i in range(len(names))], "name": names, **columns})


def score_of(pair, **columns):
    found = duplicates.organisations(
        organisations([*pair, *STRANGERS], **columns),
        settings=duplicates.DuplicateSettings(proposed=0.1, gather=0.1),
    )
    row = found.filter((pl.col("org_id") == "O00") & (pl.col("other_org_id") == "O01"))
    return (row["score"].item(), json.loads(row["evidence"].item())) if row.height else (0.0, [])


@pytest.mark.parametrize("pair", SAME)
def test_spellings_of_one_organisation_are_confident_proposals(pair):
    """Umlauts, languages, acronyms, word order, misspelling, legal forms, width, scripts and place prefixes."""
    names = pl.Series([*pair, *STRANGERS])
    found = duplicates.organisations(organisations(names.to_list()))
    assert (found["org_id"][0], found["other_org_id"][0]) == ("O00", "O01")
    assert found["score"][0] >= 0.7


@pytest.mark.parametrize("pair", APART)
def test_sister_institutions_are_not_confident_proposals(pair):
    """A word, a number, a place, a legal form or an acronym that tells two apart keeps them below the threshold."""
    assert score_of(pair)[0] < duplicates.DuplicateSettings().confident


def test_only_the_pairs_meant_are_proposed():
    """Eleven pairs of spellings among strangers: each is found, and nothing else."""
    everyone = [name for pair in SAME for name in pair] + STRANGERS
    found = duplicates.organisations(
        organisations(everyone), settings=duplicates.DuplicateSettings(proposed=0.7)
    )
    wanted = {(f"O{2 * i:02}", f"O{2 * i + 1:02}") for i in range(len(SAME))}
    munich = {("O00", "O02"), ("O00", "O03"), ("O01", "O02"), ("O01", "O03")}
    assert set(found.select("org_id", "other_org_id").iter_rows()) == wanted | munich


def test_a_registration_number_decides():
    """One number in both rows makes a certain pair of different names; two numbers part equal names."""
    rest = [None] * len(STRANGERS)
    assert score_of(("Alpha Castings", "Beta Mouldings"), reg_no=["R1", "R1", *rest])[0] >= 0.99
    score, evidence = score_of(("Alpha Castings", "Alpha Castings Ltd"), reg_no=["R1", "R2", *rest])
    assert score < 0.5
    assert "reg_differs" in {each["code"] for each in evidence}


def test_cities_and_shared_partners_move_the_score():
    """The same city and the same partners raise a doubtful score, different cities lower it."""
    pair, rest = ("Jincheng Knitting", "Dalang Jincheng Knitting"), [None] * len(STRANGERS)
    plain = score_of(pair)[0]
    assert score_of(pair, city=["441900", "441900", *rest])[0] > plain
    assert score_of(pair, city=["441900", "440100", *rest])[0] < plain
    deliveries = pl.DataFrame(
        {"title": ["Seamless tops", "Seamless tops, winter"], "org_ids": [["O00", "O05"], ["O01", "O05"]]}
    )
    rows = organisations([*pair, *STRANGERS])
    low = duplicates.DuplicateSettings(proposed=0.1, gather=0.1)
    with_history = duplicates.organisations(rows, deliveries, low)
    assert with_history["score"][0] > plain
    assert {"subject", "partners"} <= {each["code"] for each in json.loads(with_history["evidence"][0])}


@settings(max_examples=25, deadline=None)
@given(st.permutations([name for pair in SAME[:5] for name in pair] + STRANGERS))
def test_row_order_changes_nothing_and_pairs_stand_once(order):
    """Ids travel with their names through any order of rows: the same proposals, each pair once, smaller id first."""
    ids = {name: f"O{i:02}" for i, name in enumerate(sorted(order))}
    rows = pl.DataFrame({"org_id": [ids[name] for name in order], "name": order})
    found = duplicates.organisations(rows)
    assert_frame_equal(found, duplicates.organisations(rows.sort("org_id")))
    assert (found["org_id"] < found["other_org_id"]).all()
    assert found.select("org_id", "other_org_id").is_unique().all()


def test_exchanging_two_names_changes_nothing():
    """Likeness is symmetric: whichever of two names stands first, score and codes are the same."""
    for one, two in SAME + APART:
        forth, back = score_of((one, two)), score_of((two, one))
        assert forth[0] == pytest.approx(back[0])
        assert sorted(each["code"] for each in forth[1]) == sorted(each["code"] for each in back[1])


def test_every_evidence_has_words_in_both_languages():
    """Every code that a proposal can carry has a sentence in Chinese and in English."""
    assert all(words.has(f"duplicate.{code}") for code in duplicates.CODES)


def test_blocking_gives_each_pair_of_a_small_group_once_and_neighbours_of_a_crowd():
    """Keys held by 2 of 5 records pair them; of a key held by more than the crowd only neighbours are paired."""
    first, second = blocking.pairs([{"a"}, {"b"}, {"a", "b"}, set(), {"c"}], crowd=3)
    assert list(zip(first.tolist(), second.tolist(), strict=True)) == [(0, 2), (1, 2)]
    first, second = blocking.pairs([{"z"}] * 5, crowd=3)
    assert list(zip(first.tolist(), second.tolist(), strict=True)) == [(0, 1), (1, 2), (2, 3), (3, 4)]
    assert blocking.pairs([set(), set()], crowd=3)[0].size == 0


def test_near_identical_needs_are_found_with_their_posers():
    """A need posed twice with one word changed, once by another poser, and one alike only in subject."""
    text = (
        "四百伏高速电主轴动平衡测试台用于航空叶轮加工中心每月标定一次要求现场出具完整报告并培训两名操作人员"
    )
    rows = pl.DataFrame(
        {
            "need_id": ["N1", "N2", "N3", "N4"],
            "title": ["主轴动平衡", "主轴动平衡", "主轴动平衡", "叶轮加工"],
            "text": [text, text, text.replace("两名", "三名"), "叶轮五轴加工求合作"],
            "org_id": ["A", "A", "B", "C"],
        }
    )
    found = duplicates.needs(rows)
    assert set(found.select("need_id", "other_need_id").iter_rows()) == {
        ("N1", "N2"),
        ("N1", "N3"),
        ("N2", "N3"),
    }
    assert found["score"][0] == 1.0
    assert [each["code"] for each in json.loads(found["evidence"][0])] == ["text_same", "poser_same"]
    assert "poser_differs" in found["evidence"][1]


def test_the_planted_duplicates_of_the_sample_world_are_found_and_nothing_else():
    """All duplicate stories of the sample world are confident proposals, with at most two false alarms from 0.6 up."""
    if not (WORLD / "organisations.csv").exists() or not (WORLD / "stories.csv").exists():
        pytest.skip("examples/world/*.csv are not there")
    with (WORLD / "stories.csv").open(encoding="utf-8-sig", newline="") as lines:
        planted = {
            tuple(sorted((row["organisation"], row["other"])))
            for row in csv.DictReader(lines)
            if row["story"] == "duplicate"
        }
    found = duplicates.organisations(pl.read_csv(WORLD / "organisations.csv", infer_schema_length=0))
    pairs = set(found.select("org_id", "other_org_id").iter_rows())
    assert len(planted) == 5
    assert planted <= set(found.filter(pl.col("score") >= 0.8).select("org_id", "other_org_id").iter_rows())
    assert len(pairs - planted) <= 2


def test_suggested_merges_go_into_the_best_known_row():
    """Three spellings become one: into the row with a registration number, else the one with most deliveries."""
    rows = organisations(
        ["TU Graz", "Technical University of Graz", "Technische Universität Graz", *STRANGERS[:6]]
    )
    deliveries = pl.DataFrame({"title": ["x", "y"], "org_ids": [["O02"], ["O02", "O05"]]})
    merged = duplicates.suggest(duplicates.organisations(rows), rows, deliveries)
    assert set(merged.iter_rows()) == {("O00", "O02"), ("O01", "O02")}
    registered = rows.with_columns(pl.Series("reg_no", [None, "R1", *[None] * 7]))
    merged = duplicates.suggest(duplicates.organisations(registered), registered, deliveries)
    assert set(merged["into_org_id"]) == {"O01"}


FRAMES = {
    "organisations": pl.DataFrame(
        {
            "org_id": list("abcd"),
            "name": list("ABCD"),
            "city": [None, "440100", "440300", "440400"],
            "x": [1, 2, 3, 4],
        }
    ),
    "needs": pl.DataFrame({"need_id": ["n1", "n2"], "org_id": ["a", None]}),
    "offers": pl.DataFrame({"offer_id": ["f1", "f2"], "org_id": ["b", "d"]}),
    "deliveries": pl.DataFrame({"delivery_id": ["v1", "v2"], "org_ids": [["b", "c", "d"], ["a"]]}),
    "truth": pl.DataFrame({"need_id": ["n1", "n1", "n2"], "org_id": ["a", "b", "d"]}),
}


def merge_table(*rows):
    return pl.DataFrame(rows, schema={"org_id": pl.String, "into_org_id": pl.String}, orient="row")


def test_references_are_rewritten_along_a_chain_and_gaps_filled():
    """a -> b -> c: every reference says c, lists and truths are without repeats, c keeps what it knows, inputs stay."""
    before = {name: frame.clone() for name, frame in FRAMES.items()}
    after = merges.apply_merges(FRAMES, merge_table(("a", "b"), ("b", "c")))
    assert after["organisations"].rows() == [("c", "C", "440300", 3), ("d", "D", "440400", 4)]
    assert after["needs"]["org_id"].to_list() == ["c", None]
    assert after["offers"]["org_id"].to_list() == ["c", "d"]
    assert after["deliveries"]["org_ids"].to_list() == [["c", "d"], ["c"]]
    assert after["truth"].rows() == [("n1", "c"), ("n2", "d")]
    for name, frame in before.items():
        assert_frame_equal(FRAMES[name], frame)
    filled = merges.apply_merges(FRAMES, merge_table(("b", "a")))["organisations"]
    assert filled.rows()[0] == ("a", "A", "440100", 1)


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([("a", "a")], "merge.self"),
        ([("a", "b"), ("a", "c")], "merge.two_targets"),
        ([("a", "b"), ("b", "c"), ("c", "a")], "merge.cycle"),
        ([("a", "nobody")], "merge.unknown"),
    ],
)
def test_a_merge_table_that_cannot_be_meant_is_refused(rows, code):
    """Into itself, into two, in a circle, or an unknown id: Invalid with a code that has words."""
    with pytest.raises(Invalid) as refused:
        merges.apply_merges(FRAMES, merge_table(*rows))
    assert refused.value.code == code
    assert words.say(f"error.{code}", "zh", **refused.value.params)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda pair: pair[0] > pair[1]), max_size=6
    )
)
def test_merging_loses_nobody_and_doing_it_twice_changes_nothing(rows):
    """Every organisation ends in one that is there; merged ids are gone; a second time finds nothing to rewrite."""
    table = merge_table(*{one: (f"o{one}", f"o{two}") for one, two in rows}.values())
    frames = {
        "organisations": pl.DataFrame(
            {"org_id": [f"o{i}" for i in range(8)], "name": [f"n{i}" for i in range(8)]}
        ),
        "truth": pl.DataFrame(
            {"need_id": [f"d{i}" for i in range(8)], "org_id": [f"o{i}" for i in range(8)]}
        ),
    }
    into = merges.resolve(table)
    once = merges.apply_merges(frames, table)
    left = set(once["organisations"]["org_id"])
    assert left == {f"o{i}" for i in range(8)} - set(into)
    assert {into.get(f"o{i}", f"o{i}") for i in range(8)} == left
    assert once["truth"].height == 8
    again = {name: merges._rewritten(name, frame, into) for name, frame in once.items()}
    for name, frame in once.items():
        assert_frame_equal(again[name], frame)
