"""The frozen records. Money is cents, rates are per cent, periods include both ends.

Text of a record never holds what can be computed; what is announced (`annonce`) is held on
purpose, so that the checks can compare two independent figures.
"""

from generator.model.actes import (
    DEPARTEMENT_ENTIER,
    Acte,
    ActeOperation,
    Actes,
    ConventionInitiale,
    ConventionType,
    Modele,
    Modification,
    Repartition,
)
from generator.model.deliberation import (
    Budget,
    Deliberation,
    LigneBudget,
    Operation,
    Thematique,
    Visa,
)
from generator.model.dispositif import UNITES, Dispositif
from generator.model.institution import (
    FORMES,
    Adresse,
    Compte,
    Contacts,
    Departement,
    EngagementRepublicain,
    Personne,
    Racine,
    Structure,
    Territoire,
    Territoires,
)
from generator.model.types import Bloc, Periode, Puce, Record, Texte

__all__ = [
    "DEPARTEMENT_ENTIER",
    "FORMES",
    "UNITES",
    "Acte",
    "ActeOperation",
    "Actes",
    "Adresse",
    "Bloc",
    "Budget",
    "Compte",
    "Contacts",
    "ConventionInitiale",
    "ConventionType",
    "Deliberation",
    "Departement",
    "Dispositif",
    "EngagementRepublicain",
    "LigneBudget",
    "Modele",
    "Modification",
    "Operation",
    "Periode",
    "Personne",
    "Puce",
    "Racine",
    "Record",
    "Repartition",
    "Structure",
    "Territoire",
    "Territoires",
    "Texte",
    "Thematique",
    "Visa",
]
