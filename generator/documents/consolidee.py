"""Conventions as they stand on a given day: the initial text with its avenants applied in order.

The wording of an article that no avenant has touched is that of the convention type; each passage
that an avenant has put there is printed under the name of that avenant. What the records do not hold
of a convention signed before them (its cost, the text of its annexes) is said to be missing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from generator import typography as t
from generator.checks.avenants import chaines
from generator.checks.parcours import LieuActe
from generator.documents import CONVENTIONS, Contexte, Document, SorteDatee, avenant, convention
from generator.documents import commun as c
from generator.documents import vue_acte as vue
from generator.load import Records
from generator.model import ConventionType, Modele, Operation, Structure

TEMPLATE = "documents/convention-consolidee.docx"


def effet(lieu: LieuActe) -> dt.date:
    """Day from which an act counts: its signature, else the deliberation that allows it."""
    return lieu.acte.signe_le or lieu.dossier.deliberation.date


def debut(chain: Sequence[LieuActe]) -> dt.date:
    """Day from which the convention of a chain exists."""
    first = chain[0]
    return first.acte.convention.signee_le if first.acte.convention else effet(first)


def _modele(lieu: LieuActe) -> Modele | None:
    return lieu.dossier.modeles.get(lieu.acte.modele or "")


def _operations(lieu: LieuActe) -> list[Operation]:
    modele = _modele(lieu)
    named = modele.operations if modele else [p.operation for p in lieu.acte.operations]
    return vue.operations(lieu.dossier, named)


def _id_types(lieu: LieuActe) -> str:
    return vue.id_convention_type(lieu.dossier, _modele(lieu), _operations(lieu))


@dataclass(slots=True)
class _Texte:
    """The convention while its acts are applied to it."""

    contexte: Contexte
    types: ConventionType
    annexes: dict[int, dict[str, Any]] = field(default_factory=dict)
    """By number: {intitule, origine, contenu}; `contenu` is None when the records do not hold it."""
    inconnues: int = 0
    """Number of annexes of the initial convention whose titles are unknown."""
    fictif: bool = False

    def article(self, cle: str) -> dict[str, Any]:
        found: dict[str, Any] = next(a for a in self.contexte["articles"] if a["cle"] == cle)
        return found


def _initiale(records: Records, lieu: LieuActe, who: Structure) -> _Texte:
    """The convention before its first avenant."""
    types = records.conventions_types[_id_types(lieu)]
    acte, ops = lieu.acte, _operations(lieu)
    if acte.convention is None:
        ctx = convention.contexte(records, lieu.dossier, _modele(lieu), lieu.actes, acte, ops)
        out = _Texte(ctx, types, fictif=ctx["fictif"])
        for a in ctx["annexes"]:
            out.annexes[int(a["numero"])] = {"intitule": a["intitule"], "origine": "", "contenu": a}
    else:
        initiale, modele = acte.convention, _modele(lieu)
        titles = [t.texte(x) for x in modele.annexes_initiales] if modele else []
        known = [
            {"numero": str(n), "intitule": title} for n, title in enumerate(titles, types.premiere_annexe)
        ]
        ctx = {
            **convention.texte(types, who, known, initiale.cout, initiale.periode),
            "preambule": "",
            "rattachement": None,
            "compte": None,
        }
        out = _Texte(ctx, types)
        for a in known:
            origin = "texte de la convention initiale, non reproduit"
            out.annexes[int(a["numero"])] = {
                "intitule": f"«\u00a0{a['intitule']}\u00a0»",
                "origine": origin,
                "contenu": None,
            }
        if not known:
            out.inconnues = initiale.annexes or 0
        missing = {"cout": initiale.cout is None, "objet": not known}
        for cle, absent in missing.items():
            if absent and types.article(cle):
                out.article(cle)["motif"] = "les fiches ne donnent pas les valeurs qu’elle contient"
    for a in out.contexte["articles"]:
        a.update({"remplace": [], "suites": [], "motif": a.get("motif", "")})
    return out


def _appliquer(records: Records, out: _Texte, lieu: LieuActe) -> dict[str, str]:
    """Apply one avenant; its line in the table of the acts."""
    modele = _modele(lieu)
    if modele is None:
        raise LookupError("modele")
    ctx = avenant.contexte(records, lieu.dossier, modele, lieu.actes, lieu.acte)
    number = vue.numero_avenant(lieu.acte)
    origin = f"Avenant n°\u00a0{number} (délibération {c.reference(lieu.dossier.deliberation)})"
    values = {
        key: ctx[key] for key in ("structure", "annexes", "annexes_pluriel", "composantes", "cout", "periode")
    }
    for change in modele.modifications:
        article = out.types.article(change.article)
        if article is None:
            continue
        version = {"clause": change.redaction, "origine": origin, **values}
        state = out.article(change.article)
        if change.article == "annexes":
            _annexes(out, ctx, modele, f"avenant n°\u00a0{number}")
        elif change.passage is None:
            state.update({"remplace": [version], "suites": []})
        elif state["remplace"]:
            # The passage is no longer in the article: what replaces it is printed after the whole.
            state["suites"].append(version)
        elif change.passage in article.ajouts:
            out.contexte["passages"][change.article][change.passage].append(version)
        else:
            out.contexte["passages"][change.article][change.passage] = [version]
            state["motif"] = ""
    out.fictif = out.fictif or ctx["fictif"]
    return {
        "acte": f"Avenant n°\u00a0{number}",
        "deliberation": t.majuscules(c.reference(lieu.dossier.deliberation)[:1])
        + c.reference(lieu.dossier.deliberation)[1:],
        "signature": _signature(lieu),
        "articles": t.enumerer(
            [a["modifie"] for a in sorted(ctx["articles"], key=lambda a: int(a["modifie"]))]
        ),
    }


def _annexes(out: _Texte, ctx: Contexte, modele: Modele, origin: str) -> None:
    """Put the annexes of an avenant in the place of those that it replaces, or after the last one."""
    first = out.types.premiere_annexe
    for n in range(first, first + len(modele.annexes_initiales)):
        out.annexes.pop(n, None)
    for a in ctx["annexes_jointes"]:
        out.annexes[int(a["numero"])] = {
            "intitule": f"«\u00a0{a['intitule']}\u00a0»",
            "origine": origin,
            "contenu": a,
        }


def _signature(lieu: LieuActe) -> str:
    day = lieu.acte.signe_le
    return f"Le {t.date_longue(day)}" if day else "Date non enregistrée"


def contexte(records: Records, chain: Sequence[LieuActe], au: dt.date) -> Contexte:
    """Context of the convention of `chain` on the day `au`."""
    first = chain[0]
    who = records.structures[first.actes.structure]
    out = _initiale(records, first, who)
    own = first.acte.convention
    number = own.numero if own else first.acte.numero
    lines = [
        {
            "acte": "Convention",
            "deliberation": "Non enregistrée" if own else f"N° {first.dossier.deliberation.id}",
            "signature": f"Le {t.date_longue(own.signee_le)}" if own else _signature(first),
            "articles": "–",
        }
    ]
    whole = own.periode if own else None
    for lieu in chain:
        if lieu.acte.convention is None or effet(lieu) > au:
            continue
        lines.append(_appliquer(records, out, lieu))
        modele = _modele(lieu)
        whole = (modele and modele.periode) or lieu.acte.convention.periode
    ctx = out.contexte
    end = whole.au if whole else max(o.periode.au for o in _operations(first))
    titre = f"Convention n°\u00a0{number} – version en vigueur au {t.date_longue(au)}"
    joined = [a["contenu"] for _, a in sorted(out.annexes.items()) if a["contenu"]]
    if "annexes" in ctx["article"]:
        # The list of the annexes is that of the day, not the one that was signed.
        out.article("annexes").update({"clause": "clauses/annexes-en-vigueur.docx", "remplace": []})
    return {
        **ctx,
        **c.socle(records, titre, titre, f"Convention n°\u00a0{number}"),
        "fictif": out.fictif or who.fictif or first.actes.fictif,
        "convention": {"numero": number},
        "au": t.date_longue(au),
        "type_adopte_le": t.date_longue(out.types.adopte_le) if own else "",
        "expiree": end < au,
        "periode": {**ctx["periode"], "fin": t.date_longue(end)},
        "actes_pris_en_compte": lines,
        "annexes_en_vigueur": _liste(out),
        "annexes_jointes": joined,
    }


def _liste(out: _Texte) -> list[dict[str, str]]:
    fixed = [
        {"numeros": f"annexe {a['numero']}", "intitule": a["intitule"], "origine": ""}
        for a in out.contexte["annexes_fixes"]
    ]
    first = out.types.premiere_annexe
    unknown = range(first, out.inconnues + 1)
    kept = {
        "numeros": f"annexes {unknown[0]} à {unknown[-1]}" if len(unknown) > 1 else f"annexe {first}",
        "intitule": "dispositifs de la convention initiale",
        "origine": "texte non reproduit",
    }
    return [
        *fixed,
        *([kept] if unknown else []),
        *(
            {"numeros": f"annexe {n}", "intitule": a["intitule"], "origine": a["origine"]}
            for n, a in sorted(out.annexes.items())
        ),
    ]


def _documents(records: Records, au: dt.date) -> Iterator[Document]:
    for number, chain in sorted(chaines(records).items()):
        if debut(chain) > au:
            continue
        ident = chain[0].actes.structure
        known = records.structures.get(ident)
        name = t.texte(known.appellation) if known else ident
        kept = [x for x in chain if x.acte.convention is None or effet(x) <= au]
        keys: set[str] = set()
        for lieu in [chain[0], *kept]:
            ops, modele = _operations(lieu), _modele(lieu)
            keys |= vue.cles(records, lieu.dossier, ops, lieu.actes, modele)
            types = records.conventions_types.get(_id_types(lieu))
            keys |= convention.cles_des_articles(types)
            if modele is None and lieu.acte.modele:
                keys.add(vue.cle_modele(lieu.dossier, lieu.acte.modele))
        yield Document(
            ident=f"convention-{number}",
            sorte="convention-consolidee",
            titre=f"Convention n°\u00a0{number} – {name}",
            groupe=CONVENTIONS,
            ordre=(0, number),
            template=TEMPLATE,
            depend=frozenset(keys),
            contexte=lambda chain=chain: contexte(records, chain, au),  # type: ignore[misc]
            structure=ident,
            fictif=bool(known and known.fictif) or chain[0].actes.fictif,
        )


SORTE = SorteDatee(
    "convention-consolidee",
    "Une convention et ses avenants en un seul texte, tel qu’en vigueur à une date donnée",
    "deliberations/ (actes/ et modeles/), structures/, conventions-types/, dispositifs/",
    _documents,
)
