"""Scalar types of the records: text in YAML, typed here, each with its JSON Schema.

Records hold amounts as integers of cents, rates as `Decimal` per cent, dates as `datetime.date`.
The YAML reader keeps every scalar as text, so that nothing is lost before a type is known.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from generator import identifiants
from generator.money import parse_euros, parse_taux

_DATE_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_DATE_FR = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})")
_ANNEES = range(1900, 2200)  # beyond, it is a typing error
_ENTIER = re.compile(r"[0-9]{1,3}(?:[ \u00a0\u202f][0-9]{3})+|[0-9]+")
_MAX_CHIFFRES = 12  # beyond, it is a typing error, and `int` refuses very long texts


def _sans_anglais(schema: dict[str, Any]) -> None:
    """Keep from an editor's screen what is written for programmers: docstrings and derived titles."""
    for part in (schema, *schema.get("properties", {}).values()):
        part.pop("title", None)
    schema.pop("description", None)


class Record(BaseModel):
    """Base of every record: frozen, no unknown key."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", str_strip_whitespace=True, json_schema_extra=_sans_anglais
    )


def _from_text(parse: Callable[[str], Any], code: str) -> BeforeValidator:
    """Type a text with `parse`; its `ValueError` becomes an error of that `code`."""

    def read(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        try:
            return parse(value)
        except ValueError as e:
            raise PydanticCustomError(code, "{message}", {"message": str(e)}) from None

    return BeforeValidator(read)


def parse_date(text: str) -> dt.date:
    """Read « 2024-12-09 » or « 09/12/2024 »; raise `ValueError` (French) otherwise."""
    t = text.strip()
    if m := _DATE_ISO.fullmatch(t):
        year, month, day = m.groups()
    elif m := _DATE_FR.fullmatch(t):
        day, month, year = m.groups()
    else:
        raise ValueError(f"« {text} » n’est pas une date")
    try:
        read = dt.date(int(year), int(month), int(day))
    except ValueError:
        raise ValueError(f"« {text} » : cette date n’existe pas au calendrier") from None
    if read.year not in _ANNEES:
        raise ValueError(f"« {text} » : l’année est hors de propos")
    return read


def parse_entier(text: str) -> int:
    """Read a whole number, with or without thousands spaces; raise `ValueError` (French)."""
    t = text.strip()
    if not _ENTIER.fullmatch(t):
        raise ValueError(f"« {text} » n’est pas un nombre entier")
    digits = re.sub(r"\D", "", t)
    if len(digits) > _MAX_CHIFFRES:
        raise ValueError("ce nombre est trop grand")
    return int(digits)


def parse_decimal(text: str) -> Decimal:
    """Read a quantity such as « 1,2 » (ETP); raise `ValueError` (French)."""
    t = text.strip()
    if not re.fullmatch(r"[0-9]+(,[0-9]+)?", t):
        raise ValueError(f"« {text} » n’est pas une quantité")
    if len(t) > _MAX_CHIFFRES:
        raise ValueError("cette quantité est trop grande")
    return Decimal(t.replace(",", "."))


def parse_booleen(text: str) -> bool:
    """Read « true » or « false », « oui » or « non »; raise `ValueError` (French)."""
    values = {"true": True, "oui": True, "false": False, "non": False}
    try:
        return values[text.strip().lower()]
    except KeyError:
        raise ValueError(f"« {text} » n’est ni oui ni non") from None


_MONTANT_RE = r"^\d{1,3}([ \u00a0\u202f]\d{3})*(,\d{2})?( ?€)?$|^\d+(,\d{2})?( ?€)?$"

Euro = Annotated[
    int,
    _from_text(parse_euros, "MNT001"),
    Field(ge=0),
    WithJsonSchema(
        {
            "anyOf": [{"type": "integer", "minimum": 0}, {"type": "string", "pattern": _MONTANT_RE}],
            "description": "Montant en euros : 65000 ou 65 000,00",
        }
    ),
]
"""Amount in cents, written in euros."""

Taux = Annotated[
    Decimal,
    _from_text(parse_taux, "TAU001"),
    WithJsonSchema(
        {
            "anyOf": [{"type": "integer"}, {"type": "string", "pattern": r"^\d+(,\d+)?( ?%)?$"}],
            "description": "Taux en pour cent : 50 % ou 12,5 %",
        }
    ),
]
"""Rate in per cent: `Decimal("43")` is 43 %."""

Jour = Annotated[
    dt.date,
    _from_text(parse_date, "DAT001"),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^\d{4}-\d{2}-\d{2}$|^\d{2}/\d{2}/\d{4}$",
            "description": "Date : 2024-12-09 ou 09/12/2024",
        }
    ),
]

Entier = Annotated[
    int,
    _from_text(parse_entier, "NOM001"),
    Field(ge=0),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 0},
                {"type": "string", "pattern": r"^\d{1,3}([ \u00a0\u202f]?\d{3})*$"},
            ]
        }
    ),
]

Quantite = Annotated[
    Decimal,
    _from_text(parse_decimal, "NOM001"),
    WithJsonSchema({"anyOf": [{"type": "integer"}, {"type": "string", "pattern": r"^\d+(,\d+)?$"}]}),
]

Booleen = Annotated[
    bool,
    _from_text(parse_booleen, "NOM002"),
    WithJsonSchema({"anyOf": [{"type": "boolean"}, {"enum": ["oui", "non"]}]}),
]

Ligne = Annotated[str, Field(min_length=1)]
"""A text of one or more words; never empty."""

Identifiant = Annotated[str, Field(pattern=r"^[a-z0-9]+([.-][a-z0-9]+)*$")]
"""The short name of a record, as in its file name: lower case, digits, hyphens."""

Siret = Annotated[
    str,
    _from_text(identifiants.parse_siret, "IDN001"),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]{14}$", "description": "SIRET, 14 chiffres"}),
]

Rna = Annotated[
    str,
    _from_text(identifiants.parse_rna, "IDN006"),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": f"^{identifiants.RNA}$",
            "description": "RNA : W621004321, W2A… ou W2B… en Corse, W9 et une lettre outre-mer",
        }
    ),
]
"""Number of an association in the Répertoire national des associations."""

Iban = Annotated[
    str,
    _from_text(identifiants.parse_iban, "IDN007"),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": f"^{identifiants.IBAN}$",
            "description": "IBAN, avec ou sans espaces",
        }
    ),
]
"""IBAN, held without spaces."""

Bic = Annotated[
    str,
    _from_text(identifiants.parse_bic, "IDN008"),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": f"^{identifiants.BIC}$",
            "description": "BIC, 8 ou 11 caractères",
        }
    ),
]

CodePostal = Annotated[
    str,
    _from_text(identifiants.parse_code_postal, "IDN009"),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": f"^{identifiants.CODE_POSTAL}$",
            "description": "Code postal, cinq chiffres entre guillemets",
        }
    ),
]


Courriel = Annotated[
    str,
    _from_text(identifiants.parse_courriel, "IDN017"),
    WithJsonSchema({"type": "string", "format": "email", "description": "Adresse électronique"}),
]
"""An e-mail address."""


class Periode(Record):
    """A period, inclusive at both ends."""

    du: Jour
    au: Jour


NonVide = Field(min_length=1)
"""Constraint of a list that needs at least one element."""


class Puce(Record):
    """A list item with a sub-list."""

    texte: Ligne
    puces: Annotated[tuple[Ligne, ...], NonVide]


Item = Annotated[Ligne | Puce, Field(union_mode="left_to_right")]


class Bloc(Record):
    """One block of running text: exactly one of the four forms.

    A bare string in YAML is a paragraph; `titre` is a sub-heading; `puces` and `numeros` are lists
    whose items are strings or an item with its own sub-list.
    """

    texte: Ligne | None = None
    titre: Ligne | None = None
    puces: Annotated[tuple[Item, ...], NonVide] | None = None
    numeros: Annotated[tuple[Item, ...], NonVide] | None = None


def _bloc(value: Any) -> Any:
    if isinstance(value, str):
        return {"texte": value}
    if isinstance(value, dict):
        if len(value) != 1:
            raise ValueError("un bloc de texte a une seule clé : texte, titre, puces ou numeros")
        if next(iter(value.values())) is None:
            raise ValueError("ce bloc de texte est vide")
    return value


_LISTE = {
    "type": "array",
    "minItems": 1,
    "items": {
        "anyOf": [
            {"type": "string"},
            {
                "type": "object",
                "additionalProperties": False,
                "required": ["texte", "puces"],
                "properties": {
                    "texte": {"type": "string"},
                    "puces": {"type": "array", "minItems": 1, "items": {"type": "string"}},
                },
            },
        ]
    },
}

Texte = tuple[
    Annotated[
        Bloc,
        BeforeValidator(_bloc),
        WithJsonSchema(
            {
                "anyOf": [
                    {"type": "string", "minLength": 1},
                    {
                        "type": "object",
                        "minProperties": 1,
                        "maxProperties": 1,
                        "additionalProperties": False,
                        "properties": {
                            "texte": {"type": "string"},
                            "titre": {"type": "string"},
                            "puces": _LISTE,
                            "numeros": _LISTE,
                        },
                    },
                ]
            }
        ),
    ],
    ...,
]
"""Running text: paragraphs, sub-headings and lists, in order."""
