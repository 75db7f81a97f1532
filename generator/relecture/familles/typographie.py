"""French typography, in Word files: a PDF or a text no longer says which spaces do not break.

One diagnostic per kind of fault and per file, with a count and the first places.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.diagnostics import Diagnostic, Note, Severity
from generator.relecture import regle
from generator.relecture.pieces import Piece
from generator.relecture.texte import Genre, Ligne, Texte, Zone
from generator.typography import accord

_FERME = "\u00a0\u202f"  # spaces that do not break: thin ones are right too
_PREMIERS = 3
_INTOUCHABLE = re.compile(
    r"(?:https?://|www\.)\S+|(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+|\b\d{1,2}:\d\d\b|C:\\\S+"
)
_MANQUE = (
    ("espace ordinaire devant « ; », « : », « ! », « ? » ou « » »", re.compile(r"(?<=\S) (?=[;:!?»])")),
    ("espace ordinaire après « « »", re.compile(r"« ")),
    (
        "pas d’espace devant « ; », « ! », « ? » ou « : »",
        re.compile(r"(?<=[\wÀ-ÿ»)])(?:[;!?](?=\s|$)|:(?=\s|$))"),
    ),
    ("pas d’espace après « « » ou devant « » »", re.compile(rf"«(?=[^\s{_FERME}])|(?<=[^\s{_FERME}])»")),
    ("espace ordinaire devant « % » ou « € »", re.compile(r"(?<=\d) (?=[%€])")),
    ("pas d’espace devant « % » ou « € »", re.compile(r"(?<=\d)[%€]")),
)
_MILLIERS = (
    (
        "milliers séparés par une espace ordinaire",
        re.compile(r"(?<![\d,.])\d{1,3}(?: \d{3})+(?=[ \u00a0\u202f]?(?:€|euros?\b|,\d\d\b))"),
    ),
    ("milliers non séparés", re.compile(r"(?<![\d,.\w-])\d{5,}(?=(?:,\d\d)?[ \u00a0\u202f]?(?:€|euros?\b))")),
)
_APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)")
_GUILLEMETS = re.compile(r"\"[^\"\n]{1,200}\"|“[^”\n]{1,200}”")
_CHEVRON = re.compile("[«»]")
_MOIS = r"(?:janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre)"
_ORDINAUX = (
    (
        "« 1er » est le premier du mois",
        re.compile(rf"\b0?1 {_MOIS}\b|\b01(?:er)? {_MOIS}\b|\b1[\u00a0\u202f]{_MOIS}\b", re.I),
    ),
    ("pas de zéro devant le jour", re.compile(rf"\b0[2-9][ \u00a0]{_MOIS}\b", re.I)),
    (
        "« 1er, 1re, 2e » sont les abréviations",
        re.compile(r"\b(?:1[èe]re|1i[èe]re|1ier|\d+[èe]mes?|\d+ [èe]mes?)\b"),
    ),
)


@regle("RLT001", "RLT002", "RLT003", "RLT004", "RLT005", gravite=Severity.INFO)
def typographie_francaise(texte: Texte) -> Iterator[Diagnostic]:
    """Une espace insécable précède ; : ! ? » % €, et suit « (RLT001) ; elle sépare les milliers (RLT002) ;
    l’apostrophe est courbe (RLT003) ; les guillemets sont « » (RLT004). Ces règles ne lisent que les
    documents Word : un PDF ou un texte a perdu la nature de ses espaces. Le premier du mois s’écrit 1er,
    les ordinaux 1re, 2e (RLT005) : dans tous les fichiers."""
    if texte.genre is Genre.DOCX:
        for quoi, motif in _MANQUE:
            yield from _groupe(
                texte, "RLT001", quoi, motif, "mettre une espace insécable (Ctrl, Maj et Espace)"
            )
        for quoi, motif in _MILLIERS:
            yield from _groupe(texte, "RLT002", quoi, motif, "séparer les milliers par une espace insécable")
        yield from _groupe(texte, "RLT003", "apostrophe droite", _APOSTROPHE, "écrire l’apostrophe courbe ’")
        yield from _groupe(texte, "RLT004", "guillemets anglais ou droits", _GUILLEMETS, "écrire « … »")
    for quoi, motif in _ORDINAUX:
        yield from _groupe(texte, "RLT005", quoi, motif, "écrire 1er janvier, 2 janvier, 1re, 2e")


@regle("RLT006", gravite=Severity.INFO)
def guillemets_par_paires(texte: Texte) -> Iterator[Diagnostic]:
    """Un guillemet fermant » ferme un guillemet « ouvert plus haut dans le même acte : un » de trop, tourné
    du mauvais côté ou tombé au milieu d’un mot se voit ainsi. L’inverse ne se juge pas : une citation de
    plusieurs alinéas rouvre « à chacun d’eux."""
    seuls = [position for piece in texte.pieces for position in _fermants_seuls(texte.flux, piece)]
    if seuls:
        spans = [texte.span(position, position + 1) for position in seuls]
        yield Diagnostic(
            "RLT006",
            f"guillemet fermant que rien n’ouvre : {accord(len(seuls), 'fois', 'fois')}",
            spans[0],
            Severity.INFO,
            notes=tuple(
                Note(f"… {_alentours(texte.flux, p)}", s)
                for p, s in zip(seuls[1:_PREMIERS], spans[1:_PREMIERS], strict=True)
            ),
            help="ouvrir la citation par «, ou supprimer le guillemet",
        )


def _fermants_seuls(flux: str, piece: Piece) -> Iterator[int]:
    """Offsets of the » of a piece that no « before them opens; a » that starts a line is a bullet."""
    ouverts = 0
    for m in _CHEVRON.finditer(flux, piece.debut, piece.fin):
        if m[0] == "«":
            ouverts += 1
        elif ouverts:
            ouverts -= 1
        elif m.start() > piece.debut and flux[m.start() - 1] != "\n":
            yield m.start()


def _alentours(flux: str, position: int) -> str:
    return re.sub(r"\s+", " ", flux[max(0, position - 20) : position + 15]).strip()


def _groupe(texte: Texte, code: str, quoi: str, motif: re.Pattern[str], aide: str) -> Iterator[Diagnostic]:
    """One diagnostic for all the places where a pattern is found."""
    places = [
        (index, m)
        for index, ligne in enumerate(texte.lignes)
        for m in motif.finditer(_lisible(ligne))
        if ligne.zone is not Zone.MARGE
    ]
    if not places:
        return
    index, m = places[0]
    spans = [texte.span_de_ligne(i, x.start(), x.end()) for i, x in places[:_PREMIERS]]
    autres = [
        Note(f"« {_mots(texte.lignes[i].texte, x)} »", s)
        for (i, x), s in zip(places[1:], spans[1:], strict=False)
    ]
    yield Diagnostic(
        code,
        f"{quoi} : {accord(len(places), 'fois', 'fois')}",
        texte.span_de_ligne(index, m.start(), m.end()),
        Severity.INFO,
        notes=tuple(autres),
        help=aide,
    )


def _lisible(ligne: Ligne) -> str:
    """A line whose addresses and hours are masked, character for character; so are the quotes “ ” of a
    quotation within « »."""
    texte = _INTOUCHABLE.sub(lambda m: "_" * len(m[0]), ligne.texte)
    return re.sub(r"«[^«»]*»", lambda m: m[0].replace("“", "_").replace("”", "_"), texte)


def _mots(ligne: str, m: re.Match[str]) -> str:
    """The words around a place."""
    debut, fin = max(0, m.start() - 20), min(len(ligne), m.end() + 15)
    return re.sub(r"\s+", " ", ligne[debut:fin]).strip()
