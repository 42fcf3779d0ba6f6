"""One record over HTTP: made, read, listed, changed by version, repeated without harm; on each kind of database."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.interfaces.http.conftest import opened

NEED = {"title": "泵阀低温密封检测", "kind": "service", "budget_min": 1_000_00, "visibility": "public"}


@pytest.fixture
def web(anywhere):
    return anywhere


def posed(web, **more):
    answer = web("ann", "POST", "/api/needs", json={**NEED, **more})
    assert answer.status_code == 201, answer.text
    return answer


def test_a_new_record_has_its_address_and_its_version(web):
    """201 with the Location where it is found again, and the ETag that the next change names."""
    made = posed(web)
    again = web("ann", "GET", made.headers["location"])
    assert again.status_code == 200
    assert again.json() == made.json()
    assert again.headers["etag"].startswith('"1.')


def test_what_is_known_is_not_sent_again(web):
    """If-None-Match with the ETag is answered 304 without a body, also where a proxy weakened the tag."""
    address = posed(web).headers["location"]
    tag = web("ann", "GET", address).headers["etag"]
    for sent in (tag, f"W/{tag}", f'"0.aa", {tag}', "*"):
        answer = web("ann", "GET", address, headers={"if-none-match": sent})
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["etag"] == tag
    assert web("ann", "GET", address, headers={"if-none-match": '"1.00"'}).status_code == 200


def test_the_tag_differs_for_those_who_see_something_else(web):
    """The poser and a visitor see one version differently: neither is told that the other's answer is still good."""
    address = posed(web).headers["location"]
    own, other = web("ann", "GET", address), web(None, "GET", address)
    assert own.json() != other.json()
    assert own.headers["etag"] != other.headers["etag"]
    assert "authorization" in own.headers["vary"]


def test_a_change_names_the_version_it_changes(web):
    """428 without If-Match, 412 with an old one, 200 with the newest or with *; the record only moves on 200."""
    made = posed(web)
    address, change = made.headers["location"], {"title": "泵阀检测"}
    assert web("ann", "PATCH", address, json=change).status_code == 428
    done = web("ann", "PATCH", address, json=change, headers={"if-match": made.headers["etag"]})
    assert (done.status_code, done.json()["version"]) == (200, 2)
    stale = web("ann", "PATCH", address, json=change, headers={"if-match": made.headers["etag"]})
    assert (stale.status_code, stale.json()["code"]) == (412, "record.stale")
    assert web("ann", "PATCH", address, json=change, headers={"if-match": '"2"'}).json()["version"] == 3
    assert web("ann", "PATCH", address, json=change, headers={"if-match": "*"}).json()["version"] == 4
    for wrong in ('"abc"', '"1", "2"', "two"):
        assert web("ann", "PATCH", address, json=change, headers={"if-match": wrong}).status_code == 400


def test_a_repeated_write_is_done_once(web):
    """The same key and request get the first answer; the same key for something else is refused."""
    key = {"idempotency-key": '"a key of mine"'}
    one = web("ann", "POST", "/api/needs", json=NEED, headers=key)
    two = web("ann", "POST", "/api/needs", json=NEED, headers=key)
    assert one.status_code == two.status_code == 201
    assert one.json() == two.json()
    assert one.headers["location"] == two.headers["location"]
    other = web("ann", "POST", "/api/needs", json={**NEED, "title": "x"}, headers=key)
    assert (other.status_code, other.json()["code"]) == (422, "repeat.other")
    assert web("ann", "POST", "/api/needs", json=NEED, headers={"idempotency-key": ""}).status_code == 400
    assert web("bob", "POST", "/api/needs", json=NEED, headers=key).json()["id"] != one.json()["id"]


def test_lists_come_in_parts_that_follow_each_other(web):
    """Going from Link to Link gives every record once, with the filters that were asked for."""
    wanted = {posed(web, title=f"检测 {n}").json()["id"] for n in range(5)}
    posed(web, title="其他", kind="data")
    path, seen = "/api/needs?limit=2&kind=service", []
    while path:
        answer = web(None, "GET", path)
        assert answer.status_code == 200
        seen += [one["id"] for one in answer.json()["items"]]
        link = answer.headers.get("link")
        path = link[1 : link.index(">")] if link else None
    assert sorted(seen) == sorted(wanted)


def test_an_agents_binding_wish_waits(web):
    """202 and the id of the confirmation; nothing is posed until the member says so."""
    web.secrets["agent"] = web.ask("ann", "token.create", label="agent", agent=True).secret
    asked = web("agent", "POST", "/api/needs", json=NEED)
    assert asked.status_code == 202
    assert set(asked.json()) == {"confirmation_id", "action", "expires_at"}
    assert web("ann", "GET", "/api/needs").json()["items"] == []
    accepted = web("ann", "POST", f"/api/confirmations/{asked.json()['confirmation_id']}/accept")
    assert accepted.status_code == 200, accepted.text
    assert len(web("ann", "GET", "/api/needs").json()["items"]) == 1


@pytest.mark.parametrize(("lang", "word"), [("zh-CN,zh;q=0.9", "未找到"), ("en", "Not found")])
def test_problems_speak_the_askers_language(web, lang, word):
    """RFC 9457 members, the stable code, and words of the language asked for."""
    answer = web(None, "GET", "/api/needs/nosuch", headers={"accept-language": lang})
    told = answer.json()
    assert answer.status_code == told["status"] == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert told["title"] == word
    assert told["code"] == "record.absent"
    assert told["type"] == "urn:tandem:problem:record.absent"
    assert told["request"] == answer.headers["x-request-id"]


def test_money_is_minor_units_wherever_it_is_given(web):
    """Text that could mean major units is refused in a body."""
    assert posed(web, budget_max=123_456).json()["budget_max"] == 123_456
    refused = web("ann", "POST", "/api/needs", json={**NEED, "budget_max": "1234.56"})
    assert (refused.status_code, refused.json()["code"]) == (422, "setting.integer")


def test_too_many_requests_are_told_when_to_come_again(tmp_path, empty_file):
    """429 with Retry-After, for the one who asked too much and for nobody else."""
    with opened(tmp_path / "hub", empty_file) as web:
        (web.world.hub.folder / "settings.toml").write_text("[limits]\nread = [2, 60]\n")
        codes = [web("ann", "GET", "/api/needs").status_code for _ in range(3)]
        assert codes == [200, 200, 429]
        refused = web("ann", "GET", "/api/needs")
        assert refused.headers["retry-after"] == "1"
        assert web("bob", "GET", "/api/needs").status_code == 200


def test_a_stopping_server_takes_no_more(web):
    """Not ready, and what is asked now is told to come again."""
    web.application.stop()
    answer = web("ann", "GET", "/api/needs")
    assert (answer.status_code, answer.json()["code"]) == (503, "http.busy")
    assert "retry-after" in answer.headers
    assert web(None, "GET", "/readyz").status_code == 503


def test_of_changes_that_meet_one_is_made(web):
    """Of ten changes of one version that come at once one is made, the others hear 412; the record moved by one."""
    made = posed(web)
    address, tag = made.headers["location"], made.headers["etag"]

    def change(number):
        return web(
            "ann", "PATCH", address, json={"title": f"检测 {number}"}, headers={"if-match": tag}
        ).status_code

    with ThreadPoolExecutor(10) as threads:
        codes = sorted(threads.map(change, range(10)))
    assert codes == [200] + [412] * 9
    assert web("ann", "GET", address).json()["version"] == 2


def test_of_repeats_that_meet_one_is_done(web):
    """The same request sent ten times at once under one key: one need, the same answer to all."""
    key = {"idempotency-key": "one and the same"}

    def ask(_):
        answer = web("ann", "POST", "/api/needs", json=NEED, headers=key)
        return answer.status_code, answer.json()["id"]

    with ThreadPoolExecutor(10) as threads:
        answers = set(threads.map(ask, range(10)))
    assert len(answers) == 1
    assert {status for status, _ in answers} == {201}
    assert len(web("ann", "GET", "/api/needs").json()["items"]) == 1


def test_errors_are_told_by_their_status(web):
    """Invalid, denied, absent, in conflict: each problem with its status and code, and nothing is left behind."""
    address = posed(web).headers["location"]
    wanted = [
        ("ann", "POST", "/api/needs", {"title": "x", "kind": "nosuch"}, 422, "setting.choice"),
        ("opal", "POST", "/api/needs", {"title": "x", "organisation": "a" * 26}, 404, "record.absent"),
        (None, "POST", "/api/needs", NEED, 401, "action.sign_in"),
        ("bob", "PATCH", address, {"title": "x"}, 403, "record.others"),
        ("bob", "POST", f"{address}/withdraw", {}, 403, "record.others"),
        ("bob", "GET", f"{address[:-1]}!", None, 404, "record.absent"),
        ("ann", "POST", f"{address}/reopen", {}, 409, "move.refused"),
    ]
    for who, method, path, given, status, code in wanted:
        more = {} if given is None else {"json": given, "headers": {"if-match": "*"}}
        answer = web(who, method, path, **more)
        assert (answer.status_code, answer.json().get("code")) == (status, code), (path, answer.text)
    assert len(web("ann", "GET", "/api/needs").json()["items"]) == 1
