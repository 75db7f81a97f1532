"""Co-financed operations: who pays what share, the flat rate of Europe, the young people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from generator.checks import regle
from generator.checks.parcours import LieuActe, actes, parts
from generator.diagnostics import Diagnostic, Note, Severity, Span
from generator.load import Records
from generator.model import ActeOperation, Dispositif
from generator.model.dispositif import Ecart, Forfait
from generator.model.plan_financement import NatureDepense, PlanFinancement
from generator.typography import euros, nombre, taux

ECART = "cofinancement"
"""`sujet` of the écarts, of a fiche or of an act, that turn TAU107 into a warning."""

_REGLEMENT = "règlement (UE) 2021/1060"
_JEUNES = Decimal(20)
"""Greatest share of young people, in per cent: the calls for projects of 2026."""

_REELLES: tuple[NatureDepense, ...] = ("fonctionnement", "prestations", "participants")
"""Lines at real cost beside the staff; the wages of the participants are apart (article 56, § 2)."""


@dataclass(frozen=True, slots=True)
class _Part:
    """An operation in an act, with its dispositif."""

    lieu: LieuActe
    rang: int
    part: ActeOperation
    dispositif: Dispositif

    def span(self, *path: str | int) -> Span:
        """Place of a value of the part."""
        return self.lieu.span("operations", self.rang, *path)


def _parts(records: Records) -> Iterator[_Part]:
    """The operations of the acts whose dispositif is known."""
    for lieu in actes(records):
        known = {o.id: o.dispositif for o in lieu.dossier.deliberation.operations()}
        for rang, part in parts(lieu):
            d = records.dispositifs.get(known.get(part.operation, ""))
            if d is not None:
                yield _Part(lieu, rang, part, d)


def _gravite(known: Ecart | None) -> Severity:
    return Severity.AVERTISSEMENT if known else Severity.ERREUR


def _releve(known: Ecart | None) -> tuple[Note, ...]:
    return (Note(f"écart relevé : {known.motif} ; retenu : {known.retenu}"),) if known else ()


@regle("TAU106")
def plan_a_cent_pour_cent(records: Records) -> Iterator[Diagnostic]:
    """Les parts d’un plan de financement (« plan ») font 100 % ; si elles font moins, il dit qui paie le
    reste (« reste »), et ne le dit pas si rien ne reste."""
    for lieu in actes(records):
        for rang, part in parts(lieu):
            if part.plan is None:
                continue
            whole = sum((r.taux for r in part.plan.ressources), Decimal())
            if (whole < 100 and part.plan.reste) or (whole == 100 and not part.plan.reste):
                continue
            message, aide = (
                f"les parts du plan font {taux(whole)}",
                "corriger les taux pour qu’ils fassent 100 %",
            )
            if whole < 100:
                message += " et rien ne dit qui paie le reste"
                aide = "corriger les taux, ou écrire dans « reste » qui paie ce qui manque"
            elif whole == 100:
                message, aide = "le plan fait 100 % et dit pourtant qui paie le reste", "supprimer « reste »"
            yield Diagnostic(
                "TAU106", message, lieu.span("operations", rang, "plan", "ressources"), help=aide
            )


@regle("TAU107", gravite=(Severity.ERREUR, Severity.AVERTISSEMENT))
def part_du_departement(records: Records) -> Iterator[Diagnostic]:
    """La part du Département dans une opération cofinancée est celle du fonds : 30 % avec le FTJ, pour le
    bassin minier, 40 % avec le FSE+, ailleurs ; une opération menée des deux côtés a l’un ou l’autre. Ces
    taux et ces territoires sont dans `territoires.yaml` (source : délibération n° 2024-587, annexe 10, et
    appels à projets 2026). Un écart relevé (« ecarts », sujet « cofinancement ») en fait un
    avertissement."""
    if records.zonage is None:
        return
    for d in records.dispositifs.values():
        for rang, own in enumerate(d.financement.cofinancement):
            due = records.zonage.part(own.fonds)
            if due is not None and own.taux != due.taux:
                known = next((e for e in d.fiche.ecarts if e.sujet == ECART), None) if d.fiche else None
                yield Diagnostic(
                    "TAU107",
                    f"la part du Département est de {taux(own.taux)} avec le {own.fonds}, "
                    f"elle est fixée à {taux(due.taux)}",
                    records.span(d.origine, "financement", "cofinancement", rang, "taux"),
                    _gravite(known),
                    notes=(_note_taux(records), *_releve(known)),
                    help="corriger l’un des deux taux",
                )
    for x in _parts(records):
        if x.part.plan is not None:
            yield from _fonds(records, x, x.part.plan)


def _note_taux(records: Records) -> Note:
    where = records.zonage.origine if records.zonage else ""
    return Note("parts du Département", records.span(where, "cofinancement"))


def _fonds(records: Records, x: _Part, plan: PlanFinancement) -> Iterator[Diagnostic]:
    known = next((e for e in x.lieu.acte.ecarts if e.sujet == ECART), None)
    ranks: dict[str, int] = {r.financeur: k for k, r in enumerate(plan.ressources)}
    named = [
        records.territoires[r.territoire] for r in x.part.repartition if r.territoire in records.territoires
    ]
    mined = {t.bassin_minier for t in named}
    share = sum((r.taux for r in plan.ressources if r.financeur == "Département"), Decimal())
    wrong: list[tuple[str, Span, Note]] = []
    zone = Note("territoires de l’opération", x.span("repartition"))
    for fonds, elsewhere, said in (
        ("FTJ", {False}, "hors du bassin minier"),
        ("FSE+", {True}, "dans le bassin minier, où intervient le FTJ"),
    ):
        rang = ranks.get(fonds)
        if rang is None:
            continue
        if mined == elsewhere:
            message = f"le {fonds} cofinance une opération menée {said}"
            wrong.append((message, x.span("plan", "ressources", rang, "financeur"), zone))
        own = next((c for c in x.dispositif.financement.cofinancement if c.fonds == fonds), None)
        due = own or (records.zonage.part(fonds) if records.zonage else None)
        if due is not None and share != due.taux:
            message = (
                f"le Département paie {taux(share)} du plan, sa part est de {taux(due.taux)} avec le {fonds}"
            )
            if not share:
                message = f"le Département ne paie rien, sa part est de {taux(due.taux)} avec le {fonds}"
            where = x.span("plan", "ressources", ranks.get("Département", rang), "taux")
            wrong.append((message, where, _note_taux(records)))
    for message, span, note in wrong:
        yield Diagnostic(
            "TAU107",
            message,
            span,
            _gravite(known),
            notes=(note, *_releve(known)),
            help="corriger le fonds, les taux du plan ou les territoires",
        )


def _limite(f: Forfait) -> tuple[int, str]:
    """The greatest rate that Europe allows, in per cent, and the article that says so."""
    if f.regime == "personnel":
        return 20, "article 55"
    if f.regime == "coûts indirects":
        return (15, "article 54, point b") if "personnel" in f.assiette else (25, "article 54, point c")
    return 40, "article 56"


@regle("TAU108", gravite=(Severity.ERREUR, Severity.AVERTISSEMENT))
def forfait_europeen(records: Records) -> Iterator[Diagnostic]:
    """Le forfait d’un plan de financement ne dépasse pas le taux de son dispositif, appliqué à l’assiette.
    Sont des avertissements : un taux supérieur à celui du règlement (UE) 2021/1060 (40 % des dépenses de
    personnel pour tous les coûts restants, article 56 ; 15 % des mêmes, ou 25 % des coûts directs, pour
    les coûts indirects, article 54 ; 20 % des autres coûts directs pour le personnel, article 55), et une
    ligne au coût réel à côté d’un forfait qui la couvre déjà."""
    for d in records.dispositifs.values():
        f = d.financement.forfait
        if f is None:
            continue
        limit, article = _limite(f)
        if f.taux > limit:
            yield Diagnostic(
                "TAU108",
                f"le forfait est de {taux(f.taux)}, le {_REGLEMENT} ({article}) "
                f"admet {taux(Decimal(limit))} au plus",
                records.span(d.origine, "financement", "forfait", "taux"),
                Severity.AVERTISSEMENT,
                help="corriger le taux ou le régime du forfait",
            )
    for x in _parts(records):
        if x.part.plan is not None:
            yield from _depenses(records, x, x.part.plan)


def _depenses(records: Records, x: _Part, plan: PlanFinancement) -> Iterator[Diagnostic]:
    flat, f = plan.depense("forfait"), x.dispositif.financement.forfait
    if not flat:
        return
    first = next(k for k, d in enumerate(plan.depenses) if d.nature == "forfait" and d.montant)
    where = x.span("plan", "depenses", first, "montant")
    if f is None:
        yield Diagnostic(
            "TAU108",
            "le plan compte un forfait que le dispositif ne prévoit pas",
            where,
            notes=(Note("dispositif", records.span(x.dispositif.origine, "financement")),),
            help="supprimer cette dépense, ou ajouter « forfait » au dispositif",
        )
        return
    origin = Note("forfait", records.span(x.dispositif.origine, "financement", "forfait"))
    base = _assiette(f, plan)
    if flat * 100 > f.taux * base:
        yield Diagnostic(
            "TAU108",
            f"le forfait est de {euros(flat)}, plus que {taux(f.taux)} de {euros(base)}",
            where,
            notes=(origin, Note(f"assiette : {f.assiette}")),
            help="corriger le forfait ou les dépenses qui lui servent d’assiette",
        )
    covered: tuple[NatureDepense, ...] = _REELLES if f.regime == "coûts restants" else ()
    if f.regime == "personnel":
        covered = ("personnel",)
    for k, line in enumerate(plan.depenses):
        if line.nature in covered and line.montant:
            yield Diagnostic(
                "TAU108",
                f"une dépense au coût réel, « {line.nature} », s’ajoute au forfait qui la couvre "
                f"({_REGLEMENT}, {_limite(f)[1]})",
                x.span("plan", "depenses", k, "nature"),
                Severity.AVERTISSEMENT,
                notes=(origin,),
                help="supprimer cette dépense du plan, ou le forfait",
            )


def _assiette(f: Forfait, plan: PlanFinancement) -> int:
    """Cents to which the rate applies."""
    if f.regime == "personnel":
        return plan.depense(*_REELLES)
    if f.regime == "coûts indirects" and "personnel" not in f.assiette:
        return plan.depense("personnel", *_REELLES)
    return plan.depense("personnel")


@regle("TAU109", gravite=(Severity.ERREUR, Severity.AVERTISSEMENT))
def part_des_jeunes(records: Records) -> Iterator[Diagnostic]:
    """Les jeunes (« jeunes ») ne sont pas plus nombreux que ne l’admet le dispositif (« part_jeunes »), ni
    que les participants. Un dispositif qui en admet plus de 20 % est un avertissement (source : appels à
    projets 2026, fiches cofinancées)."""
    for d in records.dispositifs.values():
        most = d.financement.part_jeunes
        if most is not None and most > _JEUNES:
            yield Diagnostic(
                "TAU109",
                f"le dispositif admet {taux(most)} de jeunes, les appels à projets 2026 "
                f"{taux(_JEUNES)} au plus",
                records.span(d.origine, "financement", "part_jeunes"),
                Severity.AVERTISSEMENT,
                help="corriger la part des jeunes",
            )
    for x in _parts(records):
        young, units = x.part.jeunes, x.part.quantite
        most = x.dispositif.financement.part_jeunes
        if young is None or units is None:
            continue
        if young > units or (most is not None and young * 100 > most * units):
            limit = f", le dispositif en admet {taux(most)} au plus" if most is not None else ""
            origin = records.span(x.dispositif.origine, "financement", "part_jeunes")
            yield Diagnostic(
                "TAU109",
                f"{nombre(young)} jeunes sur {nombre(units)} participants{limit}",
                x.span("jeunes"),
                notes=(Note("part des jeunes", origin),) if most is not None else (),
                help="corriger le nombre de jeunes ou la répartition",
            )
