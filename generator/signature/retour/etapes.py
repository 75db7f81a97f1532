"""A step of the gate, and what it found."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Etape:
    """`titre`: what is looked at; `refus`: what is wrong, empty when the step is passed; `aide`: what to do.

    `grave` is False for what a person is told without the file being refused.
    """

    code: str
    titre: str
    refus: str = ""
    aide: str = ""
    faits: tuple[str, ...] = ()
    grave: bool = True

    @property
    def passee(self) -> bool:
        """True when nothing is wrong here."""
        return not self.refus
