"""The registry of actions: each is declared once, and every interface is made from these declarations.

`start` is the only door (`run` waits for it): it admits the asker, reads the input, and does the work in one
transaction that it alone begins and ends. The work is imported only when it runs, so that asking for help costs
nothing. Each room of the hub declares its own actions in its `declared.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from tandem.base import settings
from tandem.base.errors import Denied, Invalid
from tandem.base.words import Lang
from tandem.domain.people import HERE, Actor
from tandem.hub import files
from tandem.hub.action import Action
from tandem.hub.call import Call
from tandem.hub.feeds import declared as feeds
from tandem.hub.finding import declared as finding
from tandem.hub.introductions import declared as introductions
from tandem.hub.keeping import declared as keeping
from tandem.hub.overview import declared as overview
from tandem.hub.people import declared as people
from tandem.hub.records import declared as records
from tandem.hub.regional import declared as regional
from tandem.hub.rounds import declared as rounds

if TYPE_CHECKING:
    from tandem.hub.installation import Hub

_ROOMS = (files, records, finding, rounds, introductions, people, keeping, feeds, overview, regional)
ACTIONS: Mapping[str, Action] = {action.name: action for room in _ROOMS for action in room.ACTIONS}


def _nothing(code: str) -> None:
    """Told of progress, does nothing."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and how the answer is wanted.

    lang      in which language files are written for them
    progress  how they hear of progress, by code
    hub       the hub that is asked; None for actions on files alone
    key       names this request (Idempotency-Key): asked again under it, the first answer comes again
    version   the version of the record that the asker has seen (If-Match)
    network   where the request comes from, as limits.network says it; empty at the hub's own machine
    """

    actor: Actor = HERE
    lang: Lang = "en"
    progress: Callable[[str], None] = _nothing
    hub: Hub | None = None
    key: str | None = None
    version: int | None = None
    network: str = ""


def run(name: str, given: Mapping[str, Any], asker: Asker = Asker()) -> Any:
    """Does one action and waits for it.

    given    setting name -> value, as text or as the setting's own type; None counts as not given
    Returns  an instance of one of the action's `gives`
    Raises   Invalid action.unknown, setting.*; Denied as `admitted`; what the action itself raises
    """
    return start(name, given, asker).result()


def start(name: str, given: Mapping[str, Any], asker: Asker = Asker()) -> Future[Any]:
    """Begins one action; the answer is there when it is done, and for a write when the commit that holds it is.

    Raises  as `run` what is wrong with the asking, at once; what goes wrong in the work is the future's.
    """
    action = admitted(name, asker.actor)
    taken: Any = settings.parse(action.takes, given)
    if action.does == "files":
        return _finished(lambda: action.work()(taken, asker))
    if asker.hub is None:
        raise Invalid("action.no_hub", name=name)
    if action.does == "reads":
        return _finished(lambda: _read(action, taken, asker))
    before, made = action.prepare(), None
    try:
        inputs = (taken,) if before is None else (taken, made := before(taken, asker))
        begun = asker.hub.database.write(
            lambda tx: _write(action, inputs, given, _call(tx, asker, action.name), asker.key)
        )
    except Exception as error:
        begun = _failed(error)
    if over := getattr(made, "over", None):
        begun.add_done_callback(lambda done: over(_came_to(done)))
    return begun


def admitted(name: str, actor: Actor) -> Action:
    """The action of that name. Raises Invalid action.unknown; Denied action.sign_in, action.refused, action.scope."""
    action = ACTIONS.get(name)
    if action is None:
        raise Invalid("action.unknown", name=name, known=list(ACTIONS))
    if actor.role not in action.may:
        raise (
            Denied("action.refused", name=name, role=actor.role)
            if actor.role != "visitor"
            else Denied("action.sign_in")
        )
    if not actor.within(name, reads=action.does == "reads"):
        raise Denied("action.scope", name=name)
    return action


def _read(action: Action, taken: Any, asker: Asker) -> Any:
    assert asker.hub is not None
    with asker.hub.database.reading() as tx:
        return action.work()(_call(tx, asker, action.name), taken)


def _write(
    action: Action, inputs: tuple[Any, ...], given: Mapping[str, Any], call: Call, key: str | None
) -> Any:
    """The work of a write: once for each key, and only after their own word where an agent would bind a member."""
    repeats = import_module("tandem.hub.repeats")
    if action.binds and call.actor.agent:
        confirmations = import_module("tandem.hub.people.confirmations")
        return repeats.once(call, action, given, key, lambda: confirmations.awaited(call, action, given))
    return repeats.once(call, action, given, key, lambda: action.work()(call, *inputs))


def _call(tx: Any, asker: Asker, action: str) -> Call:
    assert asker.hub is not None
    return Call(tx, asker.actor, asker.hub, asker.lang, asker.version, asker.progress, action)


def _came_to(done: Future[Any]) -> Any:
    """The answer of what has ended; None where there is none."""
    return None if done.cancelled() or done.exception() else done.result()


def _finished(work: Callable[[], Any]) -> Future[Any]:
    """The future of work that is done at once."""
    try:
        answer = work()
    except Exception as error:
        return _failed(error)
    future: Future[Any] = Future()
    future.set_result(answer)
    return future


def _failed(error: Exception) -> Future[Any]:
    future: Future[Any] = Future()
    future.set_exception(error)
    return future
