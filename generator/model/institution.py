"""Who acts: the Département, its territoires, the structures it funds."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic.json_schema import SkipJsonSchema
from pydantic_core import PydanticCustomError

from generator.model.types import (
    Bic,
    Booleen,
    CodePostal,
    Courriel,
    Entier,
    Iban,
    Identifiant,
    Jour,
    Ligne,
    Record,
    Rna,
    Siret,
    Taux,
)


class Acceptation(Record):
    """A warning that a person has weighed and accepted: which one, why, who, on which day."""

    code: Annotated[str, Field(pattern=r"^[A-Z]{3}[0-9]{3}$")]
    motif: Ligne
    par: Ligne
    le: Jour
    objet: Ligne | None = None
    """Words of the message, to accept one finding and not every finding of that code in the file."""


class Racine(Record):
    """A record that is a whole file. `origine` is its path as shown to the user, set by `load`.

    `acceptations` hold for the warnings that stand in this file, see `checks.acceptations`.
    """

    acceptations: tuple[Acceptation, ...] = ()
    origine: SkipJsonSchema[str] = Field(default="", exclude=True, repr=False)


class Personne(Record):
    """Someone who signs or presides."""

    civilite: Literal["Madame", "Monsieur"]
    prenom: Ligne
    nom: Ligne
    qualite: Ligne
    """The office, agreed in gender and capitalised, e.g. « Présidente »."""


class Adresse(Record):
    """A postal address on one line of street, a postcode and a town."""

    voie: Ligne
    code_postal: CodePostal
    commune: Ligne


class Delegation(Record):
    """A delegation of signature: who signs in the president's place, under which arrêté, and when.

    `au` is the last day on which it holds; absent while it holds.
    """

    nom: Ligne
    """First name and name, as the acts print them: « Sabine DESPIERRE »."""
    arrete: Ligne
    du: Jour
    au: Jour | None = None


class VisaRequis(Record):
    """A text that every whole deliberation cites: a code, and the article when one is needed."""

    code: Ligne
    article: Ligne | None = None
    motif: Ligne
    """What the text founds, as the report says it: « compétence du Conseil départemental »."""


class Departement(Racine):
    """`departement.yaml`: the institution, who signs for it, where its disputes go."""

    nom: Ligne
    siret: Siret | None = None
    """Needed by the open data of the conventions alone."""
    siege: Adresse
    batiment: Ligne
    """Name of the seat's building, e.g. « Hôtel du Département »."""
    pole: Ligne
    direction: Ligne
    president: Personne
    directrice_generale: Personne
    signataire: Personne
    """Who signs the acts by delegation of the president."""
    tribunal: Ligne
    comptable: Ligne
    delai_signature: Entier = 30
    """Days that a structure has, from receipt, to send its acts back signed."""
    delai_envoi: Entier | None = None
    """Days that the Département gives itself, once the deliberation is executory, to send the acts."""
    delai_notification: Entier | None = None
    """Days that the Département gives itself to sign and notify an act that came back."""
    courriel: Courriel | None = None
    """Address that the acts are sent from, and sent back to."""
    delegations: tuple[Delegation, ...] = ()
    """Who may sign in the president's place; without any, signatures are not checked."""
    visas_requis: tuple[VisaRequis, ...] = ()
    """Texts that every deliberation cites; a table here, as codes are renumbered."""


class Territoire(Record):
    """One of the territoires; `bassin_minier` decides FTJ (30 %) or FSE+ (40 %)."""

    id: Identifiant
    nom: Ligne
    bassin_minier: Booleen = False


class Cofinancement(Record):
    """The share of the Département in an operation co-financed by Europe."""

    fonds: Literal["FSE+", "FTJ"]
    taux: Taux


class Territoires(Racine):
    """`territoires.yaml`."""

    territoires: tuple[Territoire, ...]
    cofinancement: tuple[Cofinancement, ...] = ()
    """Share of the Département by fund; the FTJ is that of the bassin minier."""

    def part(self, fonds: str) -> Cofinancement | None:
        """The share declared for a fund; None when there is none."""
        return next((c for c in self.cofinancement if c.fonds == fonds), None)


class Contact(Record):
    """Someone to ask: the territoires or the service, the name when it is published, the telephone."""

    service: Ligne
    nom: Ligne | None = None
    telephone: Annotated[str, Field(pattern=r"^0[1-9]( [0-9]{2}){4}$")]


class Contacts(Racine):
    """`contacts/<millesime>.yaml`: who answers for the fiches of a year."""

    millesime: Entier
    direction: tuple[Contact, ...]
    slai: tuple[Contact, ...]


Forme = Literal["association", "fondation", "ccas", "cias", "gip", "commune", "epci", "societe"]

FORMES: dict[str, str] = {
    "association": "association régie par la loi du 1er\u00a0juillet 1901",
    "fondation": "fondation",
    "ccas": "centre communal d’action sociale",
    "cias": "centre intercommunal d’action sociale",
    "gip": "groupement d’intérêt public",
    "commune": "commune",
    "epci": "établissement public de coopération intercommunale",
    "societe": "société",
}
"""Legal form as an act prints it."""


class Habilitation(Record):
    """What empowers the representative to sign."""

    nature: Literal["délibération", "décision", "statuts", "arrêté"]
    date: Jour


class Compte(Record):
    """The bank account that is paid, as on the relevé d’identité bancaire; `iban` without spaces."""

    iban: Iban
    bic: Bic
    domiciliation: Ligne
    titulaire: Ligne


class EngagementRepublicain(Record):
    """The contrat d’engagement républicain of an association or a fondation (décret n° 2021-1947).

    Either the day of its latest subscription, or why it is held to have subscribed.
    """

    souscrit_le: Jour | None = None
    dispense: Literal["agrément", "reconnaissance d’utilité publique"] | None = None

    @model_validator(mode="after")
    def _exactement_un(self) -> Self:
        if len(self.model_fields_set) != 1 or not (self.souscrit_le or self.dispense):
            raise PydanticCustomError(
                "REC003",
                "l’engagement républicain a une date de souscription ou une dispense, l’une des deux",
                {"aide": "écrire « souscrit_le » ou « dispense », et une seule des deux lignes"},
            )
        return self


class Structure(Racine):
    """`structures/<id>.yaml`: a grantee."""

    id: Identifiant
    nom: Ligne
    nom_court: Ligne | None = None
    forme: Forme
    siret: Siret
    rna: Rna | None = None
    siege: Adresse
    representant: Personne
    courriel: Courriel | None = None
    """Where its acts are sent."""
    habilitation: Habilitation
    engagement_republicain: Annotated[
        EngagementRepublicain | None, Field(json_schema_extra={"minProperties": 1, "maxProperties": 1})
    ] = None
    compte: Compte | None = None
    fictif: Booleen = False
    """True for invented data: the documents say so."""

    @property
    def appellation(self) -> str:
        """The short name when there is one, else the full name."""
        return self.nom_court or self.nom
