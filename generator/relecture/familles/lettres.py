"""Amounts in figures against the same in letters."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.diagnostics import Diagnostic
from generator.relecture import regle
from generator.relecture.motifs import EURO, SOMME, centimes
from generator.relecture.mots import sans_accent
from generator.relecture.texte import Texte
from generator.typography import euros_courts, lettres

_MOTS = frozenset((
    "zero", "un", "une", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze",
    "douze", "treize", "quatorze", "quinze", "seize", "vingt", "trente", "quarante", "cinquante", "soixante",
    "septante", "octante", "huitante", "nonante", "cent", "mille", "million", "milliard",
    "et", "d", "de", "euro", "centime",
))  # fmt: skip
_PARENTHESE = re.compile(
    rf"(?<![\w.,/-])(?P<somme>{SOMME}){EURO}\s*\(\s*(?:soit\s+)?(?P<lettres>[^()\d€]{{4,250}})\)"
)
_CHIFFRES = re.compile(rf"\(\s*(?:soit\s+)?(?P<somme>{SOMME}){EURO}[^()]{{0,12}}\)")
_AVANT = 250


@regle("RLM006")
def chiffres_et_lettres(texte: Texte) -> Iterator[Diagnostic]:
    """Un montant suivi ou précédé de lui-même en lettres, entre parenthèses, dit deux fois la même somme :
    « 65 000 € (soixante-cinq mille euros) ». Les traits d’union et les pluriels ne comptent pas."""
    flux = texte.flux
    for m in _PARENTHESE.finditer(flux):
        yield from _compare(texte, m, m["lettres"], m.start("lettres"), m.end("lettres"))
    for m in _CHIFFRES.finditer(flux):
        debut = _debut_des_lettres(flux, m.start())
        if debut is not None:
            yield from _compare(texte, m, flux[debut : m.start()], debut, m.start())


def _compare(texte: Texte, m: re.Match[str], ecrit: str, debut: int, fin: int) -> Iterator[Diagnostic]:
    cents = centimes(m["somme"])
    dits = _mots(ecrit)
    if cents is None or dits is None or not {"euro", "centime"} & set(dits):
        return
    if dits not in (_mots(lettres(cents)), _mots(lettres(cents) + " et zéro centime")):
        yield Diagnostic(
            "RLM006",
            f"{euros_courts(cents)} en chiffres s’écrit « {lettres(cents)} »",
            texte.span(debut, fin),
            notes=(texte.note("montant en chiffres", m.start("somme"), m.end("somme")),),
            help="corriger les chiffres ou les lettres",
        )


def _mots(ecrit: str) -> list[str] | None:
    """The number words, without hyphens, plurals and « d’ »; None when there is another word."""
    mots = re.findall(r"[a-z]+", sans_accent(ecrit.replace("œ", "oe")))
    mots = [m[:-1] if m.endswith("s") and m not in ("trois",) and m[:-1] in _MOTS else m for m in mots]
    if not mots or any(m not in _MOTS for m in mots):
        return None
    return [m for m in mots if m not in ("d", "de", "et")]


def _debut_des_lettres(flux: str, fin: int) -> int | None:
    """Offset of the words in letters that end at `fin`, if the words there are such."""
    bas = max(0, fin - _AVANT)
    debut, suivant = None, fin
    for m in reversed(list(re.finditer(r"[A-Za-zÀ-ÿ]+", flux[bas:fin]))):
        nu = sans_accent(m[0])
        lies = re.fullmatch(r"[\s’'-]*", flux[bas + m.end() : suivant])
        if not lies or (nu not in _MOTS and nu.rstrip("s") not in _MOTS):
            break
        suivant = bas + m.start()
        if nu not in ("et", "de", "d"):  # the first word is a number
            debut = suivant
    return debut
