"""Rates: a percentage of an amount is what it says, and the parts of a whole make 100."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from generator.diagnostics import Diagnostic, Severity
from generator.relecture import regle
from generator.relecture.motifs import EURO, SOMME, centimes, montants
from generator.relecture.pieces import Piece
from generator.relecture.texte import Texte
from generator.typography import enumerer, euros_courts

_TAUX = r"(?<![\d,])(?P<taux>\d{1,3}(?:,\d{1,3})?)\s?%"
_UN_MAXIMUM = r"(?:un\s+(?:montant\s+)?maximum\s+(?:de\s+)?|un\s+montant\s+de\s+|au\s+plus\s+)?"
_SOIT = re.compile(rf"{_TAUX}[^.;%€\d]{{0,80}}?\bsoit\s+{_UN_MAXIMUM}(?P<somme>{SOMME}){EURO}")
_DE_SOIT = re.compile(
    rf"{_TAUX}\s+(?:de|d['’]un\s+montant\s+de|du\s+(?:montant|total|co[ûu]t)\s+de)\s+(?P<base>{SOMME}){EURO}"
    rf"[^.;%€\d]{{0,40}}?\bsoit\s+{_UN_MAXIMUM}(?P<somme>{SOMME}){EURO}"
)
_COUT = re.compile(r"^Co[ûu]t(?=[\s\t]*(?:\n|\t|\d))", re.MULTILINE)
_APRES_COUT = re.compile(r"^(?:Public|Volume|Objectif|Finalité|Territoire)", re.MULTILINE)
_ECART = 350  # characters between two shares of one whole
_LABEL = re.compile(
    r"\W*(?:une?\s+|le\s+|l['’])?(?P<nom>avance|acompte|solde|(?:premier|deuxième|second|troisième)\s+versement|"
    r"part\s+quantitative|part\s+qualitative)\b[^\n%]{0,60}?",
    re.IGNORECASE,
)
_LIGNES = 8  # lines between two items of one list


@dataclass(frozen=True, slots=True)
class _Part:
    """« t %, soit s € »: the rate, cents, the place of the amount."""

    taux: Fraction
    cents: int
    debut: int
    fin: int


@regle("RLM003", gravite=(Severity.ERREUR, Severity.AVERTISSEMENT))
def pourcentages_justes(texte: Texte) -> Iterator[Diagnostic]:
    """« 50 % de 40 000 €, soit 20 000 € » est un calcul juste ; les parts d’un tout (« 60 %, soit …,
    40 %, soit … ») sont au centime près celles de leur somme, qui est le coût annoncé de l’annexe."""
    for m in _DE_SOIT.finditer(texte.flux):
        base, somme = centimes(m["base"]), centimes(m["somme"])
        if base is not None and somme is not None and not _proche(_fraction(m["taux"]), base, [somme], somme):
            yield Diagnostic(
                "RLM003",
                f"{m['taux']} % de {euros_courts(base)} font {_part(_fraction(m['taux']), base)}, "
                f"le texte dit {euros_courts(somme)}",
                texte.span(m.start("somme"), m.end("somme")),
                help="corriger le taux ou l’un des montants",
            )
    for piece in texte.pieces:
        couts = list(_COUT.finditer(texte.flux, piece.debut, piece.fin))
        for groupe in _groupes(texte, piece):
            yield from _groupe(texte, piece, groupe, couts)


def _groupes(texte: Texte, piece: Piece) -> Iterator[list[_Part]]:
    """Shares that follow each other and make 100 %."""
    groupe: list[_Part] = []
    for m in _SOIT.finditer(texte.flux, piece.debut, piece.fin):
        cents = centimes(m["somme"])
        if cents is None:
            continue
        part = _Part(_fraction(m["taux"]), cents, m.start("somme"), m.end("somme"))
        if groupe and m.start() - groupe[-1].fin > _ECART:
            groupe = []
        groupe.append(part)
        total = sum(p.taux for p in groupe)
        if total == 100 and len(groupe) > 1:
            yield groupe
        if total >= 100:
            groupe = []


def _groupe(
    texte: Texte, piece: Piece, groupe: Sequence[_Part], couts: Sequence[re.Match[str]]
) -> Iterator[Diagnostic]:
    """The shares against their sum, and their sum against the cost announced above them."""
    total = sum(p.cents for p in groupe)
    for p in groupe:
        if not _proche(p.taux, total, [q.cents for q in groupe], p.cents):
            yield Diagnostic(
                "RLM003",
                f"{_ecrit(p.taux)} % de {euros_courts(total)} font {_part(p.taux, total)}, "
                f"le texte dit {euros_courts(p.cents)}",
                texte.span(p.debut, p.fin),
                notes=(
                    texte.note(
                        f"{' + '.join(euros_courts(q.cents) for q in groupe)} = {euros_courts(total)}",
                        groupe[0].debut,
                        groupe[0].fin,
                    ),
                ),
                help="corriger le taux ou l’un des montants",
            )
            return
    rang = bisect_left(couts, groupe[0].debut, key=re.Match.start)
    if not rang:
        return
    cout = couts[rang - 1]
    suite = _APRES_COUT.search(texte.flux, cout.end())
    annonces = list(montants(texte, cout.end(), min(cout.end() + 400, suite.start() if suite else piece.fin)))
    if len(annonces) == 1 and annonces[0].cents != total:
        yield Diagnostic(
            "RLM003",
            f"les parts font {euros_courts(total)}, le coût annoncé est {euros_courts(annonces[0].cents)}",
            texte.span(groupe[0].debut, groupe[0].fin),
            Severity.AVERTISSEMENT,
            notes=(texte.note("coût annoncé", annonces[0].debut, annonces[0].fin),),
            help="corriger le coût, ou les montants des parts",
        )


def _proche(taux: Fraction, total: int, parts: Sequence[int], cents: int) -> bool:
    """Whether `cents` is `taux` % of `total`, to the unit in which the parts are written."""
    unite = 1 if any(p % 100 for p in (*parts, total)) else 100
    exact = taux * total / 100
    return abs(exact - cents) < unite


@regle("RLM008")
def taux_qui_font_cent(texte: Texte) -> Iterator[Diagnostic]:
    """Les taux d’une liste de versements (avance, acompte, solde) font 100 % ; ceux des parts
    quantitative et qualitative aussi."""
    for liste in _listes(texte):
        total = sum(taux for _, taux, _, _ in liste)
        if total != 100:
            yield Diagnostic(
                "RLM008",
                f"{enumerer(f'{_ecrit(t)} %' for _, t, _, _ in liste)} font {_ecrit(total)} % et non 100 %",
                texte.span(liste[0][2], liste[0][3]),
                help="corriger l’un des taux",
            )


def _listes(texte: Texte) -> Iterator[list[tuple[str, Fraction, int, int]]]:
    """Lists whose items all give a rate: (name, rate, place), from the first name to the last one."""
    liste: list[tuple[str, Fraction, int, int]] = []
    ecart, complete = 0, True
    position = 0
    for ligne in texte.flux.split("\n"):
        label = _LABEL.match(ligne)
        ecart += 1
        if ecart > _LIGNES:
            liste, complete = [], True
        if label:
            nom = re.sub(r"\s+", " ", label["nom"].lower())
            if nom == "avance" or (
                nom == "part quantitative" and any(n == "part qualitative" for n, *_ in liste)
            ):
                liste, complete = [], True
            taux = re.compile(_TAUX).search(ligne, label.end(), label.end() + 60)
            complete = complete and taux is not None
            if taux:
                liste.append((nom, _fraction(taux["taux"]), position + taux.start(), position + taux.end()))
            ecart = 0
            noms = [n for n, *_ in liste]
            fini = nom == "solde" and noms[:1] == ["avance"]
            fini = fini or (nom == "part qualitative" and noms[:1] == ["part quantitative"])
            if fini and complete and len({n.startswith("part") for n in noms}) == 1:
                yield liste
                liste = []
        position += len(ligne) + 1


def _fraction(taux: str) -> Fraction:
    return Fraction(taux.replace(",", "."))


def _part(taux: Fraction, base: int) -> str:
    exact = taux * base / 100
    return euros_courts(int(exact + Fraction(1, 2)))


def _ecrit(taux: Fraction | int) -> str:
    entier, reste = divmod(taux, 1)
    return f"{entier}" if not reste else f"{entier},{str(int(reste * 1000)).rjust(3, '0').rstrip('0')}"
