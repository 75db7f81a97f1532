"""Blanks: nothing is left to fill in, save what is written by hand on the day of the signature."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.diagnostics import Diagnostic, Note, Severity, Span
from generator.relecture import regle
from generator.relecture.actes import BLANC, est_modele
from generator.relecture.pieces import Piece
from generator.relecture.texte import Texte
from generator.typography import accord

_POINTILLES = re.compile(r"(?:…[ \u00a0]?){2,}|(?<![A-Za-zÀ-ÿ.])\.{5,}|_{4,}|\.{8,}")
_ACCOLADES = re.compile(
    r"\[(?:à |A |À )?(?:compléter|préciser|définir|confirmer|renseigner)[^\]\n]{0,60}\]", re.IGNORECASE
)
_PAGES = re.compile(r"comprend\s+(?:…|\.{3})\s*pages?")
_SEPARATEUR = re.compile(r"[\s.…_*–—-]+")
_SOMMAIRE = re.compile(r"[.…_]{3}[\s\u00a0]*\d{1,4}\Z")  # after the words of a title
_LIEU_DATE = re.compile(r"(?:.*[\t|])?\s*(?:Fait\s+)?(?:[AÀà]\s+)?[\w'’ \u00a0-]{0,40},?\s*[Ll]e\s*:?\s*")
_SIGNATURE = re.compile(
    r"^\W*(?:[Ff]ait (?:en|à)\b|FAIT (?:EN|À|A)\b|[Ss]ignature|SIGNATURE|[AÀ] [A-Z][\w-]+, le\b)"
)
_APRES = 40  # lines after the start of the signatures, where dots are for the hand
_BALISE = re.compile(r"\{\{[^{}]*\}\}|\{%[^{}]*%\}|\{#[^{}]*#\}|\{\{|\}\}|\{%|%\}")
_RATE = re.compile(
    r"(?<![\w«’'])(?:None|undefined|Undefined|NaN|\[object Object\])(?!\w)"
    r"|#REF!|#N/A\b|#VALEUR!|#DIV/0!|#NOM\?"
    r"|Erreur\s?!\s?(?:Source du renvoi introuvable|Signet non défini|Nom de propriété)"
    r"|Error! (?:Reference source|Bookmark) not"
)
_DETAIL = 12  # beyond, the blanks of a piece make one diagnostic


@regle("RLB001")
@regle("RLB002", gravite=Severity.INFO)
def rien_a_completer(texte: Texte) -> Iterator[Diagnostic]:
    """Un document fini ne contient ni « XXXX », ni pointillés, ni crochets à compléter (RLB001). La
    date, le lieu et le nom que l’on écrit à la main en signant peuvent rester en pointillé. Un acte dont
    l’en-tête ne nomme personne est un modèle : ses blancs sont voulus, ils sont seulement comptés (RLB002).
    """
    modeles = {p for p in texte.pieces if est_modele(texte.flux, p)}
    par_piece: dict[Piece | None, list[tuple[int, re.Match[str]]]] = {}
    signature = -_APRES
    for index, ligne in enumerate(texte.lignes):
        if _SIGNATURE.search(ligne.texte):
            signature = index
        trouve = _blanc(ligne.texte, a_la_main=index - signature < _APRES)
        if trouve:
            par_piece.setdefault(_piece(texte, index), []).append((index, trouve))
    for piece, blancs in par_piece.items():
        if piece in modeles or (piece is None and modeles):
            if piece is not None:
                yield _modele(texte, piece, len(blancs))
        elif len(blancs) <= _DETAIL:
            for index, m in blancs:
                yield _a_completer(
                    texte.span_de_ligne(index, m.start(), m.end()), f"il reste « {_cite(m)} » à compléter"
                )
        else:
            index, m = blancs[0]
            notes = tuple(
                Note(f"« {_cite(m)} »", texte.span_de_ligne(i, m.start(), m.end()))
                for i, m in blancs[1:_DETAIL]
            )
            message = f"il reste {len(blancs)} lignes à compléter, à partir de « {_cite(m)} »"
            yield _a_completer(texte.span_de_ligne(index, m.start(), m.end()), message, notes)


def _piece(texte: Texte, index: int) -> Piece | None:
    """The piece of a line; None for a line of a margin."""
    debut = texte.debut_de(index)
    if debut is None:
        return None
    return next((p for p in texte.pieces if p.debut <= debut < max(p.fin, p.debut + 1)), None)


def _blanc(ligne: str, a_la_main: bool) -> re.Match[str] | None:
    """The first blank of a line, if any."""
    for motif in (BLANC, _ACCOLADES, _PAGES):
        trouve = motif.search(ligne)
        if trouve and not re.search(r"(?i)\b(?:titre|livre|chapitre|tome)\s*$", ligne[: trouve.start()]):
            return trouve
    conduite = _SOMMAIRE.search(ligne)
    if conduite and re.search(r"\w", ligne[: conduite.start()]):
        return None
    if a_la_main or _SEPARATEUR.fullmatch(ligne):
        return None
    for trouve in _POINTILLES.finditer(ligne):
        if not _LIEU_DATE.fullmatch(ligne[: trouve.start()]):
            return trouve
    return None


def _cite(m: re.Match[str]) -> str:
    return m[0] if len(m[0]) <= 20 else f"{m[0][:19]}…"


def _a_completer(span: Span, message: str, notes: tuple[Note, ...] = ()) -> Diagnostic:
    return Diagnostic("RLB001", message, span, notes=notes, help="compléter, ou supprimer le passage")


def _modele(texte: Texte, piece: Piece, nombre: int) -> Diagnostic:
    nom = f"l’annexe {piece.annexe}" if piece.annexe else "cet acte"
    return Diagnostic(
        "RLB002",
        f"{nom} est un modèle en blanc : {accord(nombre, 'ligne')} à compléter pour chaque structure",
        texte.span(piece.debut, texte.fin_de_ligne(piece.debut)),
        Severity.INFO,
        help="rien à faire si c’est le modèle soumis au vote",
    )


@regle("RLB003", "RLB004")
def ni_balise_ni_valeur_manquante(texte: Texte) -> Iterator[Diagnostic]:
    """Aucune balise de modèle Word ({{ … }}, {% … %}) ne reste dans le texte (RLB003), ni aucune trace
    d’une valeur ou d’un renvoi qui manquait : None, undefined, NaN, #REF!, « Erreur ! Source du renvoi
    introuvable » (RLB004)."""
    for index, ligne in enumerate(texte.lignes):
        for code, motif, quoi in (
            ("RLB003", _BALISE, "une balise de modèle est restée dans le texte"),
            ("RLB004", _RATE, "une valeur ou un renvoi manquait"),
        ):
            trouve = motif.search(ligne.texte)
            if trouve:
                span = texte.span_de_ligne(index, trouve.start(), trouve.end())
                yield Diagnostic(code, f"{quoi} : « {_cite(trouve)} »", span, help="écrire la valeur")


@regle("RLB005", gravite=Severity.AVERTISSEMENT)
def rien_en_cours_de_revision(texte: Texte) -> Iterator[Diagnostic]:
    """Un document Word fini ne garde ni suivi des modifications ni commentaire : le destinataire les
    verrait."""
    if texte.revisions:
        yield Diagnostic(
            "RLB005",
            f"il reste {accord(texte.revisions, 'marque')} de suivi des modifications ou de commentaire",
            Span(texte.fichier),
            Severity.AVERTISSEMENT,
            help="onglet Révision : accepter ou refuser les modifications, supprimer les commentaires",
        )
