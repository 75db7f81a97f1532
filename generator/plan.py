"""What to build, what cannot be, and why.

A document is blocked when a record that it depends on is faulty; the others go on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from generator.diagnostics import Diagnostic, Span, sort_key, suggerer
from generator.documents import Contexte, Document, Ouvrage, sortes


@dataclass(frozen=True, slots=True)
class Choix:
    """What the user asked for; empty means everything."""

    structures: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    """Kinds of documents (« avenant ») or single documents (« annexe-04-repartition-financiere »)."""

    @property
    def tout(self) -> bool:
        """True when nothing is left out."""
        return not self.structures and not self.documents


@dataclass(frozen=True)
class Tache:
    """A document to build and the context that its template is given, made when it is asked for.

    A run that finds everything up to date never asks. `donne`: a context already made.
    """

    document: Document
    donne: Contexte | None = None

    @cached_property
    def contexte(self) -> Contexte:
        """What the template is given."""
        return self.document.contexte() if self.donne is None else self.donne


@dataclass(frozen=True, slots=True)
class Bloque:
    """A document that is not built, and the errors that hold it back."""

    document: Document
    raisons: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """Documents to build and documents held back, each in the order of the dossier."""

    ouvrage: Ouvrage
    taches: tuple[Tache, ...]
    bloques: tuple[Bloque, ...]
    complet: bool
    """True when the plan covers every document of the work, blocked ones included."""

    @property
    def documents(self) -> tuple[Document, ...]:
        """The documents to build."""
        return tuple(t.document for t in self.taches)


def planifier(
    ouvrage: Ouvrage,
    found: Sequence[Diagnostic],
    choix: Choix,
    gabarits: Callable[[str, Contexte], frozenset[str]],
) -> tuple[Plan, list[Diagnostic]]:
    """Sort the documents of a work into those to build and those held back.

    `found` holds every diagnostic so far; `gabarits` gives the keys of a template and of
    what it includes with a context.
    The second value holds what is wrong with `choix`.
    """
    everything = ouvrage.documents
    known = _structures(everything)
    wrong = [*_unknown(choix.structures, known, "structure", f"structures : {', '.join(known)}")]
    names = {d.ident for d in everything} | {d.ident.rsplit("/", 1)[-1] for d in everything}
    aide = "voir « convenant documents », ou les noms des fichiers de sortie"
    wrong += _unknown(choix.documents, [*sortes(), *sorted(names)], "document", aide)
    kept = [d for d in everything if _wanted(d, choix)]
    todo, blocked = [], []
    faulty = any(key.endswith(".docx") for x in found for key in x.blocked)  # most often, no template is
    for d in kept:
        reasons = _reasons(found, d.depend)
        task = Tache(d)
        if not reasons and faulty:
            reasons = _reasons(found, gabarits(d.template, task.contexte))
        if reasons:
            blocked.append(Bloque(d, reasons))
        else:
            todo.append(task)
    return Plan(ouvrage, tuple(todo), tuple(blocked), choix.tout), wrong


def _reasons(found: Sequence[Diagnostic], keys: frozenset[str]) -> tuple[Diagnostic, ...]:
    return tuple(sorted({x for x in found if x.blocked & keys}, key=sort_key))


def _wanted(d: Document, choix: Choix) -> bool:
    if choix.structures and d.structure not in choix.structures:
        return False
    names = {d.sorte, d.ident, d.ident.rsplit("/", 1)[-1]}
    return not choix.documents or bool(names & set(choix.documents))


def _structures(found: Iterable[Document]) -> list[str]:
    return sorted({d.structure for d in found if d.structure})


def _unknown(asked: Iterable[str], known: Sequence[str], option: str, otherwise: str) -> list[Diagnostic]:
    out = []
    for name in asked:
        if name not in known:
            aide = suggerer(name, known, 0.4) or otherwise
            where = Span(f"--{option} {name}")
            out.append(Diagnostic("CHX001", f"« {name} » ne désigne rien ici", where, help=aide))
    return out
