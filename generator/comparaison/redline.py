"""One pair of .docx → one redline that is proved, or the reason why there is none.

The engine (Docxodus) is asked when passages move; where its marks do not prove, and for all the rest, the
redline is made here. Neither is given unless accepting all gives the new document and refusing all the old.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from generator.comparaison import fusion, moteur
from generator.comparaison.canonique import canoniser, texte_canonique
from generator.comparaison.changements import Changement, relever
from generator.comparaison.equivalence import (
    Ecart,
    cellules_suivies,
    differences,
    ecarts,
    parties_suivies,
    resolu,
    revisions,
)
from generator.comparaison.ligne import Marqueur
from generator.comparaison.moteur import MoteurAbsentError, MoteurError
from generator.comparaison.paquet import DOCUMENT, Element, Paquet, W, ouvrir
from generator.comparaison.retouche import numeroter, retoucher
from generator.comparaison.suivi import Sens
from generator.diagnostics import Diagnostic, Note, Severity, Span
from generator.relecture.paquet import DocxIllisibleError

_MAX_MOTS_MOTEUR: Final = 40_000  # beyond, the engine takes minutes; the redline is made here


class Par(StrEnum):
    """Who made the marks."""

    MOTEUR = "moteur"
    CONVENANT = "convenant"


@dataclass(frozen=True, slots=True)
class Demande:
    """Two versions of a document, and how to compare them. Picklable: it goes to another process.

    `noms`: the two files as the user knows them. `suivi`: what to do of the changes already tracked in
    either (None: refuse the pair). `avec_moteur` False: the engine cannot run, the marks are made here.
    """

    cle: str
    noms: tuple[str, str]
    ancien: bytes
    nouveau: bytes
    auteur: str
    date: dt.datetime
    suivi: Sens | None = None
    avec_moteur: bool = True


@dataclass(frozen=True, slots=True)
class Comparaison:
    """What became of a pair: its changes, the redline when it is proved, the findings.

    `identiques`: same text, same structure, same look. `hors_suivi`: what differs and no tracked change
    can carry (styles, settings), in French.
    """

    cle: str
    identiques: bool = False
    redline: bytes | None = None
    par: Par | None = None
    changements: tuple[Changement, ...] = ()
    hors_suivi: tuple[str, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = field(default_factory=tuple)


def comparer(d: Demande) -> Comparaison:
    """Compare two versions of a document; never raises for what they hold."""
    if d.ancien == d.nouveau:
        return Comparaison(d.cle, identiques=True)
    paquets = []
    for nom, data in zip(d.noms, (d.ancien, d.nouveau), strict=True):
        try:
            paquets.append(_net(data, d.suivi))
        except DocxIllisibleError as e:
            return _refus(d, _illisible(nom, e))
        except _DejaSuiviError as e:
            return _refus(d, _deja_suivi(nom, e.nombre))
    ancien, nouveau = paquets
    try:
        return _comparer(d, ancien, nouveau)
    except DocxIllisibleError as e:
        return _refus(d, _illisible(" et ".join(d.noms), e))
    except RecursionError:
        e2 = DocxIllisibleError("ses tableaux ou ses zones sont imbriqués trop profondément", refus=True)
        return _refus(d, _illisible(" et ".join(d.noms), e2))


def _comparer(d: Demande, ancien: Paquet, nouveau: Paquet) -> Comparaison:
    a, b = canoniser(ancien), canoniser(nouveau)
    hors = _hors_suivi(ancien, nouveau)
    if not differences(b, a, Sens.ACCEPTER):
        return Comparaison(d.cle, identiques=not hors, hors_suivi=hors, diagnostics=_averti(d, hors))
    changes = tuple(relever(a, b))
    found = _averti(d, hors)
    redline, par, restes = _marquer(d, ancien, nouveau, changes)
    if restes:
        return Comparaison(
            d.cle, changements=changes, hors_suivi=hors, diagnostics=(*found, _non_prouve(d, restes))
        )
    return Comparaison(d.cle, False, redline.octets(), par, changes, hors, found)


def _marquer(
    d: Demande, ancien: Paquet, nouveau: Paquet, changes: Sequence[Changement]
) -> tuple[Paquet, Par, list[Ecart]]:
    """The redline, who made it, what keeps it from being proved.

    The engine is asked when a paragraph moves: it marks moves, and we do not. For all the rest our marks
    prove more often (49 pairs of 49 against 27, two drafts of a dossier) and take a quarter of the time.
    """
    mots = max(_mots(p) for p in (ancien, nouveau))
    if d.avec_moteur and mots <= _MAX_MOTS_MOTEUR and any(c.deplace for c in changes):
        essai = par_moteur(ancien, nouveau, d.auteur, d.date)
        if essai is not None:
            return essai, Par.MOTEUR, []
    ici = fusion.fondre(ancien, nouveau, d.auteur, d.date)
    for nom in parties_suivies(ici):
        numeroter(ici.arbre(nom))
    ici = ouvrir(ici.octets())  # what is proved is what is given
    return ici, Par.CONVENANT, ecarts(ici, ancien, nouveau)


def par_moteur(ancien: Paquet, nouveau: Paquet, auteur: str, date: dt.datetime) -> Paquet | None:
    """The redline of the engine, put right; None when it does not prove, or when there is none."""
    try:
        essai = ouvrir(moteur.comparer(ancien.octets(), nouveau.octets(), auteur, date))
        retoucher(essai, Marqueur(auteur, date))
        essai = ouvrir(essai.octets())
        proved = not cellules_suivies(essai) and not ecarts(essai, ancien, nouveau)
    except (MoteurAbsentError, MoteurError, DocxIllisibleError):
        return None  # an engine that fails on a pair leaves it to us
    return essai if proved else None


def _mots(paquet: Paquet) -> int:
    return sum(len((t.text or "").split()) for t in paquet.arbre(DOCUMENT).iter(f"{W}t"))


class _DejaSuiviError(Exception):
    """The document holds tracked changes, and nothing was said of them."""

    def __init__(self, nombre: int) -> None:
        super().__init__(nombre)
        self.nombre = nombre


def _net(data: bytes, suivi: Sens | None) -> Paquet:
    """The document without tracked changes. Raises DocxIllisibleError, _DejaSuiviError."""
    paquet = ouvrir(data)
    nombre = revisions(paquet)
    if nombre and suivi is None:
        raise _DejaSuiviError(nombre)
    return resolu(paquet, suivi) if nombre and suivi is not None else paquet


def _hors_suivi(a: Paquet, b: Paquet) -> tuple[str, ...]:
    """What differs that no tracked change can carry, named as Word names it."""
    found = []
    styles = [_definitions(p, "styles", "style", "styleId") for p in (a, b)]
    for ident in sorted(styles[0].keys() & styles[1].keys()):
        if styles[0][ident] != styles[1][ident]:
            found.append(f"la définition du style « {ident} »")
    defauts = [_definitions(p, "styles", "docDefaults", "") for p in (a, b)]
    if defauts[0] != defauts[1]:
        found.append("la police et le paragraphe par défaut")
    for tag, nom in (("evenAndOddHeaders", "les en-têtes distincts des pages paires"),
                     ("mirrorMargins", "les marges en vis-à-vis"),
                     ("documentProtection", "la protection")):  # fmt: skip
        if _definitions(a, "settings", tag, "") != _definitions(b, "settings", tag, ""):
            found.append(nom)
    return tuple(found)


def _definitions(paquet: Paquet, sorte: str, tag: str, cle: str) -> dict[str, str]:
    partie = paquet.par_sorte(DOCUMENT, sorte)
    if partie is None:
        return {}
    out: dict[str, str] = {}
    for e in paquet.arbre(partie).iter(f"{W}{tag}"):
        out[e.get(f"{W}{cle}", "") if cle else tag] = _sans_accident(e)
    return out


def _sans_accident(e: Element) -> str:
    """A definition without revision ids, and whatever its order."""
    lines = [
        texte_canonique(x)
        for x in e
        if not x.tag.endswith(("}rsid", "}uiPriority", "}qFormat", "}unhideWhenUsed"))
    ]
    return "".join(sorted(lines)) + str(sorted((k, v) for k, v in e.attrib.items() if "rsid" not in k))


def _refus(d: Demande, cause: Diagnostic) -> Comparaison:
    return Comparaison(d.cle, diagnostics=(cause,))


def _illisible(nom: str, e: DocxIllisibleError) -> Diagnostic:
    code = "CMP002" if e.refus else "CMP001"
    aide = "enregistrer le document dans Word, sans mot de passe, et recommencer"
    return Diagnostic(code, f"comparaison impossible : {e.message}", Span(nom), help=aide)


def _deja_suivi(nom: str, nombre: int) -> Diagnostic:
    s = "s" if nombre > 1 else ""
    return Diagnostic(
        "CMP003",
        f"le document contient déjà {nombre} modification{s} suivie{s}",
        Span(nom),
        help="choisir --suivi accepter ou --suivi refuser, pour les deux documents à la fois",
    )


def _non_prouve(d: Demande, restes: list[Ecart]) -> Diagnostic:
    notes = []
    for e in restes[:5]:
        verbe = "accepter" if e.sens is Sens.ACCEPTER else "refuser"
        notes.append(Note(f"{e.partie}, à tout {verbe} : attendu « {e.attendu} », obtenu « {e.obtenu} »"))
    parties = ", ".join(dict.fromkeys(e.partie for e in restes))
    return Diagnostic(
        "CMP004",
        f"le suivi des modifications n’est pas prouvé et n’est pas donné : {parties}",
        Span(d.noms[1]),
        notes=tuple(notes),
        help="les changements sont dans le compte rendu ; comparer cette partie à l’œil",
    )


def _averti(d: Demande, hors: tuple[str, ...]) -> tuple[Diagnostic, ...]:
    if not hors:
        return ()
    return (
        Diagnostic(
            "CMP005",
            f"diffère sans pouvoir être suivi : {', '.join(hors)}",
            Span(d.noms[1]),
            Severity.AVERTISSEMENT,
            help="le document marqué a l’aspect du nouveau ; ces réglages ne reviennent pas en refusant tout",
        ),
    )


__all__ = ["Comparaison", "Demande", "Par", "comparer"]
