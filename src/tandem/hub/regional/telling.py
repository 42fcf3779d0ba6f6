"""Numbers of the register as answers tell them: as they read, with the figure or the computation behind each."""

from __future__ import annotations

from collections.abc import Sequence

from tandem.hub.regional.answers import Computed, Number, Sentence, Text
from tandem.storage.region_report.cites import Cites
from tandem.storage.region_report.numbers import Grain, grain, published
from tandem.storage.region_report.view import RegionView
from tandem.storage.report.two import Piece, Two

Said = Piece | Text


class Teller:
    """Looks figures and names up, and notes what was computed."""

    def __init__(self, view: RegionView) -> None:
        self.cites = Cites(view)
        self.computed: dict[str, Computed] = {}

    def figure(self, figure_id: str | None, shown: Said | None = None) -> Number | None:
        """What a figure printed, or something else that its row says; None where the register has no such figure."""
        row = self.cites.row(figure_id)
        if row is None:
            return None
        return Number(text(published(row) if shown is None else shown), figure=figure_id)

    def certain(self, figure_id: str, shown: Said | None = None) -> Number:
        """The same of a figure that is there; its id where it is not after all."""
        return self.figure(figure_id, shown) or Number(text(figure_id))

    def name(self, table: str, key: str | None) -> Text:
        """A row's name."""
        return text(self.cites.name(table, key))

    def indicator(self, figure_id: str) -> Text:
        """What a figure measures."""
        return text(self.cites.indicator(figure_id))

    def place(self, figure_id: str) -> Text:
        """Where a figure holds."""
        row = self.cites.row(figure_id)
        return Text("-", "-") if row is None else text(self.cites.geography(row))

    def subject(self, figure_id: str) -> Text:
        """What a figure is of and where."""
        return text(self.cites.subject(figure_id))

    def grain(self, figure_id: str | None, otherwise: Grain) -> Grain:
        """With which digits and unit levels are written that are compared with a figure."""
        row = self.cites.row(figure_id)
        return otherwise if row is None else grain(row)

    def compute(
        self,
        key: str,
        shown: Said,
        *,
        subject: Text,
        how: str,
        inputs: Sequence[str | None] = (),
        **params: Said,
    ) -> Number:
        """A computed number; `how` names its sentence, `key` the computation, which is noted the first time."""
        if key not in self.computed:
            known = tuple(one for one in dict.fromkeys(inputs) if one and self.cites.row(one) is not None)
            told = Sentence(
                f"regionpage.how.{how}", {name: Number(text(value)) for name, value in params.items()}
            )
            self.computed[key] = Computed(key, subject, told, known, text(shown))
        return self.again(key, shown)

    def again(self, key: str, shown: Said) -> Number:
        """Another number of a computation already noted."""
        return Number(text(shown), how=key)

    def told(self, prefix: str = "") -> tuple[Computed, ...]:
        """The computations noted so far, those whose key begins so."""
        return tuple(one for one in self.computed.values() if one.key.startswith(prefix))


def text(said: Said) -> Text:
    """Anything that reads somehow, in both languages."""
    if isinstance(said, Text):
        return said
    if isinstance(said, Two):
        return Text(said.zh, said.en)
    return Text(str(said), str(said))
