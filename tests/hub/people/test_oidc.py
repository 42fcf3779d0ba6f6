"""Signing in through a provider: a real one (oidc-provider-mock) on a local port, and what a hostile one may try."""

from __future__ import annotations

import base64
import hmac
import json
import warnings
from contextlib import contextmanager
from datetime import timedelta
from time import time
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tandem.base.errors import Conflict, Denied, Invalid, Unavailable
from tandem.domain.people import HERE, VISITOR, Actor
from tandem.hub.people import oidc
from tandem.hub.people.configured import FILE

from .conftest import EMBEDDED

BACK = "https://hub.example.org/login/back"
CLAIMS = {"name": "李伟", "email": "li@example.org", "preferred_username": "Li.Wei", "locale": "en-GB"}

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import oidc_provider_mock


@contextmanager
def provider(**more):
    """A running provider that knows two people; its issuer."""
    users = [
        oidc_provider_mock.User(sub="sub-1", claims=CLAIMS),
        oidc_provider_mock.User(sub="sub-2", claims=CLAIMS),
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with oidc_provider_mock.run_server_in_thread(user_claims=users, require_nonce=True, **more) as server:
            yield f"http://localhost:{server.server_port}"


@pytest.fixture(scope="module")
def running():
    with provider() as found:
        yield found


@pytest.fixture
def issuer(world, running):
    """The provider that the hub is configured for, at the provider's time."""
    world.clock.now = int(time())
    configure(world, running)
    return running


def configure(world, issuer):
    text = f'[login]\nissuer = "{issuer}"\nclient_id = "tandem"\nclient_secret = "not told"\n'
    (world.hub.folder / FILE).write_text(text, "utf-8")


def consented(url: str, sub: str = "sub-1", **tampered: str) -> dict[str, str]:
    """What the provider sends the browser back with, once the person has said yes."""
    target = httpx.URL(url).copy_merge_params(tampered)
    answer = httpx.post(target, data={"sub": sub}, trust_env=False)
    assert answer.status_code == 302, answer.text
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}


def signed_in(world, people, sub: str = "sub-1", actor: Actor = VISITOR):
    url, state = oidc.begin(world.hub, BACK, actor)
    return people.who(oidc.finish(world.hub, consented(url, sub), state))


def test_a_newcomer_gets_an_account_and_comes_back_to_it(world, people, issuer):
    """Name, login, address and language are the provider's word; the second time it is the same account."""
    me = signed_in(world, people)
    own = world.ask(me, "account.show")
    assert (own.login, own.name, own.email) == ("li.wei", "李伟", "li@example.org")
    assert (own.language, own.role, own.provider) == ("en", "member", True)
    assert signed_in(world, people).account == me.account


def test_an_account_is_known_by_issuer_and_subject_never_by_address(world, people, issuer):
    """Somebody else with the same address and name gets an account of their own, and the old one is untouched."""
    here = people.registered("li.wei", email="li@example.org")
    first, second = signed_in(world, people, "sub-1"), signed_in(world, people, "sub-2")
    assert len({here, first.account, second.account}) == 3
    assert world.ask(second, "account.show").login.startswith("li.wei-")


def test_an_account_can_be_linked_by_its_owner_once(world, people, issuer):
    """Signed in already, one links the subject; a subject that is another's is refused."""
    me, other = people.signed_in("one"), people.signed_in("two")
    assert signed_in(world, people, actor=me).account == me.account
    assert signed_in(world, people).account == me.account
    with pytest.raises(Conflict, match=r"login\.linked"):
        signed_in(world, people, actor=other)


def test_no_token_links_its_account(world, people, issuer):
    """Or a program that may only read would get itself a session that may everything."""
    me = people.signed_in()
    for agent in (False, True):
        token = people.who(world.ask(me, "token.create", label="x", scopes=["read"], agent=agent).secret)
        with pytest.raises(Denied, match=r"account\.person"):
            oidc.begin(world.hub, BACK, token)


@EMBEDDED
def test_the_browser_is_sent_with_pkce_state_and_nonce(world, issuer):
    """S256, and nothing secret in the address; no two are alike."""
    (url, state), (other, _) = oidc.begin(world.hub, BACK), oidc.begin(world.hub, BACK)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    assert (asked["code_challenge_method"], asked["response_type"], asked["redirect_uri"]) == (
        "S256",
        "code",
        BACK,
    )
    assert asked["state"] == state
    again = parse_qs(urlsplit(other).query)
    assert not {asked[name] for name in ("state", "nonce", "code_challenge")} & {
        again[name][0] for name in ("state", "nonce", "code_challenge")
    }
    started = world.hub.part(oidc.Logins)._started[state]
    assert started.verifier not in url
    assert "not told" not in url


@EMBEDDED
def test_a_state_that_the_browser_did_not_keep_is_refused(world, issuer):
    """None, another, or one of somebody else's browser: nobody is signed in."""
    url, _ = oidc.begin(world.hub, BACK)
    _, others = oidc.begin(world.hub, BACK)
    back = consented(url)
    for kept in (None, "", "x", others):
        with pytest.raises(Denied, match=r"login\.state"):
            oidc.finish(world.hub, back, kept)
    with pytest.raises(Denied, match=r"login\.state"):
        oidc.finish(world.hub, {**back, "state": "made-up"}, "made-up")


def test_an_answer_is_good_once(world, people, issuer):
    """Played again with the state, and with the code under a new state: both refused."""
    url, state = oidc.begin(world.hub, BACK)
    back = consented(url)
    oidc.finish(world.hub, back, state)
    with pytest.raises(Denied, match=r"login\.state"):
        oidc.finish(world.hub, back, state)
    _, fresh = oidc.begin(world.hub, BACK)
    with pytest.raises(Denied, match=r"login\.refused"):
        oidc.finish(world.hub, {"code": back["code"], "state": fresh}, fresh)


@EMBEDDED
def test_a_code_of_another_sign_in_is_refused(world, issuer):
    """Put into somebody else's browser, a code meets the wrong nonce."""
    url, _ = oidc.begin(world.hub, BACK)
    _, victim = oidc.begin(world.hub, BACK)
    with pytest.raises(Denied, match=r"login\.token"):
        oidc.finish(world.hub, {"code": consented(url)["code"], "state": victim}, victim)


@EMBEDDED
def test_a_token_with_another_nonce_is_refused(world, issuer):
    """Whatever comes between may change the question; the answer is then to another one."""
    url, state = oidc.begin(world.hub, BACK)
    with pytest.raises(Denied, match=r"login\.token"):
        oidc.finish(world.hub, consented(url, nonce="another"), state)


@EMBEDDED
def test_one_may_not_take_all_day(world, issuer):
    """After ten minutes the sign-in is over."""
    url, state = oidc.begin(world.hub, BACK)
    back = consented(url)
    world.clock.now += oidc.LASTS
    with pytest.raises(Denied, match=r"login\.state"):
        oidc.finish(world.hub, back, state)


@EMBEDDED
def test_who_says_no_is_not_signed_in(world, issuer):
    """The provider tells of a refusal, and the hub does not repeat its words."""
    _, state = oidc.begin(world.hub, BACK)
    with pytest.raises(Denied, match=r"login\.refused") as told:
        oidc.finish(
            world.hub, {"error": "access_denied", "error_description": "<script>", "state": state}, state
        )
    assert "script" not in str(told.value)


@EMBEDDED
def test_an_answer_of_another_provider_is_refused(world, issuer):
    """RFC 9207: the issuer in the answer must be the configured one."""
    url, state = oidc.begin(world.hub, BACK)
    with pytest.raises(Denied, match=r"login\.token"):
        oidc.finish(world.hub, {**consented(url), "iss": "https://evil.example"}, state)


@EMBEDDED
def test_an_expired_token_is_refused(world):
    """By the hub's own clock, with a minute's leeway."""
    world.clock.now = int(time())
    with provider(access_token_max_age=timedelta(seconds=-120)) as found:
        configure(world, found)
        url, state = oidc.begin(world.hub, BACK)
        with pytest.raises(Denied, match=r"login\.(token|refused)"):
            oidc.finish(world.hub, consented(url), state)


def claims_changed(monkeypatch, **changed):
    """The provider signs these claims instead of its own."""
    from authlib.oidc.core.grants import util

    made = util.jwt.encode
    monkeypatch.setattr(
        util.jwt,
        "encode",
        lambda header, payload, key, *a, **k: made(header, {**payload, **changed}, key, *a, **k),
    )


@pytest.mark.parametrize(
    "changed",
    [
        {"aud": "another"},
        {"aud": ["another"]},
        {"aud": ["tandem", "another"]},
        {"aud": ["tandem", "another"], "azp": "another"},
        {"aud": []},
        {"azp": "another"},
        {"iss": "https://evil.example"},
        {"exp": 1},
        {"exp": "never"},
        {"iat": 99_999_999_999},
        {"nonce": None},
        {"sub": ""},
        {"sub": "x" * 256},
        {"sub": 7},
    ],
)
@EMBEDDED
def test_a_token_whose_claims_are_not_for_us_is_refused(world, issuer, monkeypatch, changed):
    """Properly signed by the provider, and still for somebody else, of somebody else, or of another time."""
    claims_changed(monkeypatch, **changed)
    url, state = oidc.begin(world.hub, BACK)
    with pytest.raises(Denied, match=r"login\.token"):
        oidc.finish(world.hub, consented(url), state)
    assert world.ask(HERE, "account.list").items == ()


def by_hand(claims, secret: bytes) -> str:
    """A token under HS256, which no careful library would make with this key."""
    parts = [json.dumps(part).encode() for part in ({"alg": "HS256", "kid": "k"}, claims)]
    text = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)
    mac = base64.urlsafe_b64encode(hmac.digest(secret, text, "sha256")).rstrip(b"=")
    return (text + b"." + mac).decode()


@pytest.mark.parametrize("forged", ["none", "other key", "public key as secret", "no signature", "rubbish"])
def test_a_token_that_the_provider_did_not_sign_is_refused(forged):
    """Algorithm none, another's key, the public key as a shared secret: the list of algorithms is fixed."""
    from joserfc import jwt
    from joserfc.jwk import KeySet, OctKey, RSAKey
    from joserfc.jws import JWSRegistry

    now = int(time())
    key = RSAKey.generate_key(2048, parameters={"kid": "k"})
    known = oidc.Provider("https://login.example", "tandem", None)
    claims = {"iss": known.issuer, "aud": "tandem", "sub": "s", "iat": now, "exp": now + 60, "nonce": "n"}
    keys = KeySet([key]).as_dict(private=False)
    good = jwt.encode({"alg": "RS256", "kid": "k"}, claims, key)
    assert oidc.verified(good, keys, known, "n", now)["sub"] == "s"
    everything = JWSRegistry(algorithms=["none", "HS256"])
    bad = {
        "none": lambda: jwt.encode({"alg": "none"}, claims, OctKey.generate_key(), registry=everything),
        "other key": lambda: jwt.encode(
            {"alg": "RS256", "kid": "k"}, claims, RSAKey.generate_key(2048, parameters={"kid": "k"})
        ),
        "public key as secret": lambda: by_hand(claims, key.as_pem(private=False)),
        "no signature": lambda: good.rpartition(".")[0] + ".",
        "rubbish": lambda: json.dumps(claims),
    }[forged]()
    with pytest.raises(Denied, match=r"login\.token"):
        oidc.verified(bad, keys, known, "n", now)


def test_a_blocked_account_stays_out(world, people, issuer):
    """What the hub has blocked, no provider opens."""
    me = signed_in(world, people)
    world.ask(HERE, "account.set", id=me.account, state="blocked")
    with pytest.raises(Denied, match=r"account\.blocked"):
        signed_in(world, people)


def test_an_erased_person_who_comes_back_is_new(world, people, issuer):
    """Nothing of the old account remains to be found."""
    me = signed_in(world, people)
    world.ask(HERE, "account.erase", id=me.account)
    assert signed_in(world, people).account != me.account


@EMBEDDED
def test_without_configuration_nothing_is_fetched(world, monkeypatch):
    """No provider, no request."""
    monkeypatch.setattr(oidc, "_client", lambda *a: pytest.fail("fetched"))
    assert oidc.provider(world.hub) is None
    with pytest.raises(Invalid, match=r"login\.none"):
        oidc.begin(world.hub, BACK)
    with pytest.raises(Invalid, match=r"login\.none"):
        oidc.finish(world.hub, {}, None)


@pytest.mark.parametrize("issuer", ["http://login.example.org", "ftp://x", "not an address", "https://"])
@EMBEDDED
def test_a_provider_must_be_reached_unread(world, issuer):
    """https, or this very machine."""
    configure(world, issuer)
    with pytest.raises((Invalid, Unavailable)):
        oidc.begin(world.hub, BACK)


@EMBEDDED
def test_a_provider_that_does_not_answer_is_told(world):
    """Nobody waits for long, and nothing is left behind."""
    configure(world, "http://localhost:9")
    with pytest.raises(Unavailable, match=r"login\.provider"):
        oidc.begin(world.hub, BACK)
    assert world.hub.part(oidc.Logins)._started == {}


@EMBEDDED
def test_sign_ins_under_way_are_bounded(world, issuer, monkeypatch):
    """However many begin, so many are remembered and no more."""
    monkeypatch.setattr(oidc, "MOST", 3)
    for _ in range(6):
        oidc.begin(world.hub, BACK)
    assert len(world.hub.part(oidc.Logins)._started) == 3


@EMBEDDED
def test_the_secret_may_come_from_the_environment(world, issuer, monkeypatch):
    """Rather than from the file."""
    monkeypatch.setenv("TANDEM_LOGIN_SECRET", "from outside")
    assert oidc.provider(world.hub).client_secret == "from outside"


def test_a_link_does_not_outlive_the_session_that_began_it(world, people, issuer):
    """Revoked on the way, the session links nothing, and the provider's subject opens no such account."""
    me = people.signed_in("one")
    url, state = oidc.begin(world.hub, BACK, me)
    world.ask(me, "session.close")
    with pytest.raises(Denied, match=r"login\.state"):
        oidc.finish(world.hub, consented(url), state)
    assert signed_in(world, people).account != me.account
