"""`python -m tandem.interfaces.web`: the server of a data directory with its pages, as `tandem serve` starts it."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from tandem.base import error_words, settings, words
from tandem.base.errors import TandemError
from tandem.hub.inputs import ServeInput
from tandem.interfaces.http import server
from tandem.interfaces.web import site


def main(arguments: Sequence[str]) -> int:
    """Serves until it is asked to end; arguments are `name=value`, as ServeInput has them. Returns the exit code."""
    lang = words.language(os.environ.get("TANDEM_LANG"))
    given = dict(one.partition("=")[::2] for one in arguments)
    try:
        told = settings.parse(ServeInput, {**given, "proxy": given.get("proxy") == "true"})
        server.serve(told.data, told.url, told.host, told.port, proxy=told.proxy, beside=site.add)
    except TandemError as error:
        sys.stderr.write(error_words.sentence(error, lang) + "\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
