"""Dates: they exist, periods go forward, and nothing is due before what it reports."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from generator.diagnostics import Diagnostic
from generator.relecture import regle
from generator.relecture.actes import entete, est_avenant
from generator.relecture.motifs import DATE, Jour, jours
from generator.relecture.pieces import Piece, Sorte
from generator.relecture.texte import Genre, Texte
from generator.typography import accord, date_longue, duree_mois, periode_courte

_SEMAINE = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_JOUR_NOMME = re.compile(rf"\b(?P<nom>{'|'.join(_SEMAINE)})\s+(?P<date>{DATE})", re.IGNORECASE)
_ENTRE = re.compile(r"\s*(?:inclus\s*)?(?:jusqu['’])?au\s+(?:\w+di\s+)?", re.IGNORECASE)
_DUREE = re.compile(
    r"\b(?P<n>\d{1,2})\s+(?P<unite>mois|ans?)\b(?P<entre>[^.;:\d]{0,40}?),?\s*(?:soit|c['’]est-à-dire)\s*,?\s*(?=du\s)",
    re.IGNORECASE,
)
_PREMIERE_ANNEE = re.compile(
    r"[àa]\s+l['’]issue\s+de\s+la\s+premi[èe]re\s+ann[ée]e\s+de\s+l['’]op[ée]ration[^.]{0,160}?"
    rf"au\s+plus\s+tard\s+(?:le\s+)?(?P<date>{DATE})",
    re.IGNORECASE,
)
_FINAL = re.compile(
    r"[àa]\s+l['’]issue\s+de\s+l['’]op[ée]ration[^.]{0,60}?bilan\s+final[^.]{0,200}?"
    rf"(?:au\s+plus\s+tard|soit)\s+(?:le\s+)?(?P<date>{DATE})",
    re.IGNORECASE,
)
_SIGNEE = re.compile(
    rf"\bconvention\b[^.;«»]{{0,200}}?\bsign[ée]e\s+(?:en\s+date\s+du|le)\s+(?P<date>{DATE})", re.IGNORECASE
)
_AUTORISE = re.compile(
    rf"[Cc]ommission\s+[Pp]ermanente[^.;]{{0,40}}?(?:en\s+date\s+du|r[ée]unie\s+le|du)\s+(?P<date>{DATE})"
)
_REUNION = re.compile(rf"r[ée]union\s+du\s+(?P<date>{DATE})", re.IGNORECASE)
_VISA = re.compile(rf"^\W*Vu\s+la\s+d[ée]lib[ée]ration\b[^;]{{0,150}}?\bdu\s+(?P<date>{DATE})", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _Periode:
    """« du … au … », both days included; offsets of the whole."""

    du: dt.date
    au: dt.date
    debut: int
    fin: int


@regle("RLD001")
def dates_qui_existent(texte: Texte) -> Iterator[Diagnostic]:
    """Une date existe au calendrier : pas de 31 février ni de 12/13/2024. Le 29 février d’une année qui
    n’est pas bissextile non plus."""
    for j in jours(texte.flux):
        sans_annee = not j.annee and j.jour > (29 if j.mois == 2 else 30 if j.mois in (4, 6, 9, 11) else 31)
        if (j.annee and j.date is None) or sans_annee:
            yield Diagnostic(
                "RLD001",
                f"« {_plat(texte.flux[j.debut : j.fin])} » n’existe pas au calendrier",
                texte.span(j.debut, j.fin),
                help="corriger le jour ou le mois",
            )


@regle("RLD002", "RLD003")
def periodes_dans_l_ordre(texte: Texte) -> Iterator[Diagnostic]:
    """Une période « du … au … » finit après avoir commencé (RLD002) ; quand le texte en dit la durée
    (« 12 mois, soit du … au … »), elle est juste, premier et dernier jours compris (RLD003)."""
    for p in _periodes(texte, 0, len(texte.flux)):
        if p.au < p.du:
            yield Diagnostic(
                "RLD002",
                f"la période finit le {date_longue(p.au)}, avant de commencer le {date_longue(p.du)}",
                texte.span(p.debut, p.fin),
                help="inverser les deux dates, ou corriger l’année",
            )
            continue
        duree = _DUREE.search(texte.flux, max(0, p.debut - 70), p.debut + 3)
        if not duree or duree.end() != p.debut:
            continue
        dits = int(duree["n"]) * (12 if duree["unite"].lower().startswith("an") else 1)
        faits = duree_mois(p.du, p.au)
        plafond = "maxi" in duree["entre"].lower() or "au plus" in duree["entre"].lower()
        # « du 15 janvier au 15 avril » is three months for most readers.
        veille = duree_mois(p.du, p.au - dt.timedelta(days=1)) if p.au > p.du else None
        if dits not in (faits, veille) and not (plafond and faits is not None and faits <= dits):
            vrai = f"durent {accord(faits, 'mois')}" if faits else "ne font pas un nombre entier de mois"
            yield Diagnostic(
                "RLD003",
                f"{accord(dits, 'mois')} annoncés, les dates ({periode_courte(p.du, p.au)}) {vrai}",
                texte.span(duree.start(), p.fin),
                help="corriger la durée ou les dates",
            )


@regle("RLD004")
def bilan_apres_ce_qu_il_rapporte(texte: Texte) -> Iterator[Diagnostic]:
    """Un bilan n’est pas dû avant la fin de ce qu’il rapporte : la première année de l’opération pour le
    bilan intermédiaire, l’opération pour le bilan final."""
    for piece in texte.pieces:
        periodes = _durees(texte, piece)
        if not periodes:
            continue
        termes = (
            (
                _PREMIERE_ANNEE,
                min(_un_an_apres(p.du) for p in periodes),
                "la première année de l’opération finit",
            ),
            (_FINAL, min(p.au for p in periodes), "l’opération finit"),
        )
        for motif, terme, quoi in termes:
            for m in motif.finditer(texte.flux, piece.debut, piece.fin):
                jour = next(jours(m["date"]), None)
                if jour and jour.date and jour.date < terme:
                    p = periodes[0]
                    yield Diagnostic(
                        "RLD004",
                        f"bilan dû le {date_longue(jour.date)}, {quoi} le {date_longue(terme)}",
                        texte.span(m.start("date"), m.end("date")),
                        notes=(texte.note("période de l’opération", p.debut, p.fin),),
                        help="corriger la date du bilan, ou la période",
                    )


@regle("RLD005")
def actes_dans_l_ordre_du_temps(texte: Texte) -> Iterator[Diagnostic]:
    """La convention qu’un avenant modifie est signée avant la délibération qui autorise l’avenant ; une
    délibération ne vise pas une délibération postérieure à sa réunion."""
    for piece in filter(est_avenant, texte.pieces):
        debut, fin = entete(piece)
        autorise = _dernier(_AUTORISE, texte, debut, fin)  # an older one may delegate the signature
        signee = _premier(_SIGNEE, texte, debut, fin)
        if autorise and signee and signee[0] >= autorise[0]:
            yield Diagnostic(
                "RLD005",
                f"convention signée le {date_longue(signee[0])}, la délibération qui autorise son avenant "
                f"est du {date_longue(autorise[0])}",
                texte.span(*signee[1]),
                notes=(texte.note("délibération", *autorise[1]),),
                help="vérifier les deux dates",
            )
    for piece in texte.pieces:
        reunion = (
            _premier(_REUNION, texte, piece.debut, piece.fin) if piece.sorte is Sorte.DELIBERATION else None
        )
        for m in _VISA.finditer(texte.flux, piece.debut, piece.fin) if reunion else ():
            jour = next(jours(m["date"]), None)
            if reunion and jour and jour.date and jour.date > reunion[0]:
                yield Diagnostic(
                    "RLD005",
                    f"délibération visée du {date_longue(jour.date)}, postérieure à la réunion du "
                    f"{date_longue(reunion[0])}",
                    texte.span(m.start("date"), m.end("date")),
                    notes=(texte.note("réunion", *reunion[1]),),
                    help="vérifier les deux dates",
                )


@regle("RLD006")
def jour_de_la_semaine(texte: Texte) -> Iterator[Diagnostic]:
    """Le jour de la semaine écrit devant une date est le sien."""
    for m in _JOUR_NOMME.finditer(texte.flux):
        jour = next(jours(m["date"]), None)
        if jour and jour.date and _SEMAINE[jour.date.weekday()] != m["nom"].lower():
            yield Diagnostic(
                "RLD006",
                f"le {date_longue(jour.date)} est un {_SEMAINE[jour.date.weekday()]}",
                texte.span(m.start(), m.end()),
                help="corriger le jour ou la date",
            )


def _periodes(texte: Texte, debut: int, fin: int) -> Iterator[_Periode]:
    """Every « du … au … » whose days exist; the first one takes the year of the second."""
    suite = list(jours(texte.flux, debut, fin))
    for a, b in pairwise(suite):
        if b.date is None or not _ENTRE.fullmatch(texte.flux, a.fin, b.debut):
            continue
        if texte.genre is Genre.DOCX and "\n" in texte.flux[a.fin : b.debut]:
            continue
        du = re.search(r"\b[Dd][uU]\s+(?:\w+di\s+)?\Z", texte.flux[max(0, a.debut - 14) : a.debut])
        premier = a.date if a.annee else _avec_annee(a, b.date.year)
        # « du 1er novembre au 31 janvier 2025 » crosses the year that it leaves out.
        if du and premier and (a.annee or premier <= b.date):
            yield _Periode(premier, b.date, a.debut - len(du[0]), b.fin)


def _avec_annee(jour: Jour, annee: int) -> dt.date | None:
    try:
        return dt.date(annee, jour.mois, jour.jour)
    except ValueError:
        return None


def _durees(texte: Texte, piece: Piece) -> list[_Periode]:
    """The periods of the operation: those that a duration announces (« 24 mois, soit du … au … »)."""
    return [
        p
        for p in _periodes(texte, piece.debut, piece.fin)
        if any(
            m.end() == p.debut
            for m in _DUREE_LARGE.finditer(texte.flux, max(piece.debut, p.debut - 90), p.debut + 3)
        )
    ]


_DUREE_LARGE = re.compile(r"\b\d{1,2}\s+(?:mois|ans?)\b[^.;]{0,60}?\bsoit\s*,?\s*(?=du\s)", re.IGNORECASE)


def _un_an_apres(jour: dt.date) -> dt.date:
    """The eve of the same day, a year later."""
    bissextil = jour.month == 2 and jour.day == 29
    return jour.replace(year=jour.year + 1, day=28 if bissextil else jour.day) - dt.timedelta(days=1)


def _premier(
    motif: re.Pattern[str], texte: Texte, debut: int, fin: int
) -> tuple[dt.date, tuple[int, int]] | None:
    """(first date that a pattern gives, its place)."""
    m = motif.search(texte.flux, debut, fin)
    jour = next(jours(m["date"]), None) if m else None
    return (jour.date, m.span("date")) if m and jour and jour.date else None


def _dernier(
    motif: re.Pattern[str], texte: Texte, debut: int, fin: int
) -> tuple[dt.date, tuple[int, int]] | None:
    """(latest date that a pattern gives, its place)."""
    found = [
        (jour.date, m.span("date"))
        for m in motif.finditer(texte.flux, debut, fin)
        for jour in jours(m["date"])
        if jour.date
    ]
    return max(found, default=None)


def _plat(texte: str) -> str:
    return re.sub(r"\s+", " ", texte)
