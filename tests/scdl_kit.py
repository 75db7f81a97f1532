"""The published format, for an independent validator: Table Schema of scdl/subventions 2.1.1.

Types, patterns and lengths are those of schema.data.gouv.fr; the words of its descriptions are not here.
"""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from frictionless import Dialect, Resource, Schema
from frictionless.formats import CsvControl

from generator.finances.donnees_essentielles.format import NATURES, NOMS
from generator.service import Workspace
from generator.service.donnees_essentielles import DonneesEssentielles
from tests.records_kit import ROOT


def _field(name: str, kind: str = "string", required: bool = False, **constraints: Any) -> dict[str, Any]:
    held = {**({"required": True} if required else {}), **constraints}
    return {"name": name, "type": kind, "constraints": held}


SCHEMA = {
    "fields": [
        _field("nomAttribuant", required=True),
        _field("idAttribuant", required=True, pattern=r"^\d{14}$"),
        _field("dateConvention", "date", required=True),
        _field("referenceDecision"),
        _field("nomBeneficiaire", required=True),
        _field("idBeneficiaire", pattern=r"^\d{14}$"),
        _field("rnaBeneficiaire", pattern=r"^W\d{9}$"),
        _field("objet", required=True, maxLength=256),
        _field("montant", "number", required=True),
        _field("nature", required=True, enum=list(NATURES)),
        _field("conditionsVersement", required=True, maxLength=256),
        _field(
            "datesPeriodeVersement",
            required=True,
            pattern=r"^[0-9]{4}\-[0-9]{2}\-[0-9]{2}(\/[0-9]{4}\-[0-9]{2}\-[0-9]{2})?$",
        ),
        _field("idRAE", maxLength=5),
        {**_field("notificationUE", "boolean", required=True), "trueValues": ["oui"], "falseValues": ["non"]},
        _field("pourcentageSubvention", "number", required=True, minimum=0.01, maximum=1),
        _field("dispositifAide"),
    ],
    "missingValues": [""],
}

BONNE = {
    "nomAttribuant": "Département de la Côte fictive",
    "idAttribuant": "22620001200012",
    "dateConvention": "2031-01-15",
    "referenceDecision": "2030-001",
    "nomBeneficiaire": "L’Atelier du bassin",
    "idBeneficiaire": "48054398200023",
    "rnaBeneficiaire": "W621004321",
    "objet": "Ateliers (convention n° 2031-00001)",
    "montant": "25000.50",
    "nature": "aide en numéraire",
    "conditionsVersement": "échelonné",
    "datesPeriodeVersement": "2031-02-01/2031-11-30",
    "idRAE": "",
    "notificationUE": "non",
    "pourcentageSubvention": "1.00",
    "dispositifAide": "",
}
"""A sound row."""


def fichier(*rows: Mapping[str, str], sep: str = ",") -> bytes:
    """A file with these rows, whatever they hold."""
    out = io.StringIO()
    writer = csv.DictWriter(out, NOMS, restval="", delimiter=sep, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode("utf-8")


def refus(data: bytes) -> list[str]:
    """What the independent validator finds wrong, field by field."""
    dialect = Dialect(controls=[CsvControl(delimiter=",")])
    resource = Resource(
        data, format="csv", encoding="utf-8", schema=Schema.from_descriptor(SCHEMA), dialect=dialect
    )
    return [f"{getattr(e, 'field_name', '')}: {e.type}" for t in resource.validate().tasks for e in t.errors]


def service(folder: Path, **signatures: str) -> DonneesEssentielles:
    """The open data of a copy of the records of the repository; `signatures`: by structure (with
    underscores), the day on which its acts of 2024-587 are signed."""
    shutil.copytree(ROOT / "data", folder / "data")
    for name, day in signatures.items():
        signer(folder, "2024-587", name.replace("_", "-"), day)
    return DonneesEssentielles(Workspace(folder / "data", ROOT / "templates", folder / "output"))


def signer(folder: Path, numero: str, structure: str, day: str) -> None:
    """Write the day of signature in every act of a structure."""
    path = folder / f"data/deliberations/{numero}/actes/{structure}.yaml"
    text = path.read_text("utf-8")
    assert "\n    operations:\n" in text
    path.write_text(
        text.replace("\n    operations:\n", f'\n    signe_le: "{day}"\n    operations:\n'), "utf-8"
    )


def changer(folder: Path, name: str, old: str, new: str) -> None:
    """Replace a text that stands once in a record."""
    path = folder / "data" / name
    text = path.read_text("utf-8")
    assert text.count(old) == 1, (name, old)
    path.write_text(text.replace(old, new), "utf-8")
