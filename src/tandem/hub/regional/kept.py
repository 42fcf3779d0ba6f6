"""The hub's register as it was judged last: made once for each import, then kept until the next."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import TypeVar

from tandem.base.errors import TandemError
from tandem.hub import region_report
from tandem.hub import register as registers
from tandem.hub.actions import Asker
from tandem.hub.call import Call
from tandem.hub.installation import Hub
from tandem.hub.region_judging import Supply
from tandem.hub.regional import folder
from tandem.hub.regional.answers import About, Text
from tandem.hub.register import Opened
from tandem.storage import region
from tandem.storage.database.transaction import Tx
from tandem.storage.region import parts
from tandem.storage.region_report import RegionView

T = TypeVar("T")
NOTHING = About(0, None, None, {})


@dataclass(frozen=True)
class State:
    """The register after one import.

    whole  with all vintages; opened: with the latest ones; view: what the engines say of these
    """

    imports: int
    whole: region.Register
    opened: Opened
    view: RegionView
    about: About
    _made: dict[str, object] = field(default_factory=dict)

    def once(self, name: str, make: Callable[[State], T]) -> T:
        """What is made of this state the first time that it is asked for; two at once may both make it."""
        if name not in self._made:
            self._made[name] = make(self)
        found: T = self._made[name]  # type: ignore[assignment]
        return found


class Kept:
    """The register of one hub (`hub.part(Kept)`)."""

    def __init__(self, hub: Hub) -> None:
        self._hub, self._state, self._lock = hub, None, Lock()  # type: tuple[Hub, State | None, Lock]
        self._aside = ThreadPoolExecutor(1, "register")

    def state(self, tx: Tx) -> State | None:
        """The register as it stands; None where nothing was imported yet. Raises as opening a register."""
        return self._judged(folder.noted(tx))

    def _judged(self, noted: Mapping[int, str]) -> State | None:
        folder.settle(self._hub.folder, noted)
        if not folder.is_there(self._hub):
            return None
        imports = len(parts.imports(folder.place(self._hub.folder)))
        if (held := self._state) is not None and held.imports == imports:
            return held
        with self._lock:  # whoever comes meanwhile waits for the same
            if self._state is None or self._state.imports != imports:
                self._state = _made(self._hub)
            return self._state

    def begin(self) -> None:
        """Judges what was just imported, aside, so that the next reader need not wait."""
        with suppress(RuntimeError):  # the hub is closing
            self._aside.submit(self._warm)

    def _warm(self) -> None:
        with suppress(TandemError):  # whoever reads next is told
            with self._hub.database.reading() as tx:
                noted = folder.noted(tx)
            self._judged(noted)

    def close(self) -> None:
        """Lets what runs finish."""
        self._aside.shutdown(wait=True, cancel_futures=True)


def state(call: Call) -> State | None:
    """The register of the hub that is asked."""
    return call.hub.part(Kept).state(call.tx)


def _made(hub: Hub) -> State:
    place = folder.place(hub.folder)
    whole = region.open_register(place, history=True)
    now = replace(whole, figures=whole.figures.filter("current").drop("current"))
    opened = Opened(place, now)
    day = registers.as_of(opened, None)
    view = region_report.judged(opened, day, Supply(None), Asker())
    rows = {name: frame.height for name, frame in {"figures": whole.figures, **whole.tables}.items()}
    about = About(len(whole.imports), day.isoformat(), Text(*view.name), rows)
    return State(len(whole.imports), whole, opened, view, about)
