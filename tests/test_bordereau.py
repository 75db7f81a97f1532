"""The list of acts to sign holds a thousand acts and tens of millions of euros without breaking a figure."""

from __future__ import annotations

import datetime as dt

from generator.convert import convert, find_soffice
from generator.documents import couverture
from generator.load import load
from generator.render import Engine
from tests.dossier_kit import DATA, TEMPLATES


def test_ranks_and_totals_stay_whole() -> None:
    """A figure cut at the edge of its cell is two figures, and the conversion refuses the document."""
    records, _ = load(DATA)
    work = couverture.dossier(records, records.dossiers["2024-587"])
    (document,) = [d for d in work.documents if d.sorte == "bordereau"]
    contexte = document.contexte()
    montant = "14\u00a0520\u00a0490,00"
    lignes = [{**ligne, "rang": str(1000 + n)} for n, ligne in enumerate(contexte["lignes"])]
    whole = {**contexte, "lignes": lignes, "montant": montant}
    day = dt.date(2024, 12, 9)
    docx = Engine(TEMPLATES).render(document.template, whole, titre=document.titre, jour=day, nominatif=True)
    soffice = find_soffice()
    assert soffice is not None
    (done,) = convert(
        {"bordereau": docx}, soffice=soffice, jour=day, titres={"bordereau": document.titre}, jobs=1
    )
    assert done.pdf is not None, done.error
