"""Structure trees brought under one root, so that a screen reader reads the dossier as its parts."""

from __future__ import annotations

from collections.abc import Iterator

from pikepdf import Array, Dictionary, Name, NameTree, NumberTree, Object, Page, Pdf, String


class Tags:
    """Collects the tags of the parts; `finish` writes the tree.

    Each part becomes a « Part » element under one « Document ». Keys of the parent tree are shifted part
    by part; a role or an identifier that two parts use with different meanings is renamed. Class maps
    are not carried over (LibreOffice writes none).
    """

    def __init__(self, out: Pdf) -> None:
        self._out = out
        self._document = out.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Document))
        self._kids: list[Object] = []
        self._nums: list[Object | int] = []
        self._roles: dict[str, Object] = {}
        self._ids: list[tuple[bytes, Object]] = []
        self._next = 0
        self.complete = True  # every part was tagged

    def add(self, source: Pdf, pages: list[Page], titre: str) -> None:
        """Bring the tags of `source`, whose pages were just copied as `pages`."""
        tree = source.Root.get("/StructTreeRoot")
        if not isinstance(tree, Dictionary):
            self.complete = False
            return
        # The pages were copied before: what the tree says of them now points to the copies.
        root = self._out.copy_foreign(source.make_indirect(tree))
        part = self._out.make_indirect(
            Dictionary(Type=Name.StructElem, S=Name.Part, T=String(titre), P=self._document)
        )
        kids = _kids(root)
        if len(kids) == 1 and kids[0].get("/S") == Name.Document:
            kids = _kids(kids[0])
        for kid in kids:
            kid.P = part
        part.K = Array(kids)
        self._kids.append(part)
        self._rename_roles(root.get("/RoleMap", Dictionary()), part)
        self._rename_ids(root, part)
        self._shift(root, pages)

    def finish(self) -> None:
        """Write the tree; nothing when no part is tagged."""
        if not self._kids:
            return
        self._document.K = Array(self._kids)
        root = self._out.make_indirect(
            Dictionary(
                Type=Name.StructTreeRoot,
                K=Array([self._document]),
                ParentTree=self._out.make_indirect(Dictionary(Nums=Array(self._nums))),
                ParentTreeNextKey=self._next,
                RoleMap=Dictionary(self._roles),
            )
        )
        self._document.P = root
        if self._ids:
            names = [
                value
                for key, element in sorted(self._ids, key=lambda pair: pair[0])
                for value in (String(key), element)
            ]
            limits = Array([names[0], names[-2]])
            leaf = self._out.make_indirect(Dictionary(Names=Array(names), Limits=limits))
            root.IDTree = self._out.make_indirect(Dictionary(Kids=Array([leaf])))
        self._out.Root.StructTreeRoot = root
        self._out.Root.MarkInfo = Dictionary(Marked=self.complete)

    def _shift(self, root: Object, pages: list[Page]) -> None:
        """Give the part its own range of keys, in its parent tree and in what refers to it."""
        base = top = self._next
        if "/ParentTree" in root:
            for key, value in NumberTree(root.ParentTree).items():
                self._nums += [base + key, self._out.make_indirect(value)]
                top = max(top, base + key + 1)
        for holder, name in _holders(pages):
            key = base + int(holder[name])
            holder[name] = key
            top = max(top, key + 1)
        self._next = top

    def _rename_roles(self, roles: Object, part: Object) -> None:
        renamed: dict[str, Name] = {}
        for name, meaning in roles.items():
            final, number = name, 1
            while self._roles.setdefault(final, meaning) != meaning:
                number += 1
                final = f"{name}_{number}"
            if final != name:
                renamed[name] = Name(final)
        for element in _elements(part) if renamed else ():
            role = str(element.get("/S"))
            if role in renamed:
                element.S = renamed[role]

    def _rename_ids(self, root: Object, part: Object) -> None:
        if "/IDTree" not in root:
            return
        prefix = b"%d." % len(self._kids)
        for name in ("/ID", "/Headers"):
            for element in _elements(part):
                holders = [element, *_attributes(element)]
                for holder in holders:
                    if name in holder:
                        holder[name] = _prefixed(holder[name], prefix)
        for element in NameTree(root.IDTree).values():
            self._ids.append((bytes(element.ID), element))


def _kids(element: Object) -> list[Object]:
    kids = element.get("/K")
    if isinstance(kids, Array):
        return list(kids)
    return [] if kids is None else [kids]


def _elements(top: Object) -> Iterator[Object]:
    """All structure elements under `top`; an explicit stack, because lists nest deep."""
    todo = [top]
    while todo:
        element = todo.pop()
        yield element
        todo += [kid for kid in _kids(element) if isinstance(kid, Dictionary) and "/S" in kid]


def _attributes(element: Object) -> Iterator[Object]:
    """The attribute dictionaries of a structure element (/A holds one, or a list of them)."""
    value = element.get("/A")
    for one in value if isinstance(value, Array) else [value]:
        if isinstance(one, Dictionary):
            yield one


def _prefixed(value: Object, prefix: bytes) -> Object:
    if isinstance(value, Array):
        return Array([String(prefix + bytes(one)) for one in value])
    return String(prefix + bytes(value))


def _holders(pages: list[Page]) -> Iterator[tuple[Object, str]]:
    """All that names a key of the parent tree: pages, annotations, and pictures or forms, each once."""
    seen: set[tuple[int, int]] = set()
    for page in pages:
        resources = page.obj.get("/Resources", Dictionary())
        things = [page.obj, *page.obj.get("/Annots", ()), *resources.get("/XObject", Dictionary()).values()]
        for thing in things:
            if thing.is_indirect:
                if thing.objgen in seen:
                    continue
                seen.add(thing.objgen)
            for name in ("/StructParents", "/StructParent"):
                if name in thing:
                    yield thing, name
