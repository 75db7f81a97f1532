"""Durations: periods are in order, and nothing happens before what it depends on.

The calendar of a dispositif (months, sessions, reports) stands in `calendrier`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from generator.checks import regle
from generator.checks.parcours import actes, operations
from generator.diagnostics import Diagnostic, Note, Severity, Span
from generator.load import Records
from generator.model import Periode
from generator.typography import date_longue, periode


@regle("DUR001")
def periode_dans_l_ordre(records: Records) -> Iterator[Diagnostic]:
    """Une période commence avant de finir ; elle comprend son premier et son dernier jour."""
    places: list[tuple[Periode, Span, str]] = []
    for place in operations(records):
        places.append((place.operation.periode, place.span("periode", "au"), place.cle))
    for dossier in records.dossiers.values():
        for m in dossier.modeles.values():
            if m.periode:
                places.append((m.periode, records.span(m.origine, "periode", "au"), m.origine))
    for lieu in actes(records):
        if c := lieu.acte.convention:
            places.append((c.periode, lieu.span("convention", "periode", "au"), lieu.actes.origine))
            for k, x in enumerate(c.composantes):
                span = lieu.span("convention", "composantes", k, "periode", "au")
                places.append((x.periode, span, lieu.actes.origine))
    for p, span, cle in places:
        if p.du > p.au:
            yield Diagnostic(
                "DUR001",
                f"la période finit le {date_longue(p.au)}, avant de commencer le {date_longue(p.du)}",
                span,
                help="inverser les deux dates, ou corriger l’année",
                blocks=frozenset({cle}),
            )


@regle("DUR002", "DUR003", "DUR004")
def avenant_dans_sa_convention(records: Records) -> Iterator[Diagnostic]:
    """L’avenant tient dans sa convention : signée avant la délibération (DUR002), prolongée depuis
    son propre début (DUR003), et couvrant la période de chaque opération et de chaque composante de son
    coût (DUR004). La convention qu’une autre complète (« rattachement ») est, elle aussi, déjà signée."""
    for lieu in actes(records):
        c = lieu.acte.convention
        d = lieu.dossier.deliberation
        for champ, signed in (("convention", c), ("rattachement", lieu.acte.rattachement)):
            if signed is not None and signed.signee_le >= d.date:
                yield Diagnostic(
                    "DUR002",
                    f"la convention est signée le {date_longue(signed.signee_le)}, "
                    f"la délibération est du {date_longue(d.date)}",
                    lieu.span(champ, "signee_le"),
                    help="un acte modifie ou complète une convention déjà signée : vérifier la date",
                )
        if c is None:
            continue
        for k, x in enumerate(c.composantes):
            if x.periode.du < c.periode.du or x.periode.au > c.periode.au:
                yield Diagnostic(
                    "DUR004",
                    f"la composante s’étend {periode(x.periode.du, x.periode.au)}, "
                    f"la convention s’applique {periode(c.periode.du, c.periode.au)}",
                    lieu.span("convention", "composantes", k, "periode"),
                    help="corriger l’une des deux périodes",
                )
        modele = lieu.modele
        extended = modele.periode if modele else None
        if extended and extended.du != c.periode.du:
            yield Diagnostic(
                "DUR003",
                f"la convention commence le {date_longue(c.periode.du)}, "
                f"le modèle la fait commencer le {date_longue(extended.du)}",
                lieu.span("convention", "periode", "du"),
                help="corriger la période, ou suivre un autre modèle",
            )
        if lieu.acte.modele and modele is None:
            continue  # the modele might extend the convention
        whole = extended or c.periode
        known = {o.id: o for o in d.operations()}
        for rang, part in enumerate(lieu.acte.operations):
            o = known.get(part.operation)
            if o and (o.periode.du < whole.du or o.periode.au > whole.au):
                yield Diagnostic(
                    "DUR004",
                    f"l’opération se déroule {periode(o.periode.du, o.periode.au)}, "
                    f"la convention s’applique {periode(whole.du, whole.au)}",
                    lieu.span("operations", rang, "operation"),
                    help="prolonger la convention par l’avenant, ou corriger une période",
                )


@regle("DUR007")
def signe_apres_la_deliberation(records: Records) -> Iterator[Diagnostic]:
    """Un acte est signé (« signe_le ») après la délibération qui l’autorise, ou le même jour."""
    for lieu in actes(records):
        day, d = lieu.acte.signe_le, lieu.dossier.deliberation
        if day is not None and day < d.date:
            yield Diagnostic(
                "DUR007",
                f"l’acte est signé le {date_longue(day)}, avant la délibération du {date_longue(d.date)}",
                lieu.span("signe_le"),
                help="corriger la date de signature",
            )


@regle("DUR005")
def rien_apres_la_deliberation(records: Records) -> Iterator[Diagnostic]:
    """Une délibération visée et un avis de commission ne sont pas postérieurs à la délibération."""
    for dossier in records.dossiers.values():
        d = dossier.deliberation
        dates: list[tuple[dt.date | None, tuple[str | int, ...]]] = []
        dates += [(v.date, ("visas", k, "date")) for k, v in enumerate(d.visas)]
        dates += [
            (a.date, ("rapport", "avis", k, "date"))
            for k, a in enumerate(d.rapport.avis if d.rapport else ())
        ]
        for day, path in dates:
            if day is not None and day > d.date:
                yield Diagnostic(
                    "DUR005",
                    f"date du {date_longue(day)}, postérieure à la délibération du {date_longue(d.date)}",
                    records.span(dossier.cle, *path),
                    help="corriger la date",
                )


@regle("DUR009", gravite=(Severity.ERREUR, Severity.AVERTISSEMENT))
def avenant_qui_prolonge(records: Records) -> Iterator[Diagnostic]:
    """Un avenant prolonge sa convention. S’il la raccourcit, c’est un avertissement, qui s’accepte avec son
    motif. Un modèle qui a une période modifie l’article « periode », et celui qui modifie cet article a
    une période : sans cela, la durée changerait sans que l’avenant le dise."""
    for dossier in records.dossiers.values():
        for m in dossier.modeles.values():
            if not m.est_avenant:
                continue
            ranks = [k for k, x in enumerate(m.modifications) if x.article == "periode"]
            if m.periode is not None and not ranks:
                yield Diagnostic(
                    "DUR009",
                    "le modèle donne une période sans modifier l’article « periode »",
                    records.span(m.origine, "periode"),
                    help="ajouter l’article « periode » aux modifications, ou supprimer la période",
                )
            elif m.periode is None and ranks:
                yield Diagnostic(
                    "DUR009",
                    "le modèle modifie l’article « periode » sans donner de période",
                    records.span(m.origine, "modifications", ranks[0]),
                    help="ajouter « periode » au modèle, ou supprimer cette modification",
                )
    for lieu in actes(records):
        c, modele = lieu.acte.convention, lieu.modele
        new = modele.periode if modele else None
        if c is None or modele is None or new is None or new.du > new.au or new.au >= c.periode.au:
            continue
        yield Diagnostic(
            "DUR009",
            f"l’avenant fait finir la convention le {date_longue(new.au)}, "
            f"elle va jusqu’au {date_longue(c.periode.au)}",
            lieu.span("convention", "periode", "au"),
            Severity.AVERTISSEMENT,
            notes=(Note("période de l’avenant", records.span(modele.origine, "periode", "au")),),
            help="corriger une période ; si la convention est bien raccourcie, accepter l’avertissement",
        )


@regle("DUR012")
def executoire_apres_le_vote(records: Records) -> Iterator[Diagnostic]:
    """Une délibération est publiée et transmise au préfet après son vote, ou le même jour."""
    for dossier in records.dossiers.values():
        d = dossier.deliberation
        for champ, day, done in (
            ("publiee_le", d.publiee_le, "publiée"),
            ("transmise_le", d.transmise_le, "transmise"),
        ):
            if day is not None and day < d.date:
                yield Diagnostic(
                    "DUR012",
                    f"la délibération est {done} le {date_longue(day)}, avant son vote, "
                    f"le {date_longue(d.date)}",
                    records.span(dossier.cle, champ),
                    help="corriger la date",
                )


@regle("DUR006", gravite=(Severity.ERREUR, Severity.AVERTISSEMENT))
def bilan_apres_ce_qu_il_rapporte(records: Records) -> Iterator[Diagnostic]:
    """Un bilan est dû après la période qu’il rapporte : le bilan intermédiaire un an au moins après le
    début, le bilan final après la fin. Un écart relevé (« ecarts », sujet « bilan ») en fait un
    avertissement."""
    for d in records.dispositifs.values():
        periods = d.fiche.conventionnement.periodes if d.fiche else ()
        if d.fiche is None or not periods:
            continue
        start, end = min(p.du for p in periods), max(p.au for p in periods)
        known = next((e for e in d.fiche.ecarts if e.sujet == "bilan"), None)
        for rang, due in enumerate(d.fiche.echeances):
            after = end
            if due.nature == "intermédiaire":
                after = start.replace(year=start.year + 1, day=min(start.day, 28))
            if due.date is not None and due.date < after:
                yield Diagnostic(
                    "DUR006",
                    f"le bilan {due.nature} est dû le {date_longue(due.date)}, "
                    f"avant le {date_longue(after)}, terme de ce qu’il rapporte",
                    records.span(d.origine, "fiche", "echeances", rang, "date"),
                    Severity.AVERTISSEMENT if known else Severity.ERREUR,
                    notes=(Note(f"écart relevé : {known.motif} ; retenu : {known.retenu}"),) if known else (),
                    help="corriger la date",
                )
