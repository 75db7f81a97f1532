"""The president's rapport: ambitions, thematiques, what is asked, budget table, opinions."""

from __future__ import annotations

from collections.abc import Iterator

from generator import typography as t
from generator.documents import RAPPORT_ET_DELIBERATION, Contexte, Document, Sorte, enonces
from generator.documents import commun as c
from generator.documents.deliberation import annexes_modeles, avis, thematiques
from generator.load import Dossier, Records


def _contexte(records: Records, dossier: Dossier) -> Contexte:
    d = dossier.deliberation
    r = c.integrale(dossier).rapport
    instruments = {o.instrument for o in d.operations()}
    types = records.conventions_types[d.convention_type]
    return {
        **c.base(records, dossier, "Rapport du Président du Conseil départemental", "Rapport du Président"),
        "ambitions_total": str(r.ambitions_total),
        "ambitions_retenues": str(len(r.ambitions)),
        "ambitions": [{"numero": str(a.numero), "intitule": t.texte(a.intitule)} for a in r.ambitions],
        "periodes_de_depot": t.enumerer([t.texte(p) for p in r.periodes_de_depot]),
        "rapport_cadre": t.date_longue(r.rapport_cadre),
        "thematiques": thematiques(dossier),
        "nombre_thematiques": str(len(d.thematiques)),
        "annexe_financiere": str(d.annexe_financiere),
        "annexes_modeles": annexes_modeles(dossier),
        "annexes_conventions": annexes_modeles(dossier, avenants=False),
        "modeles_pluriel": sum(m.est_avenant for m in dossier.modeles.values()) > 1,
        "conventions": "convention" in instruments,
        "avenants": "avenant" in instruments,
        "convention_type_date": t.date_longue(types.adopte_le),
        "budget": c.lignes_budget(dossier),
        "avis": avis(dossier),
    }


def _documents(records: Records, dossier: Dossier) -> Iterator[Document]:
    if dossier.deliberation.extrait:
        return
    yield Document(
        ident="01-rapport",
        sorte="rapport",
        titre="Rapport du Président du Conseil départemental",
        groupe=RAPPORT_ET_DELIBERATION,
        ordre=(1, ""),
        template="documents/rapport.docx",
        depend=c.cles_votees(records, dossier),
        contexte=lambda: _contexte(records, dossier),
        enonces=lambda: enonces.vote(records, dossier, ("ae", "disponible", "proposition", "solde")),
    )


SORTE = Sorte(
    "rapport",
    "Le rapport du Président : ambitions, thématiques, demandes, tableau budgétaire, avis",
    "deliberation.yaml, modeles/, conventions-types/",
    _documents,
)
