"""The report as one page of HTML that needs nothing else: on screen, and on paper as A4."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from xml.etree import ElementTree as ET

from generator import __version__
from generator.compte_rendu.balises import Enfant, ajouter, e, markdown, page
from generator.compte_rendu.catalogue import fiche
from generator.compte_rendu.extrait import extrait
from generator.compte_rendu.releve import GRAVITES, Groupe, Releve, lignes, titre_deliberation
from generator.compte_rendu.style import CSS
from generator.diagnostics import Diagnostic, Note, Severity, Span, francais
from generator.money import REGLE_DE_PARTAGE
from generator.typography import NBSP, accord, date_longue, nombre

TITRE = "Compte rendu de contrôle"
SPECIMEN = "Spécimen établi, en tout ou partie, à partir de données fictives"
_NOMS = {Severity.ERREUR: "Erreur", Severity.AVERTISSEMENT: "Avertissement", Severity.INFO: "Information"}
_EMBLEME = ((70, 70, 17), (195, 70, 23), (296, 70, 23), (94, 172, 23), (195, 172, 23), (296, 172, 17))


def en_html(releve: Releve) -> str:
    """The whole page."""
    groupes = releve.groupes()
    about = titre_deliberation(releve.records, releve.numero) if releve.numero else "Toutes les délibérations"
    head = e(
        "head",
        e("meta", charset="utf-8"),
        e("meta", name="viewport", content="width=device-width, initial-scale=1"),
        e("title", f"{TITRE} – {about}"),
        e("style", CSS),
    )
    main = e(
        "main",
        e("h1", TITRE),
        e("p", e("strong", about), _intitule(releve), class_="objet"),
        _synthese(releve, groupes),
        _constats(releve, groupes),
        _acceptes(releve),
        _calcul(),
        _annexe(releve.ouverts),
    )
    banner = e("p", SPECIMEN, class_="bandeau") if releve.fictif else None
    return page(e("html", head, e("body", _entete(releve), banner, main, _pied(releve)), lang="fr"))


def _entete(releve: Releve) -> ET.Element:
    d = releve.records.departement
    words = [e("p", d.nom, class_="nom"), e("p", d.pole), e("p", d.direction)] if d else []
    return e("header", _embleme(), e("div", *words), class_="entete")


def _embleme() -> ET.Element:
    """The emblem of the documents, drawn."""
    links = ((94, 240), (94, 183), (195, 183), (195, 94), (296, 94))
    dots = ((94, 94, 17), (195, 94, 23), (296, 94, 23), (94, 195, 23), (195, 195, 23), (296, 195, 17))
    dots += ((94, 296, 23), (195, 296, 17), (296, 296, 17))
    path = "M94 296V195H195V94H296"
    del links
    return e(
        "svg",
        e("rect", width="390", height="390", rx="60", fill="#1b365d"),
        e("path", d=path, fill="none", stroke="#c9a24b", stroke_width="22"),
        *(e("circle", cx=str(x), cy=str(y), r=str(r + 9), fill="#fff") for x, y, r in dots),
        viewBox="0 0 390 390",
        aria_hidden="true",
    )
