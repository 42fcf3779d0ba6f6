"""Prices of fewer bits still prove their bound."""

from __future__ import annotations

import numpy as np
import pytest

from tandem.engine.clearing import market
from tandem.engine.clearing.check import Claim, Edges, check
from tandem.engine.clearing.clear import ClearSettings, clear
from tandem.engine.clearing.publish import publishable


@pytest.mark.parametrize("bits", [31, 36, 53])
def test_what_is_published_proves_its_bound(bits):
    """Values near 2^31: prices fit, the claim holds exactly, and the bound rises by less than a unit a place."""
    chance = np.random.default_rng(3)
    pairs = chance.permutation(400)[:150]
    value = 2**31 - chance.integers(0, 2**20, 150)
    one = market.of(pairs // 20, pairs % 20, value, np.ones(20), chance.integers(0, 2, 20))
    found = clear(one, ClearSettings(gap=0))
    told = publishable(one, found, bits)
    assert int(told.price.max()).bit_length() <= bits
    assert found.certificate.bound <= told.certificate.bound <= found.certificate.bound + 20
    if int(found.price.max()).bit_length() <= bits:
        assert told is found
    claim = Claim(
        one.need()[told.edge],
        one.offer[told.edge],
        told.price,
        told.scale,
        told.certificate.value,
        told.certificate.bound,
    )
    assert check(Edges(one.need(), one.offer, one.value, one.slots, one.capacity), claim).problems == ()
