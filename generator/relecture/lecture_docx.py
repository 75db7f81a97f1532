"""Word files: body, tables, margins, notes and text boxes, read without running or fetching anything."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
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
_BOITE = f"{_W}txbxContent"
_BLANCS = {f"{_W}tab": "\t", f"{_W}br": " ", f"{_W}cr": " ", f"{_W}noBreakHyphen": "-", f"{_W}ptab": "\t"}
_RETIRES = (f"{_W}del", f"{_W}moveFrom", _FALLBACK)  # what the page no longer shows, or shows twice
_SUIVI = (f"{_W}ins", f"{_W}del", f"{_W}moveFrom", f"{_W}moveTo", f"{_W}commentReference")
_ANNEXES: Final = (
    ("header", "en-tête", Zone.MARGE),
    ("footer", "pied de page", Zone.MARGE),
    ("footnotes", "note de bas de page", Zone.NOTE),
    ("endnotes", "note de fin", Zone.NOTE),
)
_PROFONDEUR = 40  # tables and boxes within one another; Word itself stops before


@dataclass(slots=True)
class _Recueil:
    """What is gathered while a part is walked through."""

    listes: Listes
    lignes: list[Ligne] = field(default_factory=list)
    grilles: list[Grille] = field(default_factory=list)
    paragraphes: int = 0
    tableaux: int = 0


def lire(fichier: str, data: bytes) -> Texte:
    """The text of a .docx as the page shows it: deleted and hidden text is left out.

    Raises DocxIllisibleError.
    """
    contenus = parties(data)
    corps = _arbre(contenus, "word/document.xml").find(f"{_W}body")
    if corps is None:
        raise DocxIllisibleError("le fichier Word n’a pas de texte principal")
    annexes = ("word/numbering.xml", "word/styles.xml")
    listes = listes_docx.lire(*(_arbre(contenus, nom) if nom in contenus else None for nom in annexes))
    recueil = _Recueil(listes)
    _blocs(corps, recueil, "", Zone.CORPS, 0)
    arbres = [corps]
    for debut, nom, zone in _ANNEXES:
        for partie in sorted(p for p in contenus if re.fullmatch(rf"word/{debut}\d*\.xml", p)):
            arbre = _arbre(contenus, partie)
            arbres.append(arbre)
            if zone is Zone.MARGE:
                _blocs(arbre, recueil, nom, zone, 0)
            else:
                _notes(arbre, recueil, nom, zone)
    revisions = sum(1 for arbre in arbres for _ in arbre.iter(*_SUIVI))
    return Texte(
        fichier,
        Genre.DOCX,
        tuple(recueil.lignes),
        tuple(recueil.grilles),
        revisions=revisions,
        numerotes=listes.articles,
    )


def _arbre(contenus: Mapping[str, bytes], nom: str) -> Element:
    """The XML of a part, its entities left alone. Raises DocxIllisibleError."""
    if nom not in contenus:
        raise DocxIllisibleError(f"la partie {nom} manque")
    data = contenus[nom].replace(_STRICT, _W[1:-1].encode())
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


def _notes(arbre: Element, recueil: _Recueil, nom: str, zone: Zone) -> None:
    for note in arbre.iter(f"{_W}footnote", f"{_W}endnote"):
        if note.get(f"{_W}type") is None:  # the separators have a type
            _blocs(note, recueil, f"{nom}\u00a0{note.get(f'{_W}id')}", zone, 0)


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
        if e.tag in tags:
            yield e
        elif e.tag not in _RETIRES and e.tag != _BOITE:
            yield from _enfants(e, tags)


def _paragraphe(p: Element, recueil: _Recueil, lieu: str, zone: Zone, profondeur: int) -> None:
    texte, boites = _texte(p)
    if texte.strip():
        texte = f"•\t{texte}" if recueil.listes.a_une_puce(p) else texte
        recueil.lignes.append(Ligne(texte, lieu, 0, zone))
    for boite in boites:
        _blocs(boite, recueil, f"zone de texte, {lieu}", zone, profondeur + 1)


def _texte(p: Element) -> tuple[str, list[Element]]:
    """(text of a paragraph, text boxes anchored in it)."""
    morceaux: list[str] = []
    boites: list[Element] = []
    pile = list(reversed(list(p.iterchildren(etree.Element))))
    while pile:
        e = pile.pop()
        if e.tag in _RETIRES or (e.tag == f"{_W}r" and _cache(e)):
            continue
        if e.tag == f"{_W}t":
            morceaux.append("".join(e.itertext()))
        elif e.tag in _BLANCS:
            morceaux.append(_BLANCS[e.tag])
        elif e.tag == _BOITE:
            boites.append(e)
        elif e.tag != f"{_W}pPr":
            pile.extend(reversed(list(e.iterchildren(etree.Element))))
    return puces("".join(morceaux).replace("\n", " ")), boites


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
        colonne = _entier(tr, "trPr", "gridBefore", 0)
        for c, tc in enumerate(_enfants(tr, (TC,)), 1):
            largeur = _entier(tc, "tcPr", "gridSpan", 1)
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
    e = parent.find(f"{_W}{proprietes}/{_W}{nom}")
    valeur = e.get(f"{_W}val") if e is not None else None
    return int(valeur) if valeur and re.fullmatch(r"[1-9]\d{0,2}", valeur) else defaut
