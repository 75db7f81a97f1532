"""Avenants: an avenant that cannot apply to its convention is refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from generator.checks import regle
from generator.checks.parcours import LieuActe, actes
from generator.diagnostics import Diagnostic, Note
from generator.load import Records
from generator.model import ConventionInitiale, Periode
from generator.typography import accord, date_longue, euros, nombre, periode


def annexes_avant(lieu: LieuActe) -> int | None:
    """Number of annexes that the modele of an avenant counts before it; None when it counts none."""
    modele, types = lieu.modele, lieu.convention_type
    if modele is None or types is None or not modele.annexes_initiales:
        return None
    return len(types.annexes_fixes) + len(modele.annexes_initiales)


@regle("AVN001")
def annexes_de_la_convention(records: Records) -> Iterator[Diagnostic]:
    """Un avenant remplace toutes les annexes des dispositifs de la convention (« annexes_initiales » de
    son modèle), ou ajoute les siennes après la dernière : il dit alors combien elle en a (« annexes »,
    annexes fixes comprises)."""
    for lieu in actes(records):
        c, modele, types = lieu.acte.convention, lieu.modele, lieu.convention_type
        if c is None or modele is None or not modele.modifie("annexes"):
            continue
        counted = annexes_avant(lieu)
        if c.annexes is None and not modele.annexes_initiales:
            yield Diagnostic(
                "AVN001",
                "l’avenant ajoute des annexes à une convention dont le nombre d’annexes n’est pas indiqué",
                lieu.span("convention"),
                help="ajouter « annexes », le nombre d’annexes de la convention avant l’avenant",
            )
        elif c.annexes is None or types is None:
            continue
        elif counted is not None and c.annexes != counted:
            yield Diagnostic(
                "AVN001",
                f"la convention a {accord(c.annexes, 'annexe')}, le modèle en compte {nombre(counted)}",
                lieu.span("convention", "annexes"),
                notes=(
                    Note("annexes remplacées", records.span(modele.origine, "annexes_initiales")),
                    Note("annexes fixes", records.span(types.origine, "annexes_fixes")),
                ),
                help="corriger le nombre d’annexes, ou suivre le modèle qui convient à la convention",
            )
        elif counted is None and c.annexes < types.premiere_annexe:
            yield Diagnostic(
                "AVN001",
                f"la convention n’a que {accord(c.annexes, 'annexe')}, et aucune n’est celle d’un dispositif",
                lieu.span("convention", "annexes"),
                notes=(Note("annexes fixes", records.span(types.origine, "annexes_fixes")),),
                help="compter les annexes fixes et celles des dispositifs",
            )


@regle("AVN002")
def convention_en_cours(records: Records) -> Iterator[Diagnostic]:
    """Un avenant ne modifie pas une convention qui a déjà pris fin le jour de la délibération."""
    for lieu in actes(records):
        c, d = lieu.acte.convention, lieu.dossier.deliberation
        if c is not None and c.periode.du <= c.periode.au < d.date:
            yield Diagnostic(
                "AVN002",
                f"la convention a pris fin le {date_longue(c.periode.au)}, "
                f"avant la délibération du {date_longue(d.date)}",
                lieu.span("convention", "periode", "au"),
                help="corriger la période, ou passer une convention nouvelle",
            )


@regle("AVN006")
def dispositifs_rappeles(records: Records) -> Iterator[Diagnostic]:
    """Un avenant qui ajoute un dispositif et récrit l’objet de la convention rappelle les dispositifs
    qu’elle finance déjà (« composantes ») : sans cela, l’objet ne les nommerait plus."""
    for lieu in actes(records):
        c, modele = lieu.acte.convention, lieu.modele
        if c is None or modele is None or modele.annexes_initiales or c.composantes:
            continue
        if modele.modifie("annexes") and modele.modifie("objet"):
            rank = next(k for k, m in enumerate(modele.modifications) if m.article == "objet")
            yield Diagnostic(
                "AVN006",
                "l’avenant récrit l’objet de la convention sans rappeler les dispositifs qu’elle finance",
                lieu.span("convention"),
                notes=(Note("objet récrit", records.span(modele.origine, "modifications", rank)),),
                help="ajouter « composantes » : les dispositifs, leur période et leur coût",
            )


def chaines(records: Records) -> dict[str, list[LieuActe]]:
    """The acts on each convention, by its number: the convention itself when known, then its avenants.

    They are in order of deliberation, then of number.
    """
    found: dict[str, list[LieuActe]] = {}
    for lieu in actes(records):
        a = lieu.acte
        number = a.convention.numero if a.convention else a.numero
        if number:
            found.setdefault(number, []).append(lieu)
    for group in found.values():
        group.sort(key=_ordre)
    return found


def _ordre(lieu: LieuActe) -> tuple[bool, dt.date, int]:
    c = lieu.acte.convention
    return c is not None, lieu.dossier.deliberation.date, c.avenants_anterieurs if c else 0


@dataclass(frozen=True, slots=True)
class _Etat:
    """A convention after one of its acts; None where the records do not say."""

    lieu: LieuActe
    rang: int
    """Number of avenants so far."""
    signee_le: dt.date | None
    periode: Periode | None
    cout: int | None
    annexes: int | None


@regle("AVN003", "AVN004", "AVN005")
def suite_des_avenants(records: Records) -> Iterator[Diagnostic]:
    """Les avenants d’une convention se suivent : deux n’ont pas le même numéro (AVN003), chacun vient
    après le précédent et après la délibération qui a autorisé la convention (AVN004), et part de l’état
    où l’acte précédent l’a laissée : date de signature, période, coût, nombre d’annexes (AVN005). Quand
    un avenant manque entre deux, leur état n’est pas comparé."""
    for group in chaines(records).values():
        # One number for two structures is another fault (IDN003): each has its own sequence.
        for who in dict.fromkeys(lieu.actes.structure for lieu in group):
            yield from _suite([lieu for lieu in group if lieu.actes.structure == who])


def _suite(group: Sequence[LieuActe]) -> Iterator[Diagnostic]:
    origin = next((lieu for lieu in group if lieu.acte.convention is None), None)
    seen: dict[int, LieuActe] = {}
    before: _Etat | None = None
    for lieu in group:
        c = lieu.acte.convention
        if c is not None:
            rank = c.avenants_anterieurs + 1
            if rank in seen:
                yield _deja(lieu, c, seen[rank])
                before = None  # which of the two the next one follows is not known
                continue
            seen[rank] = lieu
            wrong = [*_apres_la_convention(lieu, origin), *_apres_le_precedent(lieu, rank, before)]
            yield from wrong
            if before is not None and before.rang == c.avenants_anterieurs and not wrong:
                yield from _ecarts(lieu, c, before)
        before = _etat(lieu, before)


def _deja(lieu: LieuActe, c: ConventionInitiale, first: LieuActe) -> Diagnostic:
    written = "avenants_anterieurs" in c.model_fields_set
    return Diagnostic(
        "AVN003",
        f"la convention n° {c.numero} a déjà un avenant n° {c.avenants_anterieurs + 1}",
        lieu.span("convention", "avenants_anterieurs" if written else "numero"),
        notes=(Note("premier avenant", first.span("convention", "numero")),),
        help="écrire dans « avenants_anterieurs » combien d’avenants précèdent celui-ci",
    )


def _apres_la_convention(lieu: LieuActe, origin: LieuActe | None) -> Iterator[Diagnostic]:
    if origin is None:
        return
    own, first = lieu.dossier.deliberation.date, origin.dossier.deliberation.date
    if own <= first:
        yield Diagnostic(
            "AVN004",
            f"l’avenant est de la délibération du {date_longue(own)}, "
            f"la convention de celle du {date_longue(first)}",
            lieu.span("convention", "numero"),
            notes=(Note("convention", origin.span("numero")),),
            help="un avenant vient après sa convention : corriger le numéro ou la délibération",
        )


def _apres_le_precedent(lieu: LieuActe, rank: int, before: _Etat | None) -> Iterator[Diagnostic]:
    if before is not None and before.rang > rank:
        yield Diagnostic(
            "AVN004",
            f"l’avenant n° {rank} vient après l’avenant n° {before.rang}",
            lieu.span("convention", "numero"),
            notes=(Note("avenant précédent", before.lieu.span("convention", "numero")),),
            help="corriger « avenants_anterieurs » de l’un des deux",
        )


def _ecarts(lieu: LieuActe, c: ConventionInitiale, before: _Etat) -> Iterator[Diagnostic]:
    """Where the convention that an avenant amends is not what the act before it has left."""
    p, q = c.periode, before.periode
    counted, own = annexes_avant(lieu), c.annexes
    said: list[tuple[str, str, tuple[str, ...]]] = []
    if before.signee_le is not None and c.signee_le != before.signee_le:
        days = date_longue(c.signee_le), date_longue(before.signee_le)
        said.append((f"est signée le {days[0]}", f"le {days[1]}", ("convention", "signee_le")))
    if q is not None and p != q:
        times = periode(p.du, p.au), periode(q.du, q.au)
        said.append((f"s’applique {times[0]}", times[1], ("convention", "periode")))
    if c.cout is not None and before.cout is not None and c.cout != before.cout:
        said.append((f"coûte {euros(c.cout)}", euros(before.cout), ("convention", "cout")))
    number, where = (own, ("convention", "annexes")) if own is not None else (counted, ("modele",))
    if number is not None and before.annexes is not None and number != before.annexes:
        said.append((f"a {accord(number, 'annexe')}", nombre(before.annexes), where))
    for here, there, path in said:
        yield Diagnostic(
            "AVN005",
            f"la convention {here} selon cet avenant, {there} après l’acte précédent",
            lieu.span(*path),
            notes=(Note("acte précédent", before.lieu.span()),),
            help="reprendre ce que l’acte précédent a laissé, ou corriger celui-ci",
        )


def _etat(lieu: LieuActe, before: _Etat | None) -> _Etat:
    """The convention once the act of `lieu` is signed, `before` being what precedes it in the records."""
    acte, c, modele = lieu.acte, lieu.acte.convention, lieu.modele
    types, added = lieu.convention_type, len({p.operation for p in acte.operations})
    if c is None:
        annexes = types.premiere_annexe - 1 + added if types else None
        return _Etat(lieu, 0, acte.signe_le, _periode_nouvelle(lieu), acte.montant, annexes)
    follows = before is not None and before.rang == c.avenants_anterieurs
    cost = c.cout if c.cout is not None else before.cout if before and follows else None
    number = c.annexes if c.annexes is not None else annexes_avant(lieu)
    if modele is None:
        number = None
    elif modele.modifie("annexes") and modele.annexes_initiales:
        number = types.premiere_annexe - 1 + added if types else None
    elif modele.modifie("annexes"):
        number = None if number is None else number + added
    whole = (modele.periode or c.periode) if modele else None
    return _Etat(
        lieu,
        c.avenants_anterieurs + 1,
        c.signee_le,
        whole if whole and whole.du <= whole.au else None,
        None if cost is None else cost + acte.montant,
        number,
    )


def _periode_nouvelle(lieu: LieuActe) -> Periode | None:
    """Period of a new convention, that of all its operations; None when one of them is faulty."""
    known = {o.id: o.periode for o in lieu.dossier.deliberation.operations()}
    found = [known.get(p.operation) for p in lieu.acte.operations]
    sound = [p for p in found if p is not None and p.du <= p.au]
    if len(sound) < len(found):
        return None
    return Periode(du=min(p.du for p in sound), au=max(p.au for p in sound))
