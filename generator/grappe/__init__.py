"""The same work on the machines of a dask.distributed cluster (optional extra `cluster`).

The templates go once to each node; jobs go in lots, a few at a time, and come back as they are done. A lot
whose node is lost goes to another one. A node whose LibreOffice and fonts are those asked for makes the PDFs
too; the others give the .docx, and the PDFs are made here.

This package alone knows dask.distributed, and imports it when a cluster is used.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator, Mapping, Sequence

from generator.diagnostics import Diagnostic, Span
from generator.grappe.commun import GrappeError
from generator.redaction import Rendu, Travail
from generator.render import Engine

__all__ = ["GrappeError", "rediger"]


def rediger(
    adresse: str, engine: Engine, travaux: Sequence[Travail], conversion: Mapping[str, str], delai: float
) -> Iterator[Rendu]:
    """Word every document on the cluster at `adresse`, in any order; exactly one Rendu per job.

    `conversion`: the parts of a PDF that are not in its .docx (see `ingredients.conversion`), empty when no
    PDF is asked for; `delai`: seconds that LibreOffice has for one document. When the cluster fails, every
    job that was not done yet has the same fault (GRP001 to GRP004). Closing the iterator cancels the rest.
    """
    left = {t.ident: t for t in travaux}
    try:
        if importlib.util.find_spec("distributed") is None:
            raise GrappeError(
                Diagnostic(
                    "GRP001",
                    "dask.distributed n’est pas installé sur ce poste",
                    Span(f"--cluster {adresse}"),
                    help="pip install 'convenant[cluster]', ou lancer la commande sans --cluster",
                )
            )
        from generator.grappe.envoi import distribuer

        for made in distribuer(adresse, engine, list(travaux), conversion, delai):
            del left[made.ident]
            yield made
    except GrappeError as e:
        for ident in left:
            yield Rendu(ident, faute=e.diagnostic)
