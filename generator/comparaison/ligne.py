"""Two versions of one paragraph in one: words kept, words struck out, words added, looks changed."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from lxml import etree  # type: ignore[import-untyped]

from generator.comparaison.canonique import nettoyer, texte_canonique
from generator.comparaison.mots import aligner, mots
from generator.comparaison.paquet import Element, W

_XML_ESPACE: Final = "{http://www.w3.org/XML/1998/namespace}space"
_NOTES: Final = {f"{W}footnoteReference": "footnotes", f"{W}endnoteReference": "endnotes",
                 f"{W}commentReference": "comments"}  # fmt: skip
_REPERES: Final = tuple(
    f"{W}{n}" for n in ("bookmarkStart", "bookmarkEnd", "commentRangeStart", "commentRangeEnd", "proofErr",
                        "permStart", "permEnd")
)  # fmt: skip
_CONTENANTS: Final = (f"{W}hyperlink", f"{W}fldSimple", f"{W}smartTag")  # w:ins and w:del go inside these
_SUITE: Final = ("rPr", "sectPr", "pPrChange")  # last children of w:pPr, in this order
Notes = list[tuple[str, str, str]]


@dataclass(slots=True)
class Marqueur:
    """Makes the marks of one document: author, date, ids in sequence; remembers the notes that pair up."""

    auteur: str
    date: dt.datetime
    rang: int = 0
    notes: Notes = field(default_factory=list)

    def marque(self, nom: str) -> Element:
        """A new `w:ins`, `w:del` or `w:…Change`."""
        self.rang += 1
        e = etree.Element(f"{W}{nom}")
        e.set(f"{W}id", str(self.rang))
        e.set(f"{W}author", self.auteur)
        e.set(f"{W}date", f"{self.date:%Y-%m-%dT%H:%M:%SZ}")
        return e


@dataclass(frozen=True, slots=True)
class Atome:
    """A word of a paragraph, or what stands as one: `cle` says what it is, `look` how it looks.

    `elements`: the runs, or the one container, that hold it. `texte`: a run of plain text.
    """

    cle: str
    look: str
    elements: tuple[Element, ...]
    texte: bool = False


def atomes(p: Element) -> list[Atome]:
    """The content of a paragraph, marks of position left out."""
    out: list[Atome] = []
    champ: list[Element] = []
    fond = 0
    for e in _unis(p):
        if e.tag in (f"{W}pPr", *_REPERES) or not isinstance(e.tag, str):
            continue
        if e.tag != f"{W}r":
            if fond:
                champ.append(e)
            else:
                out.append(Atome(empreinte(e), "", (e,)))
            continue
        for run, piece in _pieces(e):
            sens = piece.get(f"{W}fldCharType") if piece.tag == f"{W}fldChar" else None
            fond += {"begin": 1, "end": -1}.get(sens or "", 0)
            if fond > 0 or sens == "end":
                champ.append(run)
                if fond <= 0:
                    out.append(Atome("".join(map(empreinte, champ)), "", tuple(champ)))
                    champ, fond = [], 0
            elif piece.tag == f"{W}t":
                out += _mots(run, piece)
            else:
                cle = piece.tag if piece.tag in _NOTES else empreinte(piece)
                out.append(Atome(cle, texte_canonique(run.find(f"{W}rPr")), (run,)))
    if champ:
        out.append(Atome("".join(map(empreinte, champ)), "", tuple(champ)))
    return out


def _unis(p: Element) -> list[Element]:
    """The children of a paragraph, runs of text of one look in one: a figure is not cut where a run is."""
    out: list[Element] = []
    for e in p:
        if e.tag in _REPERES:
            continue
        if out and _meme_texte(out[-1], e):
            before = out[-1] = copy.deepcopy(out[-1])
            before[-1].text = (before[-1].text or "") + (e[-1].text or "")
        else:
            out.append(e)
    return out


def _pieces(r: Element) -> Iterator[tuple[Element, Element]]:
    """The run cut so that each holds one child: (run, child)."""
    for child in r:
        if child.tag in (f"{W}rPr", f"{W}lastRenderedPageBreak"):
            continue
        run = etree.Element(f"{W}r", nsmap=r.nsmap)
        rpr = r.find(f"{W}rPr")
        if rpr is not None:
            run.append(copy.deepcopy(rpr))
        piece = copy.deepcopy(child)
        run.append(piece)
        yield run, piece


def _mots(run: Element, piece: Element) -> Iterator[Atome]:
    look = texte_canonique(run.find(f"{W}rPr"))
    for mot in mots(piece.text or ""):
        new = copy.deepcopy(run)
        t = new.find(f"{W}t")
        t.text = mot
        t.set(_XML_ESPACE, "preserve")
        yield Atome(mot, look, (new,), texte=True)


def empreinte(e: Element) -> str:
    """What the element is for a reader, as one text: ids and accidents left out."""
    box = etree.Element(f"{W}box", nsmap=e.nsmap)
    box.append(copy.deepcopy(e))
    for ref in box.iter(*_NOTES):
        ref.attrib.pop(f"{W}id", None)
    nettoyer(box, lambda ident: ident, lambda num: num)
    return texte_canonique(box)


def contenu(ancien: Sequence[Atome], nouveau: Sequence[Atome], m: Marqueur) -> list[Element]:
    """The merged content of a paragraph: what stays, what goes (w:del), what comes (w:ins), in this order."""
    out: list[Element] = []
    for same, i1, i2, j1, j2 in aligner([a.cle for a in ancien], [b.cle for b in nouveau]):
        if same:
            for a, b in zip(ancien[i1:i2], nouveau[j1:j2], strict=True):
                out += _garde(a, b, m)
            continue
        out += _marques(ancien[i1:i2], "del", m)
        out += _marques(nouveau[j1:j2], "ins", m)
    return _joindre(out)


def _garde(a: Atome, b: Atome, m: Marqueur) -> list[Element]:
    elements = [copy.deepcopy(e) for e in b.elements]
    for x, y in zip(a.elements, b.elements, strict=False):
        for sorte, i, j in zip(_refs(x), _refs(x, ident=True), _refs(y, ident=True), strict=False):
            m.notes.append((sorte, i, j))
    if a.look != b.look:
        for run in elements:
            changer(run, "rPr", a.elements[0].find(f"{W}rPr"), m)
    return elements


def _refs(e: Element, ident: bool = False) -> list[str]:
    return [r.get(f"{W}id", "") if ident else _NOTES[r.tag] for r in e.iter(*_NOTES)]


def references(e: Element) -> list[tuple[str, str]]:
    """(kind, id) of the notes and comments that an element refers to."""
    return list(zip(_refs(e), _refs(e, ident=True), strict=True))


def _marques(atomes: Sequence[Atome], nom: str, m: Marqueur) -> list[Element]:
    out: list[Element] = []
    for e in (copy.deepcopy(e) for a in atomes for e in a.elements):
        if nom == "del":
            _effacer(e)
        if e.tag in _CONTENANTS:
            _marquer_dedans(e, nom, m)
            out.append(e)
            continue
        if not out or out[-1].tag != f"{W}{nom}":
            out.append(m.marque(nom))
        out[-1].append(e)
    return out


def _marquer_dedans(e: Element, nom: str, m: Marqueur) -> None:
    """Mark the runs of a link or of a field: the mark cannot hold the container itself."""
    for r in [r for r in e.iter(f"{W}r") if r.getparent().tag in _CONTENANTS]:
        mark = m.marque(nom)
        r.getparent().replace(r, mark)
        mark.append(r)


def _effacer(e: Element) -> None:
    """Deleted text has its own element; the text of a box inside the run keeps its own."""
    for t in e.iter(f"{W}t", f"{W}instrText"):
        if any(x.tag == f"{W}txbxContent" for x in t.iterancestors()):
            continue
        t.tag = f"{W}delText" if t.tag == f"{W}t" else f"{W}delInstrText"
        t.set(_XML_ESPACE, "preserve")


def changer(e: Element, nom: str, avant: Element | None, m: Marqueur, gardes: tuple[str, ...] = ()) -> None:
    """Record in `e` that its properties `nom` were `avant`; `gardes`: children that are not recorded."""
    pr = e.find(f"{W}{nom}")
    sans = tuple(f"{W}{g}" for g in (*gardes, f"{nom}Change"))
    ancien = [copy.deepcopy(x) for x in (avant if avant is not None else []) if x.tag not in sans]
    vieux = etree.Element(f"{W}{nom}")
    vieux.extend(ancien)
    neuf = etree.Element(f"{W}{nom}")
    neuf.extend([copy.deepcopy(x) for x in (pr if pr is not None else []) if x.tag not in sans])
    if texte_canonique(vieux) == texte_canonique(neuf):
        return
    if pr is None:
        pr = etree.Element(f"{W}{nom}")
        e.insert(1 if len(e) and e[0].tag == f"{W}tblPrEx" else 0, pr)
    change = m.marque(f"{nom}Change")
    change.append(vieux)
    pr.append(change)


def _joindre(elements: list[Element]) -> list[Element]:
    """Runs of text cut for the comparison are joined again, inside the marks too."""
    racine = etree.Element(f"{W}box")
    racine.extend(elements)
    for boite in [racine, *racine.iter(f"{W}ins", f"{W}del")]:
        for r in list(boite.findall(f"{W}r")):
            before = r.getprevious()
            if before is not None and _meme_texte(before, r):
                before[-1].text = (before[-1].text or "") + (r[-1].text or "")
                boite.remove(r)
    return list(racine)


def _meme_texte(a: Element, b: Element) -> bool:
    """True for two runs of text of one look: they can be one."""
    if a.tag != f"{W}r" or b.tag != f"{W}r" or not _textuel(a) or not _textuel(b):
        return False
    return bool(a[-1].tag == b[-1].tag) and _formes(a) == _formes(b)


def _textuel(r: Element) -> bool:
    return len(r) > 0 and r[-1].tag in (f"{W}t", f"{W}delText") and all(c.tag == f"{W}rPr" for c in r[:-1])


def _formes(r: Element) -> str:
    """The look of a run, a change of look included, whatever the id of the change."""
    rpr = r.find(f"{W}rPr")
    if rpr is None:
        return ""
    rpr = copy.deepcopy(rpr)
    for change in rpr.iter(f"{W}rPrChange"):
        change.attrib.pop(f"{W}id", None)
    return texte_canonique(rpr)


def marquer_paragraphe(p: Element, nom: str, m: Marqueur) -> None:
    """Mark the end of a paragraph as inserted (« ins ») or deleted (« del »)."""
    ppr = p.find(f"{W}pPr")
    if ppr is None:
        ppr = etree.Element(f"{W}pPr")
        p.insert(0, ppr)
    rpr = ppr.find(f"{W}rPr")
    if rpr is None:
        rpr = etree.Element(f"{W}rPr")
        after = [e for e in ppr if e.tag in tuple(f"{W}{s}" for s in _SUITE)]
        if after:
            after[0].addprevious(rpr)
        else:
            ppr.append(rpr)
    rpr.insert(0, m.marque(nom))


def remplir(p: Element, elements: Sequence[Element], reperes: bool) -> None:
    """Give a paragraph another content; with `reperes` it keeps its bookmarks, around all of it."""
    kept = [e for e in p if e.tag in _REPERES] if reperes else []
    for e in [e for e in p if e.tag != f"{W}pPr"]:
        p.remove(e)
    p.extend([e for e in kept if not e.tag.endswith("End")])
    p.extend(elements)
    p.extend([e for e in kept if e.tag.endswith("End")])


def entier(p: Element, nom: str, m: Marqueur) -> Element:
    """A copy of the paragraph, all of it inserted or deleted, its end too."""
    new = copy.deepcopy(p)
    remplir(new, _joindre(_marques(atomes(p), nom, m)), reperes=nom == "ins")
    marquer_paragraphe(new, nom, m)
    return new


def fondre(ancien: Element, nouveau: Element, m: Marqueur) -> Element:
    """One paragraph for two versions of it; its properties too, and those of its end."""
    new = copy.deepcopy(nouveau)
    remplir(new, contenu(atomes(ancien), atomes(nouveau), m), reperes=True)
    formes_paragraphe(new, ancien, m)
    return new


def formes_paragraphe(p: Element, ancien: Element, m: Marqueur) -> None:
    """Record in `p` the properties that the paragraph had in `ancien`."""
    avant = ancien.find(f"{W}pPr")
    apres = p.find(f"{W}pPr")
    if (avant is not None and avant.find(f"{W}rPr") is not None) or (
        apres is not None and apres.find(f"{W}rPr") is not None
    ):
        apres = apres if apres is not None else etree.SubElement(p, f"{W}pPr")
        p.insert(0, apres)
        vieux = avant.find(f"{W}rPr") if avant is not None else None
        neuf = etree.Element(f"{W}box")
        if (rpr := apres.find(f"{W}rPr")) is not None:
            at = apres.index(rpr)
            neuf.append(rpr)
        else:
            suite = [e for e in apres if e.tag in tuple(f"{W}{s}" for s in _SUITE)]
            at = apres.index(suite[0]) if suite else len(apres)
        changer(neuf, "rPr", vieux, m)
        if len(neuf):
            apres.insert(at, neuf[0])
    changer(p, "pPr", avant, m, gardes=("rPr", "sectPr"))
