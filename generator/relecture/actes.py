"""What several rules ask of an act: is it a blank modele, what does it amend, where do its parts stand."""

from __future__ import annotations

import re

from generator.relecture.pieces import Article, Piece, Sorte

BLANC = re.compile(
    r"(?<![A-Za-zÀ-ÿ0-9])(?:[xX]{3,}|[xX]{2}(?=[./\s\u00a0]{1,2}[xX]{2})|[xX]{2}(?=\s+pages\b))(?![A-Za-zÀ-ÿ])"
    r"|(?<=[./][xX]{2}[./])(?:20\d\d|[xX]{2,4})"
)
NUMERO = re.compile(
    r"(?P<mot>\b[Cc]onvention(?:\s+initiale)?|CONVENTION)\s+(?:[nN]\s?°\s*)?"
    r"(?P<annee>20\d\d)\s?[-–]\s?(?P<rang>\d{3,6}\b|[xX]{2,})"
)
_SIRET_BLANC = re.compile(r"SIRET\s+(?:sous le n°\s*)?[xX]{3,}")
_CHANGE = re.compile(
    r"remplac|modifi|compl[ée]t|supprim|abrog|rédigé|ajout|substitu|insér|prolong|port[ée]e? [àa]",
    re.IGNORECASE,
)


def entete(piece: Piece) -> tuple[int, int]:
    """Offsets of what stands before the first article: title, parties, visas."""
    return piece.debut, piece.articles[0].debut if piece.articles else piece.fin


def est_modele(flux: str, piece: Piece) -> bool:
    """Whether an act is left blank on purpose: nothing in its heading says whom it concerns."""
    if not piece.est_acte:
        return False
    haut = flux[slice(*entete(piece))]
    numeros = [m["rang"].lower() for m in NUMERO.finditer(haut)]
    return bool(_SIRET_BLANC.search(haut)) or any(set(n) == {"x"} for n in numeros)


def modifie(flux: str, article: Article) -> bool:
    """Whether the words of an article of an avenant change something."""
    return bool(_CHANGE.search(flux[article.corps : article.corps + 500]))


def consigne(flux: str, article: Article) -> str:
    """What an article of an avenant orders, before the text that it quotes."""
    return re.split("[«“]", flux[article.corps : min(article.fin, article.corps + 500)])[0]


def est_avenant(piece: Piece) -> bool:
    """True for an avenant."""
    return piece.sorte is Sorte.AVENANT
