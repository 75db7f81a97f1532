"""What a finished document must say, told from the records and not from its context.

Once a document is written, it is read back and each of these statements is looked for in it
(`generator.reconciliation`): a context or a template that loses or changes one is found out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from generator import typography as t
from generator.diagnostics import Span
from generator.documents import Enonce
from generator.documents import commun as c
from generator.load import Dossier, Records
from generator.model import Acte, Actes, Modele, Operation

Lieu = Callable[..., Span]
"""Place of a value of an acte, from its path."""


def acte(
    records: Records, dossier: Dossier, actes: Actes, acte: Acte, modele: Modele | None
) -> Iterator[Enonce]:
    """Who, which convention, which deliberation, how much: what an avenant or a convention must say."""
    who = records.structures[actes.structure]
    place = ("actes", actes.actes.index(acte))

    def here(*path: str | int) -> Span:
        return records.span(actes.origine, *place, *path)

    yield Enonce("le nom de la structure", t.texte(who.nom), records.span(who.origine, "nom"))
    yield Enonce("le SIRET de la structure", t.siret(who.siret), records.span(who.origine, "siret"))
    signatory = records.span(who.origine, "representant", "nom")
    yield Enonce("le nom du signataire", c.nom_seul(who.representant), signatory)
    day = t.date_longue(dossier.deliberation.date)
    yield Enonce("la date de la délibération", day, records.span(dossier.cle, "date"))
    yield from _montants(dossier, acte, modele, here)


def _montants(dossier: Dossier, acte: Acte, modele: Modele | None, here: Lieu) -> Iterator[Enonce]:
    initiale = acte.convention
    if initiale is not None:
        yield Enonce("le numéro de la convention", initiale.numero, here("convention", "numero"))
        signed = t.date_longue(initiale.signee_le)
        yield Enonce("la date de la convention", signed, here("convention", "signee_le"))
        if modele and modele.modifie("cout") and initiale.cout is not None:
            total = initiale.cout + acte.montant
            # Some wordings give the two parts and not their sum.
            if not any(m.nom == "cout-par-periode" for m in modele.modifications):
                yield Enonce("le nouveau total de la convention", t.euros(total), here("convention", "cout"))
    elif acte.numero:
        yield Enonce("le numéro de la convention", acte.numero, here("numero"))
        yield Enonce("le montant de la convention", t.euros(acte.montant), here("annonce", "operations"))
    if modele and modele.est_avenant and not modele.modifie("annexes"):
        return
    known = {o.id: o for o in dossier.deliberation.operations()}
    for rank, part in enumerate(acte.operations):
        if part.operation not in known:
            continue
        name = f"« {known[part.operation].intitule} »"
        yield Enonce(f"le coût de {name}", t.euros(part.cout), here("operations", rank))
        for k, r in enumerate(part.repartition):
            if r.quantite is not None:
                spot = here("operations", rank, "repartition", k, "quantite")
                yield Enonce(f"les unités de {name}", t.nombre(r.quantite), spot)


def operations(records: Records, dossier: Dossier, found: tuple[Operation, ...]) -> Iterator[Enonce]:
    """The announced amounts of operations, as the annexe of their thematique says them."""
    for rank, th in enumerate(dossier.deliberation.thematiques):
        for k, o in enumerate(th.operations):
            if o in found and o.annonce.montant:
                spot = records.span(dossier.cle, "thematiques", rank, "operations", k, "annonce", "montant")
                yield Enonce(f"le montant de « {o.intitule} »", t.euros(o.annonce.montant), spot)


def vote(records: Records, dossier: Dossier, colonnes: Sequence[str]) -> Iterator[Enonce]:
    """The amounts that are voted, and `colonnes` of the budget table."""
    d = dossier.deliberation
    for rank, th in enumerate(d.thematiques):
        spot = records.span(dossier.cle, "thematiques", rank, "annonce", "montant")
        yield Enonce(f"le montant de la thématique {th.numero}", t.euros_courts(th.annonce.montant), spot)
    for rank, line in enumerate(d.budget):
        for champ in colonnes:
            shown = t.euros(getattr(line, champ)).removesuffix("\u00a0€")
            yield Enonce(f"{line.code} : {champ}", shown, records.span(dossier.cle, "budget", rank, champ))


def repartition(records: Records, dossier: Dossier) -> Iterator[Enonce]:
    """Every share of every act, as the financial annexe lists them, and each structure."""
    for ident, actes in dossier.actes.items():
        who = records.structures[ident]
        yield Enonce("la structure", t.texte(who.appellation), records.span(who.origine, "nom"))
        for n, a in enumerate(actes.actes):
            for rank, part in enumerate(a.operations):
                for k, r in enumerate(part.repartition):
                    if r.montant:
                        path = ("actes", n, "operations", rank, "repartition", k, "montant")
                        shown = t.euros(r.montant).removesuffix("\u00a0€")
                        yield Enonce(f"la part de {ident}", shown, records.span(actes.origine, *path))
