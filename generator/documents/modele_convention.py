"""The blank conventions that the deliberation attaches; built by `convention` without an acte."""

from generator.documents.convention import MODELE as SORTE

__all__ = ["SORTE"]
