"""Cities are found by every way that people write them, and by no other."""

from __future__ import annotations

import pytest

from tandem.domain import cities
from tandem.domain.tables import CURRENCIES


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("440300", "440300"), ("深圳", "440300"), ("深圳市", "440300"), ("SHENZHEN", "440300"),
        ("Shenzhen City", "440300"), ("广东省深圳市", "440300"), ("广东深圳", "440300"),
        ("深圳市南山区", "440300"), ("Shenzhen, Guangdong", "440300"), ("Shenzhen, Guangdong, China", "440300"),
        ("440305", "440300"), ("440305000000", "440300"), ("110105", "110000"), ("北京", "110000"),
        ("Macau", "820000"), ("Macao SAR", "820000"), ("澳门特别行政区", "820000"),
        ("Hong Kong SAR, China", "810000"), ("Hongkong", "810000"), ("香港", "810000"), ("Xi'an", "610100"),
        ("Xian", "610100"), ("Xi’an", "610100"), ("Taizhou, Zhejiang", "331000"),
        ("Taizhou (Jiangsu)", "321200"), ("Suzhou", "320500"), ("Suzhou, Anhui", "341300"), ("延边", "222400"),
        ("延边朝鲜族自治州", "222400"), ("Urumqi", "650100"), ("Ürümqi", "650100"), ("　广州市 ", "440100"),
        ("ＧＵＡＮＧＺＨＯＵ", "440100"), ("Jilin", "220200"),
    ],
)  # fmt: skip
def test_city_is_found(text: str, code: str) -> None:
    """Codes, districts' codes, zh and en names, addresses and usual aliases lead to the city."""
    found = cities.find(text)
    assert found is not None
    assert found.code == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Atlantis",
        "广东省",
        "Taizhou",
        "Yichun",
        "999999",
        "44030",
        "湖南省深圳市",
        "Shenzhen, Hunan",
        "市",
    ],
)
def test_unknown_stays_unknown(text: str) -> None:
    """Provinces, ambiguous names, wrong provinces and nonsense are no city."""
    assert cities.find(text) is None


def test_the_table_is_complete() -> None:
    """21 cities of Guangdong, Hong Kong, Macao, four municipalities and over 330 others, each with both names."""
    known = cities.cities()
    assert sum(1 for code in known if code.startswith("44")) == 21
    assert {"110000", "120000", "310000", "500000", "810000", "820000"} <= known.keys()
    assert len([code for code in known if code[2:4] != "90"]) == 340
    assert all(city.en.isascii() or city.code == "141100" for city in known.values())
    assert all(
        cities.find(name) is city
        for city in known.values()
        for name in (city.code, city.zh, city.en, city.short)
    )


def test_areas_spread_to_their_cities() -> None:
    """A province or known region stands for its cities, 'nationwide' for everywhere."""
    assert cities.area("广东省") == cities.area("Guangdong")
    assert len(cities.area("广东省") or ()) == 21
    assert len(cities.area("粤港澳大湾区") or ()) == 11
    assert cities.area("全国") == ()
    assert cities.area("深圳") == ("440300",)
    assert cities.area("Atlantis") is None


def test_names_are_given_in_the_language() -> None:
    """A city speaks Chinese and English."""
    city = cities.cities()["820000"]
    assert (city.name("zh"), city.name("en")) == ("澳门", "Macao")
    assert {"HKD", "MOP"} <= set(CURRENCIES)
