"""Votes: everyone is counted once, the votes add up, those concerned took no part."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from generator.checks import regle
from generator.diagnostics import Diagnostic, Note, Severity, Span, suggerer
from generator.load import Dossier, Records
from generator.model.deliberation import Seance, Vote
from generator.typography import accord, nombre

_AVEC_VOIX = {"presents": "présents", "excuses": "excusés", "absents": "absents"}
_VOIX = {
    "pour": "voix pour",
    "contre": "voix contre",
    "abstention": "abstentions",
    "absents_sans_delegation": "absents sans délégation",
}
_LISTES = (*_AVEC_VOIX, "presents_sans_voix", "excuses_sans_voix")
_MAJORITE = "art. L.3121-14 et L.3121-14-1 du code général des collectivités territoriales"


@dataclass(frozen=True, slots=True)
class _Nom:
    """A name of a list: as written, and as compared (accents, capitals and spaces apart)."""

    texte: str
    liste: str
    span: Span

    @property
    def forme(self) -> str:
        """What two ways of writing a name have in common."""
        return _forme(self.texte)


@dataclass(frozen=True, slots=True)
class _Reunion:
    """A deliberation whose presences are known, with its vote when that is known too."""

    records: Records
    dossier: Dossier
    seance: Seance
    vote: Vote | None

    def span(self, *path: str | int) -> Span:
        """Place of a value of the deliberation."""
        return self.records.span(self.dossier.cle, *path)

    def noms(self, *listes: str) -> list[_Nom]:
        """The names of some lists of the meeting, in order."""
        return [
            _Nom(name, liste, self.span("seance", liste, k))
            for liste in listes
            for k, name in enumerate(getattr(self.seance, liste))
        ]

    def membres(self, *listes: str) -> set[str]:
        """Who is in those lists, each person once."""
        return {n.forme for n in self.noms(*listes)}

    def deports(self) -> list[tuple[str, _Nom]]:
        """Those concerned: the état declared, the name."""
        return [
            (d.etat, _Nom(name, "deports", self.span("deports", r, "membres", k)))
            for r, d in enumerate(self.dossier.deliberation.deports)
            for k, name in enumerate(d.membres)
        ]

    def anomalie(self, code: str, message: str, span: Span, aide: str, *notes: Note) -> Diagnostic:
        """An error, which keeps back the deliberation and nothing else."""
        blocks = frozenset({self.dossier.cle_vote})
        return Diagnostic(code, message, span, notes=notes, help=aide, blocks=blocks)


def _forme(nom: str) -> str:
    bare = unicodedata.normalize("NFKD", nom.replace("’", "'").replace("-", " "))
    return " ".join("".join(c for c in bare if not unicodedata.combining(c)).casefold().split())


def _reunions(records: Records) -> Iterator[_Reunion]:
    """Every meeting that is told; an extrait may leave it out."""
    for dossier in records.dossiers.values():
        d = dossier.deliberation
        if d.seance is not None:
            yield _Reunion(records, dossier, d.seance, d.vote)


def _proche(nom: str, connus: Iterable[_Nom], sinon: str) -> str:
    """Help for a name that is not where it should be."""
    known = {n.forme: n.texte for n in connus}
    return suggerer(_forme(nom), known, 0.8, known.__getitem__) or sinon


@regle("VOT001")
def votes_et_membres(records: Records) -> Iterator[Diagnostic]:
    """Présents + excusés + absents, ayant voix délibérative, = voix pour + voix contre + abstentions +
    absents sans délégation de vote."""
    for r in _reunions(records):
        v = r.vote
        if v is None:
            continue
        who = {liste: r.membres(liste) for liste in _AVEC_VOIX}
        counts = {champ: getattr(v, champ).nombre for champ in _VOIX}
        there, cast = len(set().union(*who.values())), sum(counts.values())
        if there != cast:
            yield r.anomalie(
                "VOT001",
                f"{accord(there, 'membre')} avec voix délibérative, le vote en compte {nombre(cast)}",
                r.span("vote", "pour", "nombre"),
                "corriger une liste de présence ou un nombre de voix",
                *(
                    Note(f"{_AVEC_VOIX[liste]} : {nombre(len(names))}", r.span("seance", liste))
                    for liste, names in who.items()
                    if names
                ),
                *(
                    Note(f"{_VOIX[champ]} : {nombre(n)}", r.span("vote", champ, "nombre"))
                    for champ, n in counts.items()
                ),
            )


@regle("VOT002", gravite=Severity.AVERTISSEMENT)
def adoption_a_la_majorite(records: Records) -> Iterator[Diagnostic]:
    """Une délibération est adoptée quand il y a plus de voix pour que de voix contre : majorité des
    suffrages exprimés, sans les abstentions (articles L.3121-14 et L.3121-14-1 du code général des
    collectivités territoriales). C’est un avertissement. À égalité, la voix du président l’emporte
    (article L.3121-15) : rien n’est signalé."""
    for r in _reunions(records):
        v = r.vote
        if (
            v is None
            or v.pour.nombre == v.contre.nombre != 0
            or v.adopte == (v.pour.nombre > v.contre.nombre)
        ):
            continue
        said = "adoptée" if v.adopte else "rejetée"
        yield Diagnostic(
            "VOT002",
            f"la délibération est dite {said} avec {accord(v.pour.nombre, 'voix', 'voix')} pour et "
            f"{nombre(v.contre.nombre)} contre ({_MAJORITE})",
            r.span("vote", "adopte"),
            Severity.AVERTISSEMENT,
            (
                Note("voix pour", r.span("vote", "pour", "nombre")),
                Note("voix contre", r.span("vote", "contre", "nombre")),
            ),
            help="corriger le sens du vote ou le nombre de voix",
        )


@regle("VOT003")
def une_personne_une_liste(records: Records) -> Iterator[Diagnostic]:
    """Une personne ne figure qu’une fois dans les listes de la séance : présents, excusés, absents, avec
    ou sans voix délibérative."""
    for r in _reunions(records):
        seen: dict[str, _Nom] = {}
        for n in r.noms(*_LISTES):
            first = seen.setdefault(n.forme, n)
            if first is not n:
                yield r.anomalie(
                    "VOT003",
                    f"« {n.texte} » figure deux fois dans les listes de la séance",
                    n.span,
                    "supprimer l’une des deux lignes",
                    Note(f"première fois, « {first.liste} »", first.span),
                )


@regle("VOT004")
def president_et_secretaire_presents(records: Records) -> Iterator[Diagnostic]:
    """Le président et le secrétaire de la séance sont parmi les présents."""
    for r in _reunions(records):
        there = r.noms("presents")
        for champ, nom in (("president", r.seance.president), ("secretaire", r.seance.secretaire)):
            if _forme(nom) not in {n.forme for n in there}:
                yield r.anomalie(
                    "VOT004",
                    f"« {nom} » n’est pas parmi les présents",
                    r.span("seance", champ),
                    _proche(nom, there, "l’ajouter à « presents », ou corriger le nom"),
                )


@regle("VOT005")
def deports_et_presences(records: Records) -> Iterator[Diagnostic]:
    """Un membre qui s’est déporté est dans la liste de son état : « presents », ou « excuses » pour les
    excusés et les absents. Il n’est nommé qu’une fois."""
    for r in _reunions(records):
        seen: dict[str, _Nom] = {}
        for etat, n in r.deports():
            there = r.noms("presents") if etat == "presents" else r.noms("excuses", "absents")
            first = seen.setdefault(n.forme, n)
            if first is not n:
                yield r.anomalie(
                    "VOT005",
                    f"« {n.texte} » figure deux fois parmi les membres déportés",
                    n.span,
                    "supprimer l’une des deux lignes",
                    Note("première fois", first.span),
                )
            elif n.forme not in {m.forme for m in there}:
                what = "présents" if etat == "presents" else "excusés ni parmi les absents"
                other = next((m for m in r.noms(*_LISTES) if m.forme == n.forme), None)
                yield r.anomalie(
                    "VOT005",
                    f"« {n.texte} », déporté, n’est pas parmi les {what}",
                    n.span,
                    _proche(n.texte, there, "corriger le nom, « etat » ou la liste de la séance"),
                    *((Note(f"liste « {other.liste} »", other.span),) if other else ()),
                )


@regle("VOT006")
def deports_et_vote(records: Records) -> Iterator[Diagnostic]:
    """Ceux qui se sont déportés n’ont pas voté : les voix pour et contre ne sont pas plus nombreuses que
    les présents et les excusés (qui peuvent déléguer leur vote), déportés exclus."""
    for r in _reunions(records):
        if r.vote is None:
            continue
        out = {n.forme for _, n in r.deports()}
        able = r.membres("presents", "excuses")
        cast, left = r.vote.pour.nombre + r.vote.contre.nombre, len(able - out)
        if out & able and cast > left:
            yield r.anomalie(
                "VOT006",
                f"{accord(cast, 'voix', 'voix')} pour et contre, mais {accord(left, 'membre')} "
                "pouvaient voter, les déportés exclus",
                r.span("vote", "pour", "nombre"),
                "corriger le nombre de voix, les déports ou les listes de la séance",
                Note(f"présents et excusés : {nombre(len(able))}", r.span("seance", "presents")),
                Note(f"déportés parmi eux : {nombre(len(out & able))}", r.span("deports")),
            )


@regle("VOT007")
def membres_de_la_commission(records: Records) -> Iterator[Diagnostic]:
    """Les présents, les excusés et les absents ayant voix délibérative font le nombre de membres de la
    Commission Permanente, quand il est donné (« membres »)."""
    for r in _reunions(records):
        said, found = r.seance.membres, len(r.membres(*_AVEC_VOIX))
        if said is not None and said != found:
            yield r.anomalie(
                "VOT007",
                f"les listes de la séance nomment {accord(found, 'membre')}, "
                f"la commission en compte {nombre(said)}",
                r.span("seance", "membres"),
                "corriger le nombre, ou compléter une liste",
            )
