"""Views that several documents share: the Département, running text, budget lines, operations."""

from __future__ import annotations

from typing import Any

from generator import typography as t
from generator.documents import Contexte
from generator.load import Dossier, Records
from generator.model import (
    DEPARTEMENT_ENTIER,
    UNITES,
    Adresse,
    Deliberation,
    Departement,
    Dispositif,
    Operation,
    Personne,
    Structure,
    Texte,
)
from generator.model.deliberation import Integrale
from generator.model.dispositif import Capacite, Cout, Forfait

BLANC = "XXXX"
"""What a modele shows wherever a value belongs to one structure."""


def adresse(a: Adresse) -> str:
    """« 23 rue du 11 Novembre, 62300 LENS »."""
    return t.texte(f"{a.voie}, {a.code_postal} {a.commune}")


def personne(p: Personne) -> str:
    """« Madame Françoise VASSEUR »."""
    return f"{p.civilite} {p.prenom} {t.majuscules(p.nom)}"


def nom_seul(p: Personne) -> str:
    """« Jean-Claude LEROY », as under a signature."""
    return f"{p.prenom} {t.majuscules(p.nom)}"


def fonction(p: Personne) -> str:
    """« La Directrice générale des services »: the function of `p` with its article."""
    qualite = t.texte(p.qualite)
    if t.de(qualite).startswith("d’"):
        return f"L’{qualite}"
    return f"{'La' if p.civilite == 'Madame' else 'Le'} {qualite}"


def blocs(texte: Texte) -> list[dict[str, str]]:
    """Running text as a flat list of {sorte, texte, numero}.

    `sorte` is one of texte, annonce, titre, puce, puce2, numero; the template gives each its style.
    """
    out: list[dict[str, str]] = []

    def add(sorte: str, words: str, numero: str = "") -> None:
        out.append({"sorte": sorte, "texte": t.texte(words), "numero": numero})

    for bloc in texte:
        if bloc.texte is not None:
            # What announces the next block stays with it.
            add("annonce" if bloc.texte.rstrip().endswith(":") else "texte", bloc.texte)
        elif bloc.titre is not None:
            add("titre", bloc.titre)
        for sorte, items in (("puce", bloc.puces), ("numero", bloc.numeros)):
            for rank, item in enumerate(items or (), 1):
                if isinstance(item, str):
                    add(sorte, item, f"{rank}.")
                else:
                    add(sorte, item.texte, f"{rank}.")
                    for sub in item.puces:
                        add("puce2", sub)
    return out


def departement(records: Records) -> dict[str, str]:
    """The Département as acts name it; `president` and `signataire` with civility."""
    d = require_departement(records)
    return {
        "nom": d.nom,
        "siege": t.texte(f"{d.batiment}, {adresse(d.siege)}"),
        "pole": d.pole,
        "direction": t.texte(d.direction),
        "president": personne(d.president),
        "president_qualite": t.texte(d.president.qualite),
        "president_nom": nom_seul(d.president),
        "president_fonction": fonction(d.president),
        "directrice_generale": f"{d.directrice_generale.prenom} {t.majuscules(d.directrice_generale.nom)}",
        "directrice_generale_qualite": t.texte(d.directrice_generale.qualite),
        "signataire": f"{d.signataire.prenom} {t.majuscules(d.signataire.nom)}",
        "signataire_qualite": t.texte(d.signataire.qualite),
        "tribunal": d.tribunal,
        "comptable": d.comptable,
    }


def require_departement(records: Records) -> Departement:
    """The Département's record; a document that lacks it is never asked for its context."""
    if records.departement is None:
        raise LookupError("departement.yaml")
    return records.departement


def integrale(dossier: Dossier) -> Integrale:
    """The meeting, the vote, the rapport; a document that lacks them is never asked for its context."""
    found = dossier.deliberation.integrale
    if found is None:
        raise LookupError("integrale")
    return found


def reference(d: Deliberation) -> str:
    """« n° 2024-587 du 9 décembre 2024 »; the date alone as long as there is no number."""
    number = f"n°\u00a0{d.numero} " if d.numero else ""
    return f"{number}du {t.date_longue(d.date)}"


def socle(records: Records, titre: str, titre_court: str, pied: str) -> Contexte:
    """What every document holds: its title, the short one of the running head, the foot, the Département."""
    return {
        "titre": titre,
        "titre_court": titre_court,
        "pied": pied,
        "etiquette": "",
        "fictif": False,
        "dep": departement(records),
    }


def base(records: Records, dossier: Dossier, titre: str, titre_court: str) -> Contexte:
    """What every document holds: titles, foot, the Département, the deliberation."""
    d = dossier.deliberation
    return {
        **socle(records, titre, titre_court, f"Délibération {reference(d)}"),
        "fictif": d.fictif,
        "delib": {
            "numero": d.numero or "",
            "reference": reference(d),
            "date": t.date_longue(d.date),
            "date_majuscules": t.majuscules(t.date_longue(d.date)),
            "intitule": t.texte(d.intitule),
            "intitule_majuscules": t.majuscules(t.texte(d.intitule)),
            "phase": t.texte(d.phase or ""),
            "exercice": str(d.exercice),
            "lieu": d.lieu,
        },
    }


def territoire(records: Records, ident: str) -> str:
    """Name of a territoire; what an action over the whole Département covers."""
    return "Ensemble du Département" if ident == DEPARTEMENT_ENTIER else records.territoires[ident].nom


UNITES_DE_COUT = {
    "place": "par place d’accompagnement",
    "ETP": "par équivalent temps plein",
    "poste-mois": "par poste et par mois",
    "personne": "par personne accompagnée",
    "parcours": "par parcours",
    "action": "par action",
}


def cout_unitaire(x: Cout) -> dict[str, Any]:
    """A unit cost in words: « 500 € », « par place d’accompagnement », what it pays for."""
    unit = t.texte(x.mention) if x.mention else UNITES_DE_COUT[x.unite]
    return {
        "montant": t.euros_courts(x.montant),
        "unite": f"{unit} et par an" if x.annuel else unit,
        "maximum": x.maximum,
        "objet": t.texte(x.objet or ""),
    }


def _capacite(x: Capacite) -> dict[str, Any]:
    if x.min and x.max and x.min != x.max:
        words = f"{t.nombre(x.min)} à {t.nombre(x.max)}"
    else:
        words = t.nombre(x.max or x.min or 0)
    return {
        "nombre": words,
        "plafond": x.max is not None and x.min is None,
        "objet": t.texte(x.objet or ""),
    }


def _forfait(x: Forfait) -> dict[str, Any]:
    return {
        "taux": t.taux(x.taux),
        "maximum": x.maximum,
        "objet": t.texte(x.objet),
        "assiette": t.texte(x.assiette),
    }


def regles_de_financement(d: Dispositif) -> dict[str, Any]:
    """What the fiche and the annexe technique both say of unit costs, capacity, rates and limits."""
    money = d.financement
    return {
        "couts": [cout_unitaire(x) for x in money.couts],
        "capacites": [_capacite(x) for x in money.capacites],
        "unite": f"{d.unite}s",
        "forfait": _forfait(money.forfait) if money.forfait else None,
        "cofinancement": [{"fonds": x.fonds, "taux": t.taux(x.taux)} for x in money.cofinancement],
        "part_jeunes": t.taux(money.part_jeunes) if money.part_jeunes is not None else "",
    }


def quantite(nombre: int | None, unite: str) -> str:
    """« 2 706 places d’accompagnement »; empty when nothing is counted."""
    if nombre is None:
        return ""
    singular, plural = UNITES[unite]
    return t.accord(nombre, singular, plural)


def nommer(s: Structure) -> str:
    """The structure inside a sentence: « le CCAS de Liévin », « Pas-de-Calais Actif »."""
    # Only these forms are common nouns that call for an article, always « le ».
    article = "le " if s.forme in ("ccas", "cias") else ""
    return t.texte(f"{article}{s.appellation}")


def operation(records: Records, dossier: Dossier, o: Operation) -> dict[str, Any]:
    """An operation as the annexes and the rapport present it; amounts are the announced ones."""
    dispositif = records.dispositifs[o.dispositif]
    beneficiaire = nommer(records.structures[o.beneficiaire]) if o.beneficiaire else ""
    return {
        "id": o.id,
        "numero": str(o.numero),
        "intitule": t.texte(o.intitule),
        "reference": t.texte(o.reference or ""),
        "contrepartie_fse": o.contrepartie_fse,
        "avenant": o.instrument == "avenant",
        "beneficiaire": beneficiaire,
        "structures": t.accord(o.annonce.structures, "structure"),
        "plusieurs": o.annonce.structures > 1,
        "quantite": quantite(o.annonce.quantite, dispositif.unite),
        # Places are a capacity, the other units a number to reach.
        "plafond": dispositif.unite == "place",
        "montant": t.euros(o.annonce.montant) if o.annonce.montant else "",
        "montant_lettres": t.lettres(o.annonce.montant) if o.annonce.montant else "",
        "etp": t.texte(f"{str(o.etp).replace('.', ',')} ETP") if o.etp is not None else "",
        "periode": t.periode(o.periode.du, o.periode.au),
        "blocs": blocs(o.presentation),
    }


def lignes_budget(dossier: Dossier) -> list[dict[str, str]]:
    """The budget table, formatted without the euro sign (the heads of the columns say it)."""

    def montant(cents: int) -> str:
        return t.euros(cents).removesuffix("\u00a0€")

    return [
        {
            "code": line.code,
            "imputation": line.imputation,
            "libelle": t.texte(line.libelle),
            "ae": montant(line.ae),
            "disponible": montant(line.disponible),
            "proposition": montant(line.proposition),
            "solde": montant(line.solde),
        }
        for line in dossier.deliberation.budget
    ]


def cles_deliberation(records: Records, dossier: Dossier) -> frozenset[str]:
    """Keys that every document depends on."""
    return frozenset({records.cle("departement.yaml"), dossier.cle})


def cles_operations(dossier: Dossier) -> frozenset[str]:
    """Keys of all operations and thematiques of a deliberation."""
    d = dossier.deliberation
    return frozenset(
        {dossier.cle_operation(o.id) for o in d.operations()}
        | {dossier.cle_thematique(th.numero) for th in d.thematiques}
    )


def cles_votees(records: Records, dossier: Dossier) -> frozenset[str]:
    """Keys of all that the vote covers: what the deliberation and the rapport both say.

    Every file of modeles counts, the faulty ones too: both documents list all the annexes.
    """
    types = records.cle(f"conventions-types/{dossier.deliberation.convention_type}.yaml")
    return (
        cles_deliberation(records, dossier)
        | cles_operations(dossier)
        | {dossier.cle_budget, types, *dossier.fichiers_modeles}
    )


def cles_beneficiaires(records: Records, operations: tuple[Operation, ...]) -> frozenset[str]:
    """Keys of the dispositifs and named structures of `operations`."""
    keys = {records.cle(f"dispositifs/{o.dispositif}.yaml") for o in operations}
    keys |= {records.cle(f"structures/{o.beneficiaire}.yaml") for o in operations if o.beneficiaire}
    return frozenset(keys)
