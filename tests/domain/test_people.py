"""People: roles and scopes, and what may be a login, an address, a password."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tandem.base.errors import Invalid
from tandem.domain.people import HERE, VISITOR, Actor, check_email, check_password, login_of


@pytest.mark.parametrize(
    ("scopes", "action", "reads", "within"),
    [
        (None, "need.pose", False, True),
        ({"need"}, "need.pose", False, True),
        ({"need.pose"}, "need.pose", False, True),
        ({"need.pose"}, "need.edit", False, False),
        ({"read"}, "need.list", True, True),
        ({"read"}, "need.pose", False, False),
        ({"needs"}, "need.pose", False, False),
        (set(), "need.list", True, False),
    ],
)
def test_scopes_hold_actions_families_and_reading(scopes, action, reads, within):
    """A scope is the name of an action, of its family, or all reading; nothing else opens anything."""
    actor = Actor("member", "a", scopes=None if scopes is None else frozenset(scopes))
    assert actor.within(action, reads=reads) is within


def test_the_operator_operates_and_the_visitor_does_not():
    """Someone at the hub's own machine is its operator."""
    assert HERE.operates
    assert not VISITOR.operates


@pytest.mark.parametrize(
    ("text", "login"), [(" Li.Wei ", "li.wei"), ("ＬＩ_1", "li_1"), ("李伟", "李伟"), ("a@b.cn", "a@b.cn")]
)
def test_logins_are_compared_without_width_and_capitals(text, login):
    """What looks the same is the same login."""
    assert login_of(text) == login


@pytest.mark.parametrize("text", ["", "a", "li wei", "x" * 65, "~erased", "li\nwei", "a/b", "\u200bab"])
def test_what_is_no_login(text):
    """Too short, too long, spaces, what cannot be seen; nor the mark of an erased account."""
    with pytest.raises(Invalid, match=r"login\.form"):
        login_of(text)


@given(st.text(max_size=80))
def test_a_login_is_folded_once_and_for_all(text):
    """Folding a kept login changes nothing, so that it is found again."""
    try:
        login = login_of(text)
    except Invalid:
        return
    assert login_of(login) == login


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("123456789", "short"),
        ("1234567890", "common"),
        ("Password123", "common"),
        ("ａｄｍｉｎ１２３４５", "common"),
        ("aaaaaaaaaaaaaaaa", "common"),
        ("1212121212", "common"),
        ("zhang.weiming", "login"),
        ("gnimiew.gnahz", "login"),
        ("春风又绿江南岸明月何时", None),
        ("correct horse battery", None),
    ],
)
def test_passwords(password, code):
    """Length in characters of any script; the most common ones in any width and case; not the login, nor backwards."""
    if code is None:
        check_password(password, "zhang.weiming")
        return
    with pytest.raises(Invalid) as refused:
        check_password(password, "zhang.weiming")
    assert refused.value.code == f"password.{code}"


@pytest.mark.parametrize(
    ("text", "fine"),
    [("li@example.org", True), (None, True), ("li", False), ("a@b@c", False), ("a b@c", False)],
)
def test_addresses(text, fine):
    """One @ with something on both sides; whether anybody reads it nobody can tell from its form."""
    if fine:
        check_email(text)
        return
    with pytest.raises(Invalid, match=r"email\.form"):
        check_email(text)
