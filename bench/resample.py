"""As many deliveries as wanted, made from the measured ones, for questions of size only."""

from __future__ import annotations

import numpy as np
import polars as pl

_AT_ONCE = 20_000
_LEFT_OUT = 0.1  # share of the words


def resampled(deliveries: pl.DataFrame, n: int, organisations: int, seed: int = 7) -> pl.DataFrame:
    """`n` deliveries of about `organisations` organisations, each mixed of two real ones, a tenth of its words dropped.

    Title and first half of the text are of one, the second half of another, so no two are alike; pairs of words that
    nobody wrote are more frequent than in real texts. A few organisations have hundreds of deliveries, most few.
    """
    draw = np.random.default_rng(seed)
    titles = deliveries["title"].to_list()
    texts = [text.split() for text in deliveries["text"].fill_null("")]
    days = deliveries["delivered_on"].to_list()
    frames = []
    for first in range(0, n, _AT_ONCE):
        size = min(_AT_ONCE, n - first)
        pairs = draw.integers(0, len(texts), (size, 2)).tolist()
        owners = (organisations * draw.random(size) ** 2).astype(int).tolist()
        found = {
            "delivery_id": [f"M{i:08d}" for i in range(first, first + size)],
            "title": [titles[a] for a, _ in pairs],
            "text": [_mixed(texts[a], texts[b], draw) for a, b in pairs],
            "org_ids": [[f"G{owner:07d}"] for owner in owners],
            "delivered_on": [days[a] for a, _ in pairs],
        }
        frames.append(
            pl.DataFrame(found, {name: deliveries.schema[name] for name in found}).with_columns(
                rating=pl.lit(None, pl.Float64)
            )
        )
    return pl.concat(frames)


def _mixed(one: list[str], other: list[str], draw: np.random.Generator) -> str:
    words = one[: len(one) // 2] + other[len(other) // 2 :]
    kept = (draw.random(len(words)) >= _LEFT_OUT).tolist()
    return " ".join([word for word, stays in zip(words, kept, strict=True) if stays])
