"""The calendar of a dispositif: the months announced, the calls for projects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generator.checks import regle
from generator.checks.parcours import operations
from generator.diagnostics import Diagnostic, Note, Severity
from generator.load import Records
from generator.model import Dispositif, Periode
from generator.model.dispositif import Conventionnement, Ecart, Fiche, Session
from generator.typography import accord, date_longue, duree_mois, periode, terme

_MOINS_GRAVE = {Severity.ERREUR: Severity.AVERTISSEMENT, Severity.AVERTISSEMENT: Severity.INFO}
_MAX_MOIS = 1200  # beyond, it is a typing error, and a calendar ends in the year 9999


def _ecart(fiche: Fiche, sujet: str) -> Ecart | None:
    """What the fiche says of its own contradiction on this subject."""
    return next((e for e in fiche.ecarts if e.sujet == sujet), None)


def _mois(n: int) -> str:
    return accord(n, "mois")


def _mesure(p: Periode) -> str:
    """« 12 mois », or that the period is not made of whole months."""
    months = duree_mois(p.du, p.au)
    return _mois(months) if months else "un nombre de mois qui n’est pas entier"


def _depasse(p: Periode, mois: int) -> bool:
    """True when the period lasts longer than `mois` months."""
    return not 0 < mois <= _MAX_MOIS or p.au > terme(p.du, mois)


@regle("DUR008", gravite=(Severity.ERREUR, Severity.AVERTISSEMENT))
def mois_annonces(records: Records) -> Iterator[Diagnostic]:
    """Le nombre de mois annoncé est celui que font les dates, premier et dernier jours compris, comptés
    depuis le jour du début. Dans la fiche d’un dispositif, c’est la durée de la plus longue période, et
    un maximum n’est pas dépassé ; une opération ne dure pas plus que son dispositif. Un écart relevé
    (« ecarts », sujet « periode ») en fait un avertissement."""
    for d in records.dispositifs.values():
        if d.fiche is not None and d.fiche.conventionnement.mois is not None:
            yield from _mois_du_dispositif(records, d, d.fiche, d.fiche.conventionnement.mois)
    for place in operations(records):
        o = place.operation
        p, said = o.periode, o.annonce.mois
        if p.du > p.au:
            continue
        if said is not None and duree_mois(p.du, p.au) != said:
            yield Diagnostic(
                "DUR008",
                f"{_mois(said)} sont annoncés, l’opération se déroule {periode(p.du, p.au)} : {_mesure(p)}",
                place.span("annonce", "mois"),
                notes=(Note("période de l’opération", place.span("periode")),),
                help="corriger le nombre de mois ou la période",
                blocks=frozenset({place.cle}),
            )
        found = records.dispositifs.get(o.dispositif)
        most = found.fiche.conventionnement.mois if found and found.fiche else None
        if found and found.fiche and most is not None and _depasse(p, most):
            known = _ecart(found.fiche, "periode")
            yield Diagnostic(
                "DUR008",
                f"l’opération se déroule {periode(p.du, p.au)}, le dispositif dure {_mois(most)} au plus",
                place.span("periode"),
                Severity.AVERTISSEMENT if known else Severity.ERREUR,
                notes=(
                    Note(
                        "durée du dispositif",
                        records.span(found.origine, "fiche", "conventionnement", "mois"),
                    ),
                    *_releve(known),
                ),
                help="corriger la période de l’opération ou la durée du dispositif",
                blocks=frozenset({place.cle}),
            )


def _releve(known: Ecart | None) -> tuple[Note, ...]:
    return (Note(f"écart relevé : {known.motif} ; retenu : {known.retenu}"),) if known else ()


def _mois_du_dispositif(records: Records, d: Dispositif, f: Fiche, mois: int) -> Iterator[Diagnostic]:
    c, known = f.conventionnement, _ecart(f, "periode")
    sound = [(k, p) for k, p in enumerate(c.periodes) if p.du <= p.au]
    for message, path in _fautes_de_mois(c, mois, sound):
        yield Diagnostic(
            "DUR008",
            message,
            records.span(d.origine, "fiche", "conventionnement", *path),
            Severity.AVERTISSEMENT if known else Severity.ERREUR,
            notes=_releve(known),
            help="corriger le nombre de mois ou la période ; si le texte publié se contredit, relever "
            "l’écart (« ecarts », sujet « periode »)",
        )


def _fautes_de_mois(
    c: Conventionnement, mois: int, sound: Sequence[tuple[int, Periode]]
) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    """What is wrong, and where it stands in the conventionnement."""
    exact = False
    for k, p in sound:
        said = f"{_mois(mois)} {'au plus ' if c.maximum else ''}sont annoncés, l’opération"
        if _depasse(p, mois):
            yield f"{said} se déroule {periode(p.du, p.au)}, plus longtemps", ("periodes", k)
            exact = True  # told once
        elif not c.maximum and duree_mois(p.du, p.au) is None:
            yield f"{said} se déroule {periode(p.du, p.au)} : {_mesure(p)}", ("periodes", k)
            exact = True
        exact = exact or duree_mois(p.du, p.au) == mois
    if sound and not exact and not c.maximum:
        longest = max((p for _, p in sound), key=lambda p: p.au - p.du)
        yield f"{_mois(mois)} sont annoncés, la plus longue période fait {_mesure(longest)}", ("mois",)


@regle("DUR010", gravite=(Severity.ERREUR, Severity.AVERTISSEMENT, Severity.INFO))
def appel_avant_conventionnement(records: Records) -> Iterator[Diagnostic]:
    """L’appel à projets d’un dispositif se clôt avant le début des opérations qu’il sélectionne : après,
    c’est un avertissement, et une erreur après leur fin. Un écart relevé (« ecarts », sujet
    « sessions ») abaisse d’un degré cette gravité. Quand il y a autant de sessions que de périodes,
    chacune a la sienne ; sinon, la dernière période fait foi. Une session au moins est close le jour de
    la délibération qui finance le dispositif."""
    for d in records.dispositifs.values():
        if d.fiche is not None:
            yield from _sessions(records, d, d.fiche)
    for place in operations(records):
        found = records.dispositifs.get(place.operation.dispositif)
        if found is None or found.fiche is None:
            continue
        day = place.dossier.deliberation.date
        first = min(s.periode.au for s in found.fiche.sessions)
        if first >= day:
            yield Diagnostic(
                "DUR010",
                f"l’appel à projets se clôt le {date_longue(first)}, la délibération est "
                f"du {date_longue(day)}",
                place.span("dispositif"),
                notes=(Note("appel à projets", records.span(found.origine, "fiche", "sessions")),),
                help="corriger le millésime du dispositif, ou les dates de l’appel à projets",
                blocks=frozenset({place.cle}),
            )


def _sessions(records: Records, d: Dispositif, f: Fiche) -> Iterator[Diagnostic]:
    periods = [p for p in f.conventionnement.periodes if p.du <= p.au]
    if not periods or len(periods) < len(f.conventionnement.periodes):
        return
    latest = max(periods, key=lambda p: p.du)
    pairs: list[tuple[Session, Periode]] = [(s, latest) for s in f.sessions]
    if len(f.sessions) == len(periods):
        pairs = list(zip(f.sessions, periods, strict=True))
    known = _ecart(f, "sessions")
    for rang, (s, p) in enumerate(pairs):
        if s.periode.au < p.du:
            continue
        late = s.periode.au > p.au
        gravite = Severity.ERREUR if late else Severity.AVERTISSEMENT
        told = f"finissent le {date_longue(p.au)}" if late else f"commencent le {date_longue(p.du)}"
        yield Diagnostic(
            "DUR010",
            f"l’appel à projets se clôt le {date_longue(s.periode.au)}, les opérations {told}",
            records.span(d.origine, "fiche", "sessions", rang, "periode"),
            _MOINS_GRAVE[gravite] if known else gravite,
            notes=_releve(known),
            help="revoir l’écart relevé si la fiche publiée a changé"
            if known
            else "corriger une date ; si le texte publié se contredit, relever l’écart (« ecarts », sujet "
            "« sessions »)",
        )
