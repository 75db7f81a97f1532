"""Articles: numbered from one to the next, and an avenant amends what it says that it amends."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.diagnostics import Diagnostic
from generator.relecture import regle
from generator.relecture.actes import consigne, est_avenant, modifie
from generator.relecture.motifs import numeros
from generator.relecture.pieces import Article, Piece, Sorte
from generator.relecture.texte import Texte
from generator.typography import enumerer

_LISTE = r"(?P<liste>\d{1,2}(?:er)?(?:\s*(?:[;,]|et|ainsi que)\s*\d{1,2}(?![\d-]))*)"
_ANNONCE = re.compile(
    rf"\bmodifi(?:e|er|ent|ant|cation)\s+(?:les\s+|des\s+|l['’]\s?)?articles?\s+{_LISTE}"
    r"\s*(?=de la\b|des\b|du\b)"
)
_GROUPE = re.compile(
    r"^\W*(?:Articles|ARTICLES)\s+(?P<a>\d{1,2})\s*(?:à|À|et|ET|,|-|–)\s*(?P<b>\d{1,2})\b", re.MULTILINE
)
_ARTICLE = re.compile(rf"\barticles?\s+{_LISTE}")
_RENVOI = re.compile(
    rf"\b[àa]ux?\s+articles?\s+{_LISTE}|\b(?:l['’]|d['’]|les\s+|des\s+)articles?\s+(?P<autre>\d{{1,2}}(?![\d-]))"
)
_DE_LA_PRESENTE = re.compile(r"\s*(?:de\s+la\s+pr[ée]sente|du\s+pr[ée]sent|ci-(?:dessus|dessous|apr[èe]s))\b")


@regle("RLA001", "RLA002", "RLA003")
def articles_dans_l_ordre(texte: Texte) -> Iterator[Diagnostic]:
    """Dans un acte, les articles vont de un en un : aucun numéro répété (RLA001), sauté (RLA002) ou
    placé avant un plus petit (RLA003). La numérotation reprend à 1 avec chaque acte du fichier."""
    if texte.numerotes:
        return  # Word numbers them: what is typed is only a part
    for piece in texte.pieces:
        for suite in _suites(piece):
            yield from _suite(texte, suite, commence=piece.sorte is not Sorte.AUTRE)


def _suites(piece: Piece) -> list[list[Article]]:
    """The articles of a piece; a return to 1 after others starts another act that nothing announced."""
    suites: list[list[Article]] = []
    for article in piece.articles:
        if not suites or (article.numero == 1 and suites[-1][-1].numero > 1):
            suites.append([])
        suites[-1].append(article)
    return suites


def _suite(texte: Texte, suite: list[Article], commence: bool) -> Iterator[Diagnostic]:
    vus: dict[int, Article] = {}
    dernier = 0
    for article in suite:
        n = article.numero
        if n in vus:
            premier = vus[n]
            yield Diagnostic(
                "RLA001",
                f"deux articles portent le numéro {n}",
                texte.span(article.debut, article.corps),
                notes=(texte.note(f"l’autre article {n}", premier.debut, premier.corps),),
                help="renuméroter les articles, et les renvois qui les citent",
            )
        elif n < dernier:
            yield Diagnostic(
                "RLA003",
                f"l’article {n} vient après l’article {dernier}",
                texte.span(article.debut, article.corps),
                help="remettre les articles dans l’ordre, ou les renuméroter",
            )
        vus.setdefault(n, article)
        dernier = max(dernier, n)
    debut = 1 if commence or min(vus, default=1) == 1 else min(vus)
    groupes = _GROUPE.finditer(texte.flux, suite[0].debut, suite[-1].fin)
    ensemble = {n for m in groupes for n in range(int(m["a"]), int(m["b"]) + 1)}
    manquants = [n for n in range(debut, dernier) if n not in vus and n not in ensemble]
    for n in manquants:
        suivant = next(a for a in suite if a.numero > n)
        yield Diagnostic(
            "RLA002",
            f"l’article {n} manque",
            texte.span(suivant.debut, suivant.corps),
            help="renuméroter les articles, ou rétablir celui qui manque",
        )


@regle("RLA004")
def avenant_modifie_ce_qu_il_dit(texte: Texte) -> Iterator[Diagnostic]:
    """Un avenant modifie les articles que son objet annonce (« modifie les articles 1, 4 et 12 de la
    convention »), tous et eux seuls : chacun de ses articles nomme celui de la convention qu’il change."""
    for piece in filter(est_avenant, texte.pieces):
        if not piece.articles:
            continue
        premier, autres = piece.articles[0], piece.articles[1:]
        annonce = _ANNONCE.search(texte.flux, premier.corps, premier.fin)
        if not annonce or not autres:
            continue
        dits = set(numeros(annonce["liste"]))
        faits: dict[int, Article] = {}
        en_trop: dict[int, Article] = {}
        muet = False  # an article that changes something without naming what
        for article in autres:
            if not modifie(texte.flux, article):
                continue
            cites = _cites(consigne(texte.flux, article))
            muet = muet or not cites
            faits.update((n, article) for n in cites)
            if not dits & set(cites):  # otherwise the others may be cited in passing
                en_trop.update((n, article) for n in cites)
        reste = set(_cites(texte.flux[annonce.end() : premier.fin]))  # an object may say it all
        place = (annonce.start("liste"), annonce.end("liste"))
        for n in sorted(en_trop):
            yield Diagnostic(
                "RLA004",
                f"l’avenant modifie l’article {n}, que son objet n’annonce pas",
                texte.span(*place),
                notes=(
                    texte.note(
                        f"article {en_trop[n].numero} de l’avenant", en_trop[n].debut, en_trop[n].corps
                    ),
                ),
                help="compléter l’objet de l’avenant, ou corriger le numéro de l’article modifié",
            )
        oublies = sorted(dits - faits.keys() - reste)
        if oublies and faits and not muet:
            accord = "l’article" if len(oublies) == 1 else "les articles"
            yield Diagnostic(
                "RLA004",
                f"l’objet de l’avenant annonce {accord} {enumerer(oublies)}, qu’aucun article ne modifie",
                texte.span(*place),
                help="corriger l’objet de l’avenant, ou ajouter l’article qui manque",
            )


def _cites(ecrit: str) -> list[int]:
    return [n for m in _ARTICLE.finditer(ecrit) for n in numeros(m["liste"])]


@regle("RLA005")
def renvois_a_un_article_qui_existe(texte: Texte) -> Iterator[Diagnostic]:
    """Un renvoi « à l’article 9 de la présente convention », « ci-dessus » ou « ci-après » désigne un
    article qui existe dans l’acte."""
    if texte.numerotes:
        return
    for piece in texte.pieces:
        dernier = max((a.numero for a in piece.articles), default=0)
        if dernier < 2:
            continue
        haut = piece.articles[0].debut
        for m in _RENVOI.finditer(texte.flux, haut, piece.fin):
            if not _DE_LA_PRESENTE.match(texte.flux, m.end()):
                continue
            absents = [n for n in numeros(m["liste"] or m["autre"]) if n > dernier]
            if absents and not (est_avenant(piece) and "«" in texte.flux[haut : m.start()]):
                yield Diagnostic(
                    "RLA005",
                    f"renvoi à l’article {absents[0]}, le dernier article est le {dernier}",
                    texte.span(m.start(), m.end()),
                    help="corriger le numéro de l’article",
                )
