"""Records of structures begun from the files of others: what is known, and nothing made up for the rest."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from generator import source
from generator.diagnostics import Diagnostic, Span
from generator.finances.donnees_essentielles.reprise import Beneficiaire
from generator.finances.feuillet import plat
from generator.finances.reecriture import Fichier
from generator.load import Records

_LONG = 60
"""Characters of an identifier made from a name."""
_A_ECRIRE = ("forme", "siege", "representant", "habilitation")
"""What a structure needs and a SCDL file does not say."""
_MOTS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
"""What an editor would not take for a text."""


def amorcer(
    beneficiaires: Sequence[Beneficiaire], origine: str, records: Records, donnees: Path
) -> tuple[list[Fichier], list[Diagnostic]]:
    """The records to write, one per beneficiary; none takes the place of a file that exists.

    `origine` is the name of the file that they come from. A record whose text would not be read again as it
    was meant is left out (SCD012).
    """
    files: list[Fichier] = []
    found: list[Diagnostic] = []
    taken = {p.stem for p in (donnees / "structures").glob("*")}
    for b in beneficiaires:
        ident = _identifiant(b, taken)
        taken.add(ident)
        key = records.cle(f"structures/{ident}.yaml")
        text = _fiche(b, ident, origine)
        if not _fidele(text, key, b, ident):
            message = f"la fiche de « {b.nom} » ne se relirait pas"
            place = Span(origine, b.lignes[0])
            found.append(Diagnostic("SCD012", message, place, help="créer la fiche à la main"))
            continue
        path = donnees / "structures" / f"{ident}.yaml"
        files.append(Fichier(key, path, None, text.encode("utf-8"), 0, len(text.splitlines())))
    return files, found


def _identifiant(b: Beneficiaire, taken: set[str]) -> str:
    """A name of file from the name of the structure, with its SIREN where another has that name."""
    words = plat(b.nom).split()
    while len("-".join(words)) > _LONG and len(words) > 1:
        words.pop()
    ident = "-".join(words)[:_LONG].strip("-") or b.siret[:9]
    if ident in taken:
        ident = f"{ident}-{b.siret[:9]}"
    return ident if ident not in taken else f"{ident}-{b.siret[9:]}"


def _fiche(b: Beneficiaire, ident: str, origine: str) -> str:
    name = "".join(c for c in Path(origine).name if c.isprintable())
    missing = [champ for champ in _A_ECRIRE if champ != "forme" or not b.rna]
    lines = [
        "# yaml-language-server: $schema=../../schema/structure.schema.json",
        f"# Reprise de {name}, ligne {b.lignes[0]}. À écrire : {', '.join(missing)}.",
        f"id: {_texte(ident) if ident[0].isdigit() or ident in _MOTS else ident}",
        f"nom: {_texte(b.nom)}",
        *(["forme: association"] if b.rna else []),  # the RNA holds associations only
        f'siret: "{b.siret}"',
        *([f"rna: {b.rna}"] if b.rna else []),
    ]
    return "".join(f"{line}\n" for line in lines)


def _texte(text: str) -> str:
    """A text between quotes: its strings are those of JSON."""
    return json.dumps(text, ensure_ascii=False)


def _fidele(text: str, key: str, b: Beneficiaire, ident: str) -> bool:
    src, found = source.parse(text, key)
    if src is None or any(d.is_error for d in found) or not isinstance(src.value, dict):
        return False
    meant = {"id": ident, "nom": b.nom, "siret": b.siret, **({"rna": b.rna} if b.rna else {})}
    return {k: src.value.get(k) for k in meant} == meant
