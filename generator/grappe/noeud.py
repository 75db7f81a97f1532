"""What runs on a node of the cluster."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from distributed import Worker, WorkerPlugin, get_worker

from generator import convert
from generator.diagnostics import Diagnostic, Span
from generator.grappe.commun import GrappeError, Lot, composants, ecart
from generator.ingredients import conversion
from generator.redaction import Conversions, Rendu, convertir, rediger
from generator.render import Engine


class Gabarits(WorkerPlugin):
    """The templates, written on each node when it joins, removed when the work is over."""

    def __init__(self, envoi: str, label: str, fichiers: Mapping[str, bytes]) -> None:
        self.name, self.label, self.fichiers = envoi, label, fichiers

    def setup(self, worker: Worker) -> None:
        """Write the files in the node's own folder."""
        for name, data in self.fichiers.items():
            path = _dossier(worker, self.name, self.label) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)

    def teardown(self, worker: Worker) -> None:
        """Remove them."""
        shutil.rmtree(Path(worker.local_directory) / self.name, ignore_errors=True)


def _dossier(worker: Worker, envoi: str, label: str) -> Path:
    return Path(worker.local_directory) / envoi / label


def presenter() -> dict[str, str]:
    """What this node is made of: see `composants`."""
    return composants()


def faire(lot: Lot) -> list[Rendu]:
    """Word the documents of a lot, and convert them when this node gives the PDF that is asked for.

    Raises GrappeError when this node is not what the sender is.
    """
    worker = get_worker()
    folder = _dossier(worker, lot.envoi, lot.label)
    if wrong := ecart(lot.composants, composants()):
        raise GrappeError(versions(worker.address, wrong))
    if not folder.is_dir():
        raise GrappeError(
            Diagnostic("GRP003", "ce nœud n’a pas reçu les modèles Word", Span(str(worker.address)))
        )
    engine = _moteur(folder, lot.base, lot.auteur, threading.get_ident())
    travaux = lot.ouvrir()
    made = {r.ident: r for r in rediger(engine, travaux)}
    soffice = _soffice(tuple(sorted(lot.conversion.items()))) if lot.conversion else None
    if soffice:
        whole = [(t, made[t.ident].docx) for t in travaux if made[t.ident].faute is None]
        for done in convertir(engine, whole, Conversions(soffice, 1, lot.delai)):
            if done.pdf is not None:  # else the sender, who has more time, tries in its turn
                made[done.ident] = done
    return list(made.values())


def versions(adresse: str, wrong: str) -> Diagnostic:
    """What to say of a node that would not give the same bytes."""
    return Diagnostic(
        "GRP003",
        f"ce nœud n’est pas identique à ce poste : {wrong}",
        Span(adresse),
        help="installer la même version de convenant et de ses bibliothèques sur chaque nœud",
    )


@lru_cache(maxsize=4)
def _moteur(folder: Path, base: str, auteur: str, thread: int) -> Engine:
    """An engine words one document at a time: each thread of a node has its own."""
    return Engine(folder, base, auteur)


@lru_cache(maxsize=4)
def _soffice(asked: tuple[tuple[str, str], ...]) -> Path | None:
    """This node's LibreOffice, when it makes the PDFs that are asked for (same version, same fonts)."""
    tool = convert.find_soffice()
    try:
        same = tool is not None and conversion(convert.version(tool), convert.fonts()) == dict(asked)
    except convert.OfficeError:
        return None
    return tool if same else None
