"""What the message of an act says, from the records."""

from __future__ import annotations

from generator import typography as t
from generator.diagnostics import francais
from generator.documents import commun as c
from generator.documents.vue_envoi import Envoi
from generator.envoi.message import Texte
from generator.load import Dossier, Records


def rediger(records: Records, dossier: Dossier, e: Envoi, signe: bool, fictif: bool) -> Texte:
    """The words that go with an act; `signe`: the Département has signed the file electronically.

    Raises LookupError when the Département or the structure has no record.
    """
    if e.structure is None:
        raise LookupError("structure")
    dep, d, who = c.require_departement(records), dossier.deliberation, e.structure.representant
    function = c.fonction(who)
    article = "de l’" if e.acte.est_avenant else "de la "
    act = f"{article}{e.intitule[0].lower()}{e.intitule[1:]}"
    number = f"n°\u00a0{d.numero} du " if d.numero else "du "
    amount = f", pour un montant de {t.euros(e.acte.montant)}" if e.acte.montant else ""
    days = t.accord(dep.delai_signature, "jour")
    back = f"à {dep.courriel}" if dep.courriel else "en réponse à ce message"
    place = f"{t.texte(dep.direction)}, {t.texte(dep.batiment)}, {c.adresse(dep.siege)}"
    paper = (
        f"imprimez l’acte en deux exemplaires, paraphez chaque page, datez et signez la dernière, puis "
        f"adressez les deux exemplaires, à l’adresse «\u00a0{t.texte(dep.nom)}, {place}\u00a0»"
    )
    steps = (
        (
            "Lisez la lettre de notification : elle dit ce qui a été voté et les pièces à joindre.",
            f"Ouvrez l’acte dans votre logiciel de signature et signez-le dans le champ « Signature de la "
            f"structure\u00a0», avec le certificat de {c.personne(who)}. Ne l’imprimez pas, n’ajoutez "
            f"ni page, ni annotation, ni tampon : le Département l’a déjà signé, tout ajout le rendrait "
            f"irrecevable.",
            f"Renvoyez le fichier signé {back}, avec les pièces demandées, dans un délai de {days} à "
            f"compter de sa réception.",
        )
        if signe
        else (
            "Lisez la lettre de notification : elle dit ce qui a été voté et les pièces à joindre.",
            f"{paper[0].upper()}{paper[1:]}, dans un délai de {days} à compter de la réception "
            f"de ce message.",
        )
    )
    end = []
    if signe:
        end = [
            "Ces consignes valent pour la signature électronique ; celles de la lettre, pour le papier.",
            f"Si vous n’avez pas de certificat de signature électronique, {paper}.",
        ]
    end.append(
        "L’acte signé des deux parties vous sera notifié ; il devient exécutoire à la date de cette "
        "notification."
    )
    if fictif:
        end.append("Spécimen : cet acte contient des données inventées. Ne le signez pas.")
    named = f"n°\u00a0{d.numero}" if d.numero else f"du {t.date_longue(d.date)}"
    return Texte(
        francais(f"À signer : {e.intitule[0].lower()}{e.intitule[1:]} – délibération {named}"),
        f"{who.civilite} {function[0].lower()}{function[1:]},",
        tuple(
            francais(x)
            for x in (
                f"Par sa délibération {number}{t.date_longue(d.date)}, la Commission Permanente du Conseil "
                f"départemental a autorisé la conclusion {act} avec {c.nommer(e.structure)}{amount}.",
                "Vous le trouverez joint à ce message, avec la lettre de notification."
                if e.acte.est_avenant
                else "Vous la trouverez jointe à ce message, avec la lettre de notification.",
            )
        ),
        tuple(francais(x) for x in steps),
        tuple(francais(x) for x in end),
        (t.texte(dep.direction), t.texte(dep.pole), t.texte(dep.nom)),
    )
