"""The format « subventions » 2.1.1 of the Socle commun des données locales (SCDL), and what it leaves lax.

Source: schema.data.gouv.fr, scdl/subventions 2.1.1 (décret n° 2017-779, arrêté of 17 November 2017). A row
holds texts. What is refused here and not there: a date that does not exist, a period that ends before it
begins, an amount that is not positive, a SIRET whose key is false, a text that a spreadsheet would take for
a formula, shares that do not sum to 1, a row given twice, what names or reaches a natural person.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from generator.finances.feuillet import montrer, plat
from generator.identifiants import departement_du_rna, parse_siret
from generator.model.types import parse_date
from generator.tableau import FORMULE

VERSION = "2.1.1"
Valeurs = Mapping[str, str]
"""A row: the text of each field; a field that is not there is empty."""


class Sorte(StrEnum):
    """What is wrong with a value, so that many rows with the same fault are told together."""

    VIDE = "valeur obligatoire absente"
    LONGUEUR = "texte trop long"
    FORME = "forme refusée"
    SIRET = "SIRET faux"
    RNA = "RNA faux"
    DATE = "date fausse"
    MONTANT = "montant faux"
    FORMULE = "début de formule"
    PERSONNE = "personne physique"
    PART = "parts fausses"
    DOUBLE = "ligne en double"


@dataclass(frozen=True, slots=True)
class Faute:
    """What is wrong with a field, and how to mend it."""

    champ: str
    sorte: Sorte
    message: str
    aide: str


@dataclass(frozen=True, slots=True)
class Champ:
    """A field: its greatest length when it has one, and the reading that refuses (ValueError, French)."""

    nom: str
    obligatoire: bool = False
    longueur: int = 0
    lire: Callable[[str], object] | None = None
    sorte: Sorte = Sorte.FORME
    aide: str = "corriger la valeur"


_NATURES = ("aide en numéraire", "aide en nature")
NATURES = (*_NATURES, ";".join(_NATURES), ";".join(reversed(_NATURES)))
UNIQUE, ECHELONNE = "unique", "échelonné"
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PERIODE = re.compile(f"{_ISO.pattern}(/{_ISO.pattern})?")
_MONTANT = re.compile(r"[0-9]{1,12}(\.[0-9]{1,2})?")
_PART = re.compile(r"[01](\.[0-9]{1,10})?")
_CIVILITE = re.compile(r"(?:M\.|Mr|Mme|Mlle|Monsieur|Madame|Mademoiselle)\s+(?!J\.\s*C\b)\w", re.IGNORECASE)
_INDIVIDU = re.compile(
    r".*\b(?:entrepreneur individuel|entreprise individuelle|auto-?entrepreneur|micro-?entrepreneur)\b"
    r"|.*\(EI\)",
    re.IGNORECASE,
)
_JOINDRE = re.compile(r"[^\s@]+@[^\s@]+\.[a-z]{2,}|(?<![0-9])(?:\+33 ?|0)[1-9](?:[ .-]?[0-9]{2}){4}(?![0-9])")


def _choix(*values: str) -> Callable[[str], object]:
    def lire(text: str) -> object:
        if text not in values:
            raise ValueError(f"{montrer(text)} n’est pas une valeur admise")
        return text

    return lire


def lire_jour(text: str) -> object:
    """A day as « 2024-12-09 »; raises ValueError."""
    if not _ISO.fullmatch(text):
        raise ValueError(f"{montrer(text)} n’est pas une date de la forme AAAA-MM-JJ")
    return parse_date(text)


def lire_periode(text: str) -> object:
    """A day, or a period « 2024-12-09/2025-12-31 »; raises ValueError."""
    if not _PERIODE.fullmatch(text):
        raise ValueError(f"{montrer(text)} n’est ni AAAA-MM-JJ ni AAAA-MM-JJ/AAAA-MM-JJ")
    first, slash, last = text.partition("/")
    days = [parse_date(d) for d in (first, *([last] if slash else []))]
    if days[-1] < days[0]:
        raise ValueError(f"{montrer(text)} : la période finit avant de commencer")
    return tuple(days)


def lire_montant(text: str) -> int:
    """Cents of « 47800.20 »; raises ValueError for anything but a positive amount."""
    if text.startswith("-"):
        raise ValueError(f"{montrer(text)} : un montant ne peut pas être négatif")
    if not _MONTANT.fullmatch(text):
        raise ValueError(f"{montrer(text)} n’est pas un montant de la forme 47800.20")
    cents = int(Decimal(text) * 100)
    if cents == 0:
        raise ValueError("un montant nul n’est pas une subvention")
    return cents


def lire_part(text: str) -> Decimal:
    """A share from 0.01 to 1; raises ValueError."""
    if not _PART.fullmatch(text) or not Decimal("0.01") <= Decimal(text) <= 1:
        raise ValueError(f"{montrer(text)} n’est pas une part entre 0.01 et 1")
    return Decimal(text)


def lire_rna(text: str) -> str:
    """A RNA number as the format admits it: W and nine digits; raises ValueError."""
    if not re.fullmatch("W[0-9]{9}", text):
        raise ValueError(f"{montrer(text)} : un W suivi de neuf chiffres est attendu")
    if departement_du_rna(text) is None:
        raise ValueError(f"{montrer(text)} : aucun département n’a ce code")
    return text


def _lire_conditions(text: str) -> str:
    for known in (UNIQUE, ECHELONNE):
        if text != known and plat(text) == plat(known):
            raise ValueError(f"{montrer(text)} s’écrit « {known} »")
    return text


_AIDE_DATE = "écrire la date AAAA-MM-JJ"
_AIDE_SIRET = "recopier les 14 chiffres de l’avis de situation de l’Insee"
_AIDE_RNA = "recopier le numéro du récépissé, ou le laisser vide"
_AIDE_MONTANT = "écrire le montant avec un point et deux décimales"
_AIDE_NATURE = "écrire « aide en numéraire » ou « aide en nature »"
_AIDE_CONDITIONS = "écrire « unique », « échelonné » ou un texte"
_AIDE_PERIODE = "écrire AAAA-MM-JJ ou AAAA-MM-JJ/AAAA-MM-JJ"
CHAMPS = (
    Champ("nomAttribuant", True),
    Champ("idAttribuant", True, 0, parse_siret, Sorte.SIRET, _AIDE_SIRET),
    Champ("dateConvention", True, 0, lire_jour, Sorte.DATE, _AIDE_DATE),
    Champ("referenceDecision"),
    Champ("nomBeneficiaire", True),
    Champ("idBeneficiaire", False, 0, parse_siret, Sorte.SIRET, _AIDE_SIRET),
    Champ("rnaBeneficiaire", False, 0, lire_rna, Sorte.RNA, _AIDE_RNA),
    Champ("objet", True, 256),
    Champ("montant", True, 0, lire_montant, Sorte.MONTANT, _AIDE_MONTANT),
    Champ("nature", True, 0, _choix(*NATURES), aide=_AIDE_NATURE),
    Champ("conditionsVersement", True, 256, _lire_conditions, aide=_AIDE_CONDITIONS),
    Champ("datesPeriodeVersement", True, 0, lire_periode, Sorte.DATE, _AIDE_PERIODE),
    Champ("idRAE", False, 5),
    Champ("notificationUE", True, 0, _choix("oui", "non"), aide="écrire « oui » ou « non »"),
    Champ("pourcentageSubvention", True, 0, lire_part, Sorte.PART, "écrire 1.00 pour un bénéficiaire seul"),
    Champ("dispositifAide"),
)  # fmt: skip
"""The fields, in the order of the columns."""
NOMS = tuple(c.nom for c in CHAMPS)
_TEXTES = frozenset({"nomAttribuant", "referenceDecision", "nomBeneficiaire", "objet", "conditionsVersement"})


def fautes(ligne: Valeurs, morale: bool = False) -> Iterator[Faute]:
    """Every fault of a row, in the order of the columns, one per field; `morale`: see `personne`."""
    for champ in CHAMPS:
        text = ligne.get(champ.nom, "")
        found = _vide(champ, ligne) if not text else _faute(champ, text, morale)
        if found is not None:
            yield found
    if ligne.get("conditionsVersement") == ECHELONNE and _ISO.fullmatch(
        ligne.get("datesPeriodeVersement", "")
    ):
        message = "un versement échelonné a une période, pas une date"
        yield Faute("datesPeriodeVersement", Sorte.DATE, message, "écrire AAAA-MM-JJ/AAAA-MM-JJ")


def _vide(champ: Champ, ligne: Valeurs) -> Faute | None:
    if champ.nom == "idBeneficiaire":
        if ligne.get("nature") == "aide en nature" and ligne.get("rnaBeneficiaire"):
            return None
        return Faute(champ.nom, Sorte.VIDE, "le SIRET du bénéficiaire est absent", _AIDE_SIRET)
    if champ.obligatoire:
        return Faute(champ.nom, Sorte.VIDE, f"« {champ.nom} » est absent", "compléter la valeur")
    return None


def _faute(champ: Champ, text: str, morale: bool) -> Faute | None:
    if champ.lire is not None:
        try:
            champ.lire(text)
        except ValueError as e:
            return Faute(champ.nom, champ.sorte, str(e), champ.aide)
    if champ.longueur and len(text) > champ.longueur:
        message = f"{montrer(text)} a {len(text)} caractères, {champ.longueur} au plus"
        return Faute(champ.nom, Sorte.LONGUEUR, message, "raccourcir le texte")
    if text != text.strip() or not text.isprintable():
        message = f"{montrer(text)} a des espaces au bord, ou des caractères invisibles"
        return Faute(champ.nom, Sorte.FORME, message, "ressaisir le texte sur une ligne")
    if FORMULE.match(text):
        message = f"{montrer(text)} : un tableur prendrait ce début pour une formule"
        return Faute(champ.nom, Sorte.FORMULE, message, "commencer le texte par une lettre ou un chiffre")
    return personne(champ.nom, text, morale)


def personne(champ: str, text: str, morale: bool = False) -> Faute | None:
    """What names a natural person, or says how to reach one: it has no place in open data (RGPD). The message
    does not cite it. `morale`: the grantee is known to be a legal person, a civility may begin its name."""
    named = _INDIVIDU.match(text) or (not morale and _CIVILITE.match(text))
    if champ == "nomBeneficiaire" and named:
        message = "le bénéficiaire est une personne physique"
        return Faute(champ, Sorte.PERSONNE, message, "laisser cette ligne hors du fichier")
    if champ in _TEXTES and _JOINDRE.search(text):
        message = "une adresse électronique ou un numéro de téléphone permet de joindre une personne"
        return Faute(champ, Sorte.PERSONNE, message, "ôter l’adresse ou le numéro")
    return None


_LOT = ("idAttribuant", "dateConvention", "referenceDecision", "objet", "montant")
"""What the rows of one grant to several beneficiaries share."""


def fautes_d_ensemble(lignes: Sequence[Valeurs]) -> Iterator[tuple[int, Faute]]:
    """The faults that rows make together, with the rank of the row that shows them: shares of one grant
    that do not sum to 1 (at the first of its rows), a row given twice (at the second)."""
    lots: dict[tuple[str, ...], list[int]] = {}
    seen: dict[tuple[str, ...], int] = {}
    for rank, row in enumerate(lignes):
        whole = tuple(row.get(n, "") for n in NOMS)
        if whole in seen:
            yield rank, Faute("nomBeneficiaire", Sorte.DOUBLE, "cette ligne figure deux fois", "en ôter une")
            continue
        seen[whole] = rank
        lots.setdefault(tuple(row.get(n, "") for n in _LOT), []).append(rank)
    for ranks in lots.values():
        try:
            parts = [lire_part(lignes[k].get("pourcentageSubvention", "")) for k in ranks]
        except ValueError:
            continue  # told at its own row
        whole_grant = sum((p for p in parts if p != 1), Decimal())
        if whole_grant not in (0, 1):
            shown = f"{whole_grant.normalize():f}"
            message = f"les parts des bénéficiaires de cette subvention font {shown}, et non 1"
            rank = next(k for k, p in zip(ranks, parts, strict=True) if p != 1)
            yield rank, Faute("pourcentageSubvention", Sorte.PART, message, "corriger une part")
