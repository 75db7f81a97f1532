"""What has changed since a deliberation was sealed: texts, amounts, templates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Final

from generator.conformite.passages import Passage, empreinte_du_texte
from generator.diagnostics import Diagnostic, Note, Severity, Span
from generator.documents import Document
from generator.load import Dossier, Records, show_path
from generator.sceau.forme import NOM, Acte, Sceau, Texte, lire_texte
from generator.sceau.montants import Montant, montants
from generator.source import Source
from generator.typography import accord, euros

_NOTES: Final = 5
_APERCU: Final = 140
ERRATUM: Final = "rétablir ce qui a été voté, ou inscrire un erratum : convenant sceller {} --erratum {}"


@dataclass(frozen=True, slots=True)
class Present:
    """How things stand now.

    `textes`: passages of each sealed document that can still be made; `documents`: those of
    the deliberation; `montants`: amounts of each act; `gabarits`: SHA-256 of the templates by name; `fiches`:
    of the records by path in the data folder.
    """

    textes: Mapping[str, Sequence[Passage]]
    documents: Mapping[str, Document]
    montants: Mapping[str, Mapping[str, Montant]]
    gabarits: Mapping[str, str]
    fiches: Mapping[str, str]


def controler(
    sceau: Sceau, src: Source, folder: Path, records: Records, dossier: Dossier, now: Present, gabarits: str
) -> Iterator[Diagnostic]:
    """SCE001 to SCE007. `folder`: of the deliberation’s records; `gabarits`: shown name of the templates’."""
    if sceau.calcul() != sceau.empreinte:
        yield Diagnostic(
            "SCE001",
            "le scellé a été modifié après coup",
            src.span("empreinte"),
            help="reprendre le fichier d’origine dans l’historique",
        )
    yield from _errata(sceau, src)
    changed = [f for f, sha in sceau.fiches.items() if now.fiches.get(f) != sha]
    for rank, m in enumerate(sceau.modeles):
        yield from _modele(m, src.span("modeles", rank, "document"), folder, now, changed, records)
    yield from _montants(
        sceau.montants, montants(dossier.deliberation), records, dossier.cle, "la délibération", ""
    )
    for rank, a in enumerate(sceau.actes):
        yield from _acte(
            sceau, a, src.span("actes", rank, "document"), folder, now, changed, records, dossier
        )
    sealed = {a.document for a in sceau.actes}
    for ident in now.montants:
        if ident not in sealed:
            yield Diagnostic(
                "SCE006",
                f"l’acte « {ident} » n’est pas au scellé",
                Span(show_path(folder / NOM)),
                Severity.AVERTISSEMENT,
                help="vérifier qu’il a été voté",
            )
    for name, sha in sceau.gabarits.items():
        if now.gabarits.get(name) != sha:
            state = "modifié" if name in now.gabarits else "supprimé"
            yield Diagnostic(
                "SCE004",
                f"modèle Word {state} depuis le scellé de la délibération {sceau.deliberation}",
                Span(f"{gabarits}/{name}"),
                Severity.AVERTISSEMENT,
                help="« convenant impact » dit quels documents sont touchés",
            )


def _errata(sceau: Sceau, src: Source) -> Iterator[Diagnostic]:
    known = {a.document for a in sceau.actes}
    for rank, e in enumerate(sceau.errata):
        if e.acte not in known:
            yield Diagnostic(
                "SCE007",
                f"l’erratum nomme un acte qui n’est pas au scellé : « {e.acte} »",
                src.span("errata", rank, "acte"),
                help="corriger le nom de l’acte",
            )


def _modele(
    m: Texte, span: Span, folder: Path, now: Present, changed: Sequence[str], records: Records
) -> Iterator[Diagnostic]:
    mine = now.textes.get(m.document)
    if mine is not None and empreinte_du_texte(mine) == m.texte:
        return
    if mine is None and m.document in now.documents:
        return  # held back by an error that is told elsewhere
    if mine is None:
        message = f"« {m.document} », qui a été voté, ne se construit plus"
        notes: tuple[Note, ...] = ()
    else:
        message = f"« {m.document} » n’est plus ce qui a été voté"
        notes = _differences(folder, m, mine)
    notes += _causes(m.document, now, changed, records)
    aide = "rétablir le modèle Word ou la fiche : ce qui est voté ne change que par une autre délibération"
    yield Diagnostic("SCE002", message, span, notes=notes, help=aide)


def _acte(
    sceau: Sceau,
    a: Acte,
    span: Span,
    folder: Path,
    now: Present,
    changed: Sequence[str],
    records: Records,
    dossier: Dossier,
) -> Iterator[Diagnostic]:
    mine = now.textes.get(a.document)
    erratum = sceau.erratum(a.document)
    digest = empreinte_du_texte(mine) if mine is not None else ""
    if digest and erratum is not None and erratum.texte == digest:
        return
    aide = ERRATUM.format(sceau.deliberation, a.document)
    fiche = dossier.actes[a.structure].origine if a.structure in dossier.actes else dossier.cle
    yield from _montants(
        a.montants, now.montants.get(a.document, {}), records, fiche, f"« {a.document} »", aide
    )
    if (digest == a.texte and erratum is None) or (not digest and a.document in now.documents):
        return  # the same, or held back by an error that is told elsewhere
    notes: tuple[Note, ...] = ()
    if mine is None:
        message = f"l’acte scellé « {a.document} » ne se construit plus"
    elif erratum is not None:
        message = f"l’acte « {a.document} » n’est plus celui de l’erratum du {erratum.le:%d/%m/%Y}"
    else:
        message = f"l’acte « {a.document} » n’est plus celui qui a été scellé"
    if mine is not None:
        notes = _differences(folder, a, mine)
    yield Diagnostic(
        "SCE005", message, span, notes=(*notes, *_causes(a.document, now, changed, records)), help=aide
    )


def _montants(
    scelles: Mapping[str, int],
    now: Mapping[str, Montant],
    records: Records,
    fiche: str,
    quoi: str,
    aide: str,
) -> Iterator[Diagnostic]:
    for nom in dict.fromkeys([*scelles, *now]):
        avant, apres = scelles.get(nom), now.get(nom)
        if apres is not None and avant == apres.cents:
            continue
        was = euros(avant) if avant is not None else "rien"
        is_ = euros(apres.cents) if apres is not None else "rien"
        span = records.span(fiche, *apres.chemin) if apres is not None else Span(fiche)
        yield Diagnostic(
            "SCE003",
            f"montant modifié depuis le scellé, {quoi}, {nom} : {was} au scellé, {is_} aujourd’hui",
            span,
            help=aide or "rétablir le montant voté",
        )


def _differences(folder: Path, scelle: Texte, mine: Sequence[Passage]) -> tuple[Note, ...]:
    voted = lire_texte(folder, scelle)
    if voted is None:
        return (Note("le texte scellé manque ou a été modifié : le passage ne peut pas être montré"),)
    a, b = ([f"{p.partie}\t{p.mots}" for p in x] for x in (voted, mine))
    notes = []
    for op, i1, i2, j1, j2 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if op == "equal":
            continue
        for k in range(max(i2 - i1, j2 - j1)):
            if i1 + k < i2:
                notes.append(Note(f"voté : « {_court(voted[i1 + k].mots)} »"))
            if j1 + k < j2:
                notes.append(Note(f"aujourd’hui : « {_court(mine[j1 + k].mots)} » ({mine[j1 + k].ou})"))
    more = len(notes) - _NOTES
    if more > 0:
        notes = [*notes[:_NOTES], Note(f"et {accord(more, 'autre passage', 'autres passages')}")]
    return tuple(notes)


def _causes(ident: str, now: Present, changed: Sequence[str], records: Records) -> tuple[Note, ...]:
    """The records that the document depends on and that are no longer those of the seal."""
    d = now.documents.get(ident)
    if d is None:
        return ()
    needed = {key.partition("#")[0] for key in d.depend}
    mine = [records.cle(f) for f in changed if records.cle(f) in needed]
    return (Note(f"fiches modifiées depuis : {', '.join(mine)}"),) if mine else ()


def _court(text: str) -> str:
    return text if len(text) <= _APERCU else text[: _APERCU - 1].rstrip() + "…"
