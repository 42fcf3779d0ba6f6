"""Words of choices: codes, the catalogue's words and other spellings mean the same everywhere."""

from __future__ import annotations

import pytest

from tandem.base import choices, settings, words
from tandem.base.errors import Invalid
from tandem.base.settings import settings_of
from tandem.hub.actions import ACTIONS

CHOSEN = [(action.name, action.takes, one) for action in ACTIONS.values() for one in settings_of(action.takes)
          if one.type == "choice"]  # fmt: skip


def test_every_choice_of_every_setting_is_read_by_its_code_and_by_its_words():
    """In Chinese as in English; a word that means several is refused, and is none of the catalogue's own."""
    assert len(CHOSEN) > 40
    for action, _, one in CHOSEN:
        name = one.words or one.name
        for code in one.choices:
            assert settings._value(one, code) == code
            for lang in words.LANGUAGES:
                if (word := choices.word(name, code, lang)) is not None:
                    assert settings._value(one, word) == code, (action, one.name, word)


def test_only_formats_have_no_words():
    """What a person chooses by meaning can be said in Chinese."""
    wordless = {one.name for _, _, one in CHOSEN for code in one.choices
                if choices.word(one.words or one.name, code, "zh") is None}  # fmt: skip
    assert wordless <= {"format"}


@pytest.mark.parametrize(
    ("given", "code"), [("制造", "setting.ambiguous"), ("某种", "setting.choice"), (3, "setting.choice")]
)
def test_what_means_several_or_none_is_refused(given: object, code: str):
    """With the choices that there are, or that it can mean."""
    one = next(one for action, _, one in CHOSEN if action == "search.find" and one.name == "kind")
    with pytest.raises(Invalid) as refused:
        settings._value(one, given)
    assert refused.value.code == code
    assert len(refused.value.params["choices"]) == (2 if code == "setting.ambiguous" else len(one.choices))


def test_a_code_is_never_read_as_another_choices_word():
    """Whatever words there are, a code means itself."""
    for _, _, one in CHOSEN:
        for code in one.choices:
            assert choices.meant(one.words or one.name, one.choices, code) == (code,)
