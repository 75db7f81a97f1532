"""JSON Schema of the records, so that an editor completes and checks them while one types."""

from __future__ import annotations

from typing import Any

from generator.model import (
    Actes,
    Budget,
    Contacts,
    ConventionType,
    Deliberation,
    Departement,
    Dispositif,
    Modele,
    Nomenclature,
    Paiements,
    Racine,
    Structure,
    Territoires,
)

KINDS: dict[str, type[Racine]] = {
    "actes": Actes,
    "budget": Budget,
    "contacts": Contacts,
    "convention-type": ConventionType,
    "deliberation": Deliberation,
    "departement": Departement,
    "dispositif": Dispositif,
    "modele": Modele,
    "nomenclature": Nomenclature,
    "paiements": Paiements,
    "structure": Structure,
    "territoires": Territoires,
}
"""File name of each schema, without suffix."""


def schemas() -> dict[str, dict[str, Any]]:
    """The schema of each kind of record, by name."""
    out = {}
    for name, model in KINDS.items():
        schema = model.model_json_schema(mode="validation")
        out[name] = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
    return out
