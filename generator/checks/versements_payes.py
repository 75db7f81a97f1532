"""What has been paid, against what was voted and signed; what is voted, against what is left."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from generator.checks import regle
from generator.checks.grand_livre import chaine_complete, exercices, grand_livre
from generator.checks.parcours import actes_complets
from generator.diagnostics import Diagnostic, Note, Severity, Span
from generator.load import Dossier, Records
from generator.model import Acte, VersementPaye
from generator.typography import accord, date_longue, enumerer, euros


@dataclass(frozen=True, slots=True)
class Paye:
    """A payment that was made, with the act that it pays; `code` is the one that it draws on.

    `vote`: cents voted on the code for the convention by the deliberation, all its acts together. `acte` is
    the first of these that votes on the code.
    """

    versement: VersementPaye
    dossier: Dossier
    acte: Acte
    code: str
    vote: int
    span: Span

    @property
    def cle(self) -> tuple[str, str, str]:
        """What the payment settles: a code of a convention, as a deliberation votes it."""
        return self.dossier.deliberation.id, self.versement.convention, self.code


def votes_par_code(dossier: Dossier, acte: Acte) -> dict[str, int]:
    """Cents that an act newly votes, by code; an operation that the deliberation has not is left out."""
    codes = {o.id: o.code for o in dossier.deliberation.operations()}
    out: dict[str, int] = {}
    for part in acte.operations:
        if part.operation in codes:
            code = codes[part.operation]
            out[code] = out.get(code, 0) + part.montant
    return {code: cents for code, cents in out.items() if cents}


def numero_de(acte: Acte) -> str:
    """Number of the new convention, or of the one that the avenant amends."""
    return acte.numero or (acte.convention.numero if acte.convention else "")


def payes(records: Records) -> tuple[Paye, ...]:
    """The payments whose act and code are known, in the order of their dates (then of the files)."""
    found = [p for _, p in _lire(records) if isinstance(p, Paye)]
    return tuple(sorted(found, key=lambda p: p.versement.date))


def _lire(records: Records) -> Iterator[tuple[Span, Paye | Diagnostic | None]]:
    """Every payment: what it settles, or why that is not known; None where a faulty record hides it."""
    for paid in records.paiements.values():
        for rang, v in enumerate(paid.versements):
            yield (
                records.span(paid.origine, "versements", rang),
                _rattacher(records, v, paid.origine, ("versements", rang)),
            )


def _rattacher(
    records: Records, v: VersementPaye, cle: str, path: tuple[str | int, ...]
) -> Paye | Diagnostic | None:
    def faute(message: str, aide: str, champ: str) -> Diagnostic:
        return Diagnostic("LIV002", message, records.span(cle, *path, champ), help=aide)

    dossier = records.dossiers.get(v.deliberation)
    if dossier is None:
        if records.connu(f"deliberations/{v.deliberation}/deliberation.yaml"):
            return None
        known = enumerer(records.dossiers) or "aucune"
        return faute(
            f"délibération inconnue : « {v.deliberation} »",
            f"corriger le numéro ; délibérations connues : {known}",
            "deliberation",
        )
    group = [a for g in dossier.actes.values() for a in g.actes if numero_de(a) == v.convention]
    if not group:
        if not actes_complets(records, dossier):
            return None
        return faute(
            f"la délibération {v.deliberation} n’a pas d’acte pour la convention {v.convention}",
            "corriger le numéro de la convention, ou celui de la délibération",
            "convention",
        )
    acts: dict[str, Acte] = {}
    voted: dict[str, int] = {}
    for acte in group:
        for own, cents in votes_par_code(dossier, acte).items():
            acts.setdefault(own, acte)
            voted[own] = voted.get(own, 0) + cents
    if v.code is None and len(voted) == 1:
        code = next(iter(voted))
    elif v.code is not None and v.code in voted:
        code = v.code
    else:
        many = v.code is None and len(voted) > 1
        return faute(
            "l’acte a plusieurs codes opération, le versement ne dit pas lequel"
            if many
            else f"l’acte ne vote rien sur le code {v.code}"
            if v.code
            else "l’acte ne vote aucun montant nouveau",
            f"codes de l’acte : {enumerer(voted) or 'aucun'}",
            "code" if v.code else "convention",
        )
    return Paye(v, dossier, acts[code], code, voted[code], records.span(cle, *path, "montant"))


@regle("LIV001")
def code_a_decouvert(records: Records) -> Iterator[Diagnostic]:
    """Une délibération n’engage pas plus qu’il ne reste sur le code : le solde de la précédente, mouvements
    et virements compris. La règle compare la proposition à ce reste, et non au disponible que le tableau
    inscrit (BUD003)."""
    if not chaine_complete(records):
        return
    for exercice in exercices(records):
        if exercice not in records.budgets:  # its movements are not known
            continue
        for code, lines in grand_livre(records, exercice).items():
            for e in lines:
                left = e.attendu + e.montant
                if e.dossier is None or left >= 0 or e.avant + e.montant < 0:
                    continue
                yield Diagnostic(
                    "LIV001",
                    f"{code} : il reste {euros(e.attendu)}, la proposition est {euros(-e.montant)} ; "
                    f"il manque {euros(-left)}",
                    e.span(records, "proposition"),
                    notes=(Note("disponible inscrit au tableau", e.span(records, "disponible")),),
                    help=f"réduire la proposition, ou déclarer le mouvement dans budget/{exercice}.yaml",
                    blocks=frozenset({e.dossier.cle_budget}),
                )


@regle("LIV002")
def versement_rattache(records: Records) -> Iterator[Diagnostic]:
    """Un versement payé nomme une délibération connue, une convention dont elle a un acte, et un code
    opération de cet acte ; le code peut manquer quand l’acte n’en a qu’un."""
    for _, found in _lire(records):
        if isinstance(found, Diagnostic):
            yield found


@regle("LIV003")
def paye_dans_la_limite_du_vote(records: Records) -> Iterator[Diagnostic]:
    """Les versements payés d’un acte, code par code, ne dépassent pas ce que la délibération lui a voté.
    L’anomalie est au versement qui dépasse."""
    sums: dict[tuple[str, str, str], int] = {}
    before: dict[tuple[str, str, str], list[Note]] = {}
    for p in payes(records):
        cents, voted = p.versement.montant, p.vote
        total = sums[p.cle] = sums.get(p.cle, 0) + cents
        if total > voted:
            yield Diagnostic(
                "LIV003",
                f"convention {p.versement.convention}, {p.code} : {euros(total)} payés avec ce versement, "
                f"{euros(voted)} votés",
                p.span,
                notes=tuple(before.get(p.cle, ())),
                help="corriger le montant, la convention, ou la délibération du versement",
            )
        note = Note(f"payé le {date_longue(p.versement.date)} : {euros(cents)}", p.span)
        before.setdefault(p.cle, []).append(note)


@regle("LIV004")
def date_dans_l_exercice(records: Records) -> Iterator[Diagnostic]:
    """La date d’un versement payé est de l’année du fichier paiements/<exercice>.yaml."""
    for paid in records.paiements.values():
        for rang, v in enumerate(paid.versements):
            if v.date.year != paid.exercice:
                yield Diagnostic(
                    "LIV004",
                    f"versement du {date_longue(v.date)} dans les paiements de {paid.exercice}",
                    records.span(paid.origine, "versements", rang, "date"),
                    help="corriger la date, ou déplacer le versement dans le fichier de son année",
                )


@regle("LIV005", gravite=Severity.AVERTISSEMENT)
def paye_apres_signature(records: Records) -> Iterator[Diagnostic]:
    """Un versement suit la signature de l’acte (« signe_le »). C’est un avertissement : la date de signature
    n’est peut-être pas encore reportée dans la fiche."""
    for p in payes(records):
        signed = p.acte.signe_le
        if signed is not None and signed <= p.versement.date:
            continue
        when = f"signé le {date_longue(signed)}" if signed else "dont la signature n’est pas notée"
        yield Diagnostic(
            "LIV005",
            f"versement payé le {date_longue(p.versement.date)} pour un acte {when}",
            p.span,
            Severity.AVERTISSEMENT,
            help="corriger la date, ou écrire « signe_le » dans l’acte",
        )


@regle("LIV006", gravite=Severity.AVERTISSEMENT)
def versement_en_double(records: Records) -> Iterator[Diagnostic]:
    """Deux versements de même jour, même acte, même code, même nature et même montant sont sans doute le
    même, écrit deux fois."""
    seen: dict[tuple[object, ...], list[Span]] = {}
    for p in payes(records):
        v = p.versement
        seen.setdefault((*p.cle, v.date, v.nature, v.montant), []).append(p.span)
    for spans in seen.values():
        for span in spans[1:]:
            yield Diagnostic(
                "LIV006",
                f"ce versement est écrit {accord(len(spans), 'fois')}",
                span,
                Severity.AVERTISSEMENT,
                notes=(Note("première fois", spans[0]),),
                help="supprimer le double, ou distinguer les deux versements",
            )
