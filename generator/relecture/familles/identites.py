"""Identities: one act speaks of one convention, of one deliberation, of one structure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from generator.diagnostics import Diagnostic, Severity
from generator.identifiants import parse_siret
from generator.relecture import regle
from generator.relecture.actes import NUMERO, entete, est_avenant
from generator.relecture.motifs import DATE, jours
from generator.relecture.mots import cle
from generator.relecture.pieces import Piece
from generator.relecture.texte import Texte
from generator.typography import date_longue, siret

_COMMISSION = r"(?:de\s+la\s+[Cc]ommission\s+[Pp]ermanente|du\s+[Cc]onseil\s+d[ée]partemental)"
_DELIBERATION = re.compile(
    rf"\bd[ée]lib[ée]ration(?:\s+n\s?°\s*(?P<n>\d{{4}}-\d{{1,4}}))?(?:\s+{_COMMISSION})*\s*,?\s*"
    rf"(?:en\s+date\s+du|r[ée]unie\s+le|du)\s+(?P<date>{DATE})",
    re.IGNORECASE,
)
_PERMANENTE = re.compile(r"[Cc]ommission\s+[Pp]ermanente")
_VU = re.compile(r"^[ \t\u00a0•-]*V[uU]\b", re.MULTILINE)
_SIRET = re.compile(r"\bSIRET\b[^\d]{0,40}?(?<![A-Za-z])(?P<n>\d(?:[ \u00a0\u202f.]?\d|\n\d){7,17})(?!\d)")
_CONTACT = re.compile(
    r"^\W*(?P<service>[^:\n]{6,120}?)\s*:\s*(?P<nom>[A-ZÀ-Ý][A-Za-zÀ-ÿ'’ -]{3,60}?)\s*[-–—]\s*"
    r"(?P<tel>0[1-9](?:[ .\u00a0]?\d\d){4})(?!\d)",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class _Deliberation:
    """A deliberation as cited: number or "", date in French, year, place."""

    numero: str
    date: str
    annee: int
    debut: int
    fin: int


@regle("RLI001")
def un_seul_numero_de_convention(texte: Texte) -> Iterator[Diagnostic]:
    """Un avenant cite partout la convention que nomme son titre : même année, même numéro."""
    for piece in filter(est_avenant, texte.pieces):
        trouves = list(NUMERO.finditer(texte.flux, piece.debut, piece.fin))
        if not trouves:
            continue
        premier = trouves[0]
        dits: set[str] = set()
        for m in trouves[1:]:
            if _meme_convention(premier, m) or _numero(m) in dits:
                continue
            dits.add(_numero(m))
            yield Diagnostic(
                "RLI001",
                f"convention n° {_numero(m)} ici, n° {_numero(premier)} dans le titre de l’avenant",
                texte.span(m.start("annee"), m.end()),
                notes=(texte.note(f"n° {_numero(premier)}", premier.start("annee"), premier.end()),),
                help="écrire le même numéro de convention partout",
            )


def _numero(m: re.Match[str]) -> str:
    rang = m["rang"]
    return f"{m['annee']}-{'XXXX' if set(rang.lower()) == {'x'} else rang}"


def _meme_convention(a: re.Match[str], b: re.Match[str]) -> bool:
    """Whether two numbers may be the same: a blank stands for any number of its year."""
    blanc = any(set(m["rang"].lower()) == {"x"} for m in (a, b))
    return a["annee"] == b["annee"] and (blanc or a["rang"] == b["rang"])


@regle("RLI002", gravite=(Severity.ERREUR, Severity.AVERTISSEMENT))
def une_seule_date_de_deliberation(texte: Texte) -> Iterator[Diagnostic]:
    """Une délibération citée par son numéro a la même date partout, de l’année de son numéro ; et celle
    qui autorise le Président à signer un acte est l’une de celles que l’acte vise."""
    connues: dict[str, _Deliberation] = {}
    for d in _deliberations(texte, 0, len(texte.flux)):
        if not d.numero:
            continue
        premiere = connues.setdefault(d.numero, d)
        if premiere.date != d.date:
            yield _deux_dates(texte, d, premiere, f"délibération n° {d.numero}")
        elif premiere is d and not d.numero.startswith(str(d.annee)):
            yield Diagnostic(
                "RLI002",
                f"la délibération n° {d.numero} est datée du {d.date}, d’une autre année que son numéro",
                texte.span(d.debut, d.fin),
                help="vérifier le numéro et la date",
            )
    for piece in texte.pieces:
        if piece.est_acte:
            yield from _habilitation(texte, piece)


def _habilitation(texte: Texte, piece: Piece) -> Iterator[Diagnostic]:
    """The deliberation of the parties against those of the visas."""
    debut, fin = entete(piece)
    vu = _VU.search(texte.flux, debut, fin)
    if not vu:
        return
    parties = [d for d in _deliberations(texte, debut, vu.start()) if _permanente(texte, d)]
    visees = [d for d in _deliberations(texte, vu.start(), fin) if _permanente(texte, d)]
    if parties and visees and parties[0].date not in {d.date for d in visees}:
        nom = "délibération de la Commission Permanente"
        yield _deux_dates(texte, visees[-1], parties[0], nom, Severity.AVERTISSEMENT)


def _deux_dates(
    texte: Texte, d: _Deliberation, autre: _Deliberation, nom: str, gravite: Severity = Severity.ERREUR
) -> Diagnostic:
    return Diagnostic(
        "RLI002",
        f"{nom} : datée du {d.date} ici, du {autre.date} ailleurs",
        texte.span(d.debut, d.fin),
        gravite,
        notes=(texte.note(f"{autre.date}", autre.debut, autre.fin),),
        help="écrire la même date partout",
    )


def _deliberations(texte: Texte, debut: int, fin: int) -> Iterator[_Deliberation]:
    for m in _DELIBERATION.finditer(texte.flux, debut, fin):
        jour = next(jours(m["date"]), None)
        if jour and jour.date:
            yield _Deliberation(m["n"] or "", date_longue(jour.date), jour.date.year, m.start(), m.end())


def _permanente(texte: Texte, d: _Deliberation) -> bool:
    return bool(_PERMANENTE.search(texte.flux, d.debut, d.fin))


@regle("RLI003", "RLI004")
def siret_juste_et_unique(texte: Texte) -> Iterator[Diagnostic]:
    """Un numéro SIRET a quatorze chiffres et sa clé est juste (RLI003) ; dans un acte, il n’y a pas
    d’autre SIRET que ceux des parties (RLI004)."""
    for piece in texte.pieces:
        parties: dict[str, re.Match[str]] = {}
        for m in _SIRET.finditer(texte.flux, piece.debut, piece.fin):
            chiffres = re.sub(r"\D", "", m["n"])
            place = texte.span(m.start("n"), m.end("n"))
            if len(chiffres) == 9 and "SIREN" in texte.flux[max(piece.debut, m.start() - 20) : m.start("n")]:
                continue
            if len(chiffres) != 14:
                message = f"le SIRET a {len(chiffres)} chiffres au lieu de 14"
                yield Diagnostic("RLI003", message, place, help="vérifier le numéro au répertoire SIRENE")
            elif not _est_juste(chiffres):
                message = f"le SIRET {siret(chiffres)} est faux : sa clé de contrôle ne tombe pas juste"
                yield Diagnostic("RLI003", message, place, help="vérifier le numéro au répertoire SIRENE")
            elif piece.est_acte and m.start() < entete(piece)[1]:
                parties.setdefault(chiffres, m)
            elif piece.est_acte and parties and chiffres not in parties:
                autre = next(iter(parties.values()))
                yield Diagnostic(
                    "RLI004",
                    f"le SIRET {siret(chiffres)} n’est pas celui d’une partie à l’acte",
                    place,
                    notes=(texte.note("SIRET d’une partie", autre.start("n"), autre.end("n")),),
                    help="écrire le même SIRET partout",
                )


def _est_juste(chiffres: str) -> bool:
    try:
        return bool(parse_siret(chiffres))
    except ValueError:
        return False


@regle("RLI005", gravite=Severity.AVERTISSEMENT)
def un_contact_un_numero(texte: Texte) -> Iterator[Diagnostic]:
    """Un contact (« service : nom – téléphone ») garde le même numéro d’un bout à l’autre du document. Un
    fixe et un portable de la même personne ne se contredisent pas."""
    connus: dict[tuple[str, str, str], list[re.Match[str]]] = {}
    for m in _CONTACT.finditer(texte.flux):
        nom = " ".join(sorted(cle(m["nom"]).split()))  # « Anne Petit » is « Petit Anne »
        vus = connus.setdefault((cle(m["service"]), nom, m["tel"][:2]), [])
        numero = re.sub(r"\D", "", m["tel"])
        if numero in {re.sub(r"\D", "", v["tel"]) for v in vus}:
            continue
        vus.append(m)
        if len(vus) > 1:
            yield Diagnostic(
                "RLI005",
                f"{m['tel']} ici, {vus[0]['tel']} ailleurs, pour le même contact ({m['nom'].strip()})",
                texte.span(m.start("tel"), m.end("tel")),
                Severity.AVERTISSEMENT,
                notes=(texte.note(vus[0]["tel"], vus[0].start("tel"), vus[0].end("tel")),),
                help="vérifier lequel des deux numéros est le bon",
            )
