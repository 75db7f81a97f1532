"""From the records to the rows that are published: one per signed act above the threshold."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from generator.checks.paiements import reglement
from generator.checks.parcours import LieuActe, actes_de
from generator.checks.seuils import CONVENTION, PRIVEES
from generator.diagnostics import Diagnostic, Severity, Span
from generator.finances import donnees
from generator.finances.donnees_essentielles.format import (
    ECHELONNE,
    NATURES,
    NOMS,
    UNIQUE,
    Faute,
    Sorte,
    fautes,
    fautes_d_ensemble,
    lire_rna,
)
from generator.finances.feuillet import plat
from generator.load import Records
from generator.model import Structure
from generator.typography import NBSP, accord, texte

_OBJET = 256
"""Characters that the object of a grant may have."""
_ENTRE = " / "
"""Between two titles: a title may have a comma or a dash."""
_FICTIF = " (fictif)"
"""Ends the name of an invented grantee, or of one whose amounts are."""
_INCERTAINES = frozenset({"societe"})
"""Formes that do not say for sure a legal person: a sole trader has no other."""
_DATES_SURES = frozenset({"date fixée", "date de la convention"})
"""What makes the day of a payment known and not expected, see `echeances.echeance`."""


@dataclass(frozen=True, slots=True)
class Concernee:
    """An act whose essential data are published: it gives money, and its convention is above the threshold.

    `total`: cents of the convention, with what the act adds.
    """

    lieu: LieuActe
    structure: Structure
    total: int

    @property
    def numero(self) -> str:
        """Number of the convention."""
        return donnees.numero_de(self.lieu.acte)

    @property
    def fictive(self) -> bool:
        """True when the grantee or the amounts are invented."""
        return self.structure.fictif or self.lieu.actes.fictif or self.lieu.dossier.deliberation.fictif

    @property
    def obligatoire(self) -> bool:
        """True for a grantee of private law: loi n° 2000-321, article 10, obliges for these alone."""
        return self.structure.forme in PRIVEES


@dataclass(frozen=True, slots=True)
class Publication:
    """The rows to publish, what prevents it (errors) and what is to be known."""

    lignes: tuple[Mapping[str, str], ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    non_signees: int = 0
    fictives: int = 0

    @property
    def publiable(self) -> bool:
        """False when an error was found: half a file is not published."""
        return not any(d.is_error for d in self.diagnostics)


@dataclass(slots=True)
class _Ligne:
    """A row being made: texts and the place of the record that each comes from."""

    convention: Concernee
    textes: dict[str, str] = field(default_factory=dict)
    places: dict[str, Span] = field(default_factory=dict)

    def poser(self, champ: str, text: str, span: Span) -> None:
        self.textes[champ], self.places[champ] = text, span


def concernees(records: Records, numeros: Collection[str]) -> tuple[Concernee, ...]:
    """The acts concerned, of the deliberations `numeros`, signed or not; by day of signature, then number.

    The threshold is that of décret n° 2001-495 (23 000 €). It is held against the whole convention: an
    avenant of 10 000 € to a convention of 20 000 € is concerned. An act whose structure has no record, or
    that votes nothing new, is left out.
    """
    out = []
    for ident in numeros:
        for lieu in actes_de(records, records.dossiers[ident]):
            structure, acte = records.structures.get(lieu.actes.structure), lieu.acte
            before = (acte.convention.cout or 0) if acte.convention else 0
            if structure is not None and acte.montant and before + acte.montant > CONVENTION:
                out.append(Concernee(lieu, structure, before + acte.montant))
    last = dt.date.max
    return tuple(sorted(out, key=lambda c: (c.lieu.acte.signe_le or last, c.numero, c.structure.id)))


def publier(records: Records, numeros: Collection[str], fictives: bool) -> Publication:
    """The rows of the signed acts of the deliberations `numeros`; the invented ones only if `fictives`."""
    held = concernees(records, numeros)
    kept = [c for c in held if fictives or not c.fictive]
    signed = [c for c in kept if c.lieu.acte.signe_le is not None]
    aside = len(held) - len(kept)
    found = list(_attribuant(records)) if signed else []
    plans = {
        ident: donnees.paiements(records, records.dossiers[ident])
        for ident in {c.lieu.dossier.deliberation.id for c in signed}
    }
    rows = [_ligne(records, c, plans[c.lieu.dossier.deliberation.id]) for c in signed]
    for row in rows:
        own = fautes(row.textes, row.convention.structure.forme not in _INCERTAINES)
        found += [_diagnostic(row, f) for f in own if f.champ != "idAttribuant"]
        found += _personnes(row)
        found += _rna(records, row)
    for rank, fault in fautes_d_ensemble([r.textes for r in rows]):
        found.append(_diagnostic(rows[rank], fault))
    if aside:
        message = f"{accord(aside, 'convention inventée', 'conventions inventées')} hors du fichier"
        where = Span(records.racine)
        aide = "--fictives les y met, pour un essai"
        found.append(Diagnostic("SCD004", message, where, Severity.INFO, help=aide))
    return Publication(
        tuple(r.textes for r in rows), tuple(dict.fromkeys(found)), len(kept) - len(signed), aside
    )


def en_csv(lignes: Sequence[Mapping[str, str]]) -> bytes:
    """The file to publish: UTF-8 without mark, commas, the fields in the order of the format (RFC 4180)."""
    out = io.StringIO()
    writer = csv.DictWriter(out, NOMS, restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(lignes)
    return out.getvalue().encode("utf-8")


# --- one row -------------------------------------------------------------------------------------


def _ligne(records: Records, c: Concernee, plan: Sequence[donnees.Paiement]) -> _Ligne:
    row, lieu, s = _Ligne(c), c.lieu, c.structure
    dep, acte = records.departement, lieu.acte
    who = records.cle("departement.yaml")
    row.poser("nomAttribuant", _simple(dep.nom) if dep else "", records.span(who, "nom"))
    row.poser("idAttribuant", (dep.siret or "") if dep else "", records.span(who, "siret"))
    signed = acte.signe_le.isoformat() if acte.signe_le else ""
    row.poser("dateConvention", signed, lieu.span("signe_le"))
    head = records.span(lieu.dossier.cle, "numero")
    row.poser("referenceDecision", lieu.dossier.deliberation.numero or "", head)
    name = _simple(s.nom) + (_FICTIF if c.fictive else "")
    row.poser("nomBeneficiaire", name, records.span(s.origine, "nom"))
    row.poser("idBeneficiaire", s.siret, records.span(s.origine, "siret"))
    row.poser("rnaBeneficiaire", s.rna or "" if _rna_admis(s.rna) else "", records.span(s.origine, "rna"))
    row.poser("objet", _objet(c), lieu.span("operations"))
    row.poser("montant", f"{acte.montant // 100}.{acte.montant % 100:02d}", lieu.span("operations"))
    row.poser("nature", NATURES[0], lieu.span())
    conditions, days = _versements(c, plan)
    row.poser("conditionsVersement", conditions, lieu.span("operations"))
    row.poser("datesPeriodeVersement", days, lieu.span("signe_le"))
    row.poser("idRAE", "", lieu.span())
    row.poser("notificationUE", "non", lieu.span())
    row.poser("pourcentageSubvention", "1.00", lieu.span())
    row.poser("dispositifAide", "", lieu.span())
    return row


def _simple(text: str) -> str:
    """House typography with ordinary spaces: other programs search and sort this text."""
    return texte(text).replace(NBSP, " ")


def _objet(c: Concernee) -> str:
    """What is funded, operation by operation; thematique by thematique where that would be too long."""
    lieu = c.lieu
    tail = f"({'avenant à la ' if lieu.acte.est_avenant else ''}convention n° {c.numero})"
    named = {p.operation for p in lieu.acte.operations if p.montant}
    d = lieu.dossier.deliberation
    whole = [_simple(o.intitule) for o in d.operations() if o.id in named]
    text = f"{_ENTRE.join(dict.fromkeys(whole))} {tail}"
    if len(text) <= _OBJET:
        return text
    short = [_simple(t.intitule) for t in d.thematiques if named & {o.id for o in t.operations}]
    return f"{_ENTRE.join(dict.fromkeys(short))} {tail}"


def _versements(c: Concernee, plan: Sequence[donnees.Paiement]) -> tuple[str, str]:
    """How the grant is paid, and when: the day of a single payment that is fixed, else a period, from the
    signature at the earliest. `plan`: the schedule of the deliberation; a payment without a day is not taken
    for a single one, its rates are not known."""
    signed = c.lieu.acte.signe_le
    if signed is None:
        return "", ""
    known = [p for p in plan if p.structure == c.structure.id and p.numero == c.numero]
    sure = len(known) == 1 and known[0].jour is not None
    days = [max(p.jour, signed) for p in known if p.jour is not None]
    if len(known) == 1 and days and known[0].base in _DATES_SURES:
        return UNIQUE, days[0].isoformat()
    if len(known) > 1 and len(days) == len(known):
        return ECHELONNE, f"{min(days).isoformat()}/{max(days).isoformat()}"
    ends = [p.operation.periode.au for p in known]
    last = max(signed, reglement(max(ends, default=signed)))
    return UNIQUE if sure else ECHELONNE, f"{signed.isoformat()}/{last.isoformat()}"


# --- what is wrong with it -----------------------------------------------------------------------


def _attribuant(records: Records) -> Iterator[Diagnostic]:
    dep = records.departement
    if dep is None or dep.siret is None:
        yield Diagnostic(
            "SCD001",
            "le SIRET du Département est absent : le fichier à publier l’exige",
            records.span(records.cle("departement.yaml"), "nom"),
            help="ajouter « siret » sous le nom, entre guillemets",
        )


def _diagnostic(row: _Ligne, fault: Faute) -> Diagnostic:
    code = "SCD003" if fault.sorte is Sorte.PERSONNE else "SCD002"
    message = f"convention {row.convention.numero}, {fault.champ} : {fault.message}"
    return Diagnostic(code, message, row.places[fault.champ], help=fault.aide)


def _personnes(row: _Ligne) -> Iterator[Diagnostic]:
    """The name of the representative has no place in open data."""
    p = row.convention.structure.representant
    names = {plat(f"{p.prenom} {p.nom}"), plat(f"{p.nom} {p.prenom}")}
    for champ in ("nomBeneficiaire", "objet"):
        if any(name in plat(row.textes[champ]) for name in names):
            message = "le texte nomme le représentant de la structure"
            yield _diagnostic(row, Faute(champ, Sorte.PERSONNE, message, "ôter le nom de la personne"))


def _rna_admis(rna: str | None) -> bool:
    if rna is None:
        return False
    try:
        lire_rna(rna)
    except ValueError:
        return False
    return True


def _rna(records: Records, row: _Ligne) -> Iterator[Diagnostic]:
    s = row.convention.structure
    if s.rna and not _rna_admis(s.rna):
        yield Diagnostic(
            "SCD005",
            f"le numéro RNA {s.rna} reste hors du fichier : le format n’admet que neuf chiffres après W",
            row.places["rnaBeneficiaire"],
            Severity.INFO,
            help="rien à faire : le SIRET identifie la structure",
        )
