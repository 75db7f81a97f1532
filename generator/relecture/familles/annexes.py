"""Annexes: announced, numbered and attached alike."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from generator.diagnostics import Diagnostic, Severity
from generator.relecture import regle
from generator.relecture.actes import modifie
from generator.relecture.motifs import numeros
from generator.relecture.mots import cle
from generator.relecture.pieces import Article, Piece, Sorte
from generator.relecture.texte import Texte
from generator.typography import enumerer

_N = r"(?:[nN]\s?°\s*)?"
_ANNONCEE = re.compile(
    r"(?:compl[ée]t[ée]e?s?|remplac[ée]e?s?)\s+par\s+(?:l['’]\s?annexe|une\s+(?:nouvelle\s+)?annexe|les\s+annexes)\s+"
    rf"{_N}(?P<liste>\d{{1,2}}(?:\s*(?:[;,]|et)\s*\d{{1,2}})*)"
)
_LISTEE = re.compile(
    rf"^\W*(?:annexe|ANNEXE|Annexe)\s+{_N}(?P<n>\d{{1,2}})\s*[:–—-]\s*(?P<titre>[^\n]*)", re.MULTILINE
)
_JOINTE = re.compile(r"^\W*Annexe\s+[nN]\s?°\s*(?P<n>\d{1,2})\s*[-–—:]\s*(?P<titre>\S[^\n]*)", re.MULTILINE)
_SIGNATURE = re.compile(r"\n\W{0,5}(?:Fait (?:en|à)|FAIT (?:EN|À|A))\b|\n[AÀ] \w+, le\b")
_BLANCHE = re.compile(rf"^\W*Annexe\s+{_N}[xX]{{1,4}}\b", re.MULTILINE)
_PARENTHESES = re.compile(rf"\(annexe\s+{_N}(?P<n>\d{{1,2}})\)")
_AVANT = 200  # characters before « (annexe 2) » where the title stands
_GUILLEMETS = re.compile(r"«\s*([^«»]{6,200}?)\s*»")
_AILLEURS = re.compile(r"remis|produi|déjà|inchang|transmis|fourni|adress", re.IGNORECASE)
_MINI = 12  # letters of a title, under which two titles are not compared


@dataclass(frozen=True, slots=True)
class _Annexe:
    """An annexe as the text names it: number, title as compared, place."""

    numero: int
    titre: str
    debut: int
    fin: int


@regle("RLA006")
def annexe_annoncee_puis_listee(texte: Texte) -> Iterator[Diagnostic]:
    """Dans l’article qui modifie les annexes, celle que la phrase annonce (« complétée par une
    annexe 3 ») est dans la liste qui suit."""
    for piece in texte.pieces:
        for article in piece.articles:
            listees = {a.numero for a in _listees(texte, article)}
            if not listees or not modifie(texte.flux, article):
                continue
            for m in _ANNONCEE.finditer(texte.flux, article.corps, article.fin):
                for n in (n for n in numeros(m["liste"]) if n not in listees):
                    yield Diagnostic(
                        "RLA006",
                        f"l’annexe {n} est annoncée, la liste qui suit ne la contient pas",
                        texte.span(m.start(), m.end()),
                        notes=tuple(
                            texte.note(f"annexe {a.numero}", a.debut, a.fin) for a in _listees(texte, article)
                        ),
                        help="compléter la liste, ou corriger la phrase qui l’annonce",
                    )


@regle("RLA007")
def une_annexe_un_numero(texte: Texte) -> Iterator[Diagnostic]:
    """Une annexe garde le même numéro dans l’objet de l’acte (« … (annexe 2) »), dans la liste des
    annexes et dans le titre de l’annexe jointe."""
    for piece in texte.pieces:
        listees = [a for article in piece.articles for a in _listees(texte, article)]
        citees = [*_citees(texte, piece), *_jointes(texte, piece)]
        dits: set[tuple[int, int]] = set()
        for listee in listees:
            for autre in citees:
                pareil = len(listee.titre) >= _MINI and listee.titre == autre.titre
                couple = (listee.debut, autre.numero)
                if pareil and autre.numero != listee.numero and couple not in dits:
                    dits.add(couple)
                    yield Diagnostic(
                        "RLA007",
                        f"la même annexe porte le numéro {autre.numero} puis le numéro {listee.numero}",
                        texte.span(listee.debut, listee.fin),
                        notes=(texte.note(f"annexe {autre.numero}", autre.debut, autre.fin),),
                        help="donner le même numéro partout",
                    )


@regle("RLA008", gravite=Severity.AVERTISSEMENT)
def annexes_jointes(texte: Texte) -> Iterator[Diagnostic]:
    """Les annexes que liste un acte lui sont jointes, et celles qui lui sont jointes sont dans la liste.
    Une annexe que la liste dit remise ou produite à part n’est pas attendue."""
    for piece in texte.pieces:
        if not piece.est_acte or not piece.articles:
            continue
        liste = [a for article in piece.articles for a in _listees(texte, article)]
        apres = _apres_signature(texte, piece)
        attendues = [
            a for a in liste if not _AILLEURS.search(texte.flux, a.debut, _fin_de_phrase(texte, a.fin))
        ]
        jointes = _jointes(texte, piece)
        blanche = _BLANCHE.search(texte.flux, piece.articles[-1].corps, piece.fin)
        if not liste or blanche:
            continue
        numeros_joints = {a.numero for a in jointes} | apres
        absentes = [a for a in attendues if a.numero not in numeros_joints]
        for a in absentes:
            yield Diagnostic(
                "RLA008",
                f"l’annexe {a.numero} est annoncée, elle n’est pas dans le fichier",
                texte.span(a.debut, a.fin),
                Severity.AVERTISSEMENT,
                help="joindre l’annexe au document, ou dire où elle se trouve",
            )
        for a in jointes:
            if a.numero not in {b.numero for b in liste}:
                yield Diagnostic(
                    "RLA008",
                    f"l’annexe {a.numero} est jointe, la liste des annexes ne l’annonce pas",
                    texte.span(a.debut, a.fin),
                    Severity.AVERTISSEMENT,
                    help="compléter la liste, ou corriger le numéro de l’annexe",
                )


@regle("RLA009", gravite=Severity.AVERTISSEMENT)
def suite_des_annexes(texte: Texte) -> Iterator[Diagnostic]:
    """Dans un dossier, les annexes jointes à la délibération se suivent sans trou."""
    suite: list[Piece] = []
    for piece in (*(p for p in texte.pieces if p.annexe is not None), None):
        if piece is not None and (not suite or (piece.annexe or 0) > (suite[-1].annexe or 0)):
            suite.append(piece)
            continue
        yield from _trous(texte, suite)
        suite = [piece] if piece else []


def _trous(texte: Texte, suite: list[Piece]) -> Iterator[Diagnostic]:
    numeros_joints = [p.annexe or 0 for p in suite]
    absentes = (
        [n for n in range(numeros_joints[0], numeros_joints[-1]) if n not in numeros_joints] if suite else []
    )
    if absentes:
        premiere = next(p for p in suite if (p.annexe or 0) > absentes[0])
        noms = (
            f"l’annexe {absentes[0]} manque"
            if len(absentes) == 1
            else f"les annexes {enumerer(absentes)} manquent"
        )
        yield Diagnostic(
            "RLA009",
            f"{noms} : le document contient les annexes {enumerer(numeros_joints)}",
            texte.span(premiere.debut, texte.fin_de_ligne(premiere.debut)),
            Severity.AVERTISSEMENT,
            help="joindre les annexes qui manquent, ou écrire leur numéro en tête de chacune",
        )


def _listees(texte: Texte, article: Article) -> list[_Annexe]:
    """The annexes that an article lists, one a line (« annexe 2 : … »), up to the signatures."""
    flux = texte.flux
    signature = _SIGNATURE.search(flux, article.corps, article.fin)
    fin = signature.start() if signature else article.fin
    suivante = _JOINTE.search(flux, article.corps, fin)
    fin = suivante.start() if suivante else fin
    return [_annexe(flux, m) for m in _LISTEE.finditer(flux, article.corps, fin)]


def _apres_signature(texte: Texte, piece: Piece) -> set[int]:
    """Numbers of the annexes that stand under the signatures, however their titles are written."""
    signature = _SIGNATURE.search(texte.flux, piece.articles[-1].corps, piece.fin)
    trouves = (
        {int(m["n"]) for m in _LISTEE.finditer(texte.flux, signature.end(), piece.fin)}
        if signature
        else set()
    )
    for suivante in texte.pieces[texte.pieces.index(piece) + 1 :]:
        if suivante.sorte is not Sorte.ANNEXE:
            break
        trouves.add(suivante.annexe or 0)
    return trouves


def _jointes(texte: Texte, piece: Piece) -> list[_Annexe]:
    """The annexes attached after the articles (« Annexe n° 2 – … »)."""
    if not piece.articles:
        return []
    return [_annexe(texte.flux, m) for m in _JOINTE.finditer(texte.flux, piece.articles[0].corps, piece.fin)]


def _citees(texte: Texte, piece: Piece) -> list[_Annexe]:
    """The annexes named between parentheses after their title (« … (annexe 2) »)."""
    if not piece.articles:
        return []
    flux, found = texte.flux, []
    for m in _PARENTHESES.finditer(flux, piece.articles[0].corps, piece.articles[-1].corps):
        avant = flux[max(piece.articles[0].corps, m.start() - _AVANT) : m.start()].rstrip()
        cite = re.search(r"«([^«»]*)»$", avant)
        puce = re.search(r"(?:^|\n)[ \t\u00a0]*[•–—·o-][ \t\u00a0]([^«»()]*)$", avant)
        titre = cite[1] if cite else puce[1] if puce else avant.rpartition("\n")[2]
        found.append(_Annexe(int(m["n"]), cle(titre), m.start(), m.end()))
    return found


def _annexe(flux: str, m: re.Match[str]) -> _Annexe:
    suite = flux[m.start("titre") : m.end("titre") + 120]
    cite = _GUILLEMETS.match(suite.lstrip(" \u00a0•·–-\t\uf0a7\uf0b7"))
    titre = cite[1] if cite else m["titre"]
    return _Annexe(int(m["n"]), cle(titre), m.start() + len(m[0]) - len(m[0].lstrip()), m.end())


def _fin_de_phrase(texte: Texte, position: int) -> int:
    """End of the item that ends the line at `position`, over the next line when it goes on."""
    fin = texte.fin_de_ligne(position)
    ligne = texte.flux[texte.debut_de_ligne(position) : fin]
    return (
        fin
        if ligne.rstrip().endswith((";", "."))
        else texte.fin_de_ligne(fin + 1)
        if fin < len(texte.flux)
        else fin
    )
