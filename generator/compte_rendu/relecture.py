"""The report of `convenant relire` as a page to print: each fault with the words where it stands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import htpy as h

from generator import __version__
from generator.compte_rendu.balises import page, section, tableau
from generator.compte_rendu.constats import compte, constat, decompte, passage, sens_des_codes
from generator.compte_rendu.etat import GRAVITES
from generator.diagnostics import Diagnostic, Severity, Span, francais
from generator.relecture import Releve
from generator.typography import accord, date_longue, nombre

TITRE = "Compte rendu de relecture"
_GENRES = {"docx": "Word", "pdf": "PDF", "txt": "texte"}


def en_html(releves: Sequence[Releve], le: dt.date | None = None) -> str:
    """The whole page, files in the order given. It bears the day `le` when there is one, else none."""
    found = [d for r in releves for d in r.diagnostics]
    about = francais(releves[0].fichier) if len(releves) == 1 else accord(len(releves), "document")
    return page(
        f"{TITRE} – {about}",
        "relecture",
        h.main[
            h.h1[TITRE],
            h.p(class_="objet")[h.strong[about], h.span[f"Établi le {date_longue(le)}"] if le else None],
            section("resultat", "1. Résultat", _resultat(releves, found)),
            (_document(n, r) for n, r in enumerate(releves, 2)),
            sens_des_codes(f"{len(releves) + 2}. Sens des codes", found),
        ],
        h.footer[
            h.p[
                f"Convenant {__version__}. La relecture ne signale que ce dont elle est sûre\u00a0: elle ne "
                "sait pas si les noms et les faits sont vrais, et son silence n’est pas une preuve."
            ]
        ],
    )


def _resultat(releves: Sequence[Releve], found: Sequence[Diagnostic]) -> h.Node:
    errors = sum(d.is_error for d in found)
    unread = sum(r.texte is None for r in releves)
    if unread:
        failed = "n’ont pas pu être lus" if unread > 1 else "n’a pas pu être lu"
        kind, said = "erreur", f"{accord(unread, 'document')} {failed}."
    elif errors:
        kind = "erreur"
        said = f"{accord(errors, 'erreur')}\u00a0: à corriger avant l’envoi."
    elif any(d.severity is Severity.AVERTISSEMENT for d in found):
        kind, said = "avertissement", "Aucune erreur\u00a0; ce qui est signalé est à regarder."
    else:
        kind, said = "propre", "Aucune erreur, aucun avertissement."
    return [
        h.p(class_=f"verdict {kind}")[said],
        tableau(
            "Documents relus",
            ["Document", "Sorte", "Pages", "Erreurs", "Avertissements", "Informations"],
            [
                (
                    h.a(href=f"#document-{n}")[r.fichier],
                    _GENRES[r.texte.genre] if r.texte else "non lu",
                    nombre(r.texte.pages) if r.texte and r.texte.pages else "–",
                    *(nombre(count) for _, count in compte(r.diagnostics, zero=True)),
                )
                for n, r in enumerate(releves, 2)
            ],
            nombres=[2, 3, 4, 5],
        ),
    ]


def _document(rang: int, releve: Releve) -> h.Element:
    texte = releve.texte

    def ou(span: Span) -> str:
        return texte.lieu(span) if texte else ""

    found = sorted(releve.diagnostics, key=lambda d: GRAVITES.index(d.severity))
    return section(
        f"document-{rang}",
        [f"{rang}. {releve.fichier} ", h.span(class_="decompte")[f"– {decompte(found)}"]],
        None if found else h.p["Rien n’est à signaler."],
        (
            [
                h.h3[title],
                (
                    constat(d, passage(*texte.extrait(d.span)) if texte else None, ou)
                    for d in found
                    if d.severity is severity
                ),
            ]
            for severity, title in _TITRES.items()
            if any(d.severity is severity for d in found)
        ),
    )


_TITRES = {
    Severity.ERREUR: "À corriger",
    Severity.AVERTISSEMENT: "À regarder",
    Severity.INFO: "Remarques de forme",
}
