"""New conventions: the articles of the convention type, then one annexe technique per operation."""

from __future__ import annotations

from collections.abc import Iterator

from generator import typography as t
from generator.documents import ACTES, Contexte, Document, Sorte
from generator.documents import commun as c
from generator.documents import vue_acte as vue
from generator.load import Dossier, Records
from generator.model import Acte, Actes, Periode

TEMPLATE = "documents/convention.docx"


def contexte(records: Records, dossier: Dossier, actes: Actes, acte: Acte) -> Contexte:
    """Context of one convention. Its period covers those of all its operations."""
    types = records.conventions_types[dossier.deliberation.convention_type]
    who = records.structures[actes.structure]
    ops = vue.operations(dossier, [p.operation for p in acte.operations])
    parts = {p.operation: p for p in acte.operations}
    first = types.premiere_annexe
    annexes = [vue.annexe(records, o, first + rank, who, acte, parts[o.id]) for rank, o in enumerate(ops)]
    whole = Periode(du=min(o.periode.du for o in ops), au=max(o.periode.au for o in ops))
    titre = vue.intitule(None, acte)
    return {
        **c.base(records, dossier, titre, titre),
        "fictif": dossier.deliberation.fictif
        or who.fictif
        or actes.fictif
        or any(a["fictif"] for a in annexes),
        "objet": t.enumerer([f"«\u00a0{a['intitule']}\u00a0»" for a in annexes]),
        "structure": vue.structure(who),
        "convention": {"numero": acte.numero or ""},
        "engagement_republicain": who.forme in ("association", "fondation"),
        "droit_prive": who.forme in ("association", "fondation", "societe"),
        "articles": [
            {
                "numero": str(rank),
                "cle": a.cle,
                "intitule": t.texte(a.intitule),
                "clause": f"articles/{a.cle}.docx",
            }
            for rank, a in enumerate(types.articles, 1)
        ],
        "article": {a.cle: str(rank) for rank, a in enumerate(types.articles, 1)},
        "annexes_fixes": [
            {"numero": str(rank), "intitule": t.texte(a)} for rank, a in enumerate(types.annexes_fixes, 1)
        ],
        "annexes": annexes,
        "annexes_pluriel": len(annexes) > 1,
        "modele_type": {"adopte_le": t.date_longue(types.adopte_le)},
        "cout": {"total": t.euros(acte.montant), "total_lettres": t.lettres(acte.montant)},
        "periode": {
            "totale": t.periode(whole.du, whole.au),
            "debut": t.date_longue(whole.du),
            "fin": t.date_longue(whole.au),
            "conservation": t.date_longue(whole.au.replace(year=whole.au.year + 10, month=12, day=31)),
        },
        "pages": vue.PAGES_INCONNUES,
    }


def _documents(records: Records, dossier: Dossier) -> Iterator[Document]:
    for ident, actes in dossier.actes.items():
        for acte in actes.actes:
            if acte.modele is not None:
                continue
            known = records.structures.get(ident)
            name = t.texte(known.appellation) if known else ident
            ops = vue.operations(dossier, [p.operation for p in acte.operations])
            label = "-".join(p.operation for p in acte.operations)

            def build(actes: Actes = actes, acte: Acte = acte) -> Contexte:
                return contexte(records, dossier, actes, acte)

            yield Document(
                ident=f"actes/{ident}-convention-{label}",
                sorte="convention",
                titre=f"{name} – Convention – {t.enumerer([t.texte(o.intitule) for o in ops])}",
                groupe=ACTES,
                ordre=(0, f"{ident} 99"),
                template=TEMPLATE,
                depend=vue.cles(records, dossier, ops, actes)
                | {f"{records.cle(f'conventions-types/{dossier.deliberation.convention_type}.yaml')}#texte"},
                contexte=build,
                structure=ident,
                fictif=bool(known and known.fictif) or actes.fictif,
            )


SORTE = Sorte(
    "convention",
    "La convention de chaque structure nouvellement financée, avec ses annexes techniques",
    "actes/, structures/, conventions-types/, dispositifs/, territoires.yaml",
    _documents,
)
