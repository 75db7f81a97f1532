"""What a signature stumbles on outside the act: a key, a password, a server."""

from __future__ import annotations


class SignatureError(Exception):
    """`code` and `message` are those of the diagnostic, `aide` its remedy; all in French."""

    def __init__(self, code: str, message: str, aide: str) -> None:
        super().__init__(code, message, aide)
        self.code, self.message, self.aide = code, message, aide
