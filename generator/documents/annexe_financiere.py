"""The financial annexe: every amount by operation, structure and territoire, with its totals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator import typography as t
from generator.documents import ANNEXES, Contexte, Document, Sorte, enonces
from generator.documents import commun as c
from generator.load import Dossier, Records
from generator.model import DEPARTEMENT_ENTIER, Acte, ActeOperation, Operation


def _shares(dossier: Dossier, ident: str) -> list[tuple[str, Acte, ActeOperation]]:
    """(structure, acte, operation of the acte) for operation `ident`, in order of structure."""
    return [
        (structure, acte, part)
        for structure, actes in sorted(dossier.actes.items())
        for acte in actes.actes
        for part in acte.operations
        if part.operation == ident
    ]


def _nombre(n: int | None) -> str:
    return t.nombre(n) if n is not None else "–"


def _montant(cents: int) -> str:
    return t.euros(cents).removesuffix("\u00a0€") if cents else "–"


def _somme(values: list[int | None]) -> int | None:
    counted = [v for v in values if v is not None]
    return sum(counted) if counted else None


def _operation(records: Records, dossier: Dossier, o: Operation) -> dict[str, Any]:
    """The table of one operation. `suite`: the row stays on the page of the next one.

    A structure is named on its first row only, and a total says nothing without a row above it.
    """
    rows: list[dict[str, Any]] = []
    shares = _shares(dossier, o.id)
    total_n, total_m = _somme([p.quantite for _, _, p in shares]), sum(p.montant for _, _, p in shares)
    for ident, acte, part in shares:
        structure = records.structures[ident]
        name = t.texte(structure.appellation) + ("\u00a0*" if structure.fictif else "")
        first = {
            "structure": name,
            "acte": "Avenant" if acte.est_avenant else "Convention",
        }
        for rank, r in enumerate(part.repartition):
            rows.append(
                {
                    "sorte": "ligne",
                    "structure": first["structure"] if rank == 0 else "",
                    "acte": first["acte"] if rank == 0 else "",
                    "territoire": c.territoire(records, r.territoire),
                    "quantite": _nombre(r.quantite),
                    "montant": _montant(r.montant),
                    "suite": len(part.repartition) > 1,
                }
            )
        if len(part.repartition) > 1:
            rows.append(
                {
                    "sorte": "sous-total",
                    "structure": f"Sous-total {name}",
                    "quantite": _nombre(part.quantite),
                    "montant": _montant(part.montant),
                    "suite": False,
                }
            )
    if rows:
        rows[-1]["suite"] = True
    return {
        "numero": str(o.numero),
        "intitule": t.texte(o.intitule),
        "code": o.code,
        "imputation": next((b.imputation for b in dossier.deliberation.budget if b.code == o.code), ""),
        "unite": f"{records.dispositifs[o.dispositif].unite}s",
        "periode": t.periode(o.periode.du, o.periode.au),
        "lignes": rows,
        "structures": t.accord(len({s for s, _, _ in shares}), "structure"),
        "quantite": _nombre(total_n),
        "montant": _montant(total_m),
        "cents": total_m,
    }


def _par_territoire(records: Records, dossier: Dossier) -> list[dict[str, str]]:
    """Newly voted amounts by territoire, every operation together."""
    sums: dict[str, int] = {}
    for o in dossier.deliberation.operations():
        for _, _, part in _shares(dossier, o.id):
            for r in part.repartition:
                sums[r.territoire] = sums.get(r.territoire, 0) + r.montant
    order = [*records.territoires, DEPARTEMENT_ENTIER]
    return [
        {"territoire": c.territoire(records, ident), "montant": t.euros(sums[ident])}
        for ident in order
        if ident in sums
    ]


def _contexte(records: Records, dossier: Dossier) -> Contexte:
    d = dossier.deliberation
    groups = []
    for th in d.thematiques:
        operations = [_operation(records, dossier, o) for o in th.operations]
        total = sum(o.pop("cents") for o in operations)
        groups.append(
            {
                "numero": str(th.numero),
                "intitule": t.texte(th.intitule),
                "operations": operations,
                "total": t.euros(total),
                "cents": total,
            }
        )
    grand_total = sum(g.pop("cents") for g in groups)
    titre = "Répartition financière par opération, par structure et par territoire"
    return {
        **c.base(records, dossier, f"Annexe {d.annexe_financiere} – {titre}", "Répartition financière"),
        "etiquette": f"ANNEXE {d.annexe_financiere}",
        "thematiques": groups,
        "total": t.euros(grand_total),
        "total_lettres": t.lettres(grand_total),
        "territoires": _par_territoire(records, dossier),
        "fictif": d.fictif or any(records.structures[s].fictif for s in dossier.actes),
    }


def _documents(records: Records, dossier: Dossier) -> Iterator[Document]:
    d = dossier.deliberation
    if d.annexe_financiere is None:
        return
    yield Document(
        ident=f"annexe-{d.annexe_financiere:02d}-repartition-financiere",
        sorte="annexe-financiere",
        titre=f"Annexe {d.annexe_financiere} – Répartition financière",
        groupe=ANNEXES,
        ordre=(d.annexe_financiere, ""),
        template="documents/annexe-financiere.docx",
        depend=c.cles_deliberation(records, dossier)
        | c.cles_operations(dossier)
        | c.cles_beneficiaires(records, d.operations())
        | set(dossier.fichiers_actes)
        | {records.cle(f"structures/{s}.yaml") for s in dossier.actes}
        | {records.cle("territoires.yaml"), dossier.cle_budget},
        contexte=lambda: _contexte(records, dossier),
        enonces=lambda: enonces.repartition(records, dossier),
    )


SORTE = Sorte(
    "annexe-financiere",
    "La répartition financière par opération, structure et territoire, avec les totaux",
    "deliberation.yaml, actes/, structures/, territoires.yaml",
    _documents,
)
