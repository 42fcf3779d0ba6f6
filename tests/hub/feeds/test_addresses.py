"""Where messages may go: no form of an inside address gets through, and the canary on this machine is never reached."""

from __future__ import annotations

import pytest
from tests.hub.feeds.receiver import canary

from tandem.base.errors import Invalid
from tandem.hub.feeds import addresses, post
from tandem.hub.feeds.addresses import Target

NONE: frozenset[str] = frozenset()
# Forms in which this machine or a network behind it has been written; {port} is the canary's.
HOSTILE = [
    "http://127.0.0.1:{port}/",
    "https://127.0.0.1:{port}/",
    "https://127.0.0.1/",
    "https://127.1/",
    "https://127.0.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.0.0.1/",
    "https://0177.0.0.1/",
    "https://017700000001/",
    "https://127.0.0.01/",
    "https://127.000.000.001/",
    "https://0/",
    "https://0.0.0.0/",
    "https://0.0.0.0:{port}/",
    "https://127.127.127.127/",
    "https://127.0.0.1./",
    "https://127.0.0.1.:8443/",
    "https://localhost/",
    "https://localhost:8443/",
    "https://LOCALHOST/",
    "https://localhost./",
    "https://a.localhost/",
    "https://localhost.localdomain/",
    "https://[::1]/",
    "https://[::1]:8443/",
    "https://[::]/",
    "https://[0:0:0:0:0:0:0:1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[::127.0.0.1]/",
    "https://[::ffff:0:127.0.0.1]/",
    "https://[64:ff9b::127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[64:ff9b:1::7f00:1]/",
    "https://[2002:7f00:1::]/",
    "https://[2002:7f00:0001::1]/",
    "https://[2002:0a00:0001::]/",
    "https://[fe80::1]/",
    "https://[fe80::1%25lo]/",
    "https://[fe80::1%lo]/",
    "https://[fc00::1]/",
    "https://[fd12:3456::1]/",
    "https://[ff02::1]/",
    "https://[2001:db8::1]/",
    "https://[2001::7f00:1]/",
    "https://[2606:4700::5efe:7f00:1]/",
    "https://[100::1]/",
    "https://[5f00::1]/",
    "https://10.0.0.1/",
    "https://172.16.0.1/",
    "https://172.31.255.255/",
    "https://192.168.1.1/",
    "https://100.64.0.1/",
    "https://100.100.100.200/",
    "https://169.254.169.254/latest/",
    "https://[fd00:ec2::254]/",
    "https://[::ffff:169.254.169.254]/",
    "https://[64:ff9b::a9fe:a9fe]/",
    "https://168.63.129.16/",
    "https://192.0.0.192/",
    "https://192.88.99.1/",
    "https://198.18.0.1/",
    "https://203.0.113.5/",
    "https://192.0.2.1/",
    "https://224.0.0.1/",
    "https://239.255.255.250/",
    "https://240.0.0.1/",
    "https://255.255.255.255/",
    "https://user@127.0.0.1/",
    "https://example.com@127.0.0.1/",
    "https://127.0.0.1@example.com/",
    "https://example.com:443@127.0.0.1/",
    "https://example.com#@127.0.0.1/",
    "https://127.0.0.1\\@example.com/",
    "https://example.com\\@127.0.0.1/",
    "https://127。0。0。1/",
    "https://①②⑦.⓪.⓪.①/",
    "https://１２７.0.0.1/",
    "https://ⓛocalhost/",
    "https://127.0.0.1%00.example.com/",
    "https://127.0.0.1%2f.example.com/",
    "https:///127.0.0.1/",
    "https:127.0.0.1/",
    "//127.0.0.1/",
    "ftp://127.0.0.1/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:{port}/_GET",
    "https://metadata.google.internal/",
    "https://router.lan/",
    "https://printer.local/",
    "https://intranet/",
    "https://hub.home/",
    "https://example.com:22/",
    "https://example.com:{port}/",
    "https://example.com:0/",
    "https://example.com:99999/",
    "https://example.com:443443/",
    "https://example..com/",
    "https://-example.com/",
    "https://example.com-/",
    "https://example.0x7f/",
    "https://1.2.3/",
    "https://256.256.256.256/",
    "https://1.1.1.1.1/",
    "https://[127.0.0.1]/",
    "https://[::1/",
    "https://::1/",
    "https://exa_mple.com/",
    "https://example.com%0d%0aHost:x/",
]


def test_there_are_many_of_them():
    assert len(set(HOSTILE)) >= 100


@pytest.mark.parametrize("form", HOSTILE)
def test_no_form_of_an_inside_address_is_taken(form):
    """Each form is refused where it is given, before anything is resolved or connected to."""
    with pytest.raises(Invalid) as refused:
        addresses.read(form.replace("{port}", "81").replace("\\\\", "\\"))
    assert refused.value.code.startswith("webhook.")


AMBIGUOUS = ["https://example.com/a b", "https://example.com/\n", " https://example.com/", "https://example.com/\x00",
             "https://exam\tple.com/", "https://example.com/\u3002"]  # fmt: skip


@pytest.mark.parametrize("form", AMBIGUOUS)
def test_what_two_readers_could_read_differently_is_refused(form):
    with pytest.raises(Invalid):
        addresses.read(form)


def test_plain_addresses_are_taken():
    """What it is for still works, and says what the operator would write to allow it."""
    assert addresses.read("https://hooks.example.com/in?key=1") == Target(
        "https", "hooks.example.com", 443, "/in?key=1"
    )
    assert addresses.read("https://hooks.example.com:8443").origin == "https://hooks.example.com:8443"
    assert addresses.read("https://8.8.8.8/").host == "8.8.8.8"
    assert addresses.read("https://[2606:4700::1111]/").origin == "https://[2606:4700::1111]"
    assert addresses.read("https://xn--fiqs8s.example.com/").host == "xn--fiqs8s.example.com"


INSIDE = ["127.0.0.1", "::1", "::ffff:127.0.0.1", "10.1.2.3", "169.254.169.254", "0.0.0.0", "fe80::1%eth0", "fd00::1",
          "64:ff9b::7f00:1", "2002:7f00:1::", "100.64.1.1", "::7f00:1", "224.0.0.1", "192.168.0.1"]  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_a_name_that_leads_inside_reaches_nothing(address):
    """A name that resolves inside, alone or beside a good address, is not connected to."""
    target = addresses.read("https://hooks.example.com/")
    for answer in ([address], ["8.8.8.8", address], [address, "8.8.8.8"]):
        assert post.post(target, {}, "{}", NONE, lambda host, port, given=answer: given).error == "inside"


def test_a_name_that_is_rebound_reaches_nothing():
    """A name that was good when it was judged and is inside a moment later: it is judged for each message anew."""
    with canary() as caught:
        told: list[str] = []
        answers = iter([["192.0.2.1"], ["127.0.0.1"], ["127.0.0.1"]])

        def resolve(host: str, port: int) -> list[str]:
            told.append(host)
            return next(answers)

        target = Target("https", "rebound.example.com", caught.port, "/")
        assert addresses.outside("192.0.2.1") is False
        assert post.post(target, {}, "{}", NONE, resolve).error == "inside"
        assert post.post(target, {}, "{}", NONE, resolve).error == "inside"
        assert told == ["rebound.example.com"] * 2  # resolved once for each message, never again to connect
        assert caught.reached == 0


def test_the_address_judged_is_the_address_connected_to(monkeypatch):
    """Between judging and connecting nothing is resolved: the socket gets the number."""
    connected: list[tuple[str, int]] = []

    class Socket:
        def __init__(self, *_: object) -> None: ...
        def settimeout(self, _: float) -> None: ...
        def close(self) -> None: ...
        def connect(self, place: tuple[str, int]) -> None:
            connected.append(place)
            raise ConnectionRefusedError

    monkeypatch.setattr(post.socket, "socket", Socket)
    target = addresses.read("https://hooks.example.com/")
    assert (
        post.post(target, {}, "{}", NONE, lambda host, port: ["8.8.8.8", "2606:4700::1111"]).error
        == "connection"
    )
    assert connected == [("8.8.8.8", 443), ("2606:4700::1111", 443)]


def test_every_hostile_form_leaves_the_canary_alone():
    """All forms, sent as if they had been stored before the rules were: nothing of ours connects to this machine."""
    with canary() as caught:
        for form in HOSTILE:
            try:
                target = addresses.read(form.replace("{port}", str(caught.port)))
            except Invalid:
                continue
            post.post(target, {}, "{}", NONE, addresses.resolved)
        assert caught.reached == 0


def test_the_canary_would_sing():
    """The same sending reaches this machine where the operator allows it: the tests above could fail."""
    with canary() as caught:
        address = f"http://127.0.0.1:{caught.port}/"
        allowed = frozenset((f"http://127.0.0.1:{caught.port}",))
        post.post(addresses.read(address, allowed), {}, "{}", allowed, addresses.resolved)
        assert caught.reached == 1
