"""Every route, whatever is declared: it stands in one place, is described, admits whom it should, answers in form."""

from __future__ import annotations

import json

import jsonschema
import pytest

from tandem.domain.people import ROLES
from tandem.hub.actions import ACTIONS
from tandem.interfaces.http import openapi
from tandem.interfaces.http.layout import Route, place, routes

ROUTES = routes()
NOBODY = "a" * 26  # fits as an id, names nothing


@pytest.fixture(scope="module")
def web(lasting_anywhere):
    return lasting_anywhere


def address(route: Route) -> str:
    return route.path.replace("{id}", NOBODY)


def bare(route: Route) -> dict[str, object]:
    """A request of the route without any setting, in the form that it takes."""
    if route.method == "GET":
        return {}
    if route.upload:
        return {"files": {"nothing": ("a.csv", b"a,b\n")}, "headers": {"if-match": "*"}}
    return {"json": {}, "headers": {"if-match": "*"}}


named = pytest.mark.parametrize("route", ROUTES, ids=[route.action.name for route in ROUTES])


def test_every_action_on_records_has_one_place_and_no_other_action_does():
    """Actions on files stay with the command line; no two actions share a method and path."""
    assert [route.action.name for route in ROUTES] == [a.name for a in ACTIONS.values() if a.does != "files"]
    assert len({(route.method, route.path) for route in ROUTES}) == len(ROUTES)


def test_two_actions_at_one_place_are_found_when_the_server_starts():
    """A new action that would hide another is an error of ours, told at once."""
    action = ACTIONS["need.list"]
    with pytest.raises(ValueError, match="/api/needs"):
        routes([action, action])


@pytest.mark.parametrize(("name", "where"), [
    ("need.list", ("GET", "/api/needs")),
    ("need.show", ("GET", "/api/needs/{id}")),
    ("need.pose", ("POST", "/api/needs")),
    ("need.edit", ("PATCH", "/api/needs/{id}")),
    ("need.withdraw", ("POST", "/api/needs/{id}/withdraw")),
    ("delivery.list", ("GET", "/api/deliveries")),
    ("account.show", ("GET", "/api/account")),
])  # fmt: skip
def test_places_follow_the_convention(name, where):
    """The addresses that programs are written against do not move."""
    assert place(ACTIONS[name]) == where


@named
def test_only_whom_the_declaration_names_is_admitted(web, route):
    """A visitor is asked to sign in (401), others are refused (403), before anything is read of what they sent."""
    for name, role in (("visitor", "visitor"), ("ann", "member"), ("max", "manager"), ("opal", "operator")):
        if name in web.actors:
            web.secrets[name] = web.session(web.actors[name])  # one of the routes ends it
        answer = web(None if name == "visitor" else name, route.method, address(route), **bare(route))
        refused = answer.status_code in (401, 403) and answer.json()["code"] in (
            "action.refused",
            "action.sign_in",
        )
        assert refused == (role not in route.action.may), (name, answer.text)
        if refused:
            assert answer.status_code == (401 if role == "visitor" else 403)
            assert ("www-authenticate" in answer.headers) == (role == "visitor")
    web.secrets["opal"] = web.session(web.actors["opal"])


@named
def test_an_unknown_setting_is_refused(web, route):
    """No route takes what it does not know, in the query or in the body, and none fails over it."""
    more = bare(route)
    if route.method == "GET":
        answer = web("opal", "GET", address(route), params={"no_such": "1"})
    elif route.upload:
        answer = web("opal", "POST", address(route), files={"no_such": ("a.csv", b"a")})
    else:
        answer = web("opal", route.method, address(route), **{**more, "json": {"no_such": 1}})
    assert answer.status_code in (403, 422), answer.text
    assert answer.json()["code"] in ("setting.unknown", "action.refused", "action.sign_in")


@named
def test_a_write_takes_no_query(web, route):
    """What would stand in logs and histories is not where writes are told what to do."""
    if route.method != "GET":
        answer = web("opal", route.method, address(route) + "?a=1", **bare(route))
        assert answer.status_code in (400, 403)


@named
def test_other_methods_are_told_apart(web, route):
    """405 with those that work, the same in OPTIONS; HEAD is GET without the body."""
    wrong = web("opal", "PUT", address(route))
    assert wrong.status_code == 405
    assert route.method in wrong.headers["allow"].split(", ")
    options = web(None, "OPTIONS", address(route))
    assert (options.status_code, options.content) == (204, b"")
    assert options.headers["allow"] == wrong.headers["allow"]
    if route.method == "GET":
        got, head = (web("opal", method, address(route)) for method in ("GET", "HEAD"))
        assert head.content == b""
        assert head.status_code == got.status_code
        assert head.headers.get("content-type") == got.headers.get("content-type")
        problem = got.headers["content-type"] == "application/problem+json"  # it names the request
        assert problem or head.headers["content-length"] == got.headers["content-length"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_description_is_whole(lang):
    """Every route, its settings and answers; all schemas are JSON Schema 2020-12; every reference leads somewhere."""
    told = json.loads(openapi.document(lang))
    assert told["openapi"].startswith("3.1")
    operations = {one["operationId"]: one for path in told["paths"].values() for one in path.values()}
    assert set(operations) == {route.action.name for route in ROUTES}
    for route in ROUTES:
        operation = operations[route.action.name]
        given = {one["name"] for one in operation.get("parameters", ()) if one["in"] != "header"}
        for kind in operation.get("requestBody", {}).get("content", {}).values():
            given |= set(kind["schema"]["properties"])
        assert given == set(route.settings), route.action.name
        assert operation["description"]
        assert set(operation["x-roles"]) <= set(ROLES)
    schemas = told["components"]["schemas"]
    for schema in schemas.values():
        jsonschema.Draft202012Validator.check_schema(schema)
    text = json.dumps(told)
    for name in (part.split('"')[0] for part in text.split("#/components/schemas/")[1:]):
        assert name in schemas


def test_the_description_is_for_everybody(web):
    """Where the API is described, anybody may read; alive and ready say so."""
    assert web(None, "GET", "/openapi.json").json()["info"]["title"] == "Tandem"
    assert web(None, "GET", "/healthz").json() == {"status": "ok"}
    assert web(None, "GET", "/readyz").json() == {"status": "ready"}
