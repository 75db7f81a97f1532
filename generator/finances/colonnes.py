"""The headings of the table that services exchange, under the names that offices give them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from generator.diagnostics import Diagnostic, Note, Severity
from generator.finances.feuillet import Brut, Feuillet, lettres, montrer, plat
from generator.typography import enumerer

NOMS: Mapping[str, tuple[str, ...]] = {
    "deliberation": ("deliberation", "n deliberation", "n de deliberation"),
    "structure": ("structure", "nom de la structure", "organisme", "porteur", "beneficiaire", "operateur"),
    "siret": ("siret", "n siret", "numero siret", "n de siret", "code siret"),
    "nature": ("acte", "nature de l acte", "type d acte", "nature"),
    "numero": ("n de convention", "n convention", "numero de convention", "convention", "n acte"),
    "operation": ("dispositif", "operation", "action", "intitule", "intitule du dispositif"),
    "territoire": ("territoire", "territoires", "secteur", "slai"),
    "tarif": ("tarif",),
    "quantite": ("places", "nb places", "nb de places", "nombre de places", "quantite", "unites", "mesures"),
    "montant": (
        "montant", "montant en euros", "montant euros", "montant vote", "montant attribue", "subvention",
        "montant de la subvention",
    ),
    "code": ("code operation", "code"),
    "imputation": ("imputation",),
    "signe_le": ("signe le", "date de signature", "signature"),
}  # fmt: skip
"""Each field and its headings, as `feuillet.plat` reduces them."""
TITRES = {
    "structure": "Structure",
    "siret": "SIRET",
    "operation": "Dispositif",
    "territoire": "Territoire",
    "quantite": "Places",
    "montant": "Montant",
}
_CHAMPS = {name: champ for champ, names in NOMS.items() for name in names}
_CHERCHE = 30
"""Rows among which the headings are looked for."""
_ASSEZ = 3
"""Known headings that make a row of headings."""


@dataclass(frozen=True, slots=True)
class Entete:
    """The row of the headings, and the column of each field, from 1."""

    ligne: int
    colonnes: Mapping[str, int]


def champ(value: Brut) -> str | None:
    """The field that a heading names."""
    return _CHAMPS.get(plat(value)) if isinstance(value, str) else None


def reconnues(cells: Iterable[Brut]) -> int:
    """How many fields a row of headings names."""
    return len({c for c in map(champ, cells) if c})


def entete(feuillet: Feuillet) -> tuple[Entete | None, list[Diagnostic]]:
    """The headings of a sheet, with what is wrong in them (IMP002); None when there are none."""
    rows = [r for r in feuillet.rangees[:_CHERCHE] if reconnues(r.cellules) >= _ASSEZ]
    if not rows:
        return None, []
    row = max(rows, key=lambda r: (reconnues(r.cellules), -r.numero))
    known: dict[str, int] = {}
    found: list[Diagnostic] = []
    ignored: list[str] = []
    for col, value in enumerate(row.cellules, 1):
        name = champ(value)
        if name is None:
            if value is not None:
                ignored.append(f"{lettres(col)} {montrer(value)}")
        elif name in known:
            note = Note("première colonne", feuillet.span(row.numero, known[name]))
            aide = "ne garder qu’une des deux colonnes"
            message = f"la colonne {montrer(value)} figure deux fois"
            found.append(feuillet.faute("IMP002", row.numero, col, message, aide, note))
        else:
            known[name] = col
    if ignored:
        message = f"colonnes laissées de côté : {enumerer(ignored)}"
        found.append(feuillet.dit("IMP002", row.numero, message, Severity.INFO))
    missing = [TITRES[c] for c in _manquants(known)]
    if missing:
        what = "la colonne manque" if len(missing) == 1 else "des colonnes manquent"
        aide = "reprendre les titres de « convenant finances … --format csv --table repartition »"
        message = f"{what} : {enumerer(missing)}"
        found.append(feuillet.faute("IMP002", row.numero, 0, message, aide))
    return Entete(row.numero, known), found


def _manquants(known: Mapping[str, int]) -> Sequence[str]:
    out = [c for c in ("operation", "territoire") if c not in known]
    if "siret" not in known and "structure" not in known:
        out.insert(0, "siret")
    if "montant" not in known and "quantite" not in known:
        out.append("montant")
    return out
