"""Whether a deliberation is executory: only then may its acts be sent.

Source: code général des collectivités territoriales, article L.3131-1: the acts of a Département are
executory by right once they are published and transmitted to the préfet.
"""

from __future__ import annotations

import datetime as dt

from generator.diagnostics import Diagnostic, Note
from generator.load import Dossier, Records
from generator.model import Deliberation
from generator.typography import date_longue, enumerer


def executoire_le(d: Deliberation) -> dt.date | None:
    """The day on which the deliberation became executory; None when one of the two dates is not recorded."""
    if d.publiee_le is None or d.transmise_le is None:
        return None
    return max(d.publiee_le, d.transmise_le)


def empechement(records: Records, dossier: Dossier, jour: dt.date) -> Diagnostic | None:
    """ENV001 when the deliberation is not executory on the day `jour`, or when nothing says that it is."""
    d = dossier.deliberation
    free = executoire_le(d)
    known = {"publiee_le": d.publiee_le, "transmise_le": d.transmise_le}
    if free is None:
        missing = [f"« {name} »" for name, day in known.items() if day is None]
        return Diagnostic(
            "ENV001",
            f"les actes ne peuvent pas partir : la fiche n’a pas {enumerer(missing, 'ni')}, rien ne dit que "
            f"la délibération est exécutoire (CGCT, article L.3131-1)",
            records.span(dossier.cle, "date"),
            help="ajouter la date de publication et la date de réception par le préfet, une fois connues",
        )
    if free <= jour:
        return None
    return Diagnostic(
        "ENV001",
        f"les actes ne peuvent pas partir : la délibération est exécutoire le "
        f"{date_longue(free)} (CGCT, article L.3131-1)",
        records.span(dossier.cle, next(name for name, day in known.items() if day == free)),
        notes=tuple(
            Note(f"{name} : {date_longue(day)}", records.span(dossier.cle, name))
            for name, day in known.items()
            if day is not None
        ),
        help="attendre ce jour, ou corriger la date",
    )
