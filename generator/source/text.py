"""Characters and lines: what a record may hold, and how a faulty text is shown without harm."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.diagnostics import Diagnostic, Span

EOL = re.compile(r"\r\n|\r|\n")
# What XML 1.0 cannot carry, plus the invisible characters that pass for a line break or an accent:
# C1 controls (badly converted Windows text), U+2028/2029 (libyaml ends the line there), U+FEFF.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))", re.DOTALL)
# The one-letter escapes of YAML that give a forbidden character (a lone CR does not survive XML).
_LETTERS = {
    "0": 0,
    "a": 7,
    "b": 8,
    "v": 0x0B,
    "f": 0x0C,
    "r": 0x0D,
    "e": 0x1B,
    "N": 0x85,
    "L": 0x2028,
    "P": 0x2029,
}


def clean(text: str) -> str:
    """Forbidden characters replaced one for one, so that every position stays true."""
    return FORBIDDEN.sub("\ufffd", text)


def lines(text: str) -> tuple[str, ...]:
    lines = EOL.split(text) if "\r" in text else text.split("\n")
    return tuple(lines[:-1] if lines[-1] == "" else lines)


def quote(text: str) -> str:
    """Text of the user inside a message: one line, harmless, 40 characters at most."""
    flat = " ".join(clean(text).split())
    return f"« {flat if len(flat) <= 40 else flat[:39] + '…'} »"


def forbidden(char: int, span: Span) -> Diagnostic:
    kind = "caractère de contrôle"
    if 0xD800 <= char <= 0xDFFF:
        kind = "moitié de caractère Unicode"
    elif char in (0x2028, 0x2029):
        kind = "saut de ligne invisible"
    elif char == 0xFEFF:
        kind = "marque d’encodage invisible"
    elif char > 0xFFFD:
        kind = "code qui n’est pas un caractère"
    advice = "supprimer ce caractère, ou retaper le texte à cet endroit"
    return Diagnostic("YML006", f"caractère interdit U+{char:04X} ({kind})", span, help=advice)


def _is_forbidden(code: int) -> bool:
    return code == 0x0D or code > 0x10FFFF or bool(FORBIDDEN.match(chr(code)))


def escapes(raw: str) -> Iterator[tuple[int, int, int]]:
    """The escapes of a double-quoted text that give a forbidden character: (code, start, end)."""
    for found in _ESCAPE.finditer(raw):
        digits = found[1] or found[2] or found[3]
        code = int(digits, 16) if digits else _LETTERS.get(found[4], 0x20)
        if _is_forbidden(code):
            yield code, found.start(), found.end()


def mend_escapes(text: str) -> str:
    """Escapes that libyaml refuses outright, replaced by U+FFFD at equal length."""

    def mend(found: re.Match[str]) -> str:
        digits = found[2] or found[3]
        if not digits or not (0xD800 <= int(digits, 16) <= 0xDFFF or int(digits, 16) > 0x10FFFF):
            return found[0]
        return found[0][:2] + "FFFD".rjust(len(digits), "0")

    return _ESCAPE.sub(mend, text)
