"""Avenants: the modeles that the deliberation attaches, and the act of each structure.

An avenant is a list of modifications of a convention; every number in it is computed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator import typography as t
from generator.documents import ANNEXES, Contexte, Document, Sorte
from generator.documents import commun as c
from generator.documents import vue_acte as vue
from generator.documents.commun import BLANC
from generator.documents.vue_envoi import Envoi, envois, nominatif
from generator.load import Dossier, Records
from generator.model import Acte, Actes, ConventionInitiale, ConventionType, Modele, Periode

TEMPLATE = "documents/avenant.docx"


def _convention(modele: Modele, initiale: ConventionInitiale | None) -> dict[str, str]:
    if initiale is None:
        return {"numero": vue.numero_blanc(modele), "signee_le": BLANC}
    return {"numero": initiale.numero, "signee_le": t.date_longue(initiale.signee_le)}


def _cout(acte: Acte | None) -> dict[str, str]:
    """Costs of the convention: before, added, after; amounts in figures and in letters."""
    initial = acte.convention.cout if acte and acte.convention else None
    ajout = acte.montant if acte else None
    total = initial + ajout if initial is not None and ajout is not None else None
    out = {}
    for name, cents in (("initial", initial), ("ajout", ajout), ("total", total)):
        out[name] = vue.montant(cents)
        out[f"{name}_lettres"] = t.lettres(cents) if cents is not None else BLANC
    return out


def _periodes(modele: Modele, acte: Acte | None, ajout: Periode) -> dict[str, str]:
    """Periods of the convention: as it stood, as added, as it becomes."""
    before = acte.convention.periode if acte and acte.convention else None
    start = before.du if before else (modele.periode.du if modele.periode else None)
    end = max(ajout.au, before.au) if before else ajout.au
    whole = modele.periode or (Periode(du=start, au=end) if start else None)
    return {
        "initiale": t.periode(before.du, before.au) if before else BLANC,
        "ajout": t.periode(ajout.du, ajout.au),
        "totale": t.periode(whole.du, whole.au) if whole else BLANC,
        "conservation": vue.conservation(whole) if whole else BLANC,
    }


def _articles(modele: Modele, types: ConventionType) -> list[dict[str, str]]:
    """Articles of the avenant between the first (its object) and the last: one per modification."""
    titles = {a.cle: a.intitule for a in types.articles}
    return [
        {
            "numero": str(rank),
            "intitule": t.texte(titles[m.article]),
            "clause": m.clause,
            "modifie": str(types.numero(m.article)),
        }
        for rank, m in enumerate(modele.modifications, 2)
    ]


def contexte(
    records: Records, dossier: Dossier, modele: Modele, actes: Actes | None, acte: Acte | None
) -> Contexte:
    """Context of an avenant; of its modele when `actes` and `acte` are None."""
    who = records.structures[actes.structure] if actes else None
    ops = vue.operations(dossier, modele.operations)
    types = records.conventions_types[vue.id_convention_type(dossier, modele, ops)]
    initiale = acte.convention if acte else None
    convention = _convention(modele, initiale)
    titre = vue.intitule(modele, acte)
    articles = _articles(modele, types)
    changed = sorted(int(a["modifie"]) for a in articles)
    annexes = vue.annexes(records, types, ops, modele, who, acte)
    invented = bool(who and actes and (who.fictif or actes.fictif)) or any(a["fictif"] for a in annexes)
    return {
        **c.base(records, dossier, titre, titre),
        "fictif": invented or dossier.deliberation.fictif,
        "numero": vue.numero_avenant(acte),
        "financier": modele.financier,
        "objet": t.texte(modele.objet),
        "motif": t.texte(modele.motif or ""),
        "structure": vue.structure(who),
        "convention": convention,
        "visa_loi": modele.visa_loi_plein_emploi,
        "articles": articles,
        "articles_modifies": t.enumerer([str(n) for n in changed]),
        "articles_pluriel": len(changed) > 1,
        "article_dernier": str(len(articles) + 2),
        "article_annexes": str(types.numero("annexes")),
        "annexes": annexes,
        "annexes_pluriel": len(annexes) > 1,
        # An avenant that leaves the list of annexes alone attaches none.
        "annexes_jointes": annexes if modele.modifie("annexes") else [],
        "annexes_initiales": _annexes_initiales(modele, types.premiere_annexe),
        "composantes": _composantes(initiale),
        "cout": _cout(acte),
        "periode": _periodes(modele, acte, ops[0].periode),
        "cite": True,
        "pages": vue.PAGES_INCONNUES,
    }


def _composantes(initiale: ConventionInitiale | None) -> list[dict[str, Any]]:
    """Parts of the cost before the avenant, each with its dispositifs; one blank part in a modele."""
    if initiale is None:
        blank = {"periode": BLANC, "montant": vue.montant(None), "montant_lettres": BLANC}
        return [{**blank, "dispositifs": [BLANC], "noms": f"«\u00a0{BLANC}\u00a0»", "pluriel": False}]
    return [
        {
            "dispositifs": [t.texte(d) for d in x.dispositifs],
            "noms": t.enumerer([f"«\u00a0{t.texte(d)}\u00a0»" for d in x.dispositifs]),
            "pluriel": len(x.dispositifs) > 1,
            "periode": t.periode(x.periode.du, x.periode.au),
            "montant": t.euros(x.montant),
            "montant_lettres": t.lettres(x.montant),
        }
        for x in initiale.composantes
    ]


def _annexes_initiales(modele: Modele, first: int) -> dict[str, Any]:
    titles = [t.texte(a) for a in modele.annexes_initiales]
    numbers = [str(first + rank) for rank in range(len(titles))]
    return {
        "numeros": t.enumerer(numbers),
        "intitules": t.enumerer([f"«\u00a0{x}\u00a0»" for x in dict.fromkeys(titles)]),
        "pluriel": len(titles) > 1,
    }


def _modeles(records: Records, dossier: Dossier) -> Iterator[Document]:
    for modele in dossier.modeles.values():
        if modele.structure is not None or not modele.est_avenant:
            continue
        ops = vue.operations(dossier, modele.operations)

        def build(modele: Modele = modele) -> Contexte:
            return {
                **contexte(records, dossier, modele, None, None),
                "etiquette": f"ANNEXE {modele.annexe}",
            }

        yield Document(
            ident=f"annexe-{modele.annexe:02d}-modele-avenant",
            sorte="modele-avenant",
            titre=f"Annexe {modele.annexe} – Modèle d’avenant{' financier' if modele.financier else ''}",
            groupe=ANNEXES,
            ordre=(modele.annexe, ""),
            template=TEMPLATE,
            depend=vue.cles(records, dossier, ops, modele=modele),
            contexte=build,
            nominatif=False,
        )


def _avenants(records: Records, dossier: Dossier) -> Iterator[Document]:
    return (_avenant(records, dossier, e) for e in envois(records, dossier) if e.acte.est_avenant)


def _avenant(records: Records, dossier: Dossier, e: Envoi) -> Document:
    number = e.modele.annexe if e.modele else 0
    titre = f"{e.nom} – Avenant (modèle de l’annexe {number})"
    if e.annexe is not None:
        titre = f"Annexe {e.annexe} – Avenant – {e.nom}"

    def build() -> Contexte:
        if e.modele is None:
            raise LookupError("modele")
        label = f"ANNEXE {e.annexe}" if e.annexe is not None else ""
        return {**contexte(records, dossier, e.modele, e.actes, e.acte), "etiquette": label}

    return nominatif(records, dossier, e, "avenant", titre, number, TEMPLATE, e.depend, build)


MODELE = Sorte(
    "modele-avenant",
    "Les modèles d’avenants annexés à la délibération (XXXX à la place des valeurs d’une structure)",
    "deliberation.yaml, modeles/, conventions-types/, dispositifs/",
    _modeles,
)
SORTE = Sorte(
    "avenant",
    "L’avenant de chaque structure, avec ses annexes techniques",
    "actes/, modeles/, structures/, conventions-types/, dispositifs/, territoires.yaml",
    _avenants,
)
