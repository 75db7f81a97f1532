"""Annexes of the deliberation, one per thematique: the operations proposed, with their figures."""

from __future__ import annotations

from collections.abc import Iterator

from generator import typography as t
from generator.documents import ANNEXES, Contexte, Document, Sorte, enonces
from generator.documents import commun as c
from generator.load import Dossier, Records
from generator.model import Thematique


def _contexte(records: Records, dossier: Dossier, th: Thematique) -> Contexte:
    d = dossier.deliberation
    return {
        **c.base(records, dossier, f"Annexe {th.annexe} – Thématique {th.numero}", f"Thématique {th.numero}"),
        "etiquette": f"ANNEXE {th.annexe}",
        "thematique": {"numero": str(th.numero), "intitule": t.texte(th.intitule)},
        "rapport_cadre": t.date_longue(c.integrale(dossier).rapport.rapport_cadre),
        "annexe_financiere": str(d.annexe_financiere),
        "total": t.euros_courts(th.annonce.montant),
        "operations": [c.operation(records, dossier, o) for o in th.operations],
    }


def _documents(records: Records, dossier: Dossier) -> Iterator[Document]:
    for th in dossier.deliberation.thematiques:
        if th.annexe is None or dossier.deliberation.extrait:
            continue
        yield Document(
            ident=f"annexe-{th.annexe:02d}-thematique-{th.numero}",
            sorte="annexe-thematique",
            titre=t.texte(f"Annexe {th.annexe} – Thématique {th.numero} : {th.intitule}"),
            groupe=ANNEXES,
            ordre=(th.annexe, ""),
            template="documents/annexe-thematique.docx",
            depend=c.cles_deliberation(records, dossier)
            | {dossier.cle_thematique(th.numero)}
            | {dossier.cle_operation(o.id) for o in th.operations}
            | c.cles_beneficiaires(records, th.operations),
            enonces=lambda th=th: enonces.operations(records, dossier, th.operations),  # type: ignore[misc]
            contexte=lambda th=th: _contexte(records, dossier, th),  # type: ignore[misc]
        )


SORTE = Sorte(
    "annexe-thematique",
    "Une annexe par thématique : ses opérations, leur description, leurs montants",
    "deliberation.yaml, dispositifs/",
    _documents,
)
