"""Records rewritten in place: only the values that change change, to the byte.

Edits are located by the places that the reading of the file gave; comments, order, quotes and line ends
stay. Each rewritten file is read again: it must say what was asked for and nothing else.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from generator import source
from generator.diagnostics import Diagnostic, Span
from generator.files import empreinte
from generator.finances import donnees
from generator.finances.rapprochement import Changement, Part
from generator.load import Dossier, Records
from generator.load.typage import type_record
from generator.model import Actes
from generator.source.text import EOL
from generator.typography import NBSP, euros, nombre

Chemin = tuple[str | int, ...]


class _FormeError(Exception):
    """The file is written in a way that cannot be edited in place."""


@dataclass(frozen=True, slots=True)
class Fichier:
    """A record as it is and as it becomes, as bytes; `avant` is None for a new one.

    `cle` is its path as the user types it, `chemin` where it is written; `valeurs` and `lignes` count what
    changes and what is added.
    """

    cle: str
    chemin: Path
    avant: bytes | None
    apres: bytes
    valeurs: int
    lignes: int


def reecrire(
    changements: Sequence[Changement], records: Records, dossier: Dossier, donnees_: Path
) -> tuple[list[Fichier], list[Diagnostic]]:
    """The files that the changes give, not yet written, and what kept some from being made (IMP016)."""
    out: list[Fichier] = []
    found: list[Diagnostic] = []
    folder = dossier.cle.rsplit("/", 1)[0]
    for who in dict.fromkeys(c.structure for c in changements):
        own = [c for c in changements if c.structure == who]
        key = f"{folder}/actes/{who}.yaml"
        path = donnees_ / key.removeprefix(f"{records.racine}/")
        group = dossier.actes.get(who)
        try:
            before = path.read_bytes() if group else None
            after = _modifie(records, group, own, before) if group and before else _nouveau(who, own)
            _verifier(key, after, group, own)
        except (_FormeError, OSError) as e:
            what = str(e) if isinstance(e, _FormeError) else "la fiche ne se relit pas"
            aide = "relancer ; si cela persiste, modifier la fiche à la main"
            found.append(Diagnostic("IMP016", f"fiche laissée telle quelle : {what}", Span(key), help=aide))
            continue
        added = sum(len(c.ajouts) for c in own)
        out.append(Fichier(key, path, before, after, sum(len(c.valeurs) for c in own), added))
    return out, found


# --- what is written -----------------------------------------------------------------------------


def _valeur(value: int | dt.date, champ: str) -> str:
    if isinstance(value, dt.date):
        return f'"{value.isoformat()}"'
    text = euros(value).removesuffix(f"{NBSP}€") if champ == "montant" else nombre(value)
    return text.replace(NBSP, " ")


def _entre_virgules(text: str) -> str:
    """`text` between quotes when it has a comma."""
    return f'"{text}"' if "," in text else text


def _part(p: Part) -> list[str]:
    """The fields of a share, one a line."""
    out = [f"territoire: {p.territoire}"]
    out += [f"tarif: {p.tarif}"] if p.tarif else []
    out += [f"quantite: {_valeur(p.quantite, 'quantite')}"] if p.quantite is not None else []
    return out + ([f"montant: {_valeur(p.montant, 'montant')}"] if p.montant is not None else [])


def _element(lines: Sequence[str]) -> list[str]:
    """Lines as an element of a list: a dash, then the rest under the first word."""
    return [f"- {lines[0]}", *(f"  {line}" for line in lines[1:])]


def _operation(ident: str, shares: Sequence[Part]) -> list[str]:
    rows = [row for p in shares for row in _element(_part(p))]
    return _element([f"operation: {ident}", "repartition:", *(f"  {row}" for row in rows)])


def _acte(change: Changement) -> list[str]:
    """A new convention; what is announced is what the table sums to."""
    idents = dict.fromkeys(p.operation for p in change.ajouts)
    body = [row for i in idents for row in _operation(i, [p for p in change.ajouts if p.operation == i])]
    total = sum(p.montant or 0 for p in change.ajouts)
    return _element(
        [
            f"numero: {change.numero}",
            "operations:",
            *(f"  {row}" for row in body),
            "annonce:",
            f"  operations: {_valeur(total, 'montant')}",
        ]
    )


def _nouveau(who: str, changes: Sequence[Changement]) -> bytes:
    lines = [
        "# yaml-language-server: $schema=../../../../schema/actes.schema.json",
        f"structure: {who}",
        "actes:",
        *(f"  {row}" for c in changes for row in _acte(c)),
    ]
    return "".join(f"{line}\n" for line in lines).encode("utf-8")


# --- where it is written -------------------------------------------------------------------------


@dataclass(frozen=True)
class _Texte:
    """The text of a record, the ends of its lines, the places of its values."""

    source: source.Source
    fin: str
    debuts: tuple[int, ...]

    def position(self, line: int, column: int) -> int:
        return self.debuts[line - 1] + column - 1

    def fin_de_ligne(self, line: int) -> int:
        """Where the text of a line stops, before its end of line."""
        return self.debuts[line - 1] + len(self.source.lines[line - 1])

    def derniere(self, path: Chemin) -> int:
        """Last line that something under `path` takes."""
        n = len(path)
        return max(s.line for p, s in self.source.spans.items() if p[:n] == path)

    def en_ligne(self, span: Span) -> bool:
        """True inside « {…} » or « […] », where a comma ends a value."""
        return re.search(r"[{\[]", self.source.lines[span.line - 1][: span.column]) is not None

    def tiret(self, path: Chemin) -> int:
        """Column of the dash of the element of a list at `path`; raises `_FormeError` when it has none."""
        span = self.source.span(*path)
        text = self.source.lines[span.line - 1]
        dash = re.match(r"\s*(?=- )", text)
        if dash is None or self.en_ligne(span):
            raise _FormeError(f"la liste de la ligne {span.line} n’est pas écrite un élément par ligne")
        return dash.end() + 1


Edition = tuple[int, int, str]
"""From, to, text: positions in the text of the record."""


def _modifie(records: Records, group: Actes, changes: Sequence[Changement], before: bytes) -> bytes:
    src = records.sources[group.origine]
    if empreinte(before) != src.sha256:
        raise _FormeError("elle a changé pendant le travail")
    ends = [m.end() for m in EOL.finditer(src.text)]
    text = _Texte(src, m[0] if (m := EOL.search(src.text)) else "\n", (0, *ends))
    edits = [e for c in changes for e in _editions(text, group, c)]
    out = src.text
    # From the last to the first, so that the places stay true; what is added at one place keeps its order.
    edits.sort(key=lambda e: (e[0], e[1]))
    for start, end, new in reversed(edits):
        out = out[:start] + new + out[end:]
    mark = b"\xef\xbb\xbf" if before.startswith(b"\xef\xbb\xbf") else b""
    return mark + out.encode("utf-8")


def _editions(text: _Texte, group: Actes, change: Changement) -> Iterator[Edition]:
    if change.acte is None:
        last: Chemin = ("actes", len(group.actes) - 1)
        yield _apres(text, text.derniere(last), text.tiret(last), ["", *_acte(change)])
        return
    base: Chemin = ("actes", change.acte)
    for path, value in change.valeurs:
        yield _remplacer(text, (*base, *path), _valeur(value, str(path[-1])))
    acte = group.actes[change.acte]
    for ident in dict.fromkeys(p.operation for p in change.ajouts):
        shares = [p for p in change.ajouts if p.operation == ident]
        ranks = [k for k, p in enumerate(acte.operations) if p.operation == ident]
        if ranks:
            last = (
                *base,
                "operations",
                ranks[0],
                "repartition",
                len(acte.operations[ranks[0]].repartition) - 1,
            )
            rows = [row for p in shares for row in _element(_part(p))]
        else:
            last = (*base, "operations", len(acte.operations) - 1)
            rows = _operation(ident, shares)
        yield _apres(text, text.derniere(last), text.tiret(last), rows)


def _apres(text: _Texte, line: int, column: int, rows: Sequence[str]) -> Edition:
    """Lines added after `line`, from `column`; an empty one stays empty."""
    at = text.fin_de_ligne(line)
    pad = " " * (column - 1)
    return at, at, "".join(f"{text.fin}{pad}{row}" if row else text.fin for row in rows)


def _remplacer(text: _Texte, path: Chemin, new: str) -> Edition:
    """A value in place of the one there; a new field under the last of its group when there is none."""
    src = text.source
    if path in src.spans and path in src.key_spans and src.spans[path] != src.key_spans[path]:
        span = src.spans[path]
        start, end = text.position(span.line, span.column), text.position(span.line, span.end_column)
        if (quote := src.text[start]) in "\"'":
            return start, end, f"{quote}{new.strip(chr(34))}{quote}"
        return start, end, _entre_virgules(new) if text.en_ligne(span) else new
    above, name = path[:-1], str(path[-1])
    if path in src.spans:
        raise _FormeError(f"le champ « {name} » y est vide")
    if name == "signe_le":
        return _signature(text, above, new)
    keys = [p for p in src.key_spans if p[:-1] == above]
    last = max((src.spans[p] for p in keys), key=lambda s: (s.line, s.column))
    first = min((src.key_spans[p] for p in keys), key=lambda s: (s.line, s.column))
    if text.en_ligne(first):
        at = text.position(last.line, last.end_column)
        return at, at, f", {name}: {_entre_virgules(new)}"
    return _apres(text, last.line, first.column, [f"{name}: {new}"])


def _signature(text: _Texte, above: Chemin, new: str) -> Edition:
    """The day of signature stands before the operations of the act, else after its last line."""
    src = text.source
    span = src.key_span(*above, "operations")
    head = src.lines[span.line - 1][: span.column - 1]
    if head.strip():
        return _apres(text, text.derniere(above), span.column, [f"signe_le: {new}"])
    at = text.position(span.line, 1)
    return at, at, f"{head}signe_le: {new}{text.fin}"


# --- what it says afterwards ---------------------------------------------------------------------


def _contenu(group: Actes | None) -> dict[tuple[str, ...], object]:
    """Every figure of a file that a change may touch, by what it is the figure of."""
    out: dict[tuple[str, ...], object] = {}
    for acte in group.actes if group else ():
        number = donnees.numero_de(acte)
        out[number, "signe_le"] = acte.signe_le
        for p in acte.operations:
            for r in p.repartition:
                key = (number, p.operation, r.territoire, r.tarif or "")
                out[(*key, "quantite")], out[(*key, "montant")] = r.quantite, r.montant
    return out


def _verifier(key: str, after: bytes, group: Actes | None, changes: Sequence[Changement]) -> None:
    """Read the new text again: the figures are those of before with the changes, and nothing else moved."""
    src, found = source.parse(after.decode("utf-8"), key)
    record, more = type_record(src, Actes) if src else (None, [])
    if record is None or any(d.is_error for d in (*found, *more)):
        raise _FormeError("le résultat ne se relirait pas")
    wanted = _contenu(group)
    for c in changes:
        for path, value in c.valeurs:
            if path == ("signe_le",):
                wanted[c.numero, "signe_le"] = value
            elif group is not None and c.acte is not None:
                part = group.actes[c.acte].operations[int(path[1])]
                r = part.repartition[int(path[3])]
                wanted[c.numero, part.operation, r.territoire, r.tarif or "", str(path[4])] = value
        if c.acte is None:
            wanted[c.numero, "signe_le"] = None
        for p in c.ajouts:
            share = (c.numero, p.operation, p.territoire, p.tarif)
            wanted[(*share, "quantite")], wanted[(*share, "montant")] = p.quantite, p.montant or 0
    if _contenu(record) != wanted:
        raise _FormeError("le résultat ne dirait pas ce que dit le tableau")
