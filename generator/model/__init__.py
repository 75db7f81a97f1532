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
from generator.model.budget import Budget, LigneAE, Mouvement, Nomenclature, Virement
from generator.model.deliberation import (
    Deliberation,
    LigneBudget,
    Operation,
    Thematique,
    Visa,
)
from generator.model.dispositif import UNITES, Dispositif
from generator.model.institution import (
    FORMES,
    Acceptation,
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
from generator.model.paiement import Paiements, VersementPaye
from generator.model.types import Bloc, Periode, Puce, Record, Texte

__all__ = [
    "DEPARTEMENT_ENTIER",
    "FORMES",
    "UNITES",
    "Acceptation",
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
    "LigneAE",
    "LigneBudget",
    "Modele",
    "Modification",
    "Mouvement",
    "Nomenclature",
    "Operation",
    "Paiements",
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
    "VersementPaye",
    "Virement",
    "Visa",
]
