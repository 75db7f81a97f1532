"""Pages: « le présent document comprend N pages » says the truth. A .docx does not know its pages."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.diagnostics import Diagnostic
from generator.relecture import regle
from generator.relecture.pieces import Sorte
from generator.relecture.texte import Texte, Zone
from generator.typography import accord

_COMPREND = re.compile(
    r"\b(?:document|acte|avenant|convention|dossier)\s+(?:comprend|comporte|compte)\s+(?P<n>\d{1,4})\s+pages?\b"
)
_FOLIO = re.compile(r"\b[Pp]age[\s|]*(?P<i>\d+)\s*(?:sur|/)\s*(?P<n>\d+)\s*$")


@regle("RLP001")
def nombre_de_pages(texte: Texte) -> Iterator[Diagnostic]:
    """Le nombre de pages qu’un acte annonce est celui de ses pages : celui de la mention « Page 1 sur N »
    de la même page, ou, à défaut, celui que l’on compte dans le fichier, de l’acte au document suivant.
    Un document Word seul ne dit pas ses pages : la règle attend un PDF."""
    if texte.pages is None:
        return
    for rang, piece in enumerate(texte.pieces):
        for m in _COMPREND.finditer(texte.flux, piece.debut, piece.fin):
            annonce = int(m["n"])
            page = texte.ligne_a(m.start()).page
            vrais = _folios(texte, page) or _etendues(texte, rang)
            if annonce not in vrais | {texte.pages}:
                vrai = min(vrais)
                yield Diagnostic(
                    "RLP001",
                    f"{accord(annonce, 'page')} annoncées, il y en a {vrai}",
                    texte.span(m.start(), m.end()),
                    help="corriger le nombre de pages",
                )


def _folios(texte: Texte, page: int) -> set[int]:
    """N of each « Page 1 sur N » at the head or the foot of a page: a dossier numbers its own beside."""
    found = set()
    for ligne in texte.lignes:
        trouve = _FOLIO.search(ligne.texte) if ligne.page == page and ligne.zone is Zone.MARGE else None
        if trouve and int(trouve["i"]) <= int(trouve["n"]):
            found.add(int(trouve["n"]))
    return found


def _etendues(texte: Texte, rang: int) -> set[int]:
    """Numbers of pages of a piece: up to the next piece, or to the one after its own annexes."""
    piece = texte.pieces[rang]
    premiere = texte.ligne_a(piece.debut).page
    found = set()
    for suivante in texte.pieces[rang + 1 :]:
        found.add(texte.ligne_a(suivante.debut).page - premiere)
        if suivante.sorte is not Sorte.ANNEXE:
            break
    else:
        found.add((texte.pages or 0) - premiere + 1)
    return {n for n in found if n > 0} or {1}
