"""A .docx as the passages that its reader sees: paragraphs and cells, headers, feet, notes, comments.

What Word computes (number of the page, number of pages) stands for itself, whatever the figure that the file
keeps. Struck or hidden words are not read: nobody signs them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from generator.comparaison.canonique import canoniser, texte_canonique
from generator.comparaison.cases import paragraphes
from generator.comparaison.equivalence import resolu, revisions
from generator.comparaison.paquet import DOCUMENT, Element, Paquet, W, ouvrir
from generator.comparaison.suivi import Sens
from generator.files import empreinte

CORPS: Final = "corps"
_CALCULES: Final = {"PAGE": "[page]", "NUMPAGES": "[pages]", "SECTIONPAGES": "[pages]"}
_TITRE: Final = re.compile(r"(?:Article|Annexe|ANNEXE)\b.{0,120}")
_BARRES: Final = ("vanish", "strike", "dstrike")
_BASES: Final = 20  # styles in a chain of basedOn: Word itself stops at 10
_DRAWN: Final = {"drawing": "[image]", "pict": "[image]", "object": "[objet]", "sym": "[symbole]"}
_BREAKS: Final = ("tab", "br", "cr", "ptab")


_Styles: TypeAlias = Mapping[tuple[str, str], Mapping[str, bool]]
"""What each style strikes or hides, by type and id; ("paragraph", "") is the default style of paragraphs,
("", "") the defaults of the document."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph that holds something: its story (« corps », « en-tête… »), its place, its words.

    `mots` are compared: spaces of every kind are one plain space, apostrophes are one.
    """

    partie: str
    lieu: str
    texte: str

    @property
    def mots(self) -> str:
        """The words alone, as they are compared."""
        return normal(self.texte)

    @property
    def ou(self) -> str:
        """Story and place, in French."""
        return self.lieu if self.partie == CORPS else ", ".join(x for x in (self.partie, self.lieu) if x)


class SuiviError(Exception):
    """A document that holds tracked changes, when nothing says what to do of them."""

    def __init__(self, nombre: int) -> None:
        super().__init__(nombre)
        self.nombre = nombre


def normal(texte: str) -> str:
    """`texte` with one plain space wherever there are spaces, and one kind of apostrophe and hyphen."""
    plain = texte.replace("'", "’").replace("\u2011", "-").replace("\u00ad", "")
    return " ".join(plain.split())


def lire(data: bytes, suivi: Sens | None = None) -> tuple[Passage, ...]:
    """The passages of a .docx, body first. Raises DocxIllisibleError and, unless `suivi` says what to do of
    tracked changes, SuiviError."""
    paquet = ouvrir(data)
    if found := revisions(paquet):
        if suivi is None:
            raise SuiviError(found)
        paquet = resolu(paquet, suivi)
    styles = _styles(paquet)
    return tuple(p for partie, racine in canoniser(paquet).items() for p in _partie(partie, racine, styles))


def empreinte_du_texte(passages: Iterable[Passage]) -> str:
    """SHA-256 of what a document says, whatever its look and its file."""
    return empreinte("\n".join(f"{p.partie}\t{p.mots}" for p in passages).encode())


def empreinte_de_la_forme(data: bytes) -> str:
    """SHA-256 of what a document says and of how it looks; what Word computes does not count. Raises
    DocxIllisibleError."""
    out = []
    for partie, racine in canoniser(ouvrir(data)).items():
        champs = _Champs()
        for e in racine.iter(f"{W}fldChar", f"{W}instrText", f"{W}t"):
            if e.tag == f"{W}fldChar":
                list(_champ(e.get(f"{W}fldCharType", ""), champs))
            elif e.tag == f"{W}instrText" and champs.codes and not champs.lus[-1]:
                champs.codes[-1] += e.text or ""
            elif e.tag == f"{W}t" and champs.tait():
                e.text = ""
        out.append(f"{partie}\t{texte_canonique(racine)}")
    return empreinte("\n".join(out).encode())


@dataclass(slots=True)
class _Champs:
    """The fields that the reading is in: their code, and whether their result is being read."""

    codes: list[str] = field(default_factory=list)
    lus: list[bool] = field(default_factory=list)

    def tait(self) -> bool:
        """True inside a code, or inside the result of a field that Word computes."""
        return any(not lu or _calcule(code) for code, lu in zip(self.codes, self.lus, strict=True))


def _calcule(code: str) -> str:
    words = code.split()
    return _CALCULES.get(words[0].upper(), "") if words else ""


def _partie(partie: str, racine: Element, styles: _Styles) -> Iterator[Passage]:
    titre, rang = "", 0
    champs = _Champs()  # a field may start in a paragraph and end in another one
    for p, case in paragraphes(racine):
        if not case:
            rang += 1
        texte = "".join(_lettres(p, champs, styles))
        if not texte.strip():
            continue
        style = p.find(f"{W}pPr/{W}pStyle")
        named = style is not None and style.get(f"{W}val", "").startswith(("Titre", "Heading"))
        lieu = case or f"paragraphe\u00a0{rang}"
        if partie == CORPS and not case and (named or _TITRE.match(texte)):
            titre = texte.strip()
        yield Passage(partie, f"{titre}, {lieu}" if titre and titre != texte.strip() else lieu, texte)


def _lettres(e: Element, champs: _Champs, styles: _Styles) -> Iterator[str]:
    """The words of a paragraph in order; a text box in it has paragraphs of its own."""
    for x in e:
        nom = x.tag.rpartition("}")[2] if isinstance(x.tag, str) else ""
        if nom == "fldSimple" and (shown := _calcule(x.get(f"{W}instr", ""))):
            if not champs.tait():
                yield shown
        elif nom == "r" and _barre(x, styles):
            continue
        elif nom == "fldChar":
            yield from _champ(x.get(f"{W}fldCharType", ""), champs)
        elif nom == "instrText":
            if champs.codes and not champs.lus[-1]:
                champs.codes[-1] += x.text or ""
        elif nom in _DRAWN:
            if not champs.tait():
                yield _DRAWN[nom]
        elif nom == "t":
            if not champs.tait():
                yield x.text or ""
        elif nom in _BREAKS and x.getparent().tag == f"{W}r":
            yield " "
        elif nom == "noBreakHyphen":
            yield "-"
        elif nom not in ("pPr", "rPr"):
            yield from _lettres(x, champs, styles)


def _champ(sorte: str, champs: _Champs) -> Iterator[str]:
    if sorte == "begin":
        champs.codes.append("")
        champs.lus.append(False)
    elif sorte == "separate" and champs.lus:
        champs.lus[-1] = True
    elif sorte == "end" and champs.codes:
        code = champs.codes.pop()
        champs.lus.pop()
        if (shown := _calcule(code)) and not champs.tait():
            yield shown


def _barre(r: Element, styles: _Styles) -> bool:
    """True when the reader sees the run struck, or not at all."""
    own = _marques(r.find(f"{W}rPr"))
    named = styles.get(("character", _val(r, "rPr/rStyle")), {})
    p = next(r.iterancestors(f"{W}p"), None)
    around = styles.get(("paragraph", "" if p is None else _val(p, "pPr/pStyle")), styles["paragraph", ""])
    for nom in _BARRES:
        if nom in own:
            seen = own[nom]
        elif nom == "dstrike":
            seen = named.get(nom, around.get(nom, styles["", ""].get(nom, False)))
        else:  # a toggle: two styles that both strike give words that are not struck (ISO 29500-1, 17.7.3)
            seen = styles["", ""].get(nom, False) or named.get(nom, False) != around.get(nom, False)
        if seen:
            return True
    return False


def _styles(paquet: Paquet) -> _Styles:
    nom = paquet.par_sorte(DOCUMENT, "styles")
    out: dict[tuple[str, str], dict[str, bool]] = {("", ""): {}, ("paragraph", ""): {}}
    if nom is None or nom not in paquet.contenus:
        return out
    racine = paquet.arbre(nom)
    out["", ""] = _marques(racine.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr"))
    known = {(e.get(f"{W}type", "paragraph"), e.get(f"{W}styleId", "")): e for e in racine.iter(f"{W}style")}
    for (sorte, ident), e in known.items():
        marks: dict[str, bool] = {}
        link: Element | None = e
        for _ in range(_BASES):  # bounded: a file may hold styles based on each other
            if link is None:
                break
            marks = {**_marques(link.find(f"{W}rPr")), **marks}
            link = known.get((sorte, _val(link, "basedOn")))
        out[sorte, ident] = marks
        if sorte == "paragraph" and e.get(f"{W}default") in ("1", "true", "on"):
            out[sorte, ""] = marks
    return out


def _marques(rpr: Element | None) -> dict[str, bool]:
    """The marks of `_BARRES` that properties of a run give or take away."""
    found = {} if rpr is None else {n: rpr.find(f"{W}{n}") for n in _BARRES}
    return {n: e.get(f"{W}val") not in ("0", "false", "off") for n, e in found.items() if e is not None}


def _val(e: Element, chemin: str) -> str:
    found = e.find("/".join(f"{W}{n}" for n in chemin.split("/")))
    return "" if found is None else str(found.get(f"{W}val", ""))
