"""Identifiers: one number, one holder, and numbers that agree with each other.

The form and the key of each are checked when it is read (IDN001, IDN006 to IDN009).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from generator.checks import regle
from generator.checks.parcours import LieuActe, actes, operations
from generator.diagnostics import Diagnostic, Note, Severity, Span
from generator.identifiants import FRANCE, banque, bics, departement_du_rna
from generator.load import Records


@regle("IDN002")
def siret_unique(records: Records) -> Iterator[Diagnostic]:
    """Deux structures n’ont pas le même SIRET."""
    seen: dict[str, str] = {}
    for s in records.structures.values():
        first = seen.setdefault(s.siret, s.origine)
        if first != s.origine:
            yield Diagnostic(
                "IDN002",
                f"le SIRET {s.siret} est déjà celui d’une autre structure",
                records.span(s.origine, "siret"),
                notes=(Note("première structure", records.span(first, "siret")),),
                help="corriger le SIRET, ou fusionner les deux fiches",
            )


@regle("IDN003")
def convention_unique(records: Records) -> Iterator[Diagnostic]:
    """Un numéro de convention n’appartient qu’à une structure ; une convention nouvelle a le sien."""
    seen: dict[str, tuple[str, _Place]] = {}
    new: dict[str, _Place] = {}
    for lieu in actes(records):
        for number, place in _numeros(lieu):
            who, first = seen.setdefault(number, (lieu.actes.structure, place))
            if number == lieu.acte.numero:
                first = new.setdefault(number, place) if who == lieu.actes.structure else first
            elif who == lieu.actes.structure:
                continue
            if first is not place:
                yield Diagnostic(
                    "IDN003",
                    f"la convention n° {number} est déjà employée",
                    place.span,
                    notes=(Note("premier emploi", first.span),),
                    help="corriger l’un des deux numéros",
                )


Nomme = tuple[object, Span]


def _deux_fois(code: str, quoi: str, names: Iterable[Nomme], aide: str, bloc: str) -> Iterator[Diagnostic]:
    """A finding for every name that was already seen."""
    seen: dict[object, Span] = {}
    for name, span in names:
        if name in seen:
            yield Diagnostic(
                code,
                f"{quoi} « {name} » figure deux fois",
                span,
                notes=(Note("premier emploi", seen[name]),),
                help=aide,
                blocks=frozenset({bloc}),
            )
        seen.setdefault(name, span)


def _listes(records: Records) -> Iterator[tuple[str, str, list[Nomme]]]:
    """Every list whose elements have a name: its file, what they are, their names."""
    if z := records.zonage:
        yield z.origine, "le territoire", _noms(records, z.origine, z.territoires, "territoires", "id")
    if n := records.nomenclature:
        yield n.origine, "la nature", _noms(records, n.origine, n.natures, "natures", "code")
        yield n.origine, "la fonction", _noms(records, n.origine, n.fonctions, "fonctions", "code")
    for t in records.conventions_types.values():
        yield t.origine, "l’article", _noms(records, t.origine, t.articles, "articles", "cle")
    for b in records.budgets.values():
        yield b.origine, "le code", _noms(records, b.origine, b.lignes, "lignes", "code")
    for dossier in records.dossiers.values():
        d, cle = dossier.deliberation, dossier.cle
        yield cle, "le code", _noms(records, cle, d.budget, "budget", "code")
        yield cle, "la thématique", _noms(records, cle, d.thematiques, "thematiques", "numero")


def _noms(records: Records, cle: str, items: Sequence[object], champ: str, nom: str) -> list[Nomme]:
    return [(getattr(x, nom), records.span(cle, champ, k, nom)) for k, x in enumerate(items)]


@regle("IDN004")
def nom_unique(records: Records) -> Iterator[Diagnostic]:
    """Un nom ne désigne qu’une chose : territoire, article de la convention type, code du budget ou
    du tableau budgétaire, nature, fonction, thématique, opération d’une délibération."""
    aide = "donner un autre nom à l’un des deux, ou supprimer le doublon"
    for cle, quoi, names in _listes(records):
        yield from _deux_fois("IDN004", quoi, names, aide, cle)
    for dossier in records.dossiers.values():
        ids = [(p.operation.id, p.span("id")) for p in operations(records) if p.dossier is dossier]
        yield from _deux_fois("IDN004", "l’opération", ids, aide, dossier.cle)


@regle("IDN005")
def annexe_unique(records: Records) -> Iterator[Diagnostic]:
    """Deux annexes d’une délibération n’ont pas le même numéro."""
    for dossier in records.dossiers.values():
        d, cle = dossier.deliberation, dossier.cle
        names: list[Nomme] = _noms(records, cle, d.thematiques, "thematiques", "annexe")
        names.append((d.annexe_financiere, records.span(cle, "annexe_financiere")))
        names += [(m.annexe, records.span(m.origine, "annexe")) for m in dossier.modeles.values()]
        names = [n for n in names if n[0] is not None]
        for found in _deux_fois("IDN005", "l’annexe", names, "corriger l’un des deux numéros", cle):
            yield replace(found, blocks=frozenset({found.span.file}))


@regle("IDN010", gravite=Severity.AVERTISSEMENT)
def rna_d_une_association(records: Records) -> Iterator[Diagnostic]:
    """Un numéro RNA est celui d’une association, déclarée dans un département qui existe. C’est un
    avertissement : l’administration ne publie pas la liste des débuts de numéro."""
    for s in records.structures.values():
        if s.rna is None:
            continue
        said, aide = "", "recopier le numéro du récépissé de la préfecture"
        if s.forme != "association":
            said = "seule une association a un numéro RNA (arrêté du 14 octobre 2009)"
            aide = "supprimer la ligne, ou corriger « forme »"
        elif departement_du_rna(s.rna) is None:
            said = f"numéro RNA {s.rna} : aucun département connu n’a de numéros en « {s.rna[:3]} »"
        if said:
            place = records.span(s.origine, "rna")
            yield Diagnostic("IDN010", said, place, Severity.AVERTISSEMENT, help=aide)


@regle("IDN011")
def rna_unique(records: Records) -> Iterator[Diagnostic]:
    """Deux structures n’ont pas le même numéro RNA."""
    seen: dict[str, str] = {}
    for s in records.structures.values():
        if s.rna is None:
            continue
        first = seen.setdefault(s.rna, s.origine)
        if first != s.origine:
            yield Diagnostic(
                "IDN011",
                f"le numéro RNA {s.rna} est déjà celui d’une autre structure",
                records.span(s.origine, "rna"),
                notes=(Note("première structure", records.span(first, "rna")),),
                help="corriger le numéro, ou fusionner les deux fiches",
            )


@regle("IDN012")
@regle("IDN013", "IDN014", gravite=Severity.AVERTISSEMENT)
def compte_coherent(records: Records) -> Iterator[Diagnostic]:
    """Le BIC d’un compte est celui de la banque de son IBAN : ses quatre premières lettres en sont une
    marque (IDN012). Avertissement si la banque n’est pas dans la liste de schwifty, qui n’est pas
    complète (IDN013), ou si le compte est tenu à l’étranger (IDN014)."""
    for s in records.structures.values():
        c = s.compte
        if c is None:
            continue
        if not c.iban.startswith(FRANCE):
            yield Diagnostic(
                "IDN014",
                f"l’IBAN commence par « {c.iban[:2]} » : le compte est tenu à l’étranger",
                records.span(s.origine, "compte", "iban"),
                Severity.AVERTISSEMENT,
                help="vérifier le relevé d’identité bancaire auprès de la structure",
            )
            continue
        known = bics(c.iban)
        if not known:
            yield Diagnostic(
                "IDN013",
                f"la banque {banque(c.iban)} n’est pas dans la liste de schwifty : le BIC n’est pas vérifié",
                records.span(s.origine, "compte", "bic"),
                Severity.AVERTISSEMENT,
                help="comparer le BIC et l’IBAN au relevé d’identité bancaire",
            )
        elif c.bic[:4] not in {bic[:4] for bic in known}:
            yield Diagnostic(
                "IDN012",
                f"le BIC {c.bic} n’est pas de la banque {banque(c.iban)}, qui est celle de l’IBAN",
                records.span(s.origine, "compte", "bic"),
                notes=(Note(f"BIC connus de cette banque (schwifty) : {', '.join(sorted(known))}"),),
                help="recopier le BIC et l’IBAN du même relevé d’identité bancaire",
            )


_PRIVEES = frozenset({"association", "fondation", "societe"})


@regle("IDN015", gravite=Severity.AVERTISSEMENT)
def compte_unique(records: Records) -> Iterator[Diagnostic]:
    """Deux structures n’ont pas le même compte. C’est un avertissement, et les structures publiques n’en
    sont pas : un comptable public peut tenir un seul compte pour plusieurs d’entre elles."""
    seen: dict[str, str] = {}
    for s in records.structures.values():
        if s.compte is None or s.forme not in _PRIVEES:
            continue
        first = seen.setdefault(s.compte.iban, s.origine)
        if first != s.origine:
            yield Diagnostic(
                "IDN015",
                "cet IBAN est déjà celui d’une autre structure",
                records.span(s.origine, "compte", "iban"),
                Severity.AVERTISSEMENT,
                notes=(Note("première structure", records.span(first, "compte", "iban")),),
                help="recopier l’IBAN du relevé d’identité bancaire de la structure",
            )


_PREMIERE_ANNEE = 1990


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a number is written; its span is looked for when it is shown, not for each sound act."""

    lieu: LieuActe
    champs: tuple[str, ...]

    @property
    def span(self) -> Span:
        return self.lieu.span(*self.champs)


def _numeros(lieu: LieuActe) -> Iterator[tuple[str, _Place]]:
    """The convention numbers that an acte gives or names."""
    a = lieu.acte
    if a.numero:
        yield a.numero, _Place(lieu, ("numero",))
    for field, convention in (("convention", a.convention), ("rattachement", a.rattachement)):
        if convention:
            yield convention.numero, _Place(lieu, (field, "numero"))


@regle("IDN016")
def annee_du_numero(records: Records) -> Iterator[Diagnostic]:
    """L’année d’un numéro de convention est vraisemblable : de 1990 à l’année qui suit la délibération."""
    for lieu in actes(records):
        last = lieu.dossier.deliberation.date.year + 1
        for numero, place in _numeros(lieu):
            if not _PREMIERE_ANNEE <= int(numero[:4]) <= last:
                yield Diagnostic(
                    "IDN016",
                    f"le numéro de convention {numero} n’est pas d’une année de {_PREMIERE_ANNEE} à {last}",
                    place.span,
                    help="corriger les quatre premiers chiffres du numéro",
                )
