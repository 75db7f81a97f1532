"""The list of the acts to sign: one line each, with what was voted, and the totals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generator import typography as t
from generator.documents import ENVOI, Contexte, Document, Sorte
from generator.documents import commun as c
from generator.documents.vue_envoi import MARQUE, Envoi, envois
from generator.load import Dossier, Records


def _nu(cents: int) -> str:
    """An amount without the euro sign, which the head of the column says; a dash for nothing."""
    return t.euros(cents).removesuffix("\u00a0€") if cents else "–"


def _ligne(dossier: Dossier, e: Envoi, rank: int) -> dict[str, object]:
    if e.structure is None:
        raise LookupError("structure")
    charged = {b.code: b.imputation for b in dossier.deliberation.budget}
    codes = dict.fromkeys(o.code for o, _ in e.parts)
    p = e.structure.representant
    return {
        "rang": str(rank),
        "structure": e.nom + (MARQUE if e.fictif else ""),
        "nature": e.intitule.removesuffix(f" n°\u00a0{e.numero}"),
        "numero": e.numero,
        "objet": "\u00a0; ".join(t.texte(o.intitule) for o, _ in e.parts),
        "montant": _nu(e.acte.montant),
        "imputations": [{"code": code, "imputation": charged.get(code, "")} for code in codes],
        "signataire": c.nom_seul(p),
        "qualite": t.texte(p.qualite),
    }


def _par_imputation(dossier: Dossier, acts: Sequence[Envoi]) -> list[dict[str, str]]:
    """Newly voted amounts by line of the budget, summed from the acts."""
    sums: dict[str, int] = {}
    for e in acts:
        for o, part in e.parts:
            sums[o.code] = sums.get(o.code, 0) + part.montant
    lines = {b.code: b for b in dossier.deliberation.budget}
    return [
        {
            "code": code,
            "imputation": lines[code].imputation if code in lines else "–",
            "libelle": t.texte(lines[code].libelle) if code in lines else "–",
            "montant": _nu(sums.get(code, 0)),
        }
        for code in dict.fromkeys([*lines, *sums])  # an extrait has no budget table
    ]


def _contexte(records: Records, dossier: Dossier, acts: Sequence[Envoi]) -> Contexte:
    total = sum(e.acte.montant for e in acts)
    amendments = sum(e.acte.est_avenant for e in acts)
    counts = [
        t.accord(n, word)
        for n, word in ((amendments, "avenant"), (len(acts) - amendments, "convention"))
        if n
    ]
    return {
        **c.base(records, dossier, "Liste des actes à signer", "Liste des actes à signer"),
        "fictif": dossier.deliberation.fictif or any(e.fictif for e in acts),
        "lignes": [_ligne(dossier, e, rank) for rank, e in enumerate(acts, 1)],
        "nombre": t.accord(len(acts), "acte"),
        "detail": t.enumerer(counts),
        "montant": _nu(total),
        "total": t.euros(total),
        "total_lettres": t.lettres(total),
        "imputations": _par_imputation(dossier, acts),
        "delai": t.accord(c.require_departement(records).delai_signature, "jour"),
    }


def _documents(records: Records, dossier: Dossier) -> Iterator[Document]:
    acts = tuple(envois(records, dossier))
    if not acts:  # nothing to sign yet: an empty list would say nothing
        return
    yield Document(
        ident="bordereau-actes-a-signer",
        sorte="bordereau",
        titre="Liste des actes à signer",
        groupe=ENVOI,
        ordre=(0, ""),
        template="documents/bordereau.docx",
        # Whatever blocks an act blocks the list, which must not announce what nobody can sign.
        depend=c.cles_deliberation(records, dossier).union(
            {dossier.cle_budget}, dossier.fichiers_actes, *(e.depend for e in acts)
        ),
        contexte=lambda: _contexte(records, dossier, acts),
        fictif=any(e.fictif for e in acts),
        relie=False,
    )


SORTE = Sorte(
    "bordereau",
    "La liste des actes à signer : numéro, structure, objet, montant, imputation, signataire",
    "deliberation.yaml, actes/, modeles/, structures/, dispositifs/",
    _documents,
)
