"""Proof before the run: what the records ask of the Word templates is there, and every document renders.

Rendering a document takes less than a millisecond, so that `convenant verifier` can try them all and
say at once what `convenant generer` would stumble on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from generator.diagnostics import Diagnostic, Span, distinct
from generator.load import Records, cle_texte
from generator.plan import Plan
from generator.render import Engine, RenderError


def clauses_absentes(records: Records, gabarits: Collection[str]) -> Iterator[Diagnostic]:
    """REF008: an article of a convention type, or a modification of a modele, that no template words."""
    for types in records.conventions_types.values():
        for rang, article in enumerate(types.articles):
            span = records.span(types.origine, "articles", rang, "cle")
            yield from _absente(f"articles/{article.cle}.docx", span, cle_texte(types), gabarits)
    for dossier in records.dossiers.values():
        for modele in dossier.modeles.values():
            for rang, change in enumerate(modele.modifications):
                champ = "variante" if change.variante else "article"
                span = records.span(modele.origine, "modifications", rang, champ)
                yield from _absente(change.clause, span, cle_texte(modele), gabarits)


def _absente(clause: str, span: Span, cle: str, gabarits: Collection[str]) -> Iterator[Diagnostic]:
    if clause not in gabarits:
        yield Diagnostic(
            "REF008",
            f"aucun modèle Word ne rédige ce texte\u00a0: «\u00a0{clause}\u00a0» n’existe pas",
            span,
            help=f"créer {clause} dans le dossier des modèles Word, ou corriger le nom",
            blocks=frozenset({cle}),
        )


def eprouver(plan: Plan, engine: Engine) -> list[Diagnostic]:
    """Render every document of the plan, keep nothing, and return what would have failed, each once."""
    found: list[Diagnostic] = []
    jour = plan.ouvrage.jour
    for task in plan.taches:
        d = task.document
        try:
            engine.render(d.template, task.contexte, titre=d.titre, jour=jour, nominatif=d.nominatif)
        except RenderError as e:
            found.append(e.diagnostic)
    return distinct(found)
