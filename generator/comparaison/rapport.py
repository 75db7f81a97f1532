"""The report of a comparison: one HTML page that needs nothing else, filtered by kind without a script."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final
from urllib.parse import quote

from generator.comparaison.changements import Changement, Morceau
from generator.comparaison.genres import TITRES, Genre
from generator.diagnostics import Diagnostic, francais

_STYLE: Final = """
body{font:15px/1.5 "Segoe UI",Arial,sans-serif;color:#1c1c1c;max-width:62em;margin:0 auto;padding:1.5em}
h1{font-size:1.5em;margin:0 0 .2em}
h2{font-size:1.2em;margin:2em 0 .4em;border-bottom:2px solid #1f4e79;padding-bottom:.2em}
h3{font-size:1.05em;margin:1.4em 0 .3em}.mute{color:#595959}
table{border-collapse:collapse;width:100%;margin:.6em 0}
th,td{border:1px solid #bbb;padding:.3em .5em;text-align:left;vertical-align:top}td.n,th.n{text-align:right}
thead th{background:#e8eef5}tr.titre th{background:#f5f5f5}
.c{border-left:4px solid #1f4e79;margin:.7em 0;padding:.2em .8em;break-inside:avoid}
.lieu{color:#595959;font-size:.88em}.p{white-space:pre-wrap;margin:.15em 0}
del{color:#a40000;background:#fdecea}ins{color:#0b5a1e;background:#e6f4ea;text-decoration:underline}
.g{display:inline-block;border:1px solid #1f4e79;color:#1f4e79;border-radius:3px;
padding:0 .4em;font-size:.8em;margin-right:.3em}
.alerte{border:1px solid #a15c00;background:#fff7e6;padding:.4em .8em;margin:.5em 0}
.filtre{margin-right:0}label{margin-right:.8em;white-space:nowrap}
@media print{.filtre,label,.aide{display:none}body{max-width:none;padding:0}}
"""


@dataclass(frozen=True, slots=True)
class Ligne:
    """A document of the report.

    `etat`: « modifié », « ajouté », « supprimé » or « non comparé ». `redline`: path of the marked
    document from the folder of the report; empty when there is none.
    """

    cle: str
    titre: str
    structure: str
    etat: str
    redline: str
    changements: tuple[Changement, ...]
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class Entete:
    """What was compared: the names of both sides, and how many documents did not change."""

    ancien: str
    nouveau: str
    identiques: int


def ordonner(lignes: Sequence[Ligne]) -> list[Ligne]:
    """The documents of the deliberation, then those of each structure."""
    return sorted(lignes, key=lambda x: (x.structure, x.cle))


def en_html(entete: Entete, lignes: Sequence[Ligne]) -> str:
    """The whole page."""
    ordre = ordonner(lignes)
    body = [
        f"<h1>{escape('Ce qui a changé')}</h1>",
        _p(f"De «\u00a0{entete.ancien}\u00a0» à «\u00a0{entete.nouveau}\u00a0»."),
        _p(bilan_court(ordre, entete.identiques)),
        *_filtres(ordre),
        "<main>",
        *_sommaire(ordre),
        *(part for x in ordre for part in _document(x)),
        "</main>",
    ]
    style = _STYLE + _regles()
    head = f'<meta charset="utf-8"><title>Ce qui a changé</title><style>{style}</style>'
    return (
        f'<!DOCTYPE html>\n<html lang="fr"><head>{head}</head>\n<body>\n'
        + "\n".join(body)
        + "\n</body></html>\n"
    )


def _regles() -> str:
    """A change shows when one of its kinds is ticked."""
    shown = "".join(f"#f-{g}:checked~main .{g}{{display:block}}" for g in Genre)
    return f"main .c{{display:none}}{shown}"


def _filtres(lignes: Sequence[Ligne]) -> Iterator[str]:
    compte = Counter(g for x in lignes for c in x.changements for g in c.genres)
    yield '<p class="aide mute">Montrer :</p>'.replace(" :", "\u00a0:")
    for g in Genre:
        checked = "" if g is Genre.NUMEROTATION else " checked"
        yield (
            f'<input class="filtre" type="checkbox" id="f-{g}"{checked}>'
            f'<label for="f-{g}">\u00a0{TITRES[g]} ({compte[g]})</label>'
        )


def bilan_court(lignes: Sequence[Ligne], identiques: int) -> str:
    """« 3 documents modifiés, 51 documents sans changement. »"""
    etats = Counter(x.etat for x in lignes)
    parts = []
    for etat, n in sorted(etats.items()):
        accord = etat if n < 2 else " ".join(w if w == "non" else w + "s" for w in etat.split())
        parts.append(f"{n} document{'s' if n > 1 else ''} {accord}")
    n = identiques
    parts.append(f"{n} document{'s' if n > 1 else ''} sans changement")
    return ", ".join(parts) + "."


def _sommaire(lignes: Sequence[Ligne]) -> Iterator[str]:
    """A table by structure, then by document: how many changes of each kind."""
    if not lignes:
        return
    heads = "".join(f'<th class="n">{TITRES[g]}</th>' for g in Genre)
    yield f"<h2>Sommaire</h2><table><thead><tr><th>document</th><th>état</th>{heads}</tr></thead><tbody>"
    groupe = None
    for x in lignes:
        if x.structure != groupe:
            groupe = x.structure
            nom = escape(groupe) or "Documents sans structure"
            yield f'<tr class="titre"><th colspan="{2 + len(Genre)}">{nom}</th></tr>'
        compte = Counter(g for c in x.changements for g in c.genres)
        cells = "".join(f'<td class="n">{compte[g] or ""}</td>' for g in Genre)
        yield f'<tr><td><a href="#{_ancre(x)}">{escape(x.titre)}</a></td><td>{x.etat}</td>{cells}</tr>'
    yield "</tbody></table>"


def _ancre(x: Ligne) -> str:
    return "d-" + quote(x.cle, safe="").replace("%", "-")


def _document(x: Ligne) -> Iterator[str]:
    yield f'<h2 id="{_ancre(x)}">{escape(x.titre)}</h2>'
    link = (
        f' – <a href="{escape(quote(x.redline))}">document marqué, à ouvrir dans Word</a>'
        if x.redline
        else ""
    )
    yield f'<p class="mute">{escape(x.cle)}, {x.etat}{link}</p>'
    for d in x.diagnostics:
        notes = "".join(f"<br>{escape(francais(n.text))}" for n in d.notes)
        yield f'<div class="alerte">{d.code}\u00a0: {escape(francais(d.message))}{notes}</div>'
    partie = None
    for c in x.changements:
        if c.partie != partie:
            partie = c.partie
            if partie != "corps":
                yield f"<h3>{escape(partie[:1].upper() + partie[1:])}</h3>"
        yield _changement(c)


def _changement(c: Changement) -> str:
    classes = " ".join(["c", *c.genres])
    tags = "".join(f'<span class="g">{TITRES[g]}</span>' for g in c.genres)
    lieu = " – ".join(escape(x) for x in (c.lieu, c.note) if x)
    text = "".join(map(_morceau, c.morceaux))
    shown = f'<div class="p">{text}</div>' if text else ""
    return f'<div class="{classes}"><div class="lieu">{tags} {lieu}</div>{shown}</div>'


def _morceau(m: Morceau) -> str:
    text = escape(m.texte)
    tag = {"retire": "del", "ajoute": "ins"}.get(m.sorte)
    return f"<{tag}>{text}</{tag}>" if tag else text


def _p(text: str) -> str:
    return f"<p>{escape(francais(text))}</p>"
