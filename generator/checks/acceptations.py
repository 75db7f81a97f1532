"""Accepted warnings: a person says in the record why a finding is no fault, and it is no longer counted.

An acceptation holds for the warnings of its code that stand in its own file; with `objet`, for those whose
message holds these words. Nothing here reads the clock: the same records give the same report next year.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from generator.checks import par_code, regle
from generator.diagnostics import Acceptation as Acceptee
from generator.diagnostics import Diagnostic, Note, Severity, Span
from generator.load import Records
from generator.model import Acceptation
from generator.typography import date_longue

_AN = dt.timedelta(days=366)
_CITES = 3  # findings named by a note


@dataclass(frozen=True, slots=True)
class _Inscrite:
    """An acceptation with its place."""

    acceptation: Acceptation
    fichier: str
    span: Span
    """Place of its code."""

    def vise(self, d: Diagnostic) -> bool:
        """True when it speaks of this finding of its file, whatever the severity."""
        a = self.acceptation
        return d.code == a.code and (a.objet is None or _plat(a.objet) in _plat(d.message))


def _ligne(text: str) -> str:
    """`text` on one line; its non-breaking spaces stay."""
    return re.sub(r"[ \t\r\n]+", " ", text).strip()


def _plat(text: str) -> str:
    """`text` with plain spaces: what is copied from a screen or a page has others than the message."""
    return re.sub(r"\s+", " ", text).strip()


def _inscrites(records: Records) -> Iterator[_Inscrite]:
    for fiche in records.fiches:
        for rang, a in enumerate(fiche.acceptations):
            yield _Inscrite(a, fiche.origine, records.span(fiche.origine, "acceptations", rang, "code"))


def _toujours_erreur(code: str) -> bool:
    """True for the code of a rule that never warns."""
    rule = par_code().get(code)
    return rule is not None and set(rule.gravites[code]) == {Severity.ERREUR}


def _refus(where: _Inscrite, *notes: Note) -> Diagnostic:
    return Diagnostic(
        "ACC001",
        f"{where.acceptation.code} est une erreur : seul un avertissement s’accepte",
        where.span,
        notes=notes,
        help="supprimer cette acceptation, et corriger l’erreur s’il y en a une",
    )


@regle("ACC001")
@regle("ACC002", "ACC003", gravite=Severity.AVERTISSEMENT)
def acceptations(records: Records) -> Iterator[Diagnostic]:
    """Une fiche n’accepte que des avertissements (ACC001), et que ceux que le programme y signale encore
    (ACC002). Dans le dossier d’une délibération, une acceptation antérieure de plus d’un an à la
    délibération a sans doute été recopiée avec la fiche d’une autre (ACC003)."""
    # ACC002, and ACC001 for a code that is not always an error, come from `accepter`, which alone knows
    # what the other rules have found.
    for where in _inscrites(records):
        if _toujours_erreur(where.acceptation.code):
            yield _refus(where)
    for dossier in records.dossiers.values():
        jour = dossier.deliberation.date
        for fiche in (dossier.deliberation, *dossier.modeles.values(), *dossier.actes.values()):
            for rang, a in enumerate(fiche.acceptations):
                if a.le < jour - _AN:
                    yield Diagnostic(
                        "ACC003",
                        f"{a.code} accepté le {date_longue(a.le)}, plus d’un an avant la délibération",
                        records.span(fiche.origine, "acceptations", rang, "le"),
                        Severity.AVERTISSEMENT,
                        (Note(f"délibération du {date_longue(jour)}", records.span(dossier.cle, "date")),),
                        help="vérifier que le motif vaut encore, et corriger la date",
                    )


def accepter(records: Records, found: Sequence[Diagnostic]) -> list[Diagnostic]:
    """`found`, all that was found in the records, with its accepted warnings marked, then what is wrong
    with the acceptations: those that only meet errors (ACC001), those that meet nothing (ACC002).

    When two acceptations speak of the same finding, the one that has an `objet` answers for it.
    """
    known = list(_inscrites(records))
    if not known:
        return list(found)
    by_file: dict[str, list[_Inscrite]] = {}
    for w in known:
        by_file.setdefault(w.fichier, []).append(w)
    used: set[Span] = set()
    errors: dict[Span, list[Diagnostic]] = {}
    out: list[Diagnostic] = []
    for d in found:
        aimed = [w for w in by_file.get(d.span.file, ()) if w.vise(d)]
        if d.severity is Severity.AVERTISSEMENT and aimed:
            used |= {w.span for w in aimed}
            d = replace(d, acceptation=_acceptee(min(aimed, key=lambda w: w.acceptation.objet is None)))
        elif d.is_error:
            for w in aimed:
                errors.setdefault(w.span, []).append(d)
        out.append(d)
    for where in known:
        if where.span in used or _toujours_erreur(where.acceptation.code):
            continue
        if where.span in errors:
            notes = [Note("erreur signalée", d.span) for d in errors[where.span][:_CITES]]
            out.append(_refus(where, *notes))
        else:
            out.append(_perimee(where, out))
    return out


def _acceptee(where: _Inscrite) -> Acceptee:
    a = where.acceptation
    return Acceptee(_ligne(a.par), a.le, _ligne(a.motif), where.span)


def _perimee(where: _Inscrite, found: Sequence[Diagnostic]) -> Diagnostic:
    """ACC002, with the places where that code is found all the same."""
    a = where.acceptation
    about = f" qui contienne « {_plat(a.objet)} »" if a.objet else ""
    others = [
        d
        for d in found
        if d.code == a.code and d.severity is Severity.AVERTISSEMENT and d.acceptation is None
    ]
    others.sort(key=lambda d: d.span.file != where.fichier)
    return Diagnostic(
        "ACC002",
        f"cette fiche n’a pas d’avertissement {a.code}{about} : il n’y a rien à accepter",
        where.span,
        Severity.AVERTISSEMENT,
        tuple(Note(f"{d.code} est signalé ici : {d.message}", d.span) for d in others[:_CITES]),
        help="inscrire l’acceptation dans la fiche de l’avertissement"
        if others
        else "supprimer cette acceptation, ou corriger son code",
    )
