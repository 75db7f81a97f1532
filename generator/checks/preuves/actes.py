"""What each act adds up to, against what was announced to its structure."""

from __future__ import annotations

from collections.abc import Iterator

from generator.checks.parcours import LieuActe, actes_de
from generator.checks.preuves.preuve import Niveau, Preuve, Terme, preuve
from generator.load import Dossier, Records


def structure(records: Records, lieu: LieuActe) -> str:
    """How the structure of an act is called; its identifier when its record was not read."""
    known = records.structures.get(lieu.actes.structure)
    return known.appellation if known else lieu.actes.structure


def _nom(records: Records, lieu: LieuActe) -> str:
    """The structure, and the rank of the act when it has several."""
    who = structure(records, lieu)
    what = "avenant" if lieu.acte.est_avenant else "convention"
    several = f" (acte {lieu.rang + 1})" if len(lieu.actes.actes) > 1 else ""
    return f"{who} – {what}{several}"


def des_actes(records: Records, dossier: Dossier) -> Iterator[Preuve]:
    """The costs of each act, the total of its convention, what the convention it amends recalls."""
    for lieu in actes_de(records, dossier):
        acte, name = lieu.acte, _nom(records, lieu)
        terms = tuple(_couts(lieu))
        yield preuve(
            Niveau.ACTES,
            name,
            "annexes techniques de l’acte",
            terms,
            "total annoncé",
            acte.annonce.operations,
            lieu.span("annonce", "operations"),
            "MNT101",
        )
        c = acte.convention
        if c is None or c.cout is None:
            continue
        before = Terme("coût initial", c.cout, lieu.span("convention", "cout"))
        if acte.annonce.convention is not None:
            added = [t for t in terms if not t.libelle.endswith(_VALORISATION)]
            yield preuve(
                Niveau.ACTES,
                name,
                "coût initial + avenant",
                (before, *added),
                "total de la convention annoncé",
                acte.annonce.convention,
                lieu.span("annonce", "convention"),
                "MNT102",
            )
        for what, code, key, figures in (
            ("versements", "MNT109", "versements", [(v.nature, v.montant) for v in c.versements]),
            (
                "composantes",
                "MNT113",
                "composantes",
                [(", ".join(x.dispositifs), x.montant) for x in c.composantes],
            ),
        ):
            own = tuple(
                Terme(label, cents, lieu.span("convention", key, k, "montant"))
                for k, (label, cents) in enumerate(figures)
            )
            if own:
                yield preuve(
                    Niveau.ACTES,
                    name,
                    f"{what} de la convention",
                    own,
                    "coût de la convention",
                    c.cout,
                    before.span,
                    code,
                )


_VALORISATION = ", valorisation"


def _couts(lieu: LieuActe) -> Iterator[Terme]:
    """What makes the cost of the annexes techniques of an act."""
    for rang, part in enumerate(lieu.acte.operations):
        for k, r in enumerate(part.repartition):
            if r.montant:
                span = lieu.span("operations", rang, "repartition", k, "montant")
                yield Terme(f"{part.operation}, {r.territoire}", r.montant, span)
        if part.valorisation:
            span = lieu.span("operations", rang, "valorisation")
            yield Terme(f"{part.operation}{_VALORISATION}", part.valorisation, span)
