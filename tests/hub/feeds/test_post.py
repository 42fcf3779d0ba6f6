"""One message over the wire: signed as the standard's own library wants it, bounded whatever the other side does."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from standardwebhooks import Webhook, WebhookVerificationError
from tests.hub.feeds.receiver import receiving

from tandem.hub.feeds import addresses, post

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_the_standards_own_library_takes_the_signature():
    """Signed here, verified there, Chinese included; a changed body, id or time is refused."""
    body, now = '{"type":"need.pose","标题":"密封检测"}', int(time.time())
    headers = dict(post.signed(SECRET, "msg_1", now, body))
    assert Webhook(SECRET).verify(body, headers)["标题"] == "密封检测"
    for changed in ({"webhook-id": "msg_2"}, {"webhook-timestamp": str(now - 1)}):
        with pytest.raises(WebhookVerificationError):
            Webhook(SECRET).verify(body, {**headers, **changed})
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(body + " ", headers)


def test_the_signature_is_that_of_the_standards_example():
    """The example of the specification comes out byte for byte."""
    headers = post.signed(SECRET, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, '{"test": 2432232314}')
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


REPLIES = [(200, None), (204, None), (302, "redirect"), (410, "status"), (503, "status")]


@pytest.mark.parametrize(("status", "error"), REPLIES)
def test_only_success_counts_and_no_redirect_is_followed(status, error):
    with receiving() as receiver:
        receiver.answers = [status]
        assert sent(receiver.address, receiver.port) == post.Reply(status, error)
        assert len(receiver.got) == 1


def test_proxies_of_the_environment_are_not_used(monkeypatch):
    """What the environment says of proxies sends nothing of ours elsewhere."""
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    with receiving() as receiver:
        assert sent(receiver.address, receiver.port).took


@contextmanager
def speaking(talk) -> Iterator[int]:
    """A server that says what it wants."""
    listening = socket.create_server(("127.0.0.1", 0))

    def run() -> None:
        try:
            connection, _ = listening.accept()
            with connection:
                talk(connection)
        except OSError:
            pass

    threading.Thread(target=run, daemon=True).start()
    yield listening.getsockname()[1]
    listening.close()


def test_a_reply_that_never_ends_is_left_after_the_time(monkeypatch):
    """A receiver that drips, one byte after another, is given up when the time for the whole is over."""
    monkeypatch.setattr(post, "SECONDS", 0.6)

    def drip(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        for _ in range(100):
            time.sleep(0.05)
            connection.sendall(b"x")

    with speaking(drip) as port:
        begun = time.monotonic()
        assert sent(f"http://127.0.0.1:{port}/", port).error == "slow"
        assert time.monotonic() - begun < 3


def test_a_reply_is_read_only_so_far():
    """A receiver that sends megabytes fills nothing: reading ends at the cap."""
    total = []

    def pour(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        try:
            for _ in range(4_000):
                total.append(connection.send(b"x: " + b"y" * 8_000 + b"\r\n"))
        except OSError:
            return

    with speaking(pour) as port:
        assert sent(f"http://127.0.0.1:{port}/", port).status == 200


@pytest.mark.parametrize("reply", [b"", b"SSH-2.0-x\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n", b"\x00" * 100])
def test_what_is_no_reply_is_told_as_that(reply):
    with speaking(lambda connection: (connection.recv(65_536), connection.sendall(reply))) as port:
        assert sent(f"http://127.0.0.1:{port}/", port).error in ("reply", "connection")


def test_a_certificate_that_nobody_vouches_for_is_refused():
    """https to what speaks no good TLS is an error, never a message in the clear."""
    heard = []
    with speaking(lambda connection: heard.append(connection.recv(65_536))) as port:
        allowed = frozenset((f"https://127.0.0.1:{port}",))
        target = addresses.read(f"https://127.0.0.1:{port}/", allowed)
        assert not post.post(target, {}, '{"secret":1}', allowed, addresses.resolved).took
    assert b"secret" not in b"".join(heard)


def sent(address: str, port: int) -> post.Reply:
    allowed = frozenset((f"http://127.0.0.1:{port}",))
    return post.post(addresses.read(address, allowed), {}, "{}", allowed, addresses.resolved)
