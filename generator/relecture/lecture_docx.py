"""Word files: body, tables, margins, notes and text boxes, read without running or fetching anything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from lxml import etree  # type: ignore[import-untyped]

from generator.relecture import listes_docx
from generator.relecture.listes_docx import Listes
from generator.relecture.mots import puces
from generator.relecture.paquet import DocxIllisibleError, parties
from generator.relecture.texte import Case, Genre, Grille, Ligne, Texte, Zone

Element = Any  # lxml ships no types

_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT: Final = (
    b"http://purl.oclc.org/ooxml/wordprocessingml/main"  # ISO 29500 Strict says the same otherwise
)
_FALLBACK: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
P, TBL, TR, TC = f"{_W}p", f"{_W}tbl", f"{_W}tr", f"{_W}tc"
_R, _T, _PPR, _TABS = f"{_W}r", f"{_W}t", f"{_W}pPr", f"{_W}tabs"
_TRPR, _TCPR, _GRID_BEFORE, _GRID_SPAN = f"{_W}trPr", f"{_W}tcPr", f"{_W}gridBefore", f"{_W}gridSpan"
_VAL = f"{_W}val"
_BOITE = f"{_W}txbxContent"
_BLANCS = {f"{_W}tab": "\t", f"{_W}br": " ", f"{_W}cr": " ", f"{_W}noBreakHyphen": "-", f"{_W}ptab": "\t"}
_RETIRES = (f"{_W}del", f"{_W}moveFrom", _FALLBACK)  # what the page no longer shows, or shows twice
_SUIVI = (f"{_W}ins", f"{_W}del", f"{_W}moveFrom", f"{_W}moveTo", f"{_W}commentReference")
_DETOURS = (*_RETIRES, _BOITE, f"{_W}vanish")  # what makes a text other than its runs one after another
_VUS = (_T, *_BLANCS)
_SANS_BLOC = frozenset(  # what holds neither paragraph nor table, and is not searched for them
    f"{_W}{nom}"
    for nom in ("pPr", "tblPr", "tblGrid", "trPr", "tcPr", "sectPr", "bookmarkStart", "bookmarkEnd")
)
_ANNEXES: Final = (
    (re.compile(r"word/header\d*\.xml"), "en-tête", Zone.MARGE),
    (re.compile(r"word/footer\d*\.xml"), "pied de page", Zone.MARGE),
    (re.compile(r"word/footnotes\d*\.xml"), "note de bas de page", Zone.NOTE),
    (re.compile(r"word/endnotes\d*\.xml"), "note de fin", Zone.NOTE),
)
_PROFONDEUR = 40  # tables and boxes within one another; Word itself stops before
_REDITE = 1 << 18  # bytes of parts beyond which what they say is not kept for the next document


@dataclass(slots=True)
class _Recueil:
    """What is gathered while a part is walked through.

    `droit`: its paragraphs show their runs one after another, nothing hidden, taken away nor boxed.
    """

    listes: Listes
    droit: bool = False
    lignes: list[Ligne] = field(default_factory=list)
    grilles: list[Grille] = field(default_factory=list)
    paragraphes: int = 0
    tableaux: int = 0


def lire(fichier: str, data: bytes) -> Texte:
    """The text of a .docx as the page shows it: deleted and hidden text is left out.

    Raises DocxIllisibleError.
    """
    contenus = parties(data)
    corps = _arbre("word/document.xml", contenus["word/document.xml"]).find(f"{_W}body")
    if corps is None:
        raise DocxIllisibleError("le fichier Word n’a pas de texte principal")
    numerotation, styles = contenus.get("word/numbering.xml"), contenus.get("word/styles.xml")
    redite = len(numerotation or b"") + len(styles or b"") <= _REDITE
    listes = (_listes if redite else _listes.__wrapped__)(numerotation, styles)
    droit, revisions = _survol(corps)
    recueil = _Recueil(listes, droit)
    _blocs(corps, recueil, "", Zone.CORPS, 0)
    for motif, nom, zone in _ANNEXES:
        for partie in sorted(p for p in contenus if motif.fullmatch(p)):
            redite = len(contenus[partie]) <= _REDITE
            lire_annexe = _annexe if redite else _annexe.__wrapped__
            lignes, suivies = lire_annexe(partie, contenus[partie], listes, nom, zone)
            recueil.lignes += lignes
            revisions += suivies
    return Texte(
        fichier,
        Genre.DOCX,
        tuple(recueil.lignes),
        tuple(recueil.grilles),
        revisions=revisions,
        numerotes=listes.articles,
    )


def _survol(arbre: Element) -> tuple[bool, int]:
    """(whether its paragraphs show their runs one after another, marks of revision), in one pass."""
    droit, revisions = True, 0
    for e in arbre.iter(*{*_SUIVI, *_DETOURS}):
        revisions += e.tag in _SUIVI
        droit = droit and e.tag not in _DETOURS
    return droit, revisions


def _arbre(nom: str, contenu: bytes) -> Element:
    """The XML of a part, its entities left alone. Raises DocxIllisibleError."""
    data = contenu.replace(_STRICT, _W[1:-1].encode())
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        arbre = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as e:
        raise DocxIllisibleError(f"la partie {nom} est endommagée") from e
    if arbre.getroottree().docinfo.internalDTD is not None:
        raise DocxIllisibleError(
            f"la partie {nom} contient une déclaration que Word n’écrit jamais (DTD)", refus=True
        )
    return arbre


@lru_cache(maxsize=4)  # the documents of a batch share these parts
def _listes(numerotation: bytes | None, styles: bytes | None) -> Listes:
    """The lists that two parts define, either of them None when it is missing."""
    noms = (("word/numbering.xml", numerotation), ("word/styles.xml", styles))
    return listes_docx.lire(*(None if contenu is None else _arbre(nom, contenu) for nom, contenu in noms))


@lru_cache(maxsize=16)  # … and most heads and feet
def _annexe(
    partie: str, contenu: bytes, listes: Listes, nom: str, zone: Zone
) -> tuple[tuple[Ligne, ...], int]:
    """(lines of a part beside the body, marks of revision)."""
    arbre = _arbre(partie, contenu)
    droit, revisions = _survol(arbre)
    recueil = _Recueil(listes, droit)
    if zone is Zone.MARGE:
        _blocs(arbre, recueil, nom, zone, 0)
    else:
        for note in arbre.iter(f"{_W}footnote", f"{_W}endnote"):
            if note.get(f"{_W}type") is None:  # the separators have a type
                _blocs(note, recueil, f"{nom}\u00a0{note.get(f'{_W}id')}", zone, 0)
    return tuple(recueil.lignes), revisions


def _blocs(parent: Element, recueil: _Recueil, prefixe: str, zone: Zone, profondeur: int) -> None:
    """The paragraphs and tables of a container, in order."""
    if profondeur > _PROFONDEUR:
        raise DocxIllisibleError("les tableaux s’emboîtent sans fin", refus=True)
    for bloc in _enfants(parent, (P, TBL)):
        if bloc.tag == P:
            recueil.paragraphes += 1
            lieu = prefixe or f"paragraphe\u00a0{recueil.paragraphes}"
            _paragraphe(bloc, recueil, lieu, zone, profondeur)
        else:
            _tableau(bloc, recueil, prefixe, zone, profondeur)


def _enfants(parent: Element, tags: tuple[str, ...]) -> Iterator[Element]:
    """The nearest descendants with one of these tags, through content controls and the like."""
    for e in parent.iterchildren(etree.Element):
        tag = e.tag
        if tag in tags:
            yield e
        elif tag not in _SANS_BLOC and tag not in _RETIRES and tag != _BOITE:
            yield from _enfants(e, tags)


def _paragraphe(p: Element, recueil: _Recueil, lieu: str, zone: Zone, profondeur: int) -> None:
    texte = _texte_droit(p) if recueil.droit else None
    boites: list[Element] = []
    if texte is None:
        texte, boites = _texte(p)
    texte = puces(texte.replace("\n", " "))
    if texte.strip():
        texte = f"•\t{texte}" if recueil.listes.a_une_puce(p) else texte
        recueil.lignes.append(Ligne(texte, lieu, 0, zone))
    for boite in boites:
        _blocs(boite, recueil, f"zone de texte, {lieu}", zone, profondeur + 1)


def _texte_droit(p: Element) -> str | None:
    """The runs of a paragraph one after another; None for what asks for the whole walk of `_texte`."""
    morceaux: list[str] = []
    for e in p.iter(*_VUS):
        parent = e.getparent().tag
        if parent != _R:
            if parent == _TABS:  # a tab stop of the paragraph properties
                continue
            return None
        tag = e.tag
        if len(e):
            return None
        morceaux.append(e.text or "" if tag == _T else _BLANCS[tag])
    return "".join(morceaux)


def _texte(p: Element) -> tuple[str, list[Element]]:
    """(text of a paragraph, text boxes anchored in it)."""
    morceaux: list[str] = []
    boites: list[Element] = []
    pile = list(p.iterchildren(etree.Element, reversed=True))
    while pile:
        e = pile.pop()
        tag = e.tag
        if tag in _RETIRES or (tag == _R and _cache(e)):
            continue
        if tag == _T:
            morceaux.append("".join(e.itertext()))
        elif tag in _BLANCS:
            morceaux.append(_BLANCS[tag])
        elif tag == _BOITE:
            boites.append(e)
        elif tag != _PPR:
            pile.extend(e.iterchildren(etree.Element, reversed=True))
    return "".join(morceaux), boites


def _cache(run: Element) -> bool:
    """Whether a run is hidden text."""
    vanish = run.find(f"{_W}rPr/{_W}vanish")
    return vanish is not None and vanish.get(f"{_W}val") not in ("0", "false", "off")


def _tableau(tbl: Element, recueil: _Recueil, prefixe: str, zone: Zone, profondeur: int) -> None:
    recueil.tableaux += 1
    numero = recueil.tableaux
    nom = f"{prefixe}, tableau" if prefixe else f"tableau\u00a0{numero}"
    rangs = []
    for r, tr in enumerate(_enfants(tbl, (TR,)), 1):
        cases = []
        colonne = _entier(tr, _TRPR, _GRID_BEFORE, 0)
        for c, tc in enumerate(_enfants(tr, (TC,)), 1):
            largeur = _entier(tc, _TCPR, _GRID_SPAN, 1)
            debut = len(recueil.lignes)
            lieu = f"{nom}, ligne\u00a0{r}, colonne\u00a0{c}"
            interne = zone if zone is not Zone.CORPS else Zone.TABLEAU
            _cellule(tc, recueil, lieu, interne, profondeur)
            texte = "\n".join(x.texte for x in recueil.lignes[debut:])
            cases.append(Case(texte, colonne, largeur, debut if texte else -1))
            colonne += largeur
        rangs.append(tuple(cases))
    if zone is Zone.CORPS:
        recueil.grilles.append(Grille(tuple(rangs)))


def _cellule(tc: Element, recueil: _Recueil, lieu: str, zone: Zone, profondeur: int) -> None:
    for bloc in _enfants(tc, (P, TBL)):
        if bloc.tag == P:
            _paragraphe(bloc, recueil, lieu, zone, profondeur + 1)
        elif profondeur < _PROFONDEUR:
            _tableau(bloc, recueil, lieu, zone, profondeur + 1)


def _entier(parent: Element, proprietes: str, nom: str, defaut: int) -> int:
    for groupe in parent.iterchildren(proprietes):
        for e in groupe.iterchildren(nom):
            valeur = e.get(_VAL)
            return int(valeur) if valeur and re.fullmatch(r"[1-9]\d{0,2}", valeur) else defaut
    return defaut
