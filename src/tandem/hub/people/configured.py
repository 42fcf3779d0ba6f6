"""What the operator has set for the installation: `settings.toml` in the hub's data folder, read once.

[login]                                  signing in through a provider (OpenID Connect)
issuer = "https://login.example.org"
client_id = "tandem"
client_secret = "..."                    or TANDEM_LOGIN_SECRET in the environment

[mail]                                   notices by e-mail: how many, never what
host = "mail.example.org"                see hub/feeds/mail.py
from = "hub@example.org"
address = "https://hub.example.org"      where the hub is reached

[limits]                                 requests: [at once, per minute]; 0 per minute: no limit
read = [600, 6000]
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

from tandem.base.errors import Invalid
from tandem.hub.installation import Hub

FILE = "settings.toml"


class Configured:
    """The settings of one installation. Raises Invalid hub.settings where the file cannot be read."""

    def __init__(self, hub: Hub) -> None:
        path = hub.folder / FILE
        try:
            self._read: Mapping[str, Any] = tomllib.loads(path.read_text("utf-8")) if path.is_file() else {}
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
            # What the parser says may quote the line, and the line may hold a secret.
            raise Invalid("hub.settings", file=FILE) from None

    def section(self, name: str) -> Mapping[str, Any]:
        """One table of the file; empty where it is not there. Raises Invalid hub.settings."""
        found = self._read.get(name, {})
        if not isinstance(found, Mapping):
            raise Invalid("hub.settings", file=FILE)
        return found

    def close(self) -> None:
        """Nothing to end."""
