"""A ranker's file: what is written is read back; nothing hostile reaches the trees."""

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.matching import learnable

from tandem.base.errors import Invalid
from tandem.engine.matching import learn
from tandem.engine.matching.calibrate import Curve
from tandem.engine.matching.features import FEATURES
from tandem.engine.matching.ranker import Ranker
from tandem.storage import model_text, ranker

PLAIN = Ranker("", FEATURES, 0.0, Curve((0.1, 0.4), (0.01, 0.5)), {"needs": 3}, {"brier": 0.1})


@pytest.fixture(scope="module")
def trained() -> Ranker:
    pytest.importorskip("lightgbm", reason="the extra 'learn' is not installed")
    world = learnable.world(needs=90)
    return learn.learn(*world.tables, world.truth).ranker


def refused(path) -> str:
    with pytest.raises(Invalid) as raised:
        ranker.read(path)
    return str(raised.value.params.get("part", raised.value.code))


def test_written_and_read_back(tmp_path, trained):
    for one in (PLAIN, trained):
        ranker.write(tmp_path / "a.json", one)
        assert ranker.read(tmp_path / "a.json") == one
        ranker.write(tmp_path / "b.json", ranker.read(tmp_path / "a.json"))
        assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"", "json"),
        (b"\x00\xff\xfe", "json"),
        (b"[" * 100_000, "json"),
        (b"[]", "json"),
        (b'{"format": "tandem-ranker"}', "keys"),
    ],
)
def test_what_is_no_ranker(tmp_path, content, part):
    path = tmp_path / "x.json"
    path.write_bytes(content)
    assert refused(path) == part


def test_no_file(tmp_path):
    assert refused(tmp_path / "none.json") == "ranker.missing"


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"version": 2}, "version"),
        ({"features": "score"}, "features"),
        ({"features": ["height"]}, "ranker.features"),
        ({"blend": 1.5}, "blend"),
        ({"blend": float("nan")}, "blend"),
        ({"blend": True}, "blend"),
        ({"blend": 0.5}, "model"),
        ({"model": "tree"}, "model"),
        ({"model": 7}, "model"),
        ({"calibration": {"score": [0.2, 0.1], "chance": [0.1, 0.2]}}, "calibration"),
        ({"calibration": {"score": [0.1, 0.2], "chance": [0.3, 0.2]}}, "calibration"),
        ({"calibration": {"score": [0.1], "chance": [1.5]}}, "calibration"),
        ({"calibration": {"score": [], "chance": []}}, "calibration"),
        ({"calibration": {"score": ["a"], "chance": [0.1]}}, "calibration"),
        ({"data": {"needs": {"deep": 1}}}, "data"),
        ({"quality": {"x" * 200: 1}}, "quality"),
        ({"quality": [1]}, "quality"),
    ],
)
def test_every_part_is_checked(tmp_path, change, part):
    path = tmp_path / "x.json"
    ranker.write(path, PLAIN)
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    assert refused(path) == part


@pytest.mark.parametrize(
    ("pattern", "instead"),
    [
        (r"num_leaves=\d+", "num_leaves=60"),
        (r"num_leaves=\d+", "num_leaves=99999999"),
        (r"split_feature=\d+", "split_feature=99"),
        (r"split_feature=\d+", "split_feature=-1"),
        (r"left_child=-?\d+", "left_child=50000"),
        (r"right_child=-?\d+", "right_child=0"),
        (r"leaf_value=\S+", "leaf_value=nan"),
        (r"leaf_value=\S+", "leaf_value=1e99"),
        (r"leaf_count=\d+", "leaf_count=0"),
        (r"decision_type=\d+", "decision_type=1"),
        (r"num_cat=0", "num_cat=4"),
        (r"is_linear=0", "is_linear=1"),
        (r"tree_sizes=\d+", "tree_sizes=9999999"),
        (r"max_feature_idx=\d+", "max_feature_idx=2000000000"),
        (r"feature_infos=\S+", "feature_infos=0:1:2:3"),
        (r"num_class=1", "num_class=1000000"),
        (r"end of trees\n", "end of trees\nparameters:\n"),
        (r"Tree=0\n", "Tree=0\nnum_cat=1\n"),
    ],
)
def test_a_model_with_anything_out_of_place_is_refused(trained, pattern, instead):
    """Each of these reads memory outside the trees, or worse, when it is loaded unchecked."""
    assert model_text.sound(trained.model, FEATURES)
    changed = re.sub(pattern, instead, trained.model, count=1)
    assert changed != trained.model
    assert not model_text.sound(changed, FEATURES)


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_a_damaged_model_is_refused_or_still_has_its_shape(trained, data):
    """One byte changed anywhere: refused, or a number of the same shape that the library loads and uses safely."""
    place = data.draw(st.integers(0, len(trained.model) - 1))
    byte = data.draw(st.sampled_from("0159-.= \ne[xn"))
    changed = trained.model[:place] + byte + trained.model[place + 1 :]
    if model_text.sound(changed, FEATURES):
        from tandem.engine.matching import rerank

        found = rerank.booster.__wrapped__(changed).predict([[0.5] * len(FEATURES)], pred_contrib=True)
        assert found.shape == (1, len(FEATURES) + 1)
