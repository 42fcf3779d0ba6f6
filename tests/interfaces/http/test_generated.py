"""Requests generated from the API's own description: none may fail, answers keep to the description, many are done.

A third of the requests is sent as generated; in the others ids and references are real (seeds.py), because only then
anything is done. The small number runs always, the large one behind `-m long`.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Any
from urllib.parse import quote

import hypothesis
import jsonschema_rs
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase
from schemathesis.core import NOT_SET
from tests.interfaces.http.seeds import Seeds

from tandem.interfaces.http import openapi
from tandem.interfaces.http.layout import Route, routes

CASES, LONG_CASES = 1_000, 20_000
ENOUGH = 0.3  # of the requests of an operation are done
ROUTES = {route.action.name: route for route in routes()}
# What a hub does once, when it is new, as this one is not.
ONCE = {"setup.begin", "records.sample", "register.sample"}
# Each of these does much work: a few requests show as much as many.
FEW = {"records.sample": 3, "register.sample": 3, "search.rebuild": 5, "session.open": 40,
       "account.register": 40, "setup.begin": 20,
       "account.renew": 40, "round.start": 8, "round.publish": 4, "round.drop": 8, "job.stop": 8, "job.show": 8,
       "job.work": 3}  # fmt: skip


class Tried:
    """All requests of a run: how they ended, by operation."""

    def __init__(self, web: Any) -> None:
        self.web, self.seeds = web, Seeds(web)
        self.document = json.loads(openapi.document("en"))
        self.ended: dict[str, Counter[int]] = {}
        self.refused: dict[str, Counter[str]] = {}
        self.wrong: list[str] = []
        self._validators: dict[str, Any] = {}

    def one(self, name: str, case: Any, number: int) -> None:
        """Sends one request and judges its answer."""
        route = ROUTES[name]
        given = _given(case)
        headers = {key: str(value) for key, value in _part(case.headers).items()}
        who, seeded = self.seeds(name)
        if number % 3:
            given = self.seeds.mended(name, given, seeded)
            headers = {"If-Match": "*"} if route.guarded else {}
        answer = self._sent(route, who, given, headers)
        self.ended.setdefault(name, Counter())[answer.status_code] += 1
        if answer.status_code >= 500:
            self.wrong.append(f"{name} {answer.status_code} {given!r:.300} {answer.text:.600}")
        if answer.headers.get("content-type") == "application/problem+json":
            self.refused.setdefault(name, Counter())[answer.json()["code"]] += 1
            self._keeps_to({"$ref": "#/components/schemas/Problem"}, answer.json(), name)
        elif answer.headers.get("content-type") == "application/json":
            told = self.document["paths"][route.path][route.method.lower()]["responses"][
                str(answer.status_code)
            ]
            self._keeps_to(told["content"]["application/json"]["schema"], answer.json(), name)

    def _sent(self, route: Route, who: str, given: dict[str, Any], headers: dict[str, str]) -> Any:
        self.web.client.cookies.clear()
        sent = {key.encode(): value.encode("utf-8", "replace") for key, value in headers.items()}
        if who:
            sent[b"authorization"] = self.web.known(who)["authorization"].encode()
        path, rest = route.path, dict(given)
        if route.named:
            path = path.replace("{id}", quote(str(rest.pop("id", "")) or "-", safe=""))
        if route.method == "GET":
            query = {key: _text(value) for key, value in rest.items() if value is not None}
            return self.web.client.request("GET", path, params=query, headers=sent)
        if route.upload:
            files = {
                key: ("a.csv", _bytes(rest[key])) for key in rest if route.settings[key].type == "upload"
            }
            fields = {
                key: _text(value) for key, value in rest.items() if key not in files and value is not None
            }
            return self.web.client.request(route.method, path, data=fields, files=files, headers=sent)
        body = json.dumps(rest).encode() if rest else b""
        return self.web.client.request(
            route.method, path, content=body, headers={**sent, b"content-type": b"application/json"}
        )

    def _keeps_to(self, schema: dict[str, Any], value: Any, name: str) -> None:
        key = json.dumps(schema)
        if key not in self._validators:
            whole = {**schema, "components": self.document["components"]}
            self._validators[key] = jsonschema_rs.Draft202012Validator(whole)
        problem = next(iter(self._validators[key].iter_errors(value)), None)
        if problem is not None:
            self.wrong.append(f"{name} {problem!s:.600}")

    def table(self) -> str:
        """How each operation fared, for whoever reads the report."""
        lines = []
        for name, counts in sorted(self.ended.items(), key=lambda one: _share(one[1])):
            why = ", ".join(f"{code} {n}" for code, n in self.refused.get(name, Counter()).most_common(3))
            lines.append(f"{name:26} {_share(counts):5.0%} of {counts.total():4}  {dict(counts)}  {why}")
        return "\n".join(lines)


def generated(web: Any, cases: int) -> Tried:
    tried = Tried(web)
    operations = [one.ok() for one in schemathesis.openapi.from_dict(tried.document).get_all_operations()]
    each = (
        -(-cases // (len(operations) - len(FEW))) + 1
    )  # some operations have fewer requests than are asked for
    for operation in operations:
        name = operation.definition.raw["operationId"]
        _try(tried, operation, name, min(each, FEW.get(name, each)))
    return tried


def _try(tried: Tried, operation: Any, name: str, cases: int) -> None:
    numbers = iter(range(cases * 10))

    @hypothesis.settings(max_examples=cases, derandomize=True, database=None, deadline=None, phases=[Phase.generate],
                         suppress_health_check=list(HealthCheck))  # fmt: skip
    @hypothesis.given(case=operation.as_strategy())
    def once(case: Any) -> None:
        tried.one(name, case, next(numbers) + 1)

    once()


def _given(case: Any) -> dict[str, Any]:
    body = case.body if isinstance(case.body, dict) else {}
    return {**_part(case.path_parameters), **_part(case.query), **body}


def _part(told: Any) -> dict[str, Any]:
    return {} if told in (None, NOT_SET) else dict(told)


def _text(value: Any) -> Any:
    if isinstance(value, list):
        return [_text(one) for one in value]
    text = {True: "true", False: "false"}.get(value, value) if isinstance(value, bool) else value
    return str(text).encode("utf-8", "replace").decode()


def _bytes(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


def _share(counts: Counter[int]) -> float:
    return sum(n for status, n in counts.items() if 200 <= status < 300) / counts.total()


def judged(tried: Tried, cases: int) -> None:
    print(tried.table())
    assert not tried.wrong, "\n".join(tried.wrong[:20])
    assert set(tried.ended) == set(ROUTES)
    assert sum(counts.total() for counts in tried.ended.values()) >= cases
    few = {name: _share(counts) for name, counts in tried.ended.items() if _share(counts) < ENOUGH}
    assert set(few) <= ONCE, few


def test_generated_requests_do_not_fail(web):
    """1,000 requests over all operations: no server error, answers as described, 30 % of each operation done."""
    judged(generated(web, CASES), CASES)


@pytest.mark.long
def test_many_generated_requests_do_not_fail(web):
    """20,000 requests over all operations."""
    judged(generated(web, LONG_CASES), LONG_CASES)
