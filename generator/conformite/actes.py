"""Which act a file is, and what becomes of it: conforme, or not, and why, as findings a lawyer can act on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from generator.conformite.examen import Ecart, Sorte
from generator.conformite.passages import Passage, normal
from generator.diagnostics import Diagnostic, Note, Severity, Span
from generator.typography import accord

_APERCU = 160  # characters of a passage in a note
_MOTS = 4  # changes of words told by a message


class Etat(StrEnum):
    """What an act is found to be."""

    CONFORME = "conforme"
    ECARTS = "écarts"
    ABSENT = "absent"
    ILLISIBLE = "illisible"
    BLOQUE = "bloqué"


@dataclass(frozen=True, slots=True)
class Resultat:
    """One act: its document, what it must follow, its file with SHA-256, what differs.

    `options`: passages of the modele that this act does not take.
    """

    ident: str
    titre: str
    modele: str
    etat: Etat
    fichier: str = ""
    sha256: str = ""
    ecarts: tuple[Ecart, ...] = ()
    options: tuple[str, ...] = ()
    fictif: bool = False
    diagnostics: tuple[Diagnostic, ...] = field(default_factory=tuple)

    @property
    def conforme(self) -> bool:
        """True when the file is the act, in the terms of the modele."""
        return self.etat is Etat.CONFORME

    @property
    def mention(self) -> str:
        """The result in a few words."""
        words = {Etat.CONFORME: "conforme", Etat.ABSENT: "non remis", Etat.ILLISIBLE: "illisible"}
        return words.get(self.etat) or (accord(len(self.ecarts), "écart") if self.ecarts else "non examiné")


def par_nom(nom: str, actes: Iterable[str]) -> list[str]:
    """The acts whose file has this name, without suffix."""
    return [ident for ident in actes if ident.rpartition("/")[2] == nom]


def par_texte(passages: Sequence[Passage], actes: Mapping[str, tuple[str, str]]) -> list[str]:
    """The acts that a document may be, by what it prints.

    `actes`: by identifier, the number of the convention and the title at the head of the act.
    """
    said = normal("\n".join(p.texte for p in passages))
    titled = [ident for ident, (_, titre) in actes.items() if normal(titre) in said]
    return titled or [ident for ident, (numero, _) in actes.items() if numero in said]


def constats(fichier: str, ecarts: Sequence[Ecart]) -> tuple[Diagnostic, ...]:
    """The differences as findings on the file."""
    return tuple(_constat(fichier, e) for e in ecarts)


def phrase(e: Ecart) -> str:
    """A difference in one sentence."""
    if e.sorte is Sorte.AJOUT:
        return f"{e.ou} : ajouté, « {_court(e.trouve, 80)} »"
    if e.sorte is Sorte.RETRAIT:
        return f"{e.ou} : supprimé, « {_court(e.attendu, 80)} »"
    if e.sorte is Sorte.PLACE:
        return f"{e.attendu} : déplacé, {e.trouve}"
    if e.sorte is Sorte.MODELE:
        return f"{e.ou} : hors du modèle, « {_court(e.trouve or e.attendu, 80)} »"
    return f"{e.ou} : {_mots(e)}"


def _mots(e: Ecart) -> str:
    told = []
    for avant, apres in e.mots[:_MOTS]:
        if avant and apres:
            told.append(f"« {_court(avant, 60)} » est devenu « {_court(apres, 60)} »")
        elif apres:
            told.append(f"« {_court(apres, 60)} » est ajouté")
        else:
            told.append(f"« {_court(avant, 60)} » est supprimé")
    more = len(e.mots) - _MOTS
    return ", ".join(told) + (f", et {accord(more, 'autre changement')}" if more > 0 else "")


def _constat(fichier: str, e: Ecart) -> Diagnostic:
    if e.sorte is Sorte.MODELE:
        notes = [Note(f"modèle : « {_court(e.attendu)} »")] if e.attendu else []
        notes += [Note(f"acte : « {_court(e.trouve)} »")] if e.trouve else []
        return Diagnostic(
            "CFM007",
            f"l’acte que donnent les fiches n’est pas dans les termes du modèle : {e.ou}",
            Span(fichier),
            notes=tuple(notes),
            help="reprendre la fiche ou le modèle Word : hors des blancs, l’acte a les mots du modèle",
        )
    notes = [Note(f"attendu : « {_court(e.attendu)} »")] if e.attendu else []
    notes += [Note(f"trouvé : « {_court(e.trouve)} »")] if e.trouve else []
    if e.enonce is not None:
        notes.append(Note(f"la fiche donne {e.enonce.quoi} : {e.enonce.mots}", e.enonce.ou))
    if e.sorte is Sorte.VALEUR:
        aide = "rétablir la valeur de la fiche dans l’acte, ou corriger la fiche et refaire l’acte"
        return Diagnostic(
            "CFM005",
            f"autre valeur que celle de la fiche : {phrase(e)}",
            Span(fichier),
            notes=tuple(notes),
            help=aide,
        )
    aide = "rétablir le texte voté, ou faire constater l’erreur et l’inscrire au scellé (errata)"
    return Diagnostic(
        "CFM006",
        f"autre texte que celui qui a été voté : {phrase(e)}",
        Span(fichier),
        notes=tuple(notes),
        help=aide,
    )


def _court(text: str, length: int = _APERCU) -> str:
    words = " ".join(text.replace("\u00a0", "\ue000").split()).replace("\ue000", "\u00a0")
    return words if len(words) <= length else words[: length - 1].rstrip() + "…"


def illisible(fichier: str, message: str, refus: bool) -> Diagnostic:
    """CFM001: a file that cannot be read, or that is refused."""
    aide = "enregistrer le document en .docx, sans mot de passe" if refus else "demander un autre exemplaire"
    return Diagnostic("CFM001", f"l’acte ne peut pas être examiné : {message}", Span(fichier), help=aide)


def suivi(fichier: str, nombre: int) -> Diagnostic:
    """CFM004: a file with tracked changes."""
    return Diagnostic(
        "CFM004",
        f"l’acte contient {accord(nombre, 'modification suivie', 'modifications suivies')}",
        Span(fichier),
        help="choisir --suivi accepter ou --suivi refuser",
    )


def inconnu(fichier: str, candidats: Sequence[str]) -> Diagnostic:
    """CFM002: a file that is no act of the deliberation, or may be several."""
    if candidats:
        message = f"plusieurs actes, ou plusieurs fichiers pour un acte : {', '.join(candidats)}"
    else:
        message = "ce document n’est aucun des actes de la délibération"
    aide = "lui donner le nom de l’acte, par exemple « faimah-avenant-annexe-06.docx »"
    return Diagnostic("CFM002", message, Span(fichier), help=aide)


def absent(ident: str, dossier: str) -> Diagnostic:
    """CFM003: an act that is not in the folder."""
    return Diagnostic(
        "CFM003",
        f"l’acte « {ident} » n’est pas dans le dossier",
        Span(dossier),
        Severity.AVERTISSEMENT,
        help="lancer « convenant generer », ou réunir les actes dans un même dossier",
    )
