"""What is to be published, and by when: three months after the signature (décret n° 2017-779, article 2)."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Collection

from generator.finances import donnees
from generator.finances.donnees_essentielles.conventions import Concernee, concernees
from generator.finances.tables import Colonne, Table, Valeur
from generator.load import Records

MOIS = 3
NOM = "echeances"


def limite(signe_le: dt.date) -> dt.date:
    """Last day to publish: the same day three months later, else the last of that month (article 641 of the
    Code de procédure civile)."""
    year, month = divmod(signe_le.year * 12 + signe_le.month - 1 + MOIS, 12)
    return dt.date(year, month + 1, min(signe_le.day, calendar.monthrange(year, month + 1)[1]))


def etat(c: Concernee, au: dt.date | None) -> str:
    """Where the act stands on the day `au`; without a day, nothing is said to be late unless it was."""
    signed, done = _connues(c, au)
    if signed is None:
        return "à signer"
    late = (done or au or dt.date.min) > limite(signed)
    if done is not None:
        return "publiée en retard" if late else "publiée"
    return "en retard" if late else "à publier"


def _connues(c: Concernee, au: dt.date | None) -> tuple[dt.date | None, dt.date | None]:
    """The days of signature and of publication; None for what comes after `au`: that day does not know it."""
    days = c.lieu.acte.signe_le, c.lieu.acte.donnees_publiees_le
    signed, done = (d if d is None or au is None or d <= au else None for d in days)
    return signed, done


def retards(records: Records, numeros: Collection[str], au: dt.date | None) -> tuple[Concernee, ...]:
    """The obligatory publications that are overdue on the day `au`; invented ones do not count."""
    held = concernees(records, numeros)
    return tuple(c for c in held if c.obligatoire and not c.fictive and etat(c, au) == "en retard")


def table(records: Records, numeros: Collection[str], au: dt.date | None) -> Table:
    """One line per act concerned, signed or not, by day of signature; no day that is after `au`."""
    rows: list[tuple[Valeur, ...]] = []
    for c in concernees(records, numeros):
        acte = c.lieu.acte
        signed, done = _connues(c, au)
        rows.append(
            (
                limite(signed) if signed else None,
                etat(c, au),
                c.numero,
                "avenant" if acte.est_avenant else "convention",
                donnees.structure(records, c.structure.id),
                c.lieu.dossier.deliberation.id,
                acte.montant,
                c.total,
                signed,
                done,
                "obligatoire" if c.obligatoire else "organisme public",
            )
        )
    return Table(
        NOM,
        "Données essentielles à publier",
        (
            Colonne("À publier le", "date", 10),
            Colonne("État", largeur=12),
            Colonne("N° de convention", largeur=12, cle=True),
            Colonne("Acte", largeur=10),
            Colonne("Structure", largeur=30, cle=True),
            Colonne("Délibération", largeur=12),
            Colonne("Montant", "euros", 14, True),
            Colonne("Convention entière", "euros", 14),
            Colonne("Signé le", "date", 10),
            Colonne("Publié le", "date", 10),
            Colonne("Publication", largeur=12),
        ),
        tuple(rows),
    )
