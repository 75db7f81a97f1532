"""What the old document alone has, brought into the package of the new one: links, lists, notes, styles."""

from __future__ import annotations

import copy
from typing import Final

from generator.comparaison.canonique import Listes
from generator.comparaison.paquet import DOCUMENT, Element, Lien, Paquet, R, W

_NOTES: Final = {
    "footnotes": "footnoteReference",
    "endnotes": "endnoteReference",
    "comments": "commentReference",
}
_TYPES: Final = "{http://schemas.openxmlformats.org/package/2006/content-types}"


class Apport:
    """Adapts the trees of `ancien` to the package `out`; remembers what was brought in."""

    def __init__(self, ancien: Paquet, out: Paquet) -> None:
        self.ancien, self.out = ancien, out
        self.apportes: dict[str, set[str]] = {}
        self._parties: dict[str, str] = {}
        self._styles()
        self._nums = self._listes()

    def adapter(self, racine: Element, partie: str) -> None:
        """Make an old tree speak of the relationships, lists and notes of the new package, in place.

        After this an element of either document with the same text means the same thing.
        """
        self._relations(racine, self.ancien, partie, partie)
        for e in racine.iter(f"{W}numId"):
            val = e.get(f"{W}val", "")
            e.set(f"{W}val", self._nums.get(val, val))
        for sorte, tag in _NOTES.items():
            self._notes(racine, sorte, tag)

    def rapprocher(self, racine: Element, ancien: str, nouveau: str) -> None:
        """The same between two parts of the new package (a header that was brought in, and its new text)."""
        self._relations(racine, self.out, ancien, nouveau)

    def _relations(self, racine: Element, source: Paquet, partie: str, cible: str) -> None:
        vus: dict[str, str] = {}
        liens = source.liens(partie)
        for e in racine.iter():
            if not isinstance(e.tag, str):
                continue
            for name, value in e.attrib.items():
                if name.startswith(R) and value in liens:
                    if value not in vus:
                        vus[value] = self._lier(liens[value], source, cible)
                    e.set(name, vus[value])

    def _lier(self, lien: Lien, source: Paquet, partie: str) -> str:
        """The relationship of the new part that points to the same thing; made when there is none."""
        marge = lien.sorte in ("header", "footer")
        cible = lien.cible if lien.externe else self._partie(lien.cible, source, propre=marge)
        for x in self.out.liens(partie).values():
            if (x.sorte, x.cible, x.externe) == (lien.sorte, cible, lien.externe) and not marge:
                return x.ident
        return self.out.relier(partie, lien, cible)

    def _partie(self, nom: str, source: Paquet, propre: bool = False) -> str:
        """The part in the new package, with what it points to; a margin always has a copy of its own."""
        if source is self.out:
            return nom
        if nom not in self._parties:
            self._parties[nom] = neuf = self.out.importer(source, nom, propre)
            self._typer(source, nom, neuf)
            if nom.endswith(".xml"):
                racine = copy.deepcopy(source.arbre(nom))
                self.out.remplacer(neuf, racine)
                self._relations(racine, source, nom, neuf)
                for e in racine.iter(f"{W}numId"):
                    e.set(f"{W}val", self._nums.get(e.get(f"{W}val", ""), e.get(f"{W}val", "")))
        return self._parties[nom]

    def _typer(self, source: Paquet, nom: str, neuf: str) -> None:
        types, others = self.out.arbre("[Content_Types].xml"), source.arbre("[Content_Types].xml")
        if any(e.get("PartName") == f"/{neuf}" for e in types.iter(f"{_TYPES}Override")):
            return
        for e in others.iter(f"{_TYPES}Override"):
            if e.get("PartName") == f"/{nom}":
                new = copy.deepcopy(e)
                new.set("PartName", f"/{neuf}")
                types.append(new)

    def _styles(self) -> None:
        """Styles that only the old document defines."""
        a, b = (p.par_sorte(DOCUMENT, "styles") for p in (self.ancien, self.out))
        if a is None or b is None:
            return
        racine = self.out.arbre(b)
        connus = {e.get(f"{W}styleId") for e in racine.iter(f"{W}style")}
        for e in self.ancien.arbre(a).iter(f"{W}style"):
            if e.get(f"{W}styleId") not in connus:
                new = copy.deepcopy(e)
                new.attrib.pop(f"{W}default", None)
                racine.append(new)

    def _listes(self) -> dict[str, str]:
        """Old number of a list → number of the same list in the new package."""
        a, b = (p.par_sorte(DOCUMENT, "numbering") for p in (self.ancien, self.out))
        if a is None:
            return {}
        noms_a, noms_b = Listes(self.ancien).tous(), Listes(self.out).tous()
        retour = {nom: num for num, nom in noms_b.items()}
        out = {}
        for num, nom in noms_a.items():
            out[num] = retour.get(nom) or (self._liste(num, a, b) if b else num)
        return out

    def _liste(self, num: str, a: str, b: str) -> str:
        """A list that only the old document has."""
        vieux, racine = self.ancien.arbre(a), self.out.arbre(b)
        e = next(e for e in vieux.iter(f"{W}num") if e.get(f"{W}numId") == num)
        lien = e.find(f"{W}abstractNumId")
        libre = str(
            1 + max((int(x.get(f"{W}abstractNumId", "0")) for x in racine.iter(f"{W}abstractNum")), default=0)
        )
        neuf = str(1 + max((int(x.get(f"{W}numId", "0")) for x in racine.iter(f"{W}num")), default=0))
        for forme in vieux.iter(f"{W}abstractNum"):
            if lien is not None and forme.get(f"{W}abstractNumId") == lien.get(f"{W}val"):
                new = copy.deepcopy(forme)
                new.set(f"{W}abstractNumId", libre)
                for x in new.findall(f"{W}nsid"):
                    new.remove(x)
                premier = racine.find(f"{W}num")
                if premier is not None:
                    premier.addprevious(new)
                else:
                    racine.append(new)
        new = copy.deepcopy(e)
        new.set(f"{W}numId", neuf)
        new.find(f"{W}abstractNumId").set(f"{W}val", libre)
        racine.append(new)
        return neuf

    def _notes(self, racine: Element, sorte: str, tag: str) -> None:
        """Every old note gets a place of its own in the part of the new document."""
        refs = list(racine.iter(f"{W}{tag}"))
        a = self.ancien.par_sorte(DOCUMENT, sorte)
        if not refs or a is None:
            return
        b = self.out.par_sorte(DOCUMENT, sorte)
        if b is None:
            lien = next(x for x in self.ancien.liens(DOCUMENT).values() if x.sorte == sorte)
            b = self._partie(a, self.ancien, propre=True)
            self.out.relier(DOCUMENT, lien, b)
            arbre = self.out.arbre(b)
            for e in [e for e in arbre if e.get(f"{W}type") is None]:
                arbre.remove(e)
        arbre = self.out.arbre(b)
        notes = {e.get(f"{W}id"): e for e in self.ancien.arbre(a) if e.get(f"{W}type") is None}
        libre = 1 + max((int(e.get(f"{W}id", "0")) for e in arbre), default=0)
        mine = self.apportes.setdefault(sorte, set())
        for ref in refs:
            note = notes.get(ref.get(f"{W}id"))
            if note is None:
                continue
            new = copy.deepcopy(note)
            new.set(f"{W}id", str(libre))
            self._relations(new, self.ancien, a, b)
            arbre.append(new)
            ref.set(f"{W}id", str(libre))
            mine.add(str(libre))
            libre += 1
        for tag_range in ("commentRangeStart", "commentRangeEnd"):
            for e in list(racine.iter(f"{W}{tag_range}")):
                e.getparent().remove(e)
