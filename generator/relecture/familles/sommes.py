"""Sums and products that a sentence or a list states: a + b = total, n places à p €."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from generator.diagnostics import Diagnostic
from generator.relecture import regle
from generator.relecture.motifs import ESP, EURO, NOMBRE, PUCE, SOMME, Montant, centimes, montants
from generator.relecture.texte import Texte
from generator.typography import enumerer, euros_courts, nombre

_DETAIL = re.compile(
    r"\b(?:d[ée]clin[ée]e?s?|d[ée]compos[ée]e?s?|r[ée]parti(?:e?s?|t)|ventil[ée]e?s?|d[ée]compose(?:nt)?|"
    r"r[ée]partissent)\s+(?:comme\s+suit|ainsi|de\s+la\s+mani[èe]re\s+suivante|de\s+la\s+fa[çc]on\s+suivante|entre)"
    r"[^:.\n]{0,60}:",
    re.IGNORECASE,
)
_AVANT = 400  # characters before the list where its total stands
_REPREND = re.compile(
    r"\b(?:ce|cet|cette|le|la|l['’])\s?"
    r"(?:montant|somme|participation|subvention|financement|total|enveloppe|co[ûu]t|aide)\b"
    r"|\b(?:il|elle)\s+se\b",
    re.IGNORECASE,
)
_PAR_UNITE = re.compile(
    r"\s*(?:/|par\s+(?:place|an|mois|personne|jour|heure|ETP|famille|mesure|bénéficiaire)\b|l['’]unité)"
)
_AUTRE_FACTEUR = re.compile(r"/|\bpar\b|\bpendant\b|\bsur\b|mensuel|annuel|journali|horaire|×|\bx\b")
_ELEMENTS = 12
_AJOUTE = re.compile(r"\b[sS]['’]y\s+ajoute(?:nt)?\b")
_PORTE = re.compile(r"\bport[ée]e?s?\s+(?:ainsi\s+|donc\s+)?[àa]\s+(?:la\s+somme\s+de\s+)?$")
_TERME = rf"{SOMME}(?:{EURO})?+"
_EGALITE = re.compile(  # possessive: a long sum without a total would be tried in every way
    rf"(?<![\w.,/-])(?P<termes>{_TERME}(?:[^+=.;:\d\n]{{0,40}}+\s*+\+\s*+{_TERME}){{1,30}}+)"
    rf"[^+=.;:\d\n]{{0,40}}\s*(?:=|,?\s*soit(?:\s+un\s+total\s+de)?)\s*(?P<total>{SOMME}){EURO}"
)
_UNITE = (
    r"(?:places?|mesures?|postes?|ETP|mois|diagnostics?|personnes?|familles?|jours?|heures?|sessions?"
    r"|projets?|parcours|accompagnements?)"
)
_PRODUIT = re.compile(
    rf"(?<![\w.,/-])(?P<n>{NOMBRE}(?:,\d{{1,2}})?)\s+{_UNITE}\b[^.;:\d\n]{{0,40}}?\s*(?:[àa]|x|×|\*)\s*"
    rf"(?P<prix>{SOMME}){EURO}[^.;:\d\n]{{0,40}}?\s*(?:,?\s*soit|=|,?\s*représentant)\s*"
    rf"(?:un\s+(?:montant|total|co[ûu]t)\s+(?:maximum\s+|total\s+)?de\s+)?(?P<total>{SOMME}){EURO}"
)
_COUT = re.compile(
    rf"co[ûu]t\s+(?:de\s+la|par)\s+place[^.\d]{{0,40}}?\s(?:[àa]|de|est\s+de|fix[ée]\s+[àa])\s+(?P<prix>{SOMME}){EURO}"
)
_PART = re.compile(
    rf"(?P<taux>\d{{1,3}}(?:,\d+)?)\s?%\s+de\s+la\s+participation[^.;\d]{{0,40}}?soit\s+(?:un\s+maximum\s+(?:de\s+)?)?"
    rf"(?P<somme>{SOMME}){EURO}[^.;\d]{{0,30}}?port(?:era|ent|e|ant)\s+sur\s+(?P<n>{NOMBRE})\s+places\b"
)
_PLACES = re.compile(
    rf"(?<!\d)(?P<total>{NOMBRE})\s+(?P<unite>places|mesures|diagnostics|familles|personnes)\b[^.;:]{{0,120}}?"
    r"r[ée]partie?s?\s+(?:de\s+la\s+(?:mani[èe]re|fa[çc]on)\s+suivante|comme\s+suit|ainsi)\s*:"
)
_TERRITOIRES = re.compile(
    rf"(?<!\d)(?P<total>{NOMBRE})\s+(?P<unite>places|mesures|diagnostics|familles|personnes)\b[^.;:()]{{0,40}},\s*"
    r"territoires?\s*:\s*(?P<liste>[^.;:\n()]+\(\d[\d \u00a0]*\)(?:[^.;:()]+\(\d[\d \u00a0]*\))+)"
)


@regle("RLM001")
def sommes_justes(texte: Texte) -> Iterator[Diagnostic]:
    """Un total est la somme de ce qui le détaille : « 95 875 €, décliné comme suit : 89 000 € …
    6 875 € … », « a € + b €, soit c € », « s’y ajoute b €… ainsi porté à c € »."""
    yield from _listes(texte)
    yield from _egalites(texte)
    yield from _ajouts(texte)


def _listes(texte: Texte) -> Iterator[Diagnostic]:
    """« T €, décliné comme suit : » then items, each with one amount."""
    for m in _DETAIL.finditer(texte.flux):
        avant = list(montants(texte, max(0, m.start() - _AVANT), m.start()))
        elements = _elements(texte, m.end())
        if not avant or len(elements) < 2:
            continue
        total, somme = avant[-1], sum(e.cents for e in elements)
        entre = texte.flux[total.fin : m.start()]
        autre_phrase = re.search(r"[.;]\s", entre) and not _REPREND.search(re.split(r"[.;]\s", entre)[-1])
        if somme != total.cents and not autre_phrase and not _PAR_UNITE.match(entre):
            yield _faux_total(texte, total, elements)


def _elements(texte: Texte, debut: int) -> list[Montant]:
    """The amount of each item of the list that starts at `debut`; empty when one of them has none or two."""
    found: list[Montant] = []
    position = texte.fin_de_ligne(debut) + 1
    rates = 0
    while position < len(texte.flux) and len(found) < _ELEMENTS and rates < 2:
        fin = texte.fin_de_ligne(position)
        ligne = texte.flux[position:fin]
        ici = list(montants(texte, position, fin))
        puce = PUCE.match(ligne)
        en_tete = bool(ici) and not texte.flux[position : ici[0].debut].strip("«“ •·o–—-\t\u00a0")
        if re.match(r"\W*total\b", ligne, re.IGNORECASE):
            break
        if puce or en_tete:
            if len(ici) != 1 or re.search(r"\bdont\b", ligne) or _PAR_UNITE.match(texte.flux, ici[0].fin):
                return found if not ici and found and not puce else []
            found.append(ici[0])
            rates = 0
        elif ici:
            break
        else:
            rates += 1
        position = fin + 1
    return found


def _egalites(texte: Texte) -> Iterator[Diagnostic]:
    for m in _EGALITE.finditer(texte.flux):
        termes = [centimes(t) for t in re.findall(SOMME, m["termes"])]
        total = centimes(m["total"])
        if total is None or any(t is None for t in termes) or _PAR_UNITE.match(texte.flux, m.end()):
            continue
        detail = [t for t in termes if t is not None]
        if sum(detail) != total:
            place = Montant(total, m.start("total"), m.end("total"))
            yield _faux_total(texte, place, [Montant(t, m.start("termes"), m.end("termes")) for t in detail])


def _ajouts(texte: Texte) -> Iterator[Diagnostic]:
    """« … a €. S’y ajoute … b €. Le montant est ainsi porté à c €. »"""
    for m in _AJOUTE.finditer(texte.flux):
        avant = list(montants(texte, max(0, m.start() - _AVANT), m.start()))
        apres = list(montants(texte, m.end(), m.end() + _AVANT + 100))
        if not avant or len(apres) < 2 or not _PORTE.search(texte.flux[m.end() : apres[1].debut]):
            continue
        if avant[-1].cents + apres[0].cents != apres[1].cents:
            yield _faux_total(texte, apres[1], [avant[-1], apres[0]])


def _faux_total(texte: Texte, total: Montant, detail: Sequence[Montant]) -> Diagnostic:
    somme = sum(e.cents for e in detail)
    return Diagnostic(
        "RLM001",
        f"{' + '.join(euros_courts(e.cents) for e in detail)} = {euros_courts(somme)}, "
        f"le total annoncé est {euros_courts(total.cents)}",
        texte.span(total.debut, total.fin),
        notes=tuple(texte.note(euros_courts(e.cents), e.debut, e.fin) for e in detail),
        help="corriger le total, ou l’un des montants",
    )


@regle("RLM002")
def produits_justes(texte: Texte) -> Iterator[Diagnostic]:
    """Une quantité multipliée par un coût unitaire donne le montant annoncé : « 100 places à 500 €, soit
    50 000 € » ; de même quand une part de la participation « porte sur 100 places » d’un coût donné."""
    for m in _PRODUIT.finditer(texte.flux):
        prix, total = centimes(m["prix"]), centimes(m["total"])
        n = _nombre(m["n"])
        entre = texte.flux[m.end("prix") : m.start("total")]
        if prix is None or total is None or n is None or _AUTRE_FACTEUR.search(entre):
            continue
        if n[0] * prix != total * n[1]:
            message = f"{m['n']} × {euros_courts(prix)} = {_quotient(n[0] * prix, n[1])}"
            yield Diagnostic(
                "RLM002",
                f"{message}, le montant annoncé est {euros_courts(total)}",
                texte.span(m.start("total"), m.end("total")),
                help="corriger la quantité, le coût unitaire ou le montant",
            )
    for piece in texte.pieces:
        for cout in _COUT.finditer(texte.flux, piece.debut, piece.fin):
            yield from _part(texte, cout, min(piece.fin, cout.end() + 700))


def _part(texte: Texte, cout: re.Match[str], fin: int) -> Iterator[Diagnostic]:
    """« coût de la place à p € … t % de la participation, soit s €, portera sur n places »."""
    suivant = _COUT.search(texte.flux, cout.end(), fin)
    part = _PART.search(texte.flux, cout.end(), suivant.start() if suivant else fin)
    if not part:
        return
    prix, somme, n, taux = (
        centimes(cout["prix"]),
        centimes(part["somme"]),
        _nombre(part["n"]),
        _nombre(part["taux"]),
    )
    if prix is None or somme is None or n is None or taux is None or not taux[0]:
        return
    cout_total = n[0] * prix  # cents; n is whole
    if cout_total * taux[0] == somme * 100 * taux[1]:
        return
    participation = somme * 100 * taux[1]
    yield Diagnostic(
        "RLM002",
        f"{nombre(n[0])} places à {euros_courts(prix)} font {euros_courts(cout_total)}, "
        f"la participation est de {_quotient(participation, taux[0])} "
        f"({part['taux']} % = {euros_courts(somme)})",
        texte.span(part.start("n"), part.end()),
        notes=(texte.note("coût de la place", cout.start("prix"), cout.end("prix")),),
        help="corriger le nombre de places, le coût de la place ou la participation",
    )


@regle("RLM007")
def quantites_reparties(texte: Texte) -> Iterator[Diagnostic]:
    """Les places réparties par territoire font le nombre de places annoncé."""
    for m in _PLACES.finditer(texte.flux):
        total, parts = _nombre(m["total"]), _lignes_de_places(texte, m)
        if total and len(parts) > 1 and sum(parts) != total[0]:
            yield _mal_reparties(texte, m, parts)
    for m in _TERRITOIRES.finditer(texte.flux):
        total = _nombre(m["total"])
        nombres = [_nombre(n) for n in re.findall(r"\((\d[\d \u00a0]*)\)", m["liste"])]
        parts = [n[0] for n in nombres if n]
        if total and sum(parts) != total[0]:
            yield _mal_reparties(texte, m, parts)


def _lignes_de_places(texte: Texte, m: re.Match[str]) -> list[int]:
    """« o 60 places pour … » under the sentence, item by item."""
    parts: list[int] = []
    position = texte.fin_de_ligne(m.end()) + 1
    element = re.compile(rf"(?:[•·○–—-]|o(?=\s))?{ESP}*(?P<n>{NOMBRE})\s+{m['unite']}\b")
    while position < len(texte.flux):
        trouve = element.match(texte.flux, position)
        n = _nombre(trouve["n"]) if trouve else None
        if n is None:
            break
        parts.append(n[0])
        position = texte.fin_de_ligne(position) + 1
    return parts


def _mal_reparties(texte: Texte, m: re.Match[str], parts: list[int]) -> Diagnostic:
    return Diagnostic(
        "RLM007",
        f"{enumerer(nombre(p) for p in parts)} font {nombre(sum(parts))} {m['unite']}, "
        f"le nombre annoncé est {m['total']}",
        texte.span(m.start("total"), m.end("unite")),
        help="corriger le nombre annoncé, ou celui d’un territoire",
    )


def _nombre(ecrit: str) -> tuple[int, int] | None:
    """(numerator, power of ten under it) of « 1,2 » or « 2 706 »; None when it starts with a zero."""
    entier, _, decimales = re.sub(ESP, "", ecrit).partition(",")
    if not entier.isascii() or (entier.startswith("0") and len(entier) > 1) or len(entier) > 12:
        return None
    return int(entier + decimales), 10 ** len(decimales)


def _quotient(cents: int, diviseur: int) -> str:
    """An amount that is a division of cents, rounded to the nearest cent."""
    return euros_courts((2 * cents + diviseur) // (2 * diviseur))
