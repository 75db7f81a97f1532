"""Every change between two builds is traced to a field, a template or the program."""

from __future__ import annotations

from generator.attribution.causes import Cause, Origine, causes
from generator.attribution.champs import Champ, champs

__all__ = ["Cause", "Champ", "Origine", "causes", "champs"]
