"""A .docx as its parts: read with care, its relationships followed, written the same way every time."""

from __future__ import annotations

import io
import posixpath
import zipfile
from dataclasses import dataclass, field
from typing import Any, Final

from lxml import etree  # type: ignore[import-untyped]

from generator.relecture import paquet
from generator.relecture.paquet import DocxIllisibleError

Element = Any  # lxml ships no types

W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
DOCUMENT: Final = "word/document.xml"
_RELS: Final = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_TYPES: Final = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # a file encrypted by Word, or an old .doc, is no zip
_STRICT: Final = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
_JOUR: Final = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Lien:
    """A relationship of a part: its type (last word), and what it points to.

    `cible` is the name of a part of the package, or an outside address when `externe`.
    """

    ident: str
    sorte: str
    cible: str
    externe: bool


@dataclass(slots=True)
class Paquet:
    """The parts of a .docx by name; trees are parsed once and written back by `octets`."""

    contenus: dict[str, bytes]
    _arbres: dict[str, Element] = field(default_factory=dict)

    def arbre(self, nom: str) -> Element:
        """The root of an XML part; a change made to it is written. Raises DocxIllisibleError."""
        if nom not in self._arbres:
            if nom not in self.contenus:
                raise DocxIllisibleError(f"la partie {nom} manque")
            self._arbres[nom] = lire_xml(self.contenus[nom], nom)
        return self._arbres[nom]

    def copie(self) -> Paquet:
        """The same parts; a tree put in the place of another in the copy leaves this package as it is."""
        return Paquet(dict(self.contenus), dict(self._arbres))

    def remplacer(self, nom: str, racine: Element) -> None:
        """Put another tree in the place of a part, or a new part."""
        self._arbres[nom] = racine
        self.contenus.setdefault(nom, b"")

    def liens(self, nom: str) -> dict[str, Lien]:
        """Relationships of a part, by id."""
        rels = _nom_rels(nom)
        if rels not in self.contenus:
            return {}
        found = {}
        for e in self.arbre(rels).iter(f"{_RELS}Relationship"):
            externe = e.get("TargetMode") == "External"
            cible = e.get("Target", "")
            if not externe:
                cible = posixpath.normpath(posixpath.join("/" + posixpath.dirname(nom), cible)).lstrip("/")
            ident = e.get("Id", "")
            found[ident] = Lien(ident, e.get("Type", "").rpartition("/")[2], cible, externe)
        return found

    def par_sorte(self, nom: str, sorte: str) -> str | None:
        """Name of the part that `nom` points to by a relationship of this type, when it is there."""
        return next((x.cible for x in self.liens(nom).values() if x.sorte == sorte and not x.externe), None)

    def relier(self, nom: str, modele: Lien, cible: str) -> str:
        """A new relationship of `nom`, of the type of `modele`, towards `cible`; its id."""
        rels = _nom_rels(nom)
        if rels not in self.contenus:
            self.remplacer(rels, etree.Element(f"{_RELS}Relationships", nsmap={None: _RELS[1:-1]}))
        racine = self.arbre(rels)
        pris = {e.get("Id") for e in racine}
        ident = next(f"rIdC{n}" for n in range(1, len(pris) + 2) if f"rIdC{n}" not in pris)
        e = etree.SubElement(racine, f"{_RELS}Relationship", Id=ident)
        e.set("Type", f"{R[1:-1]}/{modele.sorte}")
        e.set("Target", cible if modele.externe else f"/{cible}")
        if modele.externe:
            e.set("TargetMode", "External")
        return ident

    def importer(self, autre: Paquet, nom: str, propre: bool = False) -> str:
        """Copy a part of another package under its name or a free one (always, if `propre`); that name."""
        data = autre.contenus[nom]
        stem, dot, suffix = nom.rpartition(".")
        choix = nom
        rang = 0
        while choix in self.contenus and (propre or self.contenus[choix] != data):
            rang += 1
            choix = f"{stem}-a{rang}{dot}{suffix}"
        self.contenus[choix] = data
        types, others = self.arbre("[Content_Types].xml"), autre.arbre("[Content_Types].xml")
        if suffix.lower() not in {e.get("Extension", "").lower() for e in types.iter(f"{_TYPES}Default")}:
            for e in others.iter(f"{_TYPES}Default"):
                if e.get("Extension", "").lower() == suffix.lower():
                    types.insert(0, etree.fromstring(etree.tostring(e)))
        return choix

    def octets(self) -> bytes:
        """The .docx: same parts, same bytes, whatever the day and the machine."""
        for nom, racine in self._arbres.items():
            self.contenus[nom] = etree.tostring(
                racine, xml_declaration=True, encoding="UTF-8", standalone=True
            )
        out = io.BytesIO()
        first = ("[Content_Types].xml", "_rels/.rels", DOCUMENT)
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for nom in sorted(self.contenus, key=lambda n: (first.index(n) if n in first else 9, n)):
                info = zipfile.ZipInfo(nom, _JOUR)
                info.compress_type = zipfile.ZIP_DEFLATED
                info.external_attr = 0o600 << 16
                archive.writestr(info, self.contenus[nom])
        return out.getvalue()


def ouvrir(data: bytes) -> Paquet:
    """The parts of a .docx. Raises DocxIllisibleError, with `refus` for what is protected or outsized."""
    if data.startswith(_OLE):
        message = "le fichier est protégé par un mot de passe, ou c’est un ancien document .doc"
        raise DocxIllisibleError(message, refus=True)
    paquet.parties(data)  # soundness, protection, size
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        infos = [i for i in archive.infolist() if not i.is_dir()]
        if sum(i.file_size for i in infos) > 2 * paquet.MAX_DEPLIE:
            raise DocxIllisibleError("le fichier décompressé serait démesuré", refus=True)
        try:
            contenus = {i.filename: archive.read(i) for i in infos}
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, OSError) as e:
            raise DocxIllisibleError("le fichier est endommagé") from e
    if _STRICT in contenus[DOCUMENT]:
        raise DocxIllisibleError(
            "le fichier est enregistré en « Open XML strict » ; l’enregistrer dans Word en « Document Word »",
            refus=True,
        )
    return Paquet(contenus)


def lire_xml(data: bytes, nom: str) -> Element:
    """Root of an XML part, its entities left alone. Raises DocxIllisibleError."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
    try:
        racine = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as e:
        raise DocxIllisibleError(f"la partie {nom} est endommagée") from e
    if racine.getroottree().docinfo.internalDTD is not None:
        message = f"la partie {nom} contient une déclaration que Word n’écrit jamais (DTD)"
        raise DocxIllisibleError(message, refus=True)
    return racine


def _nom_rels(nom: str) -> str:
    dossier, _, base = nom.rpartition("/")
    return f"{dossier}/_rels/{base}.rels" if dossier else f"_rels/{base}.rels"
