"""Tables: column totals, and the budget line (available − proposed = balance)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from generator.diagnostics import Diagnostic, Note, Severity
from generator.relecture import regle
from generator.relecture.motifs import ESP
from generator.relecture.mots import sans_accent
from generator.relecture.texte import Case, Genre, Grille, Texte
from generator.typography import euros_courts, nombre

_NOMBRE = re.compile(rf"[-−]?(?:\d{{1,3}}(?:{ESP}\d{{3}})+|\d+)(?:,\d{{1,2}})?(?P<euro>{ESP}*€)?")
_VIDE = re.compile(r"[\s–—-]*|néant|s\.?o\.?", re.IGNORECASE)
_NON_SOMMABLE = re.compile(r"unitaire|taux|prix|moyen|%|\bn°|\bdate|\bsiret|\bpage", re.IGNORECASE)
_BUDGET = ("disponible", "proposition", "solde")
_DECIMAL = rf"\d{{1,3}}(?:{ESP}\d{{3}})*,\d\d"
_LIGNE_BUDGET = re.compile(
    rf"(?:^|.*[\s\t])(?:{_DECIMAL}\s+)?(?P<d>{_DECIMAL})\s+(?P<p>{_DECIMAL})\s+(?P<s>[-−]?{_DECIMAL})\s*$"
)
_TETE_BUDGET = re.compile(r"disponible[\s\S]{0,60}?proposition[\s\S]{0,60}?solde", re.IGNORECASE)
_LIGNES_BUDGET = 60  # lines under the head of a budget table in a PDF or a text
_TETE_MONTANT = re.compile(r".*\b(?:Montant|Dépense|Participation|Subvention|Coût)s?(?:\s+\([^()]*\))?")
_MONTANT_FINAL = re.compile(rf"(?:^|.*\t)(?P<m>\d{{1,3}}(?:{ESP}\d{{3}})*,\d\d)(?:{ESP}*€)?$")


@dataclass(frozen=True, slots=True)
class _Valeur:
    """A figure of a table, in hundredths; the index of the line where it stands."""

    centiemes: int
    ligne: int
    euros: bool


@regle("RLM004", gravite=(Severity.ERREUR, Severity.AVERTISSEMENT))
def totaux_des_tableaux(texte: Texte) -> Iterator[Diagnostic]:
    """Dans un tableau, la ligne « Total » donne la somme des lignes qui précèdent, colonne par colonne ;
    une ligne « Sous-total », celle des lignes de son groupe. Les prix unitaires, les taux et les moyennes
    ne s’additionnent pas."""
    for grille in texte.grilles:
        for colonne in sorted({c.colonne for rang in grille.rangs for c in rang}):
            yield from _colonne(texte, grille, colonne)
    if texte.genre is not Genre.DOCX:
        yield from _tableaux_sans_grille(texte)


def _colonne(texte: Texte, grille: Grille, colonne: int) -> Iterator[Diagnostic]:
    rangs = [(_nature(rang), _case(rang, colonne)) for rang in grille.rangs]
    tete = " ".join(c.texte for nature, c in rangs[:2] if c and nature == "ligne" and not _chiffre(c))
    if _NON_SOMMABLE.search(tete):
        return
    detail: list[_Valeur] = []  # since the last total
    groupe: list[_Valeur] = []  # since the last sub-total
    tout: list[_Valeur] = []
    totaux: list[_Valeur] = []
    commence = False
    for rang, (nature, case) in enumerate(rangs):
        if case is None or _VIDE.fullmatch(case.texte):
            continue
        valeur = _chiffre(case)
        if valeur is not None and rang < 2 and not valeur.euros and 190000 <= valeur.centiemes <= 215000:
            valeur = None  # a year, at the head of its column
            case = Case("", 0, 1, -1)
        if valeur is None:
            if nature == "ligne" and (commence or rang) and not _est_une_tete(case.texte):
                return  # a column of words, or several figures in one cell
            continue
        commence = True
        if nature == "ligne":
            detail.append(valeur)
            groupe.append(valeur)
            tout.append(valeur)
        elif nature == "sous-total":
            sommes = {sum(v.centiemes for v in groupe[k:]) for k in range(len(groupe))}
            if groupe and valeur.centiemes not in sommes:
                yield _faux(texte, valeur, groupe, "sous-total")
            groupe = []
        else:
            possibles = [
                s for s in (detail, tout, totaux, _de_premier_rang(detail), _de_premier_rang(tout)) if s
            ]
            if possibles and all(sum(v.centiemes for v in s) != valeur.centiemes for s in possibles):
                yield _faux(texte, valeur, detail or tout, "total")
            totaux.append(valeur)
            detail, groupe = [], []


def _case(rang: Sequence[Case], colonne: int) -> Case | None:
    return next((c for c in rang if c.colonne == colonne), None)


def _nature(rang: Sequence[Case]) -> str:
    """What the first words of a row say: « total », « sous-total », or an ordinary row."""
    premier = next((c.texte for c in rang if c.texte.strip()), "")
    nu = sans_accent(premier).strip(" *\u00a0:\t\n")
    if re.match(r"(?:sous|s/)[\s-]*total", nu):
        return "sous-total"
    return "total" if re.match(r"total\b", nu) else "ligne"


def _chiffre(case: Case) -> _Valeur | None:
    """The figure that a cell holds, alone."""
    ecrit = case.texte.strip().replace("\u2212", "-")
    trouve = _NOMBRE.fullmatch(ecrit)
    if not trouve or ecrit.startswith("-"):
        return None
    entier, _, decimales = re.sub(rf"{ESP}|€", "", ecrit).partition(",")
    if len(entier) > 12 or (len(entier) > 1 and entier.startswith("0")):
        return None
    return _Valeur(int(entier + decimales.ljust(2, "0")), case.ligne, bool(decimales or trouve["euro"]))


def _est_une_tete(texte: str) -> bool:
    return not re.search(r"\d", texte)


def _faux(
    texte: Texte, valeur: _Valeur, detail: Sequence[_Valeur], quoi: str, gravite: Severity | None = None
) -> Diagnostic:
    """What is counted may be counted twice (a structure in two rows), money may not."""
    euros = any(v.euros for v in (valeur, *detail))
    somme = sum(v.centiemes for v in detail)
    ligne = texte.lignes[valeur.ligne]
    return Diagnostic(
        "RLM004",
        f"les lignes font {_ecrit(somme, euros)}, le {quoi} annoncé est {_ecrit(valeur.centiemes, euros)}",
        texte.span_de_ligne(valeur.ligne, *_place(ligne.texte)),
        gravite or (Severity.ERREUR if euros else Severity.AVERTISSEMENT),
        notes=tuple(
            Note(
                _ecrit(v.centiemes, euros), texte.span_de_ligne(v.ligne, *_place(texte.lignes[v.ligne].texte))
            )
            for v in detail[:12]
        ),
        help=f"corriger le {quoi}, ou l’une des lignes",
    )


def _place(ligne: str) -> tuple[int, int]:
    """Where the last cell of a line stands."""
    debut = ligne.rfind("\t") + 1
    return debut, len(ligne)


def _ecrit(centiemes: int, euros: bool) -> str:
    return euros_courts(centiemes) if euros or centiemes % 100 else nombre(centiemes // 100)


def _tableaux_sans_grille(texte: Texte) -> Iterator[Diagnostic]:
    """The last column of the tables of a PDF: from a head that names amounts to the line « Total »."""
    detail: list[_Valeur] = []
    groupe: list[_Valeur] = []
    ouvert = False
    page = 0
    for index, ligne in enumerate(texte.lignes):
        if _TETE_MONTANT.fullmatch(ligne.texte.rpartition("\t")[2]) and "\t" in ligne.texte:
            if not (ouvert and ligne.page == page + 1):  # the head comes again on the next page
                detail, groupe = [], []
            ouvert, page = True, ligne.page
            continue
        final = _MONTANT_FINAL.fullmatch(ligne.texte) if ouvert else None
        nu = sans_accent(ligne.texte).strip()
        total, sous_total = nu.startswith("total"), nu.startswith(("sous-total", "sous total"))
        valeur = _Valeur(_centiemes(final["m"]), index, True) if final else None
        if ligne.page > page + 1 and page:
            ouvert = False
        if valeur is None:
            ouvert = ouvert and not total
            continue
        page = ligne.page
        if total:
            sommes = {sum(v.centiemes for v in s) for s in (detail, _de_premier_rang(detail))}
            if detail and valeur.centiemes not in sommes:
                yield _faux(texte, valeur, detail, "total", Severity.AVERTISSEMENT)
            ouvert, detail, groupe = False, [], []
        elif sous_total:
            sommes = {sum(v.centiemes for v in groupe[k:]) for k in range(len(groupe))}
            if groupe and valeur.centiemes not in sommes:
                yield _faux(texte, valeur, groupe, "sous-total", Severity.AVERTISSEMENT)
            groupe = []
        else:
            detail.append(valeur)
            groupe.append(valeur)


def _centiemes(ecrit: str) -> int:
    return int(re.sub(rf"{ESP}|,", "", ecrit))


@regle("RLM005")
def lignes_budgetaires(texte: Texte) -> Iterator[Diagnostic]:
    """Dans un tableau budgétaire, le disponible moins la proposition donne le solde, ligne par ligne."""
    for grille in texte.grilles:
        yield from _budget(texte, grille)
    if texte.genre is Genre.DOCX:
        return
    for tete in _TETE_BUDGET.finditer(texte.flux):
        position = texte.fin_de_ligne(tete.end()) + 1
        for _ in range(_LIGNES_BUDGET):
            if position >= len(texte.flux):
                break
            fin = texte.fin_de_ligne(position)
            m = _LIGNE_BUDGET.match(texte.flux[position:fin])
            if m:
                d, p, s = (_centiemes(m[g]) for g in ("d", "p", "s") if "-" not in m[g] and "−" not in m[g])
                if d - p != s:
                    yield _solde(d, p, s, texte, position + m.start("s"), position + m.end("s"))
            position = fin + 1


def _budget(texte: Texte, grille: Grille) -> Iterator[Diagnostic]:
    tete = next((r for r in grille.rangs if all(_colonne_nommee(r, n) is not None for n in _BUDGET)), None)
    if tete is None:
        return
    colonnes = [_colonne_nommee(tete, n) for n in _BUDGET]
    for rang in grille.rangs:
        cases = [_case(rang, c) for c in colonnes if c is not None]
        valeurs = [_chiffre(c) if c else None for c in cases]
        if len(valeurs) == 3 and all(valeurs):
            d, p, s = (v for v in valeurs if v)
            debut = texte.debut_de(s.ligne)
            if d.centiemes - p.centiemes != s.centiemes and debut is not None:
                fin = debut + len(texte.lignes[s.ligne].texte)
                yield _solde(d.centiemes, p.centiemes, s.centiemes, texte, debut, fin)


def _colonne_nommee(rang: Sequence[Case], nom: str) -> int | None:
    return next((c.colonne for c in rang if sans_accent(c.texte).strip().startswith(nom)), None)


def _solde(d: int, p: int, s: int, texte: Texte, debut: int, fin: int) -> Diagnostic:
    reste = f"{euros_courts(d)} − {euros_courts(p)} = {euros_courts(d - p)}"
    return Diagnostic(
        "RLM005",
        f"disponible − proposition : {reste}, le solde annoncé est {euros_courts(s)}",
        texte.span(debut, fin),
        help="corriger le disponible, la proposition ou le solde",
    )


def _de_premier_rang(valeurs: Sequence[_Valeur]) -> list[_Valeur]:
    """The rows that are not the detail of another: a row equal to the sum of those under it, or above it,
    takes them in, as accounts and sub-accounts do in a budget."""
    gardes: list[_Valeur] = []
    rang = 0
    while rang < len(valeurs):
        chef, somme, fin = valeurs[rang], 0, rang + 1
        while fin < len(valeurs) and somme < chef.centiemes:
            somme += valeurs[fin].centiemes
            fin += 1
        rang = fin if chef.centiemes and somme == chef.centiemes and fin - rang > 2 else rang + 1
        gardes.append(chef)
        for k in range(2, len(gardes)):
            if chef.centiemes and sum(v.centiemes for v in gardes[-k - 1 : -1]) == chef.centiemes:
                del gardes[-k - 1 : -1]
                break
    return gardes
