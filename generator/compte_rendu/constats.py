"""One finding on a page: what is wrong, where, the words at fault, the facts, what to do; then its code."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import htpy as h

from generator.compte_rendu.balises import markdown, section
from generator.compte_rendu.catalogue import fiche
from generator.compte_rendu.etat import GRAVITES, lieu
from generator.diagnostics import Diagnostic, Note, Severity, Span, francais
from generator.typography import accord

NOMS = {Severity.ERREUR: "erreur", Severity.AVERTISSEMENT: "avertissement", Severity.INFO: "information"}
_CITEES = 8
"""Notes that are shown at once; the others are folded on the screen."""

Lieu = Callable[[Span], str]
"""How a report names a place."""


def constat(d: Diagnostic, extrait: h.Node, ou: Lieu = lieu) -> h.Element:
    """A finding. `extrait`: the words at fault, see `lignes` and `passage`."""
    where = ou(d.span)
    return h.article(class_=f"constat {d.severity}")[
        h.h4[
            h.span(class_="gravite")[NOMS[d.severity].capitalize()],
            " ",
            lien(d.code),
            " ",
            h.span(class_="message")[francais(d.message)],
        ],
        where and h.p(class_="lieu")[where],
        extrait,
        _notes(d.notes, ou),
        d.help and h.p(class_="aide")[h.strong["Que faire\u00a0:"], " ", francais(d.help), "."],
    ]


def lien(code: str) -> h.Element:
    """The code, leading to what it means at the end of the page."""
    return h.a(href=f"#code-{code}", class_="code")[code]


def _notes(notes: Sequence[Note], ou: Lieu) -> h.Node:
    def items(some: Iterable[Note]) -> h.Element:
        return h.ul(class_="notes")[
            (
                h.li[
                    francais(note.text),
                    note.span is not None and [" ", h.span(class_="lieu")[f"({ou(note.span)})"]],
                ]
                for note in some
            )
        ]

    shown, rest = notes[:_CITEES], notes[_CITEES:]
    return [
        items(shown) if shown else None,
        h.details[h.summary[f"et {accord(len(rest), 'autre')}"], items(rest)] if rest else None,
    ]


def lignes(span: Span, source: Sequence[str]) -> h.Node:
    """The faulty line of a record between its neighbours, numbered, the value at fault marked."""
    if not 0 < span.line <= len(source):
        return None
    first, last = max(1, span.line - 1), min(len(source), span.line + 1)
    return h.pre(class_="extrait")[
        (
            h.span(class_="ligne visee" if n == span.line else "ligne")[
                h.span(class_="numero")[str(n)],
                _marquee(source[n - 1], span) if n == span.line else source[n - 1],
                "\n",
            ]
            for n in range(first, last + 1)
        )
    ]


def _marquee(line: str, span: Span) -> h.Node:
    start, end = span.column - 1, max(span.end_column - 1, span.column)
    if not 0 <= start < len(line):
        return line
    return [line[:start], h.mark[line[start:end]], line[end:]]


def passage(texte: str, debut: int, longueur: int) -> h.Node:
    """The words of a finished document around a fault, this one marked."""
    if not texte:
        return None
    end = debut + longueur
    return h.blockquote(class_="extrait")[texte[:debut], h.mark[texte[debut:end]], texte[end:]]


def compte(found: Iterable[Diagnostic], zero: bool = False) -> list[tuple[Severity, int]]:
    """How many of each severity, the gravest first; those of which there is none too, with `zero`."""
    severities = [d.severity for d in found]
    counted = [(g, severities.count(g)) for g in GRAVITES]
    return [(g, n) for g, n in counted if n or zero]


def decompte(found: Iterable[Diagnostic]) -> str:
    """« 2 erreurs, 1 avertissement », or « aucun constat »."""
    return ", ".join(accord(n, NOMS[g]) for g, n in compte(found)) or "aucun constat"


def sens_des_codes(titre: str, found: Iterable[Diagnostic]) -> h.Node:
    """What each code of the page means, at length, by code; nothing when there is no finding."""
    pages = [fiche(code) for code in sorted({d.code for d in found})]
    if not pages:
        return None
    return section(
        "codes",
        titre,
        (
            h.article(class_="sens", id=f"code-{page.code}")[
                h.h3[h.span(class_="code")[page.code], " ", francais(page.titre)],
                page.famille and h.p(class_="lieu")[f"Famille\u00a0: {francais(page.famille)}"],
                markdown(page.texte),
                markdown(f"**Que faire\u00a0:** {page.remede}") if page.remede else None,
            ]
            for page in pages
        ),
    )
