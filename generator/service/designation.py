"""The acts that the user names on the command line."""

from __future__ import annotations

from collections.abc import Iterable

from generator.diagnostics import Diagnostic, Span, suggerer


def designer(
    noms: Iterable[str], actes: Iterable[str], code: str, ou: Span, sinon: str
) -> tuple[list[str], list[Diagnostic]]:
    """The identifiers, among `actes`, that `noms` name: each once, in the order asked.

    A name is the identifier of an act or the last word of it, with or without « .pdf ». For one that is no
    act, a diagnostic `code` on `ou`, whose help is the act of the nearest name, or `sinon`.
    """
    courts = {ident.rpartition("/")[2]: ident for ident in actes}
    chosen: dict[str, None] = {}
    wrong = []
    for nom in noms:
        court = nom.removesuffix(".pdf").rpartition("/")[2]
        if court in courts:
            chosen[courts[court]] = None
        else:
            aide = suggerer(court, courts) or sinon
            wrong.append(Diagnostic(code, f"acte inconnu : « {nom} »", ou, help=aide))
    return list(chosen), wrong
