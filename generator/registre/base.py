"""The database of the register, the only module that knows SQLAlchemy: SQLite in a file, or PostgreSQL.

One table, to which rows are added and in which nothing else is possible: triggers of the database itself
refuse to change or delete a row, whatever program asks. Both databases give the same entries.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from pathlib import Path
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import ArgumentError, IntegrityError, NoSuchModuleError, SQLAlchemyError

from generator.registre.evenements import ORIGINE, Etape, Evenement, Inscription, sceller

_ESSAIS = 20
"""How many times an entry gives way to others that come first."""
_ATTENTE = 30
"""Seconds that SQLite waits for another program to be done."""
_BASES = frozenset({"sqlite", "postgresql"})
_SECRETS = frozenset({"password", "sslpassword"})
"""Parameters of an address that PostgreSQL reads as passwords."""
_VERROU = 0x436F6E76
"""Number of the PostgreSQL lock under which the table is made."""

_META = sa.MetaData()
_TABLE = sa.Table(
    "convenant_registre",
    _META,
    sa.Column("ouvrage", sa.String(64), primary_key=True),
    sa.Column("rang", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("acte", sa.Text, nullable=False),
    sa.Column("etape", sa.Text, nullable=False),
    sa.Column("le", sa.String(10), nullable=False),
    sa.Column("inscrit_le", sa.String(40), nullable=False),
    sa.Column("par", sa.Text, nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("cle", sa.Text),
    sa.Column("precedent", sa.String(64), nullable=False),
    sa.Column("empreinte", sa.String(64), nullable=False),
    sa.UniqueConstraint("ouvrage", "cle"),
    sa.UniqueConstraint("ouvrage", "precedent"),
)

_REFUS = "le registre ne se modifie pas"
_ARRET = f"BEGIN SELECT RAISE(ABORT, '{_REFUS}'); END"
_GARDES_SQLITE = (
    f"CREATE TRIGGER convenant_maj BEFORE UPDATE ON convenant_registre {_ARRET}",
    f"CREATE TRIGGER convenant_sup BEFORE DELETE ON convenant_registre {_ARRET}",
    # INSERT OR REPLACE deletes without calling the trigger of deletions.
    "CREATE TRIGGER convenant_ins BEFORE INSERT ON convenant_registre WHEN EXISTS (SELECT 1 FROM"
    " convenant_registre r WHERE r.ouvrage = NEW.ouvrage AND (r.rang >= NEW.rang OR r.cle = NEW.cle OR"
    f" r.precedent = NEW.precedent)) {_ARRET}",
)
_GARDES_POSTGRESQL = (
    "CREATE OR REPLACE FUNCTION convenant_refus() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{_REFUS}'; END $$",
    "CREATE TRIGGER convenant_maj BEFORE UPDATE OR DELETE ON convenant_registre FOR EACH ROW "
    "EXECUTE FUNCTION convenant_refus()",
    "CREATE TRIGGER convenant_vide BEFORE TRUNCATE ON convenant_registre FOR EACH STATEMENT "
    "EXECUTE FUNCTION convenant_refus()",
)
for _dialecte, _gardes in (("sqlite", _GARDES_SQLITE), ("postgresql", _GARDES_POSTGRESQL)):
    for _garde in _gardes:
        _ddl = sa.DDL(_garde)  # type: ignore[no-untyped-call]
        event.listen(_TABLE, "after_create", _ddl.execute_if(dialect=_dialecte))


class RegistreError(Exception):
    """The register cannot be read or written; the message is in French and shows no password."""


def sans_secret(url: str) -> bool:
    """True when the address of a database holds no password."""
    try:
        read = sa.make_url(url)
    except (ArgumentError, ValueError):
        return True
    return read.password is None and _SECRETS.isdisjoint(read.query)


def fichier(path: Path) -> str:
    """The address of the SQLite register of a file."""
    return sa.URL.create("sqlite", database=str(path)).render_as_string()


class Registre:
    """The register of one work (a deliberation) in one database; several works may share a database."""

    def __init__(self, url: str, ouvrage: str) -> None:
        """Open the register, and make it when there is none. Raises RegistreError."""
        self.ouvrage = ouvrage
        try:
            self._url = sa.make_url(url)
            if self._url.drivername in ("postgresql", "postgres"):
                self._url = self._url.set(drivername="postgresql+psycopg")
            if self._url.get_backend_name() not in _BASES:
                raise ArgumentError("neither SQLite nor PostgreSQL")
            self._engine = self._ouvrir()
            with self._engine.begin() as c:
                if c.dialect.name == "postgresql":  # two programs that start at once make one table
                    c.execute(sa.text(f"SELECT pg_advisory_xact_lock({_VERROU})"))
                _META.create_all(c)
        except (ArgumentError, NoSuchModuleError, ValueError) as e:
            raise RegistreError("l’adresse du registre n’est pas celle d’une base connue") from e
        except ImportError as e:
            raise RegistreError(
                "PostgreSQL demande un complément\u00a0: pip install convenant[postgresql]"
            ) from e
        except (SQLAlchemyError, OSError) as e:
            raise self._erreur("ne s’ouvre pas", e) from e

    def _ouvrir(self) -> sa.Engine:
        if self._url.get_backend_name() != "sqlite":
            return sa.create_engine(self._url, poolclass=sa.NullPool)
        if self._url.database:
            path = Path(self._url.database)
            path.parent.mkdir(parents=True, exist_ok=True)
            # It bears names and addresses: for its owner alone, from its first byte on.
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        engine = sa.create_engine(self._url, poolclass=sa.NullPool, connect_args={"timeout": _ATTENTE})

        @event.listens_for(engine, "connect")
        def _connecte(connexion: Any, _: object) -> None:
            connexion.isolation_level = None  # the transaction is ours, and takes its lock at once
            connexion.execute("PRAGMA synchronous = FULL")

        @event.listens_for(engine, "begin")
        def _commence(connexion: sa.Connection) -> None:
            connexion.exec_driver_sql("BEGIN IMMEDIATE")

        return engine

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._engine.dispose()

    def inscrire(self, evenement: Evenement, maintenant: dt.datetime) -> Inscription | None:
        """Add an entry, kept on the disk when this returns; None when its `cle` is already there.

        `maintenant`: with its time zone. Raises RegistreError.
        """
        for _ in range(_ESSAIS):
            try:
                with self._engine.begin() as c:
                    return self._ajouter(c, evenement, maintenant.astimezone(dt.UTC))
            except IntegrityError:
                continue  # another program was faster: after its entry, or not at all
            except SQLAlchemyError as e:
                raise self._erreur("ne s’écrit pas", e) from e
        raise RegistreError(f"{self._nom()} est pris par d’autres programmes")

    def _ajouter(self, c: sa.Connection, e: Evenement, now: dt.datetime) -> Inscription | None:
        mine = _TABLE.c.ouvrage == self.ouvrage
        if e.cle and c.execute(sa.select(_TABLE.c.rang).where(mine, _TABLE.c.cle == e.cle)).first():
            return None
        last = c.execute(
            sa.select(_TABLE.c.rang, _TABLE.c.empreinte).where(mine).order_by(_TABLE.c.rang.desc()).limit(1)
        ).first()
        rang, before = (last.rang + 1, last.empreinte) if last else (1, ORIGINE)
        entry = sceller(self.ouvrage, rang, e, now, before)
        c.execute(
            _TABLE.insert().values(
                ouvrage=self.ouvrage,
                rang=rang,
                acte=e.acte,
                etape=e.etape.value,
                le=e.le.isoformat(),
                inscrit_le=now.isoformat(),
                par=e.par,
                detail=json.dumps(dict(e.detail), ensure_ascii=False, sort_keys=True),
                cle=e.cle or None,
                precedent=before,
                empreinte=entry.empreinte,
            )
        )
        return entry

    def lire(self, acte: str | None = None) -> tuple[Inscription, ...]:
        """The entries, or those of one act, in order. Raises RegistreError."""
        wanted = sa.select(_TABLE).where(_TABLE.c.ouvrage == self.ouvrage).order_by(_TABLE.c.rang)
        if acte is not None:
            wanted = wanted.where(_TABLE.c.acte == acte)
        try:
            with self._engine.begin() as c:
                return tuple(_inscription(row) for row in c.execute(wanted))
        except SQLAlchemyError as e:
            raise self._erreur("ne se lit pas", e) from e
        except ValueError as e:
            raise RegistreError(f"{self._nom()} contient une ligne que Convenant n’a pas écrite") from e

    def _nom(self) -> str:
        shown = self._url.set(query={})  # a password may stand among its parameters too
        return f"le registre «\u00a0{shown.render_as_string(hide_password=True)}\u00a0»"

    def _erreur(self, what: str, e: Exception) -> RegistreError:
        cause = str(getattr(e, "orig", None) or e).splitlines()
        return RegistreError(f"{self._nom()} {what}\u00a0: {cause[0] if cause else type(e).__name__}")


def _inscription(row: Any) -> Inscription:
    e = Evenement(
        row.acte,
        Etape(row.etape),
        dt.date.fromisoformat(row.le),
        row.par,
        json.loads(row.detail),
        row.cle or "",
    )
    return Inscription(row.rang, e, dt.datetime.fromisoformat(row.inscrit_le), row.precedent, row.empreinte)
