"""Where a paragraph stands among the tables of its story, as a reader finds it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from generator.comparaison.paquet import Element, W


def paragraphes(racine: Element) -> Iterator[tuple[Element, str]]:
    """Every paragraph under `racine`, in the order of the text, with its cell: « tableau 2, ligne 3,
    colonne 1 » (its own table's, counted from 1; the caption when the table has one), nothing outside the
    tables. Tables are counted over the whole part, the nested ones included."""
    # Counted once: looking for the rank of a table from each of its cells makes long tables slow.
    rangs = {tbl: k for k, tbl in enumerate(racine.getroottree().iter(f"{W}tbl"), 1)}
    for p in racine.iter(f"{W}p"):
        yield p, _case(p, rangs)


def _case(p: Element, rangs: Mapping[Element, int]) -> str:
    tc = next((x for x in p.iterancestors() if x.tag == f"{W}tc"), None)
    if tc is None or tc.getparent().tag != f"{W}tr":
        return ""
    tr = tc.getparent()
    tbl = tr.getparent()
    ligne = 1 + sum(1 for _ in tr.itersiblings(f"{W}tr", preceding=True))
    colonne = 1 + sum(1 for _ in tc.itersiblings(f"{W}tc", preceding=True))
    nom = f"tableau\u00a0{rangs[tbl]}" if tbl in rangs else "tableau"
    titre = tbl.find(f"{W}tblPr/{W}tblCaption")
    if titre is not None:
        nom = f"tableau «\u00a0{titre.get(f'{W}val')}\u00a0»"
    return f"{nom}, ligne\u00a0{ligne}, colonne\u00a0{colonne}"
