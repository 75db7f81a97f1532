"""The deliberation: header, presence, visas, articles, budget table, vote, signatures."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

from generator import typography as t
from generator.documents import RAPPORT_ET_DELIBERATION, Contexte, Document, Sorte, enonces
from generator.documents import commun as c
from generator.load import Dossier, Records
from generator.model import Visa
from generator.model.deliberation import Voix


def visa(v: Visa) -> dict[str, Any]:
    """One « Vu » as {sorte, …}: sorte is code, deliberation or texte."""
    if v.code is not None:
        articles = [f"{a} et suivants" if a in v.et_suivants else a for a in v.articles]
        return {
            "sorte": "code",
            "code": t.texte(v.code),
            "articles": t.enumerer(articles),
            "pluriel": len(articles) > 1 or bool(v.et_suivants),
        }
    if v.deliberation is not None:
        return {
            "sorte": "deliberation",
            "numero": v.deliberation,
            "organe": "du Conseil départemental"
            if v.organe == "Conseil départemental"
            else "de la Commission Permanente",
            "date": t.date_longue(v.date) if v.date else "",
            "intitule": t.texte(v.intitule or ""),
        }
    return {"sorte": "texte", "texte": t.texte(v.texte or "")}


def thematiques(dossier: Dossier) -> list[dict[str, Any]]:
    """Thematiques with the announced totals and the number of the article that funds each."""
    return [
        {
            "article": str(rank),
            "numero": str(th.numero),
            "intitule": t.texte(th.intitule),
            "annexe": str(th.annexe),
            "dispositifs": t.accord(th.annonce.dispositifs, "dispositif"),
            "montant": t.euros_courts(th.annonce.montant),
            "montant_lettres": t.lettres(th.annonce.montant),
        }
        for rank, th in enumerate(dossier.deliberation.thematiques, 1)
    ]


def annexes_modeles(dossier: Dossier, avenants: bool = True) -> str:
    """« 5, 6, 7, 8, 9 et 10 »: the annexes that hold the avenants, or the modeles of conventions."""
    found = sorted(m.annexe for m in dossier.modeles.values() if m.est_avenant == avenants)
    return t.enumerer([str(n) for n in found])


def avis(dossier: Dossier) -> list[dict[str, str]]:
    """Opinions of the commissions."""
    return [
        {
            "commission": t.ordinal(a.commission, feminin=True),
            "intitule": t.texte(a.intitule),
            "date": t.date_longue(a.date),
            "sens": a.sens,
        }
        for a in c.integrale(dossier).rapport.avis
    ]


def _voix(v: Voix) -> dict[str, str]:
    """`compte` is the bare figure: those who are absent cast no vote."""
    return {
        "nombre": t.accord(v.nombre, "voix", "voix"),
        "compte": t.nombre(v.nombre),
        "groupes": "\u00a0; ".join(map(t.texte, v.groupes)),
    }


def _contexte(records: Records, dossier: Dossier) -> Contexte:
    d = dossier.deliberation
    groups = thematiques(dossier)
    instruments = {o.instrument for o in d.operations()}
    numero = count(len(groups) + 1)
    types = records.conventions_types[d.convention_type]
    s, vote, signataire, _ = c.integrale(dossier)
    return {
        **c.base(records, dossier, f"Délibération {c.reference(d)}", f"Délibération {c.reference(d)}"),
        "seance": {
            "president": t.texte(s.president),
            "secretaire": t.texte(s.secretaire),
            "presents": ", ".join(map(t.texte, s.presents)),
            "excuses": ", ".join(map(t.texte, s.excuses)),
            "absents": ", ".join(map(t.texte, s.absents)),
            "presents_sans_voix": ", ".join(map(t.texte, s.presents_sans_voix)),
            "excuses_sans_voix": ", ".join(map(t.texte, s.excuses_sans_voix)),
        },
        "visas": [visa(v) for v in d.visas],
        "avis": avis(dossier),
        "deports": [{"membres": t.enumerer(map(t.texte, x.membres)), "etat": x.etat} for x in d.deports],
        "thematiques": groups,
        "articles_depenses": t.enumerer([g["article"] for g in groups]),
        # Empty when the deliberation has no such act: the articles that follow move up.
        "article_conventions": str(next(numero)) if "convention" in instruments else "",
        "article_avenants": str(next(numero)) if "avenant" in instruments else "",
        "article_imputation": str(next(numero)),
        "annexe_financiere": str(d.annexe_financiere),
        "annexes_modeles": annexes_modeles(dossier),
        "annexes_conventions": annexes_modeles(dossier, avenants=False),
        "modeles_pluriel": sum(m.est_avenant for m in dossier.modeles.values()) > 1,
        "convention_type_date": t.date_longue(types.adopte_le),
        "budget": c.lignes_budget(dossier),
        "vote": {
            "pour": _voix(vote.pour),
            "contre": _voix(vote.contre),
            "abstention": _voix(vote.abstention),
            "absents": _voix(vote.absents_sans_delegation),
            "resultat": "Adopté" if vote.adopte else "Rejeté",
        },
        "signataire": {
            "nom": c.nom_seul(signataire),
            "qualite": t.texte(signataire.qualite),
            "fonction": c.fonction(signataire),
        },
    }


def _documents(records: Records, dossier: Dossier) -> Iterator[Document]:
    d = dossier.deliberation
    if d.extrait:
        return
    yield Document(
        ident="02-deliberation",
        sorte="deliberation",
        titre=f"Délibération {c.reference(d)}",
        groupe=RAPPORT_ET_DELIBERATION,
        ordre=(2, ""),
        template="documents/deliberation.docx",
        depend=c.cles_votees(records, dossier) | {dossier.cle_vote},
        contexte=lambda: _contexte(records, dossier),
        enonces=lambda: enonces.vote(records, dossier, ("ae", "proposition")),
    )


SORTE = Sorte(
    "deliberation",
    "La délibération : présences, visas, articles, tableau budgétaire, vote, signatures",
    "deliberation.yaml, modeles/, conventions-types/",
    _documents,
)
