"""New conventions: the articles of a convention type, then what each operation attaches.

The modele of a convention, when the deliberation attaches one, is the same document without an acte.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from generator import typography as t
from generator.documents import ANNEXES, Contexte, Document, Sorte
from generator.documents import commun as c
from generator.documents import vue_acte as vue
from generator.documents.commun import BLANC
from generator.documents.deliberation import visa
from generator.documents.vue_envoi import Envoi, envois, nominatif
from generator.load import Dossier, Records, cle_texte
from generator.model import Acte, Actes, ConventionType, Modele, Operation, Periode, Structure

TEMPLATE = "documents/convention.docx"
_RANG = 99
"""The conventions of a structure come after its avenants, whose rank is the number of their modele."""


def texte(
    types: ConventionType,
    who: Structure | None,
    annexes: list[dict[str, Any]],
    cout: int | None,
    whole: Periode,
) -> Contexte:
    """What the articles of a convention read: parties, annexes, cost, period, numbers of the articles.

    `passages` holds, by article then by passage, what avenants have put there: nothing here.
    """
    return {
        "structure": vue.structure(who),
        "engagement_republicain": who is None or who.forme in ("association", "fondation"),
        "droit_prive": who is None or who.forme in ("association", "fondation", "societe"),
        "preambule": f"articles/{types.preambule}.docx" if types.preambule else "",
        "articles": [
            {
                "numero": str(rank),
                "cle": a.cle,
                "intitule": t.texte(a.intitule),
                "clause": f"articles/{a.cle}.docx",
            }
            for rank, a in enumerate(types.articles, 1)
        ],
        "article": {a.cle: str(rank) for rank, a in enumerate(types.articles, 1)},
        "passages": {a.cle: {p: [] for p in (*a.passages, *a.ajouts)} for a in types.articles},
        "annexes_fixes": [
            {"numero": str(rank), "intitule": t.texte(a)} for rank, a in enumerate(types.annexes_fixes, 1)
        ],
        "annexes": annexes,
        "annexes_pluriel": len(annexes) > 1,
        "cout": {
            "total": vue.montant(cout),
            "total_lettres": t.lettres(cout) if cout is not None else BLANC,
        },
        "periode": {
            "totale": t.periode(whole.du, whole.au),
            "debut": t.date_longue(whole.du),
            "fin": t.date_longue(whole.au),
            "conservation": vue.conservation(whole),
        },
    }


def _compte(who: Structure | None) -> dict[str, str] | None:
    """The bank account; None when the record of the structure gives none."""
    if who is None:
        return dict.fromkeys(("iban", "bic", "domiciliation", "titulaire"), BLANC)
    if who.compte is None:
        return None
    x = who.compte
    return {
        "iban": t.iban(x.iban),
        "bic": x.bic,
        "domiciliation": t.texte(x.domiciliation),
        "titulaire": t.texte(x.titulaire),
    }


def _rattachement(acte: Acte | None) -> dict[str, str] | None:
    """The convention that this one completes; blanks in a modele."""
    if acte is None:
        return {"numero": BLANC, "signee_le": BLANC}
    r = acte.rattachement
    return {"numero": r.numero, "signee_le": t.date_longue(r.signee_le)} if r else None


def contexte(
    records: Records,
    dossier: Dossier,
    modele: Modele | None,
    actes: Actes | None,
    acte: Acte | None,
    ops: Sequence[Operation],
) -> Contexte:
    """Context of one convention; of its modele when `actes` and `acte` are None.

    Its period covers those of all its operations.
    """
    types = records.conventions_types[vue.id_convention_type(dossier, modele, ops)]
    who = records.structures[actes.structure] if actes else None
    annexes = vue.annexes(records, types, ops, modele, who, acte)
    whole = Periode(du=min(o.periode.du for o in ops), au=max(o.periode.au for o in ops))
    titre = vue.intitule(modele, acte)
    invented = bool(who and actes and (who.fictif or actes.fictif)) or any(a["fictif"] for a in annexes)
    return {
        **c.base(records, dossier, titre, titre),
        **texte(types, who, annexes, acte.montant if acte else None, whole),
        "fictif": dossier.deliberation.fictif or invented,
        "objet": t.texte(modele.objet)
        if modele
        else t.enumerer([f"«\u00a0{a['intitule']}\u00a0»" for a in annexes]),
        "convention": {"numero": (acte and acte.numero) or BLANC},
        "rattachement": _rattachement(acte) if types.rattachee else None,
        "visas": [visa(v) for v in types.visas],
        # A modele that the deliberation attaches needs no other authority.
        "modele_type": None if modele else {"adopte_le": t.date_longue(types.adopte_le)},
        "annexes_jointes": annexes,
        "compte": _compte(who),
        "pages": vue.PAGES_INCONNUES,
    }


def _modeles(records: Records, dossier: Dossier) -> Iterator[Document]:
    for modele in dossier.modeles.values():
        if modele.est_avenant:
            continue
        ops = vue.operations(dossier, modele.operations)

        def build(modele: Modele = modele, ops: Sequence[Operation] = ops) -> Contexte:
            ctx = contexte(records, dossier, modele, None, None, ops)
            return {**ctx, "etiquette": f"ANNEXE {modele.annexe}"}

        yield Document(
            ident=f"annexe-{modele.annexe:02d}-modele-convention",
            sorte="modele-convention",
            titre=f"Annexe {modele.annexe} – Modèle de convention",
            groupe=ANNEXES,
            ordre=(modele.annexe, ""),
            template=TEMPLATE,
            depend=_cles(records, dossier, modele, None, ops),
            contexte=build,
            nominatif=False,
        )


def _cles(
    records: Records, dossier: Dossier, modele: Modele | None, actes: Actes | None, ops: Sequence[Operation]
) -> frozenset[str]:
    """Keys of a convention; unlike an avenant, it prints every article of its convention type."""
    types = records.conventions_types.get(vue.id_convention_type(dossier, modele, ops))
    return vue.cles(records, dossier, ops, actes, modele) | cles_des_articles(types)


def cles_des_articles(types: ConventionType | None) -> frozenset[str]:
    """Keys of what prints every article of a convention type; none when its record is faulty."""
    return frozenset({cle_texte(types)}) if types else frozenset()


def _conventions(records: Records, dossier: Dossier) -> Iterator[Document]:
    return (_convention(records, dossier, e) for e in envois(records, dossier) if not e.acte.est_avenant)


def _convention(records: Records, dossier: Dossier, e: Envoi) -> Document:
    ops = vue.operations(dossier, [p.operation for p in e.acte.operations])
    titre = f"{e.nom} – Convention – {t.enumerer([t.texte(o.intitule) for o in ops])}"
    keys = e.depend | _cles(records, dossier, e.modele, e.actes, ops)

    def build() -> Contexte:
        return contexte(records, dossier, e.modele, e.actes, e.acte, ops)

    return nominatif(records, dossier, e, "convention", titre, _RANG, TEMPLATE, keys, build)


MODELE = Sorte(
    "modele-convention",
    "Les modèles de conventions annexés à la délibération (XXXX à la place des valeurs d’une structure)",
    "deliberation.yaml, modeles/, conventions-types/, dispositifs/",
    _modeles,
)
SORTE = Sorte(
    "convention",
    "La convention de chaque structure nouvellement financée, avec ses annexes",
    "actes/, modeles/, structures/, conventions-types/, dispositifs/, territoires.yaml",
    _conventions,
)
