"""A title that names a part says that the part is supplied only where it is its head."""

from __future__ import annotations

import polars as pl
import pytest

from tandem.engine.chains import supply, terms


def head(title: str, term: str) -> bool:
    hits = terms.find(pl.Series([title]), [term])
    assert hits.height
    return bool(hits.select(supply.is_head().any()).item())


@pytest.mark.parametrize(
    ("title", "term"),
    [
        ("谐波减速器定制", "谐波减速器"),
        ("低齿槽转矩无框力矩电机定制", "力矩电机"),
        ("编码器与机顶盒", "编码器"),
        ("离轴磁编码器 20-bit", "磁编码器"),
        ("Carbon propeller blades with foam core", "propeller blade"),
        ("Servo motor and drive sets, 100 W to 3 kW", "servo motor"),
        ("Glass-based active-matrix backplane design", "active-matrix backplane"),
    ],
)
def test_the_head_is_supplied(title, term):
    """Made to order, in a list, followed by its size or by what it is for: supplied."""
    assert head(title, term)


@pytest.mark.parametrize(
    ("title", "term"),
    [
        ("谐波减速器寿命试验", "谐波减速器"),  # what is tested
        ("低温谐波减速器专用脂", "谐波减速器"),  # what a grease is for
        ("更换谐波减速器", "谐波减速器"),  # what is replaced
        ("人形机器人腕踝六维力传感器定制", "人形机器人"),  # where a sensor sits
        ("Grease for harmonic reducers", "harmonic reducer"),
        ("Testing harmonic reducers", "harmonic reducer"),
        ("Harmonic reducer testing", "harmonic reducer"),
        ("Tactile skin for gripper pads", "gripper pad"),
    ],
)
def test_what_is_worked_on_is_not(title, term):
    """Testing, greasing or replacing a part, or building it in, does not supply it."""
    assert not head(title, term)


@pytest.mark.parametrize(
    ("codes", "nature"),
    [
        ("GB/T 4754:3983;HS:8542", "good"),
        ("GB/T 4754：C3983", "good"),
        ("GB/T 4754:3973;GB/T 4754:6520", "good"),  # the first class decides
        ("GB/T 4754:6513;GB/T 4754:4029", "service"),
        ("GB/T 4754:4330", "service"),  # repair of machines
        ("GB/T 4754:6820", "finance"),
        ("GB/T 4754:8391", "talent"),
        ("HS:8542", "service"),
        ("", "service"),
        (None, "service"),
    ],
)
def test_classes_tell_goods_from_services(codes, nature):
    """Divisions 13 to 42 of GB/T 4754 are goods; what has no class of it counts as a service."""
    assert supply.nature(codes) == nature
