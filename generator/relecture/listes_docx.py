"""Which paragraphs of a .docx Word shows with a bullet or a number that is not in their text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

Element = Any  # lxml ships no types

_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PPR, _PSTYLE, _NUMPR = f"{_W}pPr", f"{_W}pStyle", f"{_W}numPr"
_CHAINE = 20  # styles based on one another; Word stops before


@dataclass(frozen=True, slots=True, eq=False)  # one for each file: compared, and hashed, by identity
class Listes:
    """Lists of a file: `puces` are the (numId, level) drawn with a bullet; `styles` the list of each
    paragraph style; `articles` is True when Word writes « Article 1 » by itself."""

    puces: frozenset[tuple[str, str]] = frozenset()
    styles: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    articles: bool = False

    def a_une_puce(self, p: Element) -> bool:
        """Whether Word draws a bullet before this paragraph."""
        ppr = next(p.iterchildren(_PPR), None) if self.puces else None
        if ppr is None:
            return False
        style = next(ppr.iterchildren(_PSTYLE), None)
        du_style = self.styles.get(_val(style)) if style is not None else None
        return _numero(next(ppr.iterchildren(_NUMPR), None), du_style) in self.puces


def lire(numerotation: Element | None, styles: Element | None) -> Listes:
    """The lists that word/numbering.xml and word/styles.xml define; either may be missing."""
    if numerotation is None:
        return Listes()
    abstraites: dict[str, list[tuple[str, str]]] = {}
    articles = False
    for abstraite in numerotation.iter(f"{_W}abstractNum"):
        niveaux = []
        for niveau in abstraite.iter(f"{_W}lvl"):
            niveaux.append((niveau.get(f"{_W}ilvl") or "0", _val(niveau.find(f"{_W}numFmt"))))
            articles = articles or "article" in _val(niveau.find(f"{_W}lvlText")).lower()
        abstraites[abstraite.get(f"{_W}abstractNumId") or ""] = niveaux
    puces = {
        (num.get(f"{_W}numId") or "", niveau)
        for num in numerotation.iter(f"{_W}num")
        for niveau, forme in abstraites.get(_val(num.find(f"{_W}abstractNumId")), [])
        if forme == "bullet"
    }
    return Listes(frozenset(puces), _des_styles(styles), articles)


def _des_styles(styles: Element | None) -> dict[str, tuple[str, str]]:
    """The list of each paragraph style, its own or that of the style it is based on."""
    if styles is None:
        return {}
    par_nom = {s.get(f"{_W}styleId") or "": s for s in styles.iter(f"{_W}style")}
    found: dict[str, tuple[str, str]] = {}
    for nom, style in par_nom.items():
        base: Element | None = style
        for _ in range(_CHAINE):
            numero = _numero(base.find(f"{_W}pPr/{_NUMPR}"), None) if base is not None else None
            if numero:
                found[nom] = numero
            if numero or base is None:
                break
            base = par_nom.get(_val(base.find(f"{_W}basedOn")))
    return found


def _numero(numpr: Element | None, defaut: tuple[str, str] | None) -> tuple[str, str] | None:
    """(numId, level) of the list in paragraph properties; numId 0 takes a list away."""
    if numpr is None:
        return defaut
    niveau = _val(numpr.find(f"{_W}ilvl")) or (defaut[1] if defaut else "0")
    ident = _val(numpr.find(f"{_W}numId")) or (defaut[0] if defaut else "")
    return (ident, niveau) if ident not in ("", "0") else None


def _val(e: Element | None) -> str:
    return (e.get(f"{_W}val") or "") if e is not None else ""
