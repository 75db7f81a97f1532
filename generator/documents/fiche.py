"""The published fiche of a dispositif, for the call for projects of its year."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator import typography as t
from generator.documents import FICHES, Contexte, Document, SorteAnnuelle
from generator.documents import commun as c
from generator.load import Records
from generator.model import Dispositif
from generator.model.dispositif import Fiche
from generator.model.institution import Contact


def millesimes(records: Records) -> list[int]:
    """The years that have fiches, in order."""
    return sorted({d.millesime for d in records.dispositifs.values() if d.fiche is not None})


def _duree(f: Fiche) -> dict[str, Any]:
    k = f.conventionnement
    return {
        "sessions": [
            {"periode": t.periode(s.periode.du, s.periode.au), "objet": t.texte(s.objet or "")}
            for s in f.sessions
        ],
        "candidature": c.blocs(f.candidature),
        "mois": t.accord(k.mois, "mois", "mois") if k.mois else "",
        "maximum": k.maximum,
        "periodes": [t.periode(p.du, p.au) for p in k.periodes],
        "precisions": c.blocs(k.precisions),
    }


def _financement(d: Dispositif) -> dict[str, Any]:
    money = d.financement
    return {
        "base": c.blocs(money.base),
        **c.regles_de_financement(d),
        "parts": [
            {"nature": p.nature, "taux": t.taux(p.taux), "blocs": c.blocs(p.objet)} for p in money.parts
        ],
        "versements": [
            {
                "nature": v.nature,
                "taux": t.taux(v.taux) if v.taux is not None else "",
                "maximum": v.maximum,
                "condition": t.texte(v.condition),
            }
            for v in money.versements
        ],
    }


def contexte(records: Records, d: Dispositif, f: Fiche) -> Contexte:
    """Context of a fiche."""
    name = f"{d.numero} {d.intitule}" if d.numero else d.intitule
    return {
        **c.socle(records, t.texte(name), t.texte(name), f"Appel à projets {d.millesime}"),
        "fictif": d.fictif,
        "numero": d.numero or "",
        "intitule": t.texte(d.intitule),
        "millesime": str(d.millesime),
        "axe": t.texte(f.axe),
        "contexte": c.blocs(f.contexte),
        "public": {"titre": t.texte(d.rubriques[0].titre), "blocs": c.blocs(d.rubriques[0].contenu)},
        "contenu": [
            {"numero": str(rank), "titre": t.texte(r.titre), "blocs": c.blocs(r.contenu)}
            for rank, r in enumerate(d.rubriques[1:], 1)
        ],
        "resultats": c.blocs(f.resultats),
        "resultats_numero": str(len(d.rubriques)),
        "territoires": c.blocs(f.territoires),
        "porteurs": c.blocs(f.porteurs),
        "profil": c.blocs(d.profil),
        "duree": _duree(f),
        "financement": _financement(d),
        "bilan": c.blocs(d.bilan),
        "echeances": [
            {
                "nature": e.nature,
                "terme": f"le {t.date_longue(e.date)}" if e.date else t.texte(e.delai or ""),
            }
            for e in f.echeances
            if e.date or e.delai
        ],
        "evaluation": c.blocs(f.evaluation),
        "indicateurs": [t.texte(i) for i in d.indicateurs],
        "tableaux": [
            {
                "titre": t.texte(x.titre),
                "colonnes": [t.texte(h) for h in x.colonnes],
                "nombre": len(x.colonnes),
                "lignes": [[t.texte(cell) or "–" for cell in row] for row in x.lignes],
            }
            for x in f.tableaux
        ],
        "contacts": _contacts(records, d.millesime, f),
    }


def _contacts(records: Records, millesime: int, f: Fiche) -> dict[str, Any]:
    """Those of the fiche, else those of the millesime; empty lists when none is known."""
    people = records.contacts.get(millesime)
    direction = f.contacts or (people.direction if people else ())
    slai = people.slai if people and not f.sans_slai else ()
    return {"direction": [_contact(p) for p in direction], "slai": [_contact(p) for p in slai]}


def _contact(p: Contact) -> dict[str, str]:
    return {
        "service": t.texte(p.service),
        "nom": p.nom or "",
        "telephone": p.telephone.replace(" ", "\u00a0"),
    }


def _documents(records: Records, millesime: int) -> Iterator[Document]:
    for d in records.dispositifs.values():
        if d.fiche is None or d.millesime != millesime:
            continue

        def build(d: Dispositif = d, f: Fiche = d.fiche) -> Contexte:
            return contexte(records, d, f)

        yield Document(
            ident=f"fiche-{d.ref}",
            sorte="fiche",
            titre=t.texte(f"{d.numero} – {d.intitule}" if d.numero else d.intitule),
            groupe=FICHES,
            ordre=(0 if d.numero else 1, d.numero or d.intitule),
            template="documents/fiche.docx",
            depend=frozenset(
                {records.cle("departement.yaml"), d.origine, records.cle(f"contacts/{millesime}.yaml")}
            ),
            contexte=build,
            fictif=d.fictif,
        )


SORTE = SorteAnnuelle(
    "fiche",
    "La fiche publiée d’un dispositif\u00a0: contexte, public, contenu, financement, évaluation, contacts",
    "dispositifs/<millésime>/, contacts/",
    _documents,
)
