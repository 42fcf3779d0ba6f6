"""What nobody should send, and what comes back: a problem that says so, never a failure, never a trace."""

from __future__ import annotations

import asyncio

import pytest

from tandem.interfaces.http import body as bodies
from tandem.interfaces.http import response

JSON = {"content-type": "application/json"}
BODIES = {
    "http.json_syntax": [b"{", b"nonsense", b"{'a':1}", b'{"a":1,}', b"{} {}", b'{"a":01}', b'{"a":"\x01"}', b"\x00"],
    "http.json_object": [b"[]", b"1", b'"text"', b"null", b"[{}]"],
    "http.json_twice": [b'{"title":"a","title":"b"}', b'{"title":{"a":1,"a":2}}'],
    "http.json_number": [
        b'{"slots":NaN}',
        b'{"slots":Infinity}',
        b'{"slots":-Infinity}',
        b'{"slots":1e999}',
        b'{"slots":' + b"9" * 30 + b"}",
        b'{"slots":' + b"9" * 100_000 + b"}",
    ],
    "http.json_depth": [b'{"title":' + b"[" * 40 + b"]" * 40 + b"}", b'{"a":' * 400_00 + b"1" + b"}" * 400_00],
    "http.json_encoding": [b'{"title":"\xff"}', '{"title":"检测"}'.encode("gb18030"), b'{"title":"\\ud800"}',
                           b'{"\\udfff":1}', "{}".encode("utf-16")],
}  # fmt: skip


@pytest.fixture(scope="module")
def web(lasting):
    return lasting


@pytest.mark.parametrize(("code", "body"), [(code, body) for code, all_ in BODIES.items() for body in all_])
def test_what_is_not_strict_json_is_refused(web, code, body):
    """RFC 8259 with I-JSON's limits; each fault by its own code, at 400."""
    answer = web("ann", "POST", "/api/needs", content=body, headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (400, code)


@pytest.mark.parametrize("given", [
    {"title": 1}, {"title": ["a"]}, {"title": {"a": 1}}, {"title": True}, {"title": "a\0b"}, {"title": "x" * 501},
    {"title": "a", "slots": "1"}, {"title": "a", "slots": 1.5}, {"title": "a", "slots": True},
    {"title": "a", "slots": 2**63}, {"title": "a", "slots": -1}, {"title": "a", "budget_min": "12.34"},
    {"title": "a", "anonymous": "true"}, {"title": "a", "anonymous": 1}, {"title": "a", "kind": ["service"]},
    {"title": "a", "kind": {}}, {"title": "a", "due_on": 20260101}, {"title": "a", "due_on": "2026-02-30"},
    {"title": "a", "named": "one"}, {"title": "a", "named": [1]}, {"title": "a", "named": [None]}, {"title": None}, {},
])  # fmt: skip
def test_values_of_another_type_are_refused(web, given):
    """A JSON value is of the setting's own type, or the problem names the setting."""
    answer = web("ann", "POST", "/api/needs", json=given)
    assert answer.status_code == 422, answer.text
    assert answer.json()["code"].startswith("setting.")
    assert answer.json()["params"]["name"] in ("title", *given)


@pytest.mark.parametrize("query", [
    "limit=0", "limit=201", "limit=1e3", "limit=", "limit=" + "9" * 5_000, "limit=1&limit=2", "mine=maybe",
    "after=%00", "after=!!!", "after=" + "a" * 1_000, "kind=nosuch", "a" * 3_000 + "=1", "=", "city=%ED%A0%80",
    "limit=%ff", "&".join(f"a{n}=1" for n in range(500)), "after=OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OmE",
])  # fmt: skip
def test_queries_that_mean_nothing_are_refused(web, query):
    """400 or 422, whatever stands in the query."""
    answer = web(None, "GET", f"/api/needs?{query}")
    assert answer.status_code in (400, 422), answer.text


@pytest.mark.parametrize("path", [
    "/api/needs/..", "/api/needs/%2e%2e/%2e%2e/etc/passwd", "/api/needs/%00", "/api/needs/a%0d%0ax-evil: 1",
    "/api/needs/" + "a" * 5_000, "/api/needs/%ff%fe", "/api//needs", "/api/needs/", "/api", "/API/needs",
    "/api/needs/{id}", "/api/needs/a/b/c/d", "/static/../../etc/passwd", "/api/needs/' OR 1=1 --",
])  # fmt: skip
def test_paths_that_lead_nowhere(web, path):
    """404, or the id is refused; nothing of the machine is shown, no header is smuggled in."""
    answer = web("ann", "GET", path)
    assert answer.status_code in (404, 422), answer.text
    assert "root:" not in answer.text
    assert "x-evil" not in answer.headers


@pytest.mark.parametrize("headers", [
    {"authorization": "Bearer"}, {"authorization": "Basic YTpi"}, {"authorization": "Bearer " + "a" * 5_000},
    {"authorization": "Bearer \u00ff\u00fe"}, {"authorization": "Bearer a b c"}, {"cookie": "tandem_session=nosuch"},
    {"cookie": "tandem_session=" + "é" * 100}, {"cookie": "; ;=;tandem_session==;"},
])  # fmt: skip
def test_secrets_that_are_none_are_not_a_visitor(web, headers):
    """Whoever shows a secret and it does not hold is told so (401), and is not let in as somebody else."""
    sent = {name: value.encode("latin-1") for name, value in headers.items()}
    answer = web(None, "GET", "/api/needs", headers=sent)
    assert answer.status_code == 401, answer.text
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "name", ["x-request-id", "accept-language", "if-none-match", "idempotency-key", "range"]
)
@pytest.mark.parametrize(
    "value", [b"", b"\xff\xfe", b"a" * 8_000, b"a;q=x,zh;q=9,;;,", b'"', b"W/", b"*, *", b"%s%n"]
)
def test_odd_headers_do_no_harm(web, name, value):
    """They are ignored, and not reflected where they are not fit."""
    answer = web("ann", "GET", "/api/needs", headers={name: value})
    assert answer.status_code == 200
    assert len(answer.headers["x-request-id"]) <= 64


def test_bodies_have_limits(web):
    """413 by the length told and by the length sent, before anything is parsed; 415 for what is not JSON."""
    large = b'{"title":"' + b"a" * bodies.JSON_MOST + b'"}'
    assert web("ann", "POST", "/api/needs", content=large, headers=JSON).status_code == 413
    parts = (large[n : n + 100_000] for n in range(0, len(large), 100_000))
    assert web("ann", "POST", "/api/needs", content=parts, headers=JSON).status_code == 413
    for media in ("text/plain", "application/x-www-form-urlencoded", "application/xml", ""):
        answer = web("ann", "POST", "/api/needs", content=b"a=b", headers={"content-type": media})
        assert answer.status_code == 415
    assert web(None, "POST", "/api/needs", content=large, headers=JSON).status_code == 401


def test_an_upload_has_limits_and_form(web, monkeypatch):
    """A form larger than its limit, without boundary, broken off or with a file twice is refused."""
    send = {"content-type": "multipart/form-data; boundary=b"}
    for body in (
        b"",
        b"--b\r\n",
        b"--b\r\n\r\n\r\n--b--",
        b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--",
    ):
        answer = web("opal", "POST", "/api/records/import", content=body, headers=send)
        assert answer.status_code in (400, 422), answer.text
    answer = web(
        "opal", "POST", "/api/records/import", content=b"x", headers={"content-type": "multipart/form-data"}
    )
    assert answer.json()["code"] == "http.form"
    twice = [("file", ("a.csv", b"a")), ("file", ("b.csv", b"b"))]
    assert web("opal", "POST", "/api/records/import", files=twice).json()["code"] == "http.repeated"
    monkeypatch.setattr(bodies, "FORM_MOST", 1_000)
    answer = web("opal", "POST", "/api/records/import", files={"file": ("a.csv", b"a" * 2_000)})
    assert answer.status_code == 413


def test_a_body_that_does_not_come_is_not_waited_for(web, monkeypatch):
    """408 after the time that a body has, however much of it has come."""
    monkeypatch.setattr(bodies, "JSON_SECONDS", 0.05)
    sent = []

    async def drip() -> dict[str, object]:
        await asyncio.sleep(0.02)
        return {"type": "http.request", "body": b" ", "more_body": True}

    async def ask() -> None:
        await web.application(_scope(web, "POST", "/api/needs"), drip, _into(sent))

    asyncio.run(ask())
    assert sent[0]["status"] == 408


def test_who_hangs_up_is_let_go(web):
    """Nothing is sent to a connection that is gone, and nothing is done."""
    sent = []

    async def gone() -> dict[str, object]:
        return {"type": "http.disconnect"}

    async def ask() -> None:
        await web.application(_scope(web, "POST", "/api/needs"), gone, _into(sent))

    asyncio.run(ask())
    assert sent == []


@pytest.mark.parametrize("name", [
    "对接.xlsx", 'a"b.csv', "a\r\nx: y", "../../etc/passwd", "..", "", "a\\b", "x" * 300, "\u202egnp.exe", "é;a=b",
])  # fmt: skip
def test_names_of_files_stay_names(name):
    """A name that somebody chose is neither a second header nor a path, and Chinese survives."""
    told = response.disposition(name)
    told.encode("latin-1")
    assert not set(told) & set("\r\n\u202e")
    plain = told.partition('filename="')[2].partition('"')[0]
    assert plain
    assert not set(plain) & set('/\\"')
    assert plain.strip(".")
    if name == "对接.xlsx":
        assert "filename*=UTF-8''%E5%AF%B9%E6%8E%A5.xlsx" in told


def _scope(web, method: str, path: str) -> dict[str, object]:
    headers = [
        (b"content-type", b"application/json"),
        (b"authorization", web.known("ann")["authorization"].encode()),
    ]
    return {"type": "http", "method": method, "path": path, "query_string": b"", "headers": headers, "scheme": "http",
            "client": ("127.0.0.1", 1)}  # fmt: skip


def _into(sent):
    async def send(message) -> None:
        sent.append(message)

    return send
