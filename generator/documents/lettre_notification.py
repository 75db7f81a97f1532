"""The letter that goes with each act: what was voted, what to sign, what to send back and when."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator import typography as t
from generator.documents import ENVOI, Contexte, Document, Sorte
from generator.documents import commun as c
from generator.documents import vue_acte as vue
from generator.documents.vue_envoi import Envoi, envois, lignes_postales
from generator.load import Dossier, Records
from generator.model import Personne, Structure


def _appel(p: Personne) -> str:
    """« Madame la Présidente », « Monsieur le Directeur général »."""
    function = c.fonction(p)
    return f"{p.civilite} {function[0].lower()}{function[1:]}"


def _destinataire(s: Structure) -> dict[str, Any]:
    p = s.representant
    return {
        "structure": t.texte(s.appellation),
        "personne": c.personne(p),
        "qualite": t.texte(p.qualite),
        "adresse": lignes_postales(s.siege),
        "appel": _appel(p),
        "habilitation": f"{s.habilitation.nature} du {t.date_longue(s.habilitation.date)}",
    }


def _premiers_versements(annexes: list[dict[str, Any]], e: Envoi) -> list[dict[str, str]]:
    """First payment of each operation that receives new money, as its annexe says it."""
    return [
        {"annexe": a["numero"], **a["tranches"][-1]["versements"][0]}
        for a, (_, part) in zip(annexes, e.parts, strict=True)
        if part.montant
    ]


def _contexte(records: Records, dossier: Dossier, e: Envoi) -> Contexte:
    if e.structure is None:
        raise LookupError("structure")
    dep = c.require_departement(records)
    ops = [o for o, _ in e.parts]
    types = records.conventions_types[vue.id_convention_type(dossier, e.modele, ops)]
    annexes = vue.annexes(records, types, ops, e.modele, e.structure, e.acte)
    article = "l’" if e.acte.est_avenant else "la "
    titre = f"Notification pour signature – {e.intitule}"
    return {
        **c.base(records, dossier, titre, e.intitule),
        "fictif": dossier.deliberation.fictif or e.fictif or any(a["fictif"] for a in annexes),
        "avenant": e.acte.est_avenant,
        "acte": f"{article}{e.intitule[0].lower()}{e.intitule[1:]}",
        "destinataire": _destinataire(e.structure),
        "operations": [
            {
                "intitule": t.texte(o.intitule),
                "periode": t.periode(o.periode.du, o.periode.au),
                "montant": t.euros(part.montant) if part.montant else "",
            }
            for o, part in e.parts
        ],
        "montant": t.euros(e.acte.montant) if e.acte.montant else "",
        "montant_lettres": t.lettres(e.acte.montant),
        "annexes": t.enumerer([a["numero"] for a in annexes]),
        "annexes_pluriel": len(annexes) > 1,
        "pieces": []
        if e.acte.est_avenant
        else [{"numero": str(rank), "intitule": t.texte(a)} for rank, a in enumerate(types.annexes_fixes, 1)],
        "versements": _premiers_versements(annexes, e),
        "delai": t.accord(dep.delai_signature, "jour"),
        "signataire": {"fonction": c.fonction(dep.signataire), "nom": c.nom_seul(dep.signataire)},
    }


def _documents(records: Records, dossier: Dossier) -> Iterator[Document]:
    for rank, e in enumerate(envois(records, dossier), 1):
        what = (
            f"avenant (modèle de l’annexe {e.modele.annexe})"
            if e.modele and e.modele.est_avenant
            else "convention – " + t.enumerer([t.texte(o.intitule) for o, _ in e.parts])
        )
        yield Document(
            ident=f"lettres/{e.ident}",
            sorte="lettre-notification",
            titre=f"{e.nom} – Lettre de notification – {what}",
            groupe=ENVOI,
            ordre=(rank, ""),
            template="documents/lettre.docx",
            depend=e.depend,
            contexte=lambda e=e: _contexte(records, dossier, e),  # type: ignore[misc]
            structure=e.actes.structure,
            fictif=e.fictif,
            relie=False,
        )


SORTE = Sorte(
    "lettre-notification",
    "La lettre qui accompagne chaque acte : ce qui a été voté, ce qu’il faut signer et renvoyer",
    "actes/, modeles/, structures/, conventions-types/, dispositifs/, departement.yaml",
    _documents,
)
