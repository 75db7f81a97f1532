"""The blank avenants that the deliberation attaches; built by `avenant` without an acte."""

from generator.documents.avenant import MODELE as SORTE

__all__ = ["SORTE"]
