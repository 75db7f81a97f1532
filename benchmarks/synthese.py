"""Invented records in any number, consistent with each other: every rule is satisfied.

    python benchmarks/synthese.py DOSSIER [--nombre 10000] [--territoire artois]

As many acts as structures, and in a file of its own each: of four structures, the first has a new
convention and then an avenant to it, the second an avenant to a convention signed before, the third a new
convention, the fourth nothing. What is not counted by the thousand (the Département, the territoires, the
convention types, the dispositifs of a year) is copied from the project's own `data/`, so that every document
can be built from the result. Nothing is drawn at random: the same number gives the same bytes.
"""

from __future__ import annotations

import argparse
import datetime as dt
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

DATA = Path(__file__).parents[1] / "data"
COPIES = ("departement.yaml", "territoires.yaml", "conventions-types", "dispositifs/2024")
TERRITOIRES = [
    "arrageois",
    "artois",
    "audomarois",
    "boulonnais",
    "calaisis",
    "henin-carvin",
    "lens-lievin",
    "montreuillois",
    "ternois",
]
PAR_DELIBERATION = 1000
"""Acts of a deliberation."""
SIGNEE = {2023: "2023-03-01", 2024: "2024-05-02"}
"""Day on which the conventions of a year are signed."""

NOMS = ("Passerelle", "Étincelle", "Horizon", "Boussole", "Tremplin", "Fabrique", "Canopée", "Arc-en-ciel")
LIEUX = ("des deux terrils", "du haut pays", "de la Canche", "des sept vents", "d’outre-Lys", "de l’Artois")
COMMUNES = ("Grandrive-en-Artois", "Roncelles-les-Mines", "Escalmont", "Courtefosse", "Quernehem")
FORMES = ("association", "ccas", "association", "cias")
PRENOMS = ("Éric", "Inès", "Zoé", "Noël", "Maïté", "Hélène")
NOMS_DE_FAMILLE = ("D’EXEMPLE", "DUPRÉ-FICTIF", "INVENTÉ", "SONGE", "RÊVE", "CHIMÈRE")

STRUCTURE = """\
# Structure inventée : nom, commune, SIRET, numéro RNA, compte et représentant n’existent pas.
id: {id}
nom: {nom}
nom_court: {court}
forme: {forme}
siret: "{siret}"
{rna}siege:
  voie: {voie} rue de l’Exemple
  code_postal: "62163"
  commune: {commune}
representant:
  civilite: Monsieur
  prenom: {prenom}
  nom: {famille}
  qualite: Président
habilitation:
  nature: délibération
  date: "2022-05-19"
{engagement}compte:
  iban: {iban}
  bic: AGRIFRPP
  domiciliation: Agence de l’Exemple
  titulaire: {court}
fictif: true
"""

ACTES = """\
# Acte inventé, de la structure inventée {structure}.
structure: {structure}
fictif: true
actes:
  - {tete}
    operations:
      - operation: accompagnement
        repartition:
          - territoire: {ici}
            quantite: {places_ici}
            montant: {montant_ici}
          - territoire: {ailleurs}
            quantite: {places_ailleurs}
            montant: {montant_ailleurs}
    annonce:
      operations: {total}
{apres}"""

NOUVELLE = """\
numero: {numero}
    signe_le: "{signe}"\
"""

AVENANT = """\
modele: annexe-02
    convention:
      numero: {numero}
      signee_le: "{signe}"
      periode: {{du: "{debut}", au: "2025-12-31"}}
      cout: {cout}\
"""

MODELE = """\
# Modèle inventé.
id: annexe-02
annexe: 2
financier: true
millesime_convention: {annee}
objet: l’accompagnement des bénéficiaires du RSA
motif: Les besoins ont changé.
operations: [accompagnement]
annexes_initiales: [Accompagnement]
modifications:
  - article: objet
  - article: cout
    passage: plafond
  - article: annexes
"""

DELIBERATION = """\
# Délibération inventée.
numero: "{numero}"
date: "{date}"
lieu: Arras
intitule: Appels à projets inventés, {rang}
phase: Phase {rang}
exercice: 2024
seance:
  president: M. Noël INVENTÉ
  secretaire: Mme Inès SONGE
  presents: [M. Noël INVENTÉ, Mme Inès SONGE, M. Éric RÊVE]
visas:
  - code: Code de l’action sociale et des familles
    articles: [L.115-1]
convention_type: "2023-06-12"
annexe_financiere: 3
thematiques:
  - numero: 1
    intitule: Accompagnement
    annexe: 1
    annonce:
      dispositifs: 1
      montant: {montant}
    operations:
      - id: accompagnement
        numero: 1
        intitule: Accompagnement équilibré
        dispositif: 2024/accompagnement-equilibre
        instrument: {instrument}
        code: C02-446A05
        periode: {{du: "2025-01-01", au: "2025-12-31"}}
        annonce:
          structures: {structures}
          quantite: {places}
          montant: {montant}
        presentation:
          - Les structures accompagnent les bénéficiaires du RSA.
budget:
  - code: C02-446A05
    imputation: 6568/93446
    libelle: Indemnisation des organismes référents
    ae: {ae}
    disponible: {disponible}
    proposition: {montant}
    solde: {solde}
vote:
  pour:
    nombre: 3
    groupes: [Groupe inventé]
  contre: {{nombre: 0}}
  abstention: {{nombre: 0}}
  absents_sans_delegation: {{nombre: 0}}
  adopte: true
signataire:
  civilite: Madame
  prenom: Inès
  nom: SONGE
  qualite: Directrice générale des services
rapport:
  ambitions_total: 1
  ambitions:
    - numero: 1
      intitule: Accompagner chacun
  periodes_de_depot: [1re période (janvier-mars)]
  rapport_cadre: "2023-06-12"
  avis:
    - commission: 2
      intitule: Solidarités humaines
      date: "2023-12-04"
      sens: favorable
"""

BUDGET = """\
# Budget inventé.
exercice: 2024
lignes:
  - code: C02-446A05
    imputation: 6568/93446
    libelle: Indemnisation des organismes référents
    ae: {ae}
"""


def euros(cents: int) -> str:
    """« 1 065 000,00 »."""
    return f"{cents // 100:,},{cents % 100:02d}".replace(",", " ", (len(str(cents // 100)) - 1) // 3)


def luhn(digits: str) -> str:
    """`digits` and the last digit that makes the sum of Luhn a multiple of ten."""
    doubled = (int(d) * (2 - rank % 2) for rank, d in enumerate(reversed(digits)))
    return digits + str(-sum(d // 10 + d % 10 for d in doubled) % 10)


def siret(rank: int) -> str:
    """An invented SIRET: the SIREN begins with two zeros."""
    return luhn(luhn(f"00{rank + 100:06d}") + "0001")


_RIB = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "12345678912345678923456789")


def iban(rank: int) -> str:
    """An invented French IBAN, with its two keys."""
    banque, guichet, compte = "30006", "00001", f"FICT{rank:07d}"
    rib = 97 - (89 * int(banque) + 15 * int(guichet) + 3 * int(compte.translate(_RIB))) % 97
    bban = f"{banque}{guichet}{compte}{rib:02d}"
    key = 98 - int("".join(str(int(c, 36)) for c in f"{bban}FR00")) % 97
    text = f"FR{key:02d}{bban}"
    return " ".join(text[k : k + 4] for k in range(0, len(text), 4))


@dataclass
class Seance:
    """A meeting that votes acts of one sort, one for each of the structures `rangs`."""

    numero: str
    date: dt.date
    avenants_a: int | None
    """Year of the conventions that its acts amend; None when they are new conventions."""
    rangs: list[int]


def seances(nombre: int) -> list[Seance]:
    """The meetings, in order of date, with the ranks of the structures whose acts they vote."""
    out: list[Seance] = []
    for premier, annee, concernes in (
        (dt.date(2024, 1, 8), None, [k for k in range(nombre) if k % 2 == 0]),
        (dt.date(2024, 6, 3), 2023, [k for k in range(nombre) if k % 4 == 1]),
        (dt.date(2024, 9, 2), 2024, [k for k in range(nombre) if k % 4 == 0]),
    ):
        for debut in range(0, len(concernes), PAR_DELIBERATION):
            jour = premier + dt.timedelta(days=debut // PAR_DELIBERATION)
            rangs = concernes[debut : debut + PAR_DELIBERATION]
            out.append(Seance(f"2024-{len(out) + 1}", jour, annee, rangs))
    return out


def unites(rang: int) -> tuple[int, int]:
    """Places of an act in its two territoires."""
    return 10 + rang % 60, 5 + rang % 20


def parts(rang: int) -> tuple[int, int]:
    """Amounts of an act in its two territoires, in cents; those of one structure are all the same."""
    ici, ailleurs = unites(rang)
    return ici * 27_500 + rang % 100, ailleurs * 27_500


def structure(rang: int) -> str:
    """The record of a structure."""
    forme = FORMES[rang % len(FORMES)]
    court = f"{NOMS[rang % len(NOMS)]} {LIEUX[rang % len(LIEUX)]} {rang}"
    association = forme == "association"
    return STRUCTURE.format(
        id=identifiant(rang),
        nom=f"{court}, pour l’insertion, la médiation et l’accompagnement des habitants",
        court=court,
        forme=forme,
        siret=siret(rang),
        rna=f"rna: W62{rang:07d}\n" if association else "",
        voie=rang % 200 + 1,
        commune=COMMUNES[rang % len(COMMUNES)],
        prenom=PRENOMS[rang % len(PRENOMS)],
        famille=NOMS_DE_FAMILLE[rang % len(NOMS_DE_FAMILLE)],
        engagement='engagement_republicain:\n  souscrit_le: "2023-01-18"\n' if association else "",
        iban=iban(rang),
    )


def identifiant(rang: int) -> str:
    return f"structure-{rang:06d}"


def acte(seance: Seance, rang: int, territoires: Sequence[str]) -> str:
    """The record of the act of a structure."""
    places, cents, annee = unites(rang), parts(rang), seance.avenants_a
    numero = f"{annee or 2024}-{rang // 2 + 1:05d}"
    # The convention that an avenant amends cost what the act that made it granted.
    convention = AVENANT.format(
        numero=numero,
        signe=SIGNEE[annee or 2024],
        debut=f"{annee}-01-01" if annee == 2023 else "2025-01-01",
        cout=euros(sum(cents)),
    )
    return ACTES.format(
        structure=identifiant(rang),
        tete=convention if annee else NOUVELLE.format(numero=numero, signe=SIGNEE[2024]),
        ici=territoires[rang % len(territoires)],
        places_ici=places[0],
        montant_ici=euros(cents[0]),
        ailleurs=territoires[(rang + 1) % len(territoires)],
        places_ailleurs=places[1],
        montant_ailleurs=euros(cents[1]),
        total=euros(sum(cents)),
        apres=f"      convention: {euros(2 * sum(cents))}\n" if annee else "",
    )


def ecrire(folder: Path, nombre: int, territoires: Sequence[str] = TERRITOIRES) -> None:
    """Write the records of `nombre` structures and as many acts into `folder`, which must not exist."""
    for name in COPIES:
        copy = shutil.copytree if (DATA / name).is_dir() else shutil.copy2
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        copy(DATA / name, folder / name)
    for rang in range(nombre):
        _texte(folder / f"structures/{identifiant(rang)}.yaml", structure(rang))
    votees = seances(nombre)
    montants = [sum(sum(parts(rang)) for rang in seance.rangs) for seance in votees]
    ae = disponible = 2 * sum(montants)
    for seance, montant in zip(votees, montants, strict=True):
        text = DELIBERATION.format(
            numero=seance.numero,
            date=seance.date,
            rang=seance.numero.partition("-")[2],
            instrument="avenant" if seance.avenants_a else "convention",
            structures=len(seance.rangs),
            places=sum(sum(unites(rang)) for rang in seance.rangs),
            montant=euros(montant),
            ae=euros(ae),
            disponible=euros(disponible),
            solde=euros(disponible - montant),
        )
        disponible -= montant
        dossier = folder / "deliberations" / seance.numero
        _texte(dossier / "deliberation.yaml", text)
        if seance.avenants_a:
            _texte(dossier / "modeles/annexe-02.yaml", MODELE.format(annee=seance.avenants_a))
        for rang in seance.rangs:
            _texte(dossier / f"actes/{identifiant(rang)}.yaml", acte(seance, rang, territoires))
    _texte(folder / "budget/2024.yaml", BUDGET.format(ae=euros(ae)))


def _texte(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("dossier", type=Path)
    parser.add_argument("--nombre", type=int, default=10_000, help="structures, and as many acts")
    parser.add_argument("--territoire", help="one territoire for all, instead of nine")
    options = parser.parse_args()
    ecrire(options.dossier, options.nombre, [options.territoire] if options.territoire else TERRITOIRES)


if __name__ == "__main__":
    main()
