"""The pieces of a file: a dossier holds a deliberation, annexes, avenants, conventions, one after another."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from generator.relecture.mots import sans_accent

_ANNEXE = re.compile(
    r"(?:ANNEXE\s+(?:N°\s*)?(\d{1,2})|Annexe\s+(\d{1,2})\s*:\s*(?:Avenant|Convention)\b.*)\s*"
)
_DELIBERATION = re.compile(r"deliberation(?: de la commission permanente.*)?")
_RAPPORT = re.compile(
    r"rapport du president(?: du conseil departemental)?|commission permanente du conseil departemental"
)
_PARTIES = re.compile(r"entre(?:\s+les soussignes.*|\s+le departement.*|\s*:)?")
_TITRE = re.compile(
    r"(?:AVENANT|Avenant|CONVENTION|Convention)\b(?! initiale).*|(?:OBJET|Objet)\s*:.*|N°\s*\S+|Spécimen\b.*",
    re.DOTALL,
)
_FICHE = re.compile(r"contexte")
_ARTICLE = re.compile(
    r"^[ \t\u00a0]*(?:ARTICLE|Article)[ \t\u00a0]+(?P<n>\d{1,2}|[Pp]remier|PREMIER)(?:er|ER)?(?![\w-])"
    r"(?P<suite>[ \t\u00a0]*(?:[:.–—-](?=\s|$|[A-ZÀ-Ý])[^\n]*|(?=[A-ZÀ-Ý])[^\n]{0,90}|(?=\n|$)))$",
    re.MULTILINE,
)
_AVANT = 20  # lines looked at before « Entre » to find the title of an act


class Sorte(StrEnum):
    """What a piece is, as far as its first lines tell."""

    DELIBERATION = "délibération"
    RAPPORT = "rapport"
    AVENANT = "avenant"
    CONVENTION = "convention"
    ANNEXE = "annexe"
    FICHE = "fiche"
    AUTRE = "document"


@dataclass(frozen=True, slots=True)
class Article:
    """An article heading and its body: offsets in the flux."""

    numero: int
    debut: int
    corps: int
    fin: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the flux that is one document. `annexe` is its number as an annexe, or None."""

    sorte: Sorte
    debut: int
    fin: int
    annexe: int | None
    articles: tuple[Article, ...]

    @property
    def est_acte(self) -> bool:
        """An act has two parties who sign."""
        return self.sorte in (Sorte.AVENANT, Sorte.CONVENTION)


def decouper(flux: str) -> tuple[Piece, ...]:
    """The pieces of a file, in order; one at least, and they cover the whole flux."""
    lignes = [(m.start(), m[0]) for m in re.finditer(r"[^\n]+", flux)]
    bornes: list[tuple[int, Sorte, int | None]] = []
    parties = -1  # line of the parties of the act before
    for rang, (debut, ligne) in enumerate(lignes):
        borne = _borne(lignes, rang, ligne)
        if borne is None:
            continue
        sorte, annexe = borne
        if sorte is Sorte.CONVENTION:
            debut, annexe = _debut_d_acte(lignes, rang, parties, bornes)
            parties = rang
            sorte = _acte(flux, debut, lignes[rang][0])
            if bornes and bornes[-1][0] >= debut:
                debut = bornes.pop()[0]
        elif sorte is Sorte.RAPPORT and bornes and (debut - bornes[-1][0] < 400 or bornes[-1][1] is sorte):
            continue  # the heading of a deliberation goes on, or that of a report comes again
        bornes.append((debut, sorte, annexe))
    if not bornes or flux[: bornes[0][0]].strip():
        bornes.insert(0, (0, Sorte.AUTRE, None))
    fins = [debut for debut, _, _ in bornes[1:]] + [len(flux)]
    found: list[Piece] = []
    for (debut, sorte, annexe), fin in zip(bornes, fins, strict=True):
        piece = Piece(sorte, debut, fin, annexe, tuple(_articles(flux, debut, fin)))
        found += _scinder(flux, piece) if sorte is Sorte.AUTRE else [piece]
    return tuple(found)


def _scinder(flux: str, piece: Piece) -> list[Piece]:
    """Texts that nothing announces (conventions bound together): each return to article 1 starts one, from
    the title above it."""
    coupes = [piece.debut]
    for avant, article in pairwise(piece.articles):
        if article.numero == 1 and avant.numero > 1:
            titres = [
                m.start()
                for m in re.finditer(r"[^\n]+", flux[avant.corps : article.debut])
                if _TITRE.fullmatch(m[0].strip())
            ]
            coupes.append(avant.corps + titres[-1] if titres else article.debut)
    return [
        Piece(piece.sorte, debut, fin, None, tuple(_articles(flux, debut, fin)))
        for debut, fin in pairwise([*coupes, piece.fin])
    ]


def _borne(lignes: list[tuple[int, str]], rang: int, ligne: str) -> tuple[Sorte, int | None] | None:
    """What starts at a line, if anything does; CONVENTION stands for an act of either kind."""
    trouve = _ANNEXE.fullmatch(ligne.strip())
    if trouve:
        return Sorte.ANNEXE, int(trouve[1] or trouve[2])
    nu = re.sub(r"\s+", " ", sans_accent(ligne)).strip()
    if _DELIBERATION.fullmatch(nu):
        return Sorte.DELIBERATION, None
    if _RAPPORT.fullmatch(nu):
        return Sorte.RAPPORT, None
    if _FICHE.fullmatch(nu):
        return Sorte.FICHE, None
    if _PARTIES.fullmatch(nu):
        suite = sans_accent(" ".join(texte for _, texte in lignes[rang : rang + 12]))
        if "d'une part" in suite.replace("’", "'"):
            return Sorte.CONVENTION, None
    return None


def _debut_d_acte(
    lignes: list[tuple[int, str]], rang: int, precedentes: int, bornes: list[tuple[int, Sorte, int | None]]
) -> tuple[int, int | None]:
    """(offset of the title of the act whose parties start at line `rang`, its number as an annexe).

    `precedentes` is the line of the parties of the act before, or -1.
    """
    debut = lignes[rang][0]
    for position, ligne in reversed(lignes[max(precedentes + 1, rang - _AVANT) : rang]):
        if bornes and bornes[-1][0] == position:
            if bornes[-1][1] is Sorte.ANNEXE:
                return position, bornes[-1][2]
            break
        if _ARTICLE.match(ligne) or "signature et cachet" in ligne:
            break
        if _TITRE.fullmatch(ligne.strip()):
            debut = position
    return debut, None


def _acte(flux: str, debut: int, parties: int) -> Sorte:
    titre = sans_accent(flux[debut:parties])
    return Sorte.AVENANT if "avenant" in titre else Sorte.CONVENTION


def _est_cite(entre: str, numero: str) -> bool:
    """Whether the heading after `entre` belongs to the text that an avenant puts in: « L’article 4 est
    remplacé par : », then « Article 4 – … » without quotes."""
    annonce = entre.rstrip()[-600:]
    return annonce.endswith(":") and bool(re.search(rf"\barticle\s+{numero}\b", annonce))


def _articles(flux: str, debut: int, fin: int) -> Iterator[Article]:
    """The article headings of a piece; those of a quoted text are left out."""
    gardes: list[re.Match[str]] = []
    for m in _ARTICLE.finditer(flux, debut, fin):
        entre = flux[gardes[-1].start() if gardes else debut : m.start()]
        ouvre = re.search(r"(?:^|\n)\s*«", entre) and entre.count("«") > entre.count("»")
        if not ouvre and not (gardes and _est_cite(entre, m["n"])):
            gardes.append(m)
    for m, suivant in zip(gardes, [*gardes[1:], None], strict=bool(gardes)):
        apres = suivant.start() if suivant else fin
        numero = int(m["n"]) if m["n"].isdigit() else 1
        yield Article(numero, m.start(), m.end(), apres)
