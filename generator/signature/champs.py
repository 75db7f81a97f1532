"""The two signature fields, made before approval, so that whoever signs changes nothing else.

Tagged as PDF/UA-1 asks (7.18.4: a Form element around the widget, 7.18.1: a name to be read), with an
empty appearance and the font of the signature as PDF/A-2b asks (6.3.3, 6.2.11.4).
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name, NumberTree, Object, Pdf, String

from generator.ecriture_pdf import enregistrer
from generator.signature.encre import POLICE, Encre
from generator.signature.places import DEPARTEMENT, STRUCTURE, Champ

_IMPRIME_VERROUILLE = 4 | 128
_EXISTE_AJOUT_SEUL = 1 | 2


class SansBalisesError(Exception):
    """The PDF has no tags, or already has a form."""


def poser(pdf: bytes, champs: Sequence[Champ]) -> bytes:
    """The same document with its fields, empty; the same input gives the same bytes.

    Raises SansBalisesError, pikepdf.PdfError.
    """
    with tempfile.TemporaryDirectory(prefix="convenant-") as folder:
        source = Path(folder) / "document.pdf"
        source.write_bytes(pdf)
        with pikepdf.open(source) as document:
            tree = document.Root.get("/StructTreeRoot")
            if not isinstance(tree, Dictionary) or "/AcroForm" in document.Root:
                raise SansBalisesError
            widgets = [_widget(document, tree, champ) for champ in champs]
            document.Root.AcroForm = document.make_indirect(
                Dictionary(
                    Fields=Array(widgets),
                    SigFlags=_EXISTE_AJOUT_SEUL,
                    DR=Dictionary(Font=Dictionary({POLICE: Encre(champs).police(document)})),
                )
            )
            made = Path(folder) / "champs.pdf"
            enregistrer(document, made)
        return made.read_bytes()


def _widget(document: Pdf, tree: Dictionary, champ: Champ) -> Object:
    page = document.pages[champ.page - 1]
    left, low, right, high = champ.rect
    empty = document.make_stream(b"", Type=Name.XObject, Subtype=Name.Form, FormType=1)
    empty.BBox = Array([0, 0, right - left, high - low])
    empty.Resources = Dictionary()
    widget = document.make_indirect(
        Dictionary(
            Type=Name.Annot,
            Subtype=Name.Widget,
            FT=Name.Sig,
            T=String(champ.nom),
            TU=String(champ.intitule),
            F=_IMPRIME_VERROUILLE,
            Rect=Array(list(champ.rect)),
            P=page.obj,
            AP=Dictionary(N=empty),
            Lock=document.make_indirect(_verrou(champ)),
        )
    )
    annotations = list(page.obj.get("/Annots", ()))
    page.obj.Annots = Array([*annotations, widget])
    page.obj.Tabs = Name.S
    _baliser(document, tree, page, widget)
    return widget


def _verrou(champ: Champ) -> Dictionary:
    """What the signature of the field locks: the Département leaves the field of the structure alone."""
    if champ.nom == DEPARTEMENT:
        return Dictionary(Type=Name.SigFieldLock, Action=Name.Exclude, Fields=Array([String(STRUCTURE)]))
    return Dictionary(Type=Name.SigFieldLock, Action=Name.All)


def _baliser(document: Pdf, tree: Dictionary, page: pikepdf.Page, widget: Object) -> None:
    """Add the Form element after what is read last on the page, and its key in the parent tree."""
    top = next((k for k in _kids(tree) if k.get("/S") == Name.Document), tree)
    element = document.make_indirect(
        Dictionary(
            Type=Name.StructElem,
            S=Name.Form,
            P=top,
            Pg=page.obj,
            K=Dictionary(Type=Name.OBJR, Obj=widget, Pg=page.obj),
        )
    )
    kids = _kids(top)
    rank = max((n for n, kid in enumerate(kids, 1) if _page(kid) == page.obj.objgen), default=len(kids))
    top.K = Array([*kids[:rank], element, *kids[rank:]])
    if "/ParentTree" not in tree:
        tree.ParentTree = document.make_indirect(Dictionary(Nums=Array()))
    parents = NumberTree(tree.ParentTree)
    key = max([int(tree.get("/ParentTreeNextKey", 0)), *(k + 1 for k in parents)])
    parents[key] = element
    tree.ParentTreeNextKey = key + 1
    widget.StructParent = key


def _kids(element: Object) -> list[Object]:
    kids = element.get("/K")
    listed = list(kids) if isinstance(kids, Array) else [kids]
    return [k for k in listed if isinstance(k, Dictionary)]


def _page(element: Object) -> tuple[int, int] | None:
    """Where the first words of the element stand."""
    todo = [element]
    while todo:
        one = todo.pop()
        if isinstance(one.get("/Pg"), Dictionary):
            page: tuple[int, int] = one.Pg.objgen
            return page
        todo += reversed(_kids(one))
    return None
