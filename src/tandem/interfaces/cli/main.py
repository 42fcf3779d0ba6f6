"""The `tandem` command: asks the hub, shows the answer, and ends with 0 (done), 2 (bad input) or 1 (failed)."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence

from tandem.base import settings, words
from tandem.base.errors import TandemError
from tandem.base.words import Lang

INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> None:
    """Entry point of the console script."""
    sys.exit(run(list(sys.argv[1:] if arguments is None else arguments)))


def run(arguments: list[str]) -> int:
    """Runs one command and returns its exit code; nothing but KeyboardInterrupt's own code ends in a traceback."""
    lang = spoken(arguments)
    as_json = "--json" in arguments
    try:
        from tandem.interfaces.cli import commands  # noqa: PLC0415  so that even its import fails in words

        return commands.call(arguments, lang)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except TandemError as error:
        from tandem.interfaces.cli import trouble  # noqa: PLC0415

        trouble.show(error, lang, as_json=as_json)
        return error.exit_code
    except Exception as error:  # the last line of defence: one sentence, never a traceback
        return _unexpected(error, lang)


def spoken(arguments: Sequence[str]) -> Lang:
    """The language to speak: --lang wherever it stands, TANDEM_LANG, else the locale."""
    wanted = None
    for here, following in zip(arguments, [*arguments[1:], ""], strict=True):
        if here == "--lang":
            wanted = following
        elif here.startswith("--lang="):
            wanted = here.removeprefix("--lang=")
    return words.language(wanted or os.environ.get("TANDEM_LANG"))


def _unexpected(error: Exception, lang: Lang) -> int:
    if settings.debug():
        traceback.print_exception(error)
    what = f"{type(error).__name__}: {error}".splitlines()[0]
    sys.stderr.write(words.say("error.unexpected", lang, what=what) + "\n")
    return 1
