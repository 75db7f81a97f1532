"""Avenants: an avenant that cannot apply to its convention is refused."""

from __future__ import annotations

from collections.abc import Iterator

from generator.checks import regle
from generator.checks.parcours import LieuActe, actes
from generator.diagnostics import Diagnostic, Note
from generator.load import Records
from generator.model import Periode
from generator.typography import date_longue, enumerer, euros, periode


@regle("AVN001")
def annexe_existante(records: Records) -> Iterator[Diagnostic]:
    """Un avenant ne remplace que des annexes que la convention a déjà ; celui qui en ajoute dit combien
    elle en a (« annexes »), pour numéroter les siennes."""
    for lieu in actes(records):
        c = lieu.acte.convention
        modele = lieu.dossier.modeles.get(lieu.acte.modele or "")
        if c is None or modele is None or not modele.modifie("annexes"):
            continue
        ident = modele.convention_type or lieu.dossier.deliberation.convention_type
        types = records.conventions_types.get(ident)
        if not modele.annexes_initiales and c.annexes is None:
            yield Diagnostic(
                "AVN001",
                "l’avenant ajoute des annexes à une convention dont le nombre d’annexes n’est pas indiqué",
                lieu.span("convention"),
                help="ajouter « annexes » : le nombre d’annexes de la convention avant l’avenant",
            )
        elif types and modele.annexes_initiales and c.annexes is not None:
            first = types.premiere_annexe
            asked = range(first, first + len(modele.annexes_initiales))
            absent = [str(n) for n in asked if n > c.annexes]
            if absent:
                yield Diagnostic(
                    "AVN001",
                    f"l’avenant remplace l’annexe {enumerer(absent)}, "
                    f"mais la convention n’a que {c.annexes} annexes",
                    lieu.span("convention", "annexes"),
                    notes=(Note("annexes remplacées", records.span(modele.origine, "annexes_initiales")),),
                    help="corriger le nombre d’annexes, ou suivre un modèle qui ajoute l’annexe",
                )


@regle("AVN002")
def convention_en_cours(records: Records) -> Iterator[Diagnostic]:
    """Un avenant ne modifie pas une convention qui a déjà pris fin le jour de la délibération."""
    for lieu in actes(records):
        c, d = lieu.acte.convention, lieu.dossier.deliberation
        if c is not None and c.periode.au < d.date:
            yield Diagnostic(
                "AVN002",
                f"la convention a pris fin le {date_longue(c.periode.au)}, "
                f"avant la délibération du {date_longue(d.date)}",
                lieu.span("convention", "periode", "au"),
                help="corriger la période, ou passer une convention nouvelle",
            )


def chaines(records: Records) -> dict[str, list[LieuActe]]:
    """The acts on each convention, by its number: the convention itself when known, then its avenants.

    They are in order of deliberation, then of number.
    """
    found: dict[str, list[LieuActe]] = {}
    for lieu in actes(records):
        a = lieu.acte
        number = a.numero or (a.convention.numero if a.convention else None)
        if number:
            found.setdefault(number, []).append(lieu)
    for group in found.values():
        group.sort(key=_rang)
    return found


def _rang(lieu: LieuActe) -> tuple[bool, object, int]:
    c = lieu.acte.convention
    return c is not None, lieu.dossier.deliberation.date, c.avenants_anterieurs if c else 0


@regle("AVN003", "AVN004", "AVN005")
def suite_des_avenants(records: Records) -> Iterator[Diagnostic]:
    """Les avenants d’une convention se suivent : deux n’ont pas le même numéro (AVN003), chacun vient
    après le précédent et après la délibération qui a autorisé la convention (AVN004), et part de l’état
    où le précédent l’a laissée : période et coût (AVN005)."""
    for group in chaines(records).values():
        seen: dict[int, LieuActe] = {}
        before: LieuActe | None = None
        for lieu in group:
            c = lieu.acte.convention
            if c is None:
                before = lieu
                continue
            rank = c.avenants_anterieurs + 1
            where = ("convention", "avenants_anterieurs" if c.avenants_anterieurs else "numero")
            if rank in seen:
                yield Diagnostic(
                    "AVN003",
                    f"la convention n° {c.numero} a déjà un avenant n° {rank}",
                    lieu.span(*where),
                    notes=(Note("premier avenant", seen[rank].span("convention", "numero")),),
                    help="écrire dans « avenants_anterieurs » combien d’avenants précèdent celui-ci",
                )
            elif before is not None:
                yield from _apres(before, lieu, rank)
                yield from _depuis(before, lieu)
            seen.setdefault(rank, lieu)
            before = lieu


def _apres(before: LieuActe, lieu: LieuActe, rank: int) -> Iterator[Diagnostic]:
    earlier, c = before.acte.convention, lieu.acte.convention
    if c is None:
        return
    if earlier is None and before.dossier.deliberation.date >= lieu.dossier.deliberation.date:
        yield Diagnostic(
            "AVN004",
            f"l’avenant est de la délibération du {date_longue(lieu.dossier.deliberation.date)}, "
            f"la convention de celle du {date_longue(before.dossier.deliberation.date)}",
            lieu.span("convention", "numero"),
            notes=(Note("convention", before.span("numero")),),
            help="un avenant vient après sa convention : corriger le numéro ou la délibération",
        )
    elif earlier is not None and earlier.avenants_anterieurs + 1 > rank:
        yield Diagnostic(
            "AVN004",
            f"l’avenant n° {rank} vient après l’avenant n° {earlier.avenants_anterieurs + 1}",
            lieu.span("convention", "numero"),
            notes=(Note("avenant précédent", before.span("convention", "numero")),),
            help="corriger « avenants_anterieurs » de l’un des deux",
        )


def _depuis(before: LieuActe, lieu: LieuActe) -> Iterator[Diagnostic]:
    c, earlier = lieu.acte.convention, before.acte.convention
    if c is None or (earlier is not None and c.avenants_anterieurs != earlier.avenants_anterieurs + 1):
        return  # an avenant between the two is not in the records
    expected = _periode_apres(before)
    if expected is not None and expected != c.periode:
        yield Diagnostic(
            "AVN005",
            f"la convention s’applique {periode(c.periode.du, c.periode.au)} selon cet avenant, "
            f"{periode(expected.du, expected.au)} après l’acte précédent",
            lieu.span("convention", "periode"),
            notes=(Note("acte précédent", before.span()),),
            help="reprendre la période que l’acte précédent a laissée",
        )
    left = before.acte.montant + ((earlier.cout or 0) if earlier else 0)
    known = earlier is None or earlier.cout is not None
    if known and c.cout is not None and c.cout != left:
        yield Diagnostic(
            "AVN005",
            f"la convention coûte {euros(c.cout)} selon cet avenant, {euros(left)} après l’acte précédent",
            lieu.span("convention", "cout"),
            notes=(Note("acte précédent", before.span()),),
            help="reprendre le coût que l’acte précédent a laissé",
        )


def _periode_apres(lieu: LieuActe) -> Periode | None:
    """Period of the convention once the act is signed; None when it cannot be known."""
    c = lieu.acte.convention
    if c is not None:
        modele = lieu.dossier.modeles.get(lieu.acte.modele or "")
        return (modele.periode or c.periode) if modele else None
    named = {p.operation for p in lieu.acte.operations}
    found = [o.periode for o in lieu.dossier.deliberation.operations() if o.id in named]
    if not found:
        return None
    return Periode(du=min(p.du for p in found), au=max(p.au for p in found))
