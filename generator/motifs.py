"""Why a document is built again, in the words of the person who runs the command."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from generator import manifest
from generator.ingredients import (
    CONVERSION,
    LIBREOFFICE,
    MENTIONS,
    MOTEUR,
    POLICES,
    TEXTE,
    Composition,
    ecarts,
)
from generator.manifest import Entree, Fichier, Manifeste
from generator.typography import accord

PREMIERE_FOIS = "nouveau document"
_MONTRES = 3
"""Names given in full; the others are counted."""


def pourquoi(
    avant: Manifeste | None,
    ident: str,
    composition: Composition,
    conversion: Mapping[str, str],
    folder: Path,
    fiches: Mapping[str, str],
) -> tuple[str, ...]:
    """What has changed since the run that wrote `avant`; empty when the document is up to date.

    `conversion` is empty when no PDF is asked for; `fiches` is the SHA-256 of every record of now.
    """
    entry = avant.par_ident().get(ident) if avant else None
    if avant is None or entry is None:
        return (PREMIERE_FOIS,)
    found = [*_changes(avant, entry, composition, fiches)]
    if not manifest.intact(folder, entry.docx):
        found.append(_perdu(folder, entry.docx))
    if conversion:
        found += _du_pdf(entry, conversion, folder)
    return tuple(found)


def _changes(
    avant: Manifeste, entry: Entree, composition: Composition, fiches: Mapping[str, str]
) -> Iterator[str]:
    changed = set(ecarts({k: v for k, v in entry.ingredients.items() if k in _REDACTION}, composition.parts))
    if TEXTE in changed:
        yield from _contenu(avant, entry, composition, fiches)
    if MENTIONS in changed:
        yield "titre, date ou modèle du document"
    if templates := [*ecarts(avant.jeux.get(entry.jeu, {}), composition.gabarits)]:
        yield _liste(templates, "modèle Word modifié", "modèles Word modifiés")
    if MOTEUR in changed:
        yield "moteur de rédaction modifié"


_REDACTION = frozenset({MOTEUR, TEXTE, MENTIONS})


def _contenu(
    avant: Manifeste, entry: Entree, composition: Composition, fiches: Mapping[str, str]
) -> Iterator[str]:
    """The records behind a content that is no longer the same: its own, else any, else the program."""
    own = [*ecarts(entry.fiches, composition.fiches)]
    records = own or [*ecarts(avant.entrees, fiches)]
    if records:
        yield _liste(records, "fiche modifiée", "fiches modifiées")
    else:
        yield "contenu calculé autrement par le programme"


def _du_pdf(entry: Entree, conversion: Mapping[str, str], folder: Path) -> Iterator[str]:
    if entry.pdf is None:
        yield "le PDF n’avait pas été produit"
        return
    before = {k: v for k, v in entry.ingredients.items() if k not in _REDACTION}
    for name in ecarts(before, conversion):
        if name == CONVERSION:
            yield "traitement des PDF modifié"
        elif name in (LIBREOFFICE, POLICES):
            yield f"{name}\u00a0: {before.get(name) or 'inconnu'} → {conversion.get(name) or 'inconnu'}"
    if not manifest.intact(folder, entry.pdf):
        yield _perdu(folder, entry.pdf)


def _perdu(folder: Path, fichier: Fichier) -> str:
    gone = not (folder / fichier.chemin).exists()
    return f"{fichier.chemin} {'a disparu' if gone else 'a été modifié après coup'}"


def du_dossier(avant: Manifeste | None, refaits: Iterable[str]) -> tuple[str, ...]:
    """Why what is bound is bound again: the documents that were made again, else what is around them."""
    if avant is None or avant.dossier is None:
        return (PREMIERE_FOIS,)
    names = sorted(refaits)
    if names:
        return (_liste(names, "document refait", "documents refaits"),)
    return ("couverture, sommaire ou fichier du dossier",)


def _liste(names: Sequence[str], un: str, plusieurs: str) -> str:
    shown = ", ".join(names[:_MONTRES])
    rest = len(names) - _MONTRES
    more = f" et {accord(rest, 'autre')}" if rest > 0 else ""
    return f"{un if len(names) == 1 else plusieurs}\u00a0: {shown}{more}"
