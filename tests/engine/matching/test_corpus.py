"""What organisations have said and delivered, as arrays."""

from datetime import date

from tests.engine.matching import tiny

from tandem.engine.matching import corpus

DELIVERIES = tiny.deliveries(
    {"delivery_id": "d2", "org_ids": ["b", "a", "b"], "title": "gear", "delivered_on": date(2024, 1, 2)},
    {"delivery_id": "d1", "org_ids": ["new"], "title": "paint", "text": "gear"},
)
OFFERS = tiny.offers({"offer_id": "o1", "org_id": "a", "title": "test"})


def test_documents_stand_by_id_deliveries_first():
    found = corpus.read(tiny.organisations("a", "b"), OFFERS, DELIVERIES)
    assert found.doc_ids == ("d1", "d2", "o1")
    assert found.titles == ("paint", "gear", "test")
    assert found.deliveries == 2
    assert found.day.tolist() == [corpus.ALWAYS, corpus.day_of(date(2024, 1, 2)), corpus.ALWAYS]


def test_organisations_that_are_only_referred_to_are_there():
    """And one that stands twice in a delivery took part once."""
    found = corpus.read(tiny.organisations("a", "b"), OFFERS, DELIVERIES)
    assert found.org_ids == ("a", "b", "new")
    assert found.history.tolist() == [1, 1, 1]
    assert found.members.of(found.members.doc)[1].size == found.members.group.size + 2
    assert found.profiles.lengths.tolist() == [2 + 2, 2, 2 + 1]


def test_before_a_day_only_what_was_delivered_earlier_is_seen():
    found = corpus.read(tiny.organisations("a", "b"), OFFERS, DELIVERIES)
    on_the_day = corpus.before(found, corpus.day_of(date(2024, 1, 2)), ["gear"])
    assert on_the_day.documents.lengths.tolist() == [3, 0, 2]
    assert on_the_day.profiles.lengths.tolist() == [2, 0, 3]
    after = corpus.before(found, corpus.day_of(date(2024, 1, 3)), ["gear"])
    assert after.documents is found.documents


def test_pairs_of_one_document_are_left_out_of_large_collections_only():
    assert corpus.least_pairs(22_675) == 1
    assert corpus.least_pairs(1_000_000) == 2
