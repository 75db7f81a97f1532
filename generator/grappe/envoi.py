"""The end of the cluster that sends the work and receives the documents."""

from __future__ import annotations

import contextlib
import logging
import pickle
import queue
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import CancelledError
from typing import Any

from distributed import Client, Future, KilledWorker
from distributed.comm.addressing import parse_address
from distributed.comm.registry import get_backend

from generator.diagnostics import Diagnostic, Span
from generator.grappe.commun import GrappeError, Lot, composants, ecart
from generator.grappe.noeud import Gabarits, faire, presenter, versions
from generator.redaction import Rendu, Travail
from generator.render import Engine

ATTENTE = 10  # seconds that the scheduler has to answer
SANS_NOEUD = 30  # seconds without any node before the work is given up
_MOTS, _PDF = 64, 24  # documents of a lot at most, worded only or converted too
_OCTETS = 1024 * 1024  # bytes of data that a lot does not exceed, unless one document does
_AVANCE = 2  # lots in flight for each thread of the cluster


def distribuer(
    adresse: str, engine: Engine, travaux: Sequence[Travail], conversion: Mapping[str, str], delai: float
) -> Iterator[Rendu]:
    """See `grappe.rediger`. Raises GrappeError."""
    for name in ("distributed", "distributed.client", "distributed.comm"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what is wrong is said in French
    try:
        get_backend(parse_address(adresse)[0])  # at once: Client would try again and again
        client = Client(adresse, timeout=ATTENTE, set_as_default=False, name="convenant")
    except (OSError, ValueError) as e:  # what distributed raises of its own are OSError too
        raise GrappeError(
            Diagnostic(
                "GRP002",
                "la grappe ne répond pas",
                Span(f"--cluster {adresse}"),
                help="l’adresse est celle que « dask scheduler » affiche au démarrage, « tcp://…:8786 »",
            )
        ) from e
    envoi = Envoi(client, adresse, engine, conversion, delai)
    try:
        envoi.preparer()
        yield from envoi.distribuer(travaux)
    except (OSError, CancelledError) as e:
        raise GrappeError(
            Diagnostic(
                "GRP002",
                "la grappe a cessé de répondre pendant le travail",
                Span(f"--cluster {adresse}"),
                help="relancer la même commande : ce qui est écrit ne sera pas refait",
            )
        ) from e
    finally:
        envoi.fermer()


class Envoi:
    """One piece of work on one cluster."""

    def __init__(
        self, client: Client, adresse: str, engine: Engine, conversion: Mapping[str, str], delai: float
    ) -> None:
        self.client, self.adresse, self.engine = client, adresse, engine
        self.conversion, self.delai = dict(conversion), delai
        self.nom = f"convenant-{uuid.uuid4().hex}"
        self.composants = composants()
        self._done: queue.SimpleQueue[Future[list[Rendu]]] = queue.SimpleQueue()
        self._flying: dict[Future[list[Rendu]], tuple[bytes, ...]] = {}
        self._suspects: list[bytes] = []
        self._seen = time.monotonic()

    def preparer(self) -> None:
        """Look at each node, then send the templates, also to those that join later."""
        if not self._threads():
            self._wait_for_a_node()
        for node, said in sorted(self.client.run(presenter, on_error="return").items()):
            if isinstance(said, BaseException):
                gone = "ModuleNotFoundError" in repr(said)  # distributed does not keep its class
                wrong = "convenant n’y est pas installé" if gone else str(said)
            else:
                wrong = ecart(self.composants, said)
            if wrong:
                raise GrappeError(versions(node, wrong))
        plugin = Gabarits(self.nom, self.engine.templates.name, gabarits(self.engine))
        self.client.register_plugin(plugin)

    def distribuer(self, travaux: Sequence[Travail]) -> Iterator[Rendu]:
        """Keep every thread busy, and no more results waiting than that."""
        threads = self._threads() or 1
        lots = self._lots(travaux, threads)
        while True:
            while len(self._flying) < _AVANCE * threads and (lot := next(lots, None)):
                self._send(lot)
            if not self._flying and self._suspects:
                self._send((self._suspects.pop(),))  # alone: whoever falls now falls because of it
            if not self._flying:
                return
            future = self._next()
            if future is None:
                threads = self._threads() or threads
                continue
            sent = self._flying.pop(future, None)
            if sent is not None:
                yield from self._receive(future, sent)

    def _lots(self, travaux: Sequence[Travail], threads: int) -> Iterator[tuple[bytes, ...]]:
        share = -(-len(travaux) // (_AVANCE * threads))
        most = max(1, min(_PDF if self.conversion else _MOTS, share))
        lot: list[bytes] = []
        size = 0
        for travail in travaux:
            data = pickle.dumps(travail, protocol=5)
            if lot and (len(lot) >= most or size + len(data) > _OCTETS):
                yield tuple(lot)
                lot, size = [], 0
            lot.append(data)
            size += len(data)
        if lot:
            yield tuple(lot)

    def _send(self, travaux: tuple[bytes, ...]) -> None:
        lot = Lot(
            self.nom,
            self.engine.templates.name,
            self.engine.base,
            self.engine.author,
            self.composants,
            self.conversion,
            self.delai,
            travaux,
        )
        future = self.client.submit(faire, lot, pure=False)
        self._flying[future] = travaux
        future.add_done_callback(self._done.put)

    def _next(self) -> Future[list[Rendu]] | None:
        """The next lot that is done; None when nothing came for a while."""
        try:
            found = self._done.get(timeout=1)
        except queue.Empty:
            pass
        else:
            self._seen = time.monotonic()
            return found
        if self.client.status == "closed":
            raise ConnectionError("closed")
        if self.client.status != "running" or self._threads():
            self._seen = time.monotonic()
        elif time.monotonic() - self._seen > SANS_NOEUD:
            raise GrappeError(self._nobody())
        return None

    def _receive(self, future: Future[list[Rendu]], sent: tuple[bytes, ...]) -> Iterator[Rendu]:
        """The documents of a lot; those of a lot that took nodes down are tried again alone."""
        try:
            made: list[Rendu] = future.result()
        except KilledWorker:
            if len(sent) > 1:
                self._suspects += sent
                return
            travail: Travail = pickle.loads(sent[0])
            why = Diagnostic(
                "GRP005",
                "chaque nœud qui a reçu ce document s’est arrêté",
                Span(f"{travail.ident}.docx"),
                help="relancer la commande sans --cluster",
            )
            made = [Rendu(travail.ident, faute=why)]
        finally:
            future.release()
        yield from made

    def _threads(self) -> int:
        found: dict[str, Any] = self.client.nthreads()
        return sum(found.values())

    def _wait_for_a_node(self) -> None:
        deadline = time.monotonic() + SANS_NOEUD
        while not self._threads():
            if time.monotonic() > deadline:
                raise GrappeError(self._nobody())
            time.sleep(0.2)

    def _nobody(self) -> Diagnostic:
        return Diagnostic(
            "GRP004",
            f"aucun nœud de calcul depuis {SANS_NOEUD} s",
            Span(f"--cluster {self.adresse}"),
            help=f"en démarrer un : « dask worker {self.adresse} »",
        )

    def fermer(self) -> None:
        """Cancel what is left, take the templates back."""
        with contextlib.suppress(OSError, CancelledError, ValueError):
            if self.client.status == "running":
                self.client.cancel(list(self._flying), force=True)
                self.client.unregister_worker_plugin(self.nom)
        with contextlib.suppress(OSError):
            self.client.close(timeout=ATTENTE)


def gabarits(engine: Engine) -> dict[str, bytes]:
    """Every template that can be read, by name, as it is now."""
    found = {}
    for name in engine.names():
        path = engine.templates / name
        try:
            found[name] = path.read_bytes()
        except OSError:
            continue  # a document that needs it says so
    return found
