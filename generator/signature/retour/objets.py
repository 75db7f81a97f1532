"""What a PDF is made of, before and after: every object of the approved file is still there, unchanged,
but for what a signature writes in its own field.

What is new can then only be reached through the fields, the proofs of the signatures and the metadata.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream

Objgen = tuple[int, int]
_CATALOGUE = frozenset({"/Perms", "/DSS", "/Extensions", "/Version"})
_FORMULAIRE = frozenset({"/SigFlags", "/DR", "/DA"})
_CHAMP = frozenset({"/V", "/AP", "/M", "/MK", "/DA", "/BS", "/Border", "/NM"})
_RANGEMENT = (Name.ObjStm, Name.XRef)
"""Streams that only store objects: these are compared one by one."""


def champs_en_trop(avant: Pdf, apres: Pdf) -> list[str]:
    """Names of the fields that are not those approved; « − nom » for one that is gone."""
    before, after = _champs(avant), _champs(apres)
    out = [name for key, name in after.items() if key not in before]
    return out + [f"− {name}" for key, name in before.items() if key not in after]


def champs(document: Pdf) -> list[Dictionary]:
    """The fields of the form; none when what stands in its place, or in that of its list, is not one."""
    form = document.Root.get("/AcroForm")
    fields: Object | None = form.get("/Fields") if isinstance(form, Dictionary) else None
    return [f for f in fields if isinstance(f, Dictionary)] if isinstance(fields, Array) else []


def _champs(document: Pdf) -> dict[Objgen, str]:
    return {f.objgen: str(f.get("/T", "sans nom")) for f in champs(document)}


def changements(avant: Pdf, apres: Pdf) -> list[str]:
    """What differs in the objects that both files have, in French, each thing once."""
    if avant.Root.objgen != apres.Root.objgen or "/Encrypt" in apres.trailer:
        return ["le catalogue du document"]
    allowed = _permis(avant)
    names = _noms(avant)
    after = {o.objgen: o for o in apres.objects if _est_objet(o)}
    found: dict[str, None] = {}
    for one in avant.objects:
        if not _est_objet(one) or _stockage(one):
            continue
        new = after.get(one.objgen)
        keep = allowed.get(one.objgen)
        if keep is not None and new is not None and keep(one, new):
            continue
        if new is None or _forme(one) != _forme(new):
            found[names.get(one.objgen, "une partie du document")] = None
    return list(found)


def _est_objet(one: object) -> bool:
    return isinstance(one, Object) and one.objgen[0] > 0


def _stockage(one: Object) -> bool:
    return isinstance(one, Stream) and one.get("/Type") in _RANGEMENT


def _forme(one: Object) -> tuple[bytes, bytes]:
    """The object as written, its references not followed."""
    if isinstance(one, Stream):
        return one.stream_dict.unparse(resolved=True), one.read_raw_bytes()
    return one.unparse(resolved=True), b""


def _sauf(keys: frozenset[str]) -> Callable[[Object, Object], bool]:
    """True when two dictionaries differ in these keys only."""

    def same(before: Object, after: Object) -> bool:
        if not isinstance(after, Dictionary) or isinstance(after, Stream):
            return False
        rest = [k for k in {*before.keys(), *after.keys()} if k not in keys]
        return all(k in before and k in after and _valeur(before, k) == _valeur(after, k) for k in rest)

    return same


def _valeur(holder: Object, key: str) -> bytes:
    value = holder[key]
    return value.unparse() if isinstance(value, Object) else repr(value).encode()


def _permis(avant: Pdf) -> dict[Objgen, Callable[[Object, Object], bool]]:
    """The objects that may change, each with how far."""

    def anything(_: Object, __: Object) -> bool:
        return True

    out = {avant.Root.objgen: _sauf(_CATALOGUE)}
    form = avant.Root.AcroForm
    out[form.objgen] = _sauf(_FORMULAIRE)
    for field in form.Fields:
        out[field.objgen] = _sauf(_CHAMP)
        out[field.AP.N.objgen] = anything  # drawn in the rectangle of the field, whatever it is
    # Metadata are not shown: a reader may note there when it signed.
    for one in (avant.Root.get("/Metadata"), avant.trailer.get("/Info")):
        if isinstance(one, Object) and one.is_indirect:
            out[one.objgen] = anything
    return out


def _noms(avant: Pdf) -> dict[Objgen, str]:
    """How the user is told of an object."""
    names: dict[Objgen, str] = {avant.Root.objgen: "le catalogue du document"}
    names[avant.Root.AcroForm.objgen] = "la liste des champs"
    for field in avant.Root.AcroForm.Fields:
        names[field.objgen] = f"le champ « {field.get('/T', '')} »"
    for number, page in enumerate(avant.pages, 1):
        for one in _de_page(page):
            names.setdefault(one.objgen, f"la page {number}")
    return names


def _de_page(page: pikepdf.Page) -> Iterator[Object]:
    yield page.obj
    contents = page.obj.get("/Contents")
    for one in contents if isinstance(contents, pikepdf.Array) else [contents]:
        if isinstance(one, Stream):
            yield one
    for one in page.obj.get("/Annots", ()):
        if isinstance(one, Dictionary) and one.get("/FT") != Name.Sig:
            yield one
