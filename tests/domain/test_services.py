"""The taxonomy of producer services: well formed, looked up by code or name, placed in the standards."""

import re
from pathlib import Path

import pytest

from tandem.domain import services

ALL = services.services()


def test_codes_are_well_formed_and_every_service_has_its_area():
    """A code is AREA or AREA.SERVICE in capitals, and the area of every service stands in the table."""
    for code, service in ALL.items():
        assert re.fullmatch(r"[A-Z]{2}(\.[A-Z]+)?", code), code
        assert service.parent is None or service.parent in ALL


def test_about_sixty_services_with_names_and_terms_in_both_languages():
    """Every service has a Chinese name, an English name, and at least five key terms of either language."""
    coded = [service for service in ALL.values() if service.parent]
    assert 60 <= len(coded) <= 75
    for service in coded:
        chinese = [term for term in service.terms if re.search(r"[\u4e00-\u9fff]", term.text)]
        assert re.search(r"[\u4e00-\u9fff]", service.zh), service.code
        assert service.en.isascii()
        assert len(chinese) >= 5, service.code
        assert len(service.terms) - len(chinese) >= 5, service.code


def test_places_in_the_standards_are_divisions_or_groups_and_agree():
    """GB/T 4754 places have 2 or 3 digits and each group's division stands beside it; ISIC divisions have 2."""
    for service in ALL.values():
        assert all(re.fullmatch(r"\d{2,3}", place) for place in service.gbt), service.code
        assert all(re.fullmatch(r"\d{2}", place) for place in service.isic), service.code
        assert {place[:2] for place in service.gbt} <= set(service.gbt), service.code


@pytest.mark.parametrize("code", sorted(ALL))
def test_a_code_and_both_names_lead_to_the_service(code):
    """check() takes the code in any case and either name and gives the code."""
    service = ALL[code]
    assert services.find(code.lower()) == ALL[code]
    assert services.find(service.zh).zh == service.zh
    assert services.find(service.en).en == service.en


def test_an_unknown_code_is_none():
    """What is neither code nor name finds nothing."""
    assert services.find("QA.NOTHING") is None


def test_the_page_of_the_taxonomy_is_up_to_date():
    """docs/services.md lists every code with both names and both standards."""
    page = (Path(__file__).parents[2] / "docs" / "services.md").read_text("utf-8")
    for code, service in ALL.items():
        standards = f"{', '.join(service.gbt)} | {', '.join(service.isic)}"
        assert f"| {code} | {service.zh} | {service.en} | {standards} |" in page


def test_compatible_goes_up_and_down_but_not_across():
    """A code serves itself, its area and the services of its area; sisters and look-alike prefixes do not."""
    assert services.compatible("LG.COLD", "LG.COLD")
    assert services.compatible("LG.COLD", "LG")
    assert services.compatible("LG", "LG.COLD")
    assert not services.compatible("LG.COLD", "LG.ROAD")
    assert not services.compatible("L", "LG")


def test_known_places_in_the_standards():
    """Law is GB/T 4754 group 723 and ISIC 69, testing group 745 and ISIC 71; a division finds its groups too."""
    assert services.find("LW.CONTRACT").gbt == ("72", "723")
    assert {"LW.CONTRACT", "LW.TAX"} <= {service.code for service in services.in_standard("isic", "69")}
    assert "QA.TESTING" in {service.code for service in services.in_standard("gbt", "74")}
    assert {service.parent for service in services.in_standard("gbt", "745") if service.parent} == {"QA"}
    assert len(services.children("LG")) == 8
