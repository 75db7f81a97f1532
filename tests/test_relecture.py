# ruff: noqa: E501 -- a text that is right stands under the one that is wrong, line for line
"""The rules of the proofreader: each one speaks where it must, and is silent on what is right.

The patterns are those of published acts, told anew; no sentence of them is copied.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from generator.diagnostics import Severity
from generator.relecture import par_code, rapport, regles
from tests.relecture_kit import acte, codes, lu, pdf, word
from tests.test_checks import check_typography

GENERATOR = Path(__file__).resolve().parent.parent / "generator"
OBJET = "Article 1 – Objet\nLe présent avenant modifie les articles {} de la convention n° 2024-00123."
COUT = "L’article 4 de la convention est remplacé par :\n« Le coût est plafonné à 40 000 €. »"
ANNEXES = "L’annexe 2 de l’article 12 de la convention est modifiée et complétée par une annexe 3 :\n"
FIN = "Toutes les autres clauses restent en vigueur."


@dataclass(frozen=True)
class Cas:
    """A text where `code` is found `fois` times, `ou` being in the excerpt, and one where nothing is."""

    code: str
    faux: str | bytes
    juste: str | bytes
    ou: str = ""
    nom: str = "acte.txt"
    fois: int = 1


def _annexe_financiere(places: str, part: str) -> str:
    return (
        "Le coût de la place d’accompagnement à 500 euros sert de base au calcul.\nPart quantitative :\n"
        f"50 % de la participation, soit {part} € au plus, porte sur {places} places\nouvertes."
    )


def _tableau(total: str, *rangs: tuple[str, str]) -> bytes:
    return word([("Structure", "Montant (€)"), *rangs, ("Total", total)])


def _budget(solde: str) -> bytes:
    return word(
        [
            ("Code", "AE (€)", "Disponible (€)", "Proposition (€)", "Solde (€)"),
            ("C02-446A05", "8 589 450,00", "915 067,73", "712 000,00", solde),
        ]
    )


CAS = [
    # --- blanks
    Cas("RLB001", "Le siège est situé XXXX, à Arras.", "Le siège est situé rue des Tilleuls.", "XXXX"),
    Cas("RLB001", "Signée le xx.xx.2024.", "Signée le 03.06.2024.", "xx.xx"),
    Cas("RLB001", "Au compte IBAN : ……………………", "À Arras, le ……………………", "…"),
    Cas("RLB001", "Représentée par ..............., Présidente.", "SARL, SCP… et autres sociétés.", "....."),
    Cas("RLB001", "Montant : [à compléter] €.", "Montant : [sic] 12 €.", "[à compléter]"),
    Cas("RLB001", "Le document comprend xx pages.", "Article 1 .............................. 12", "xx"),
    Cas("RLB002", acte(titre="Avenant à la convention n° 2024-XXXX", siret="XXXX"), acte(), "Avenant"),
    Cas("RLB003", "Le montant est {{ acte.montant }} €.", "Le montant est { 12 } €.", "{{ acte"),
    Cas("RLB004", "Représentée par None, Présidente.", "Représentée par Nonette, Présidente.", "None"),
    Cas("RLB004", "Voir l’article Erreur ! Source du renvoi introuvable.", "Voir l’article 4.", "Erreur"),
    # --- articles
    Cas(
        "RLA001",
        acte("Article 1 – Objet", "Article 2 – Coût", "Article 2 : Autres dispositions :"),
        acte("Article 1 – Objet", "Article 2 – Coût", "Article 3 : Autres dispositions :"),
        "Article 2 : Autres",
    ),
    Cas(
        "RLA002",
        acte("ARTICLE 1er : OBJET", "ARTICLE 2 : DURÉE", "ARTICLE 4 : COÛT"),
        acte("ARTICLE 1er : OBJET", "ARTICLE 2 : DURÉE", "Articles 3 à 5 : sans changement", "ARTICLE 6 : COÛT"),
        "ARTICLE 4",
    ),
    Cas(
        "RLA003",
        acte("Article 1 : Objet", "Article 3 : Coût", "Article 2 : Durée"),
        acte("Article 1 : Objet", "Article 2 : Coût", "Article 3 : Durée"),
        "Article 2",
    ),
    Cas(
        "RLA004",
        acte(OBJET.format("3 et 4"), "Article 2 – Coût\n" + COUT, "Article 3 – Autres dispositions\n" + FIN),
        acte(OBJET.format("4"), "Article 2 – Coût\n" + COUT, "Article 3 – Autres dispositions\n" + FIN),
        "3 et 4",
    ),
    Cas(
        "RLA004",
        acte(OBJET.format("1 ; 3"), *(f"Article {n} – x\nL’article {m} est modifié : « a »" for n, m in ((2, 1), (3, 8)))),
        acte(OBJET.format("1 ; 8"), *(f"Article {n} – x\nL’article {m}-1 est complété." for n, m in ((2, 1), (3, 8)))),
        "1 ; 3",
        fois=2,
    ),
    Cas(
        "RLA005",
        acte("Article 1 – Objet", "Article 2 – Litiges\nComme prévu à l’article 9 ci-après.", titre="Convention n° 2025-00001"),
        acte("Article 1 – Objet", "Article 2 – Litiges\nComme prévu à l’article 1 ci-dessus.", titre="Convention n° 2025-00001"),
        "à l’article 9",
    ),
    # --- annexes
    Cas(
        "RLA006",
        acte("Article 1 – Annexes\n" + ANNEXES + "• Annexe 2 : « Accueil des bénéficiaires ».\nAnnexe XX – structure"),
        acte(
            "Article 1 – Annexes\n" + ANNEXES + "• Annexe 2 : « Accueil des bénéficiaires ».\n"
            "• Annexe 3 : « Accompagnement ».\nAnnexe XX – structure"
        ),
        "complétée par une annexe 3",
    ),
    Cas(
        "RLA007",
        acte(
            "Article 1 – Objet\n• Dispositif Accueil des bénéficiaires (annexe 3)",
            "Article 2 – Annexes\nannexe 2 : « Accueil des bénéficiaires », remise à la signature.",
            titre="Convention n° 2025-00001",
        ),
        acte(
            "Article 1 – Objet\n• Dispositif Accueil des bénéficiaires (annexe 2)",
            "Article 2 – Annexes\nannexe 2 : « Accueil des bénéficiaires », remise à la signature.",
            titre="Convention n° 2025-00001",
        ),
        "annexe 2",
    ),
    Cas(
        "RLA008",
        acte("Article 1 – Annexes\nSont jointes :\nANNEXE 1 : État des frais", titre="Convention n° 2025-00001"),
        acte("Article 1 – Annexes\nSont jointes :\nANNEXE 1 : État des frais, remis chaque mois", titre="Convention n° 2025-00001"),
        "ANNEXE 1",
    ),
    Cas(
        "RLA009",
        "ANNEXE 1\nThématique 1\nANNEXE 4\nRépartition\nANNEXE 5\nModèle",
        "ANNEXE 5\nModèle\nANNEXE 6\nModèle\nANNEXE 1\nautre dossier\nANNEXE 2\nfin",
        "ANNEXE 4",
    ),
    # --- identities
    Cas("RLI001", acte(convention="2022-00123"), acte(), "2022-00123"),
    Cas("RLI001", acte(titre="Avenant à la convention N°2022-xxxx"), acte(titre="Avenant à la convention N° 2024-xxxx"), "2024-00123"),
    Cas(
        "RLI002",
        "Vu la délibération n° 2024-587 du 9 décembre 2024 ;\nselon la délibération n° 2024-587 du 8 décembre 2024.",
        "Vu la délibération n° 2024-587 du 9 décembre 2024 ;\nselon la délibération n°2024-587 en date du 09/12/2024.",
        "8 décembre",
    ),
    Cas("RLI002", "Vu la délibération n° 2023-587 du 9 décembre 2024.", "Vu la délibération n° 2023-587 du 9 décembre 2023.", "2023"),
    Cas("RLI002", acte(visee="8 décembre 2024"), acte(visee="09/12/2024"), "8 décembre 2024"),
    Cas("RLI003", "numéro SIRET 186 200 093 00084,", "numéro SIRET 186 200 093 00083,", "00084"),
    Cas("RLI003", "SIRET sous le n° 1862000930008, représentée", "SIRET sous le n° 18620009300083, représentée", "1862000930008"),
    Cas("RLI003", "SIRET : 000 000 000 00000", "SIREN/SIRET : 186 200 093", "000"),
    Cas("RLI004", acte("Article 1 – x\nSIRET 356 000 000 00048."), acte("Article 1 – x\nSIRET 18620009300083."), "356"),
    Cas(
        "RLI005",
        "Pôle insertion du Littoral : Anne Rose – 03 21 00 00 01\nPôle insertion du Littoral : Anne Rose - 03 21 00 00 02",
        "Pôle insertion du Littoral : Anne Rose – 03 21 00 00 01\nPôle insertion du Littoral : Anne Rose - 03.21.00.00.01",
        "03 21 00 00 02",
    ),
    # --- amounts
    Cas(
        "RLM001",
        "Le coût est de 95 857 €, décliné comme suit :\n• 89 000 € pour le premier dispositif\n• 6 875 € pour le second\n",
        "Le coût est de 95 875 €, décliné comme suit :\n• 89 000 € pour le premier dispositif\n• 6 875 € pour le second\n",
        "95 857",
    ),
    Cas("RLM001", "Le coût est de 1 000 € + 500 €, soit 1 600 €.", "Le coût est de 1 000 € + 500 €, soit 1 500 €.", "1 600"),
    Cas(
        "RLM001",
        "Le coût est de 338 226,74 €.\nS’y ajoute un coût de 79 850,00 €.\nIl est ainsi porté à 418 067,74 €.",
        "Le coût est de 338 226,74 €.\nS’y ajoute un coût de 79 850,00 €.\nIl est ainsi porté à 418 076,74 €.",
        "418 067,74",
    ),
    Cas(
        "RLM001",
        word("Ce montant de 90 € se répartit de la manière suivante :", "– 50 € (cinquante euros) en 2024 ;", "– 30 € en 2025."),
        word("Ce montant de 80 € se répartit de la manière suivante :", "– 50 € (cinquante euros) en 2024 ;", "– 30 € en 2025."),
        "90",
        "acte.docx",
    ),
    Cas("RLM002", "100 places à 500 €, soit 40 000 €.", "100 places à 500 €, soit 50 000 €.", "40 000"),
    Cas("RLM002", _annexe_financiere("100", "20 000"), _annexe_financiere("230", "57 500"), "100 places"),
    Cas("RLM003", "50 % de 40 000 €, soit 2 000 €.", "50 % de 40 000 €, soit 20 000 €.", "2 000"),
    Cas(
        "RLM003",
        "Avance : 43 %, soit 145 437,50 €.\nAcompte : 32 %, soit 108 232,65 €.\nSolde : 25 %, soit 84 556,68 €.",
        "Avance : 43 %, soit 145 437,50 €.\nAcompte : 32 %, soit 108 232,56 €.\nSolde : 25 %, soit 84 556,68 €.",
    ),
    Cas(
        "RLM003",
        "Coût 60 000 €\nPublic\n60 %, soit 39 000,00 €,\n40 %, soit 26 000,00 €",
        "Coût 65 000 €\nPublic\n60 %, soit 39 000,00 €,\n40 %, soit 26 000,00 €",
        "39 000",
    ),
    Cas(
        "RLM004",
        _tableau("99 997,00", ("Phare", "30 000,00"), ("Bassin", "69 998,00")),
        _tableau("99 998,00", ("Phare", "30 000,00"), ("Bassin", "69 998,00"), ("Valmer", "–")),
        "99 997,00",
        "t.docx",
    ),
    Cas(
        "RLM004",
        _tableau("60", ("Phare", "20"), ("Bassin", "30"), ("Sous-total", "51"), ("Valmer", "10")),
        _tableau("60", ("Phare", "20"), ("Bassin", "30"), ("Sous-total", "50"), ("Valmer", "10")),
        "51",
        "t.docx",
    ),
    Cas(
        "RLM004",
        pdf([("Structure", "Montant (€)"), ("Phare", "2 000,00"), ("Bassin", "3 000,00"), ("Total", "5 100,00")]),
        pdf([("Structure", "Montant (€)"), ("Phare", "2 000,00"), ("Bassin", "3 000,00"), ("Total", "5 000,00")]),
        "5 100,00",
        "t.pdf",
    ),
    Cas("RLM005", _budget("203 067,37"), _budget("203 067,73"), "203 067,37", "t.docx"),
    Cas(
        "RLM005",
        "AE € Disponible € Proposition € Solde €\nFonds d’aide\n130 000,00 90 500,00 59 220,00 31 820,00",
        "AE € Disponible € Proposition € Solde €\nFonds d’aide\n130 000,00 90 500,00 59 220,00 31 280,00",
        "31 820,00",
    ),
    Cas("RLM006", "65 000 € (soixante-six mille euros)", "65 000 € (soixante cinq mille euros)", "soixante-six"),
    Cas("RLM006", "la somme de mille deux euros (1 200 €)", "la somme de mille deux cents euros (1 200 €)", "mille deux"),
    Cas(
        "RLM007",
        "portera sur 100 places, réparties de la manière suivante :\no 60 places à Lens,\no 20 places à Hénin,\no 30 places ici.",
        "portera sur 100 places, réparties de la manière suivante :\no 60 places à Lens,\no 20 places à Hénin,\no 20 places ici.",
        "100 places",
    ),
    Cas(
        "RLM007",
        "546 places d’accompagnement, territoires : Artois (210), Lens (196) et Hénin (141)",
        "546 places d’accompagnement, territoires : Artois (210), Lens (196) et Hénin (140)",
        "546",
    ),
    Cas(
        "RLM008",
        "• une avance de 30 % à la signature ;\n• un acompte de 50 % ;\n• un solde de 30 %.",
        "• une avance de 30 % à la signature ;\n• un acompte de 50 % ;\n• un solde de 20 %.",
        "30 %",
    ),
    Cas(
        "RLM008",
        "Part quantitative : 50 % de la participation.\nPart qualitative : 60 % de la participation.",
        "Part quantitative : 90 %.\nPart quantitative : 5 %.\nPart qualitative : 5 %.",
    ),
    # --- dates
    Cas("RLD001", "au plus tard le 31 avril 2025", "au plus tard le 30 avril 2025", "31 avril"),
    Cas("RLD001", "du 29/02/2023", "du 29/02/2024, rapport 6568/93446, à 30/60/90 jours", "29/02/2023"),
    Cas("RLD002", "du 1er janvier 2026 au 30 juin 2025", "du 1er novembre au 31 janvier 2025", "du 1er janvier"),
    Cas("RLD002", "du 01/09/2025 au 31/12/2024", "du 01/09/2024 au 31/12/24", "01/09/2025"),
    Cas(
        "RLD003",
        "24 mois, soit du 01/01/2024 au 31/12/2024",
        "2 ans, soit du 01/01/2024 au 31/12/2025 ; 3 mois, soit du 15 janvier au 15 avril 2025",
        "24 mois",
    ),
    Cas(
        "RLD004",
        "L’opération dure 24 mois, soit du 01/01/2024 au 31/12/2025.\nÀ l’issue de la première année de l’opération, un\n"
        "point écrit est dû au plus tard le 31/03/2024.",
        "L’opération dure 24 mois, soit du 01/01/2024 au 31/12/2025.\nÀ l’issue de la première année de l’opération, un\n"
        "point écrit est dû au plus tard le 31/03/2025.",
        "31/03/2024",
    ),
    Cas("RLD005", acte(signee="14 décembre 2024"), acte(signee="14 août 2024"), "14 décembre"),
    Cas(
        "RLD005",
        "DÉLIBÉRATION DE LA COMMISSION PERMANENTE\nRÉUNION DU 9 DÉCEMBRE 2024\n"
        "Vu la délibération n° 2025-257 du Conseil départemental du 01/07/2025 ;",
        "DÉLIBÉRATION DE LA COMMISSION PERMANENTE\nRÉUNION DU 9 DÉCEMBRE 2024\n"
        "Vu la délibération n° 2021-257 du Conseil départemental du 01/07/2021 ;",
        "01/07/2025",
    ),
    Cas("RLD006", "réunie le mardi 9 décembre 2024", "réunie le lundi 9 décembre 2024", "mardi"),
    # --- pages
    Cas(
        "RLP001",
        pdf(["Le présent document comprend 3 pages."], ["suite"], pied="Page {page} sur {pages}"),
        pdf(["Le présent document comprend 2 pages."], ["suite"], pied="Page {page} sur {pages}"),
        "3 pages",
        "a.pdf",
    ),
    Cas(
        "RLP001",
        pdf(*[[*acte(fin="Le présent acte comprend 3 pages.").split("\n")], ["annexe"]] * 2),
        pdf(*[[*acte(fin="Le présent acte comprend 2 pages.").split("\n")], ["annexe"]] * 2),
        "3 pages",
        "a.pdf",
        2,
    ),
]  # fmt: skip


@pytest.mark.parametrize("cas", CAS, ids=lambda c: f"{c.code}-{c.ou[:12]}")
def test_speaks_and_keeps_silent(cas: Cas, tmp_path: Path) -> None:
    faux = lu(tmp_path, cas.faux, cas.nom)
    trouves = [c for c in codes(faux) if c in (cas.code, *par_code().keys() - {"RLB002"})]
    assert trouves == [cas.code] * cas.fois, faux.diagnostics
    (trouve, *_) = [d for d in faux.diagnostics if d.code == cas.code]
    assert faux.texte is not None
    extrait, debut, longueur = faux.texte.extrait(trouve.span)
    assert re.sub(r"\s", " ", cas.ou) in re.sub(r"\s", " ", extrait), extrait
    assert extrait[debut : debut + longueur].strip()
    assert faux.texte.lieu(trouve.span)
    assert trouve.help
    juste = lu(tmp_path, cas.juste, cas.nom)
    assert set(codes(juste)) <= {"RLB002"} - {cas.code}, juste.diagnostics


@pytest.mark.parametrize("cas", CAS, ids=lambda c: f"{c.code}-{c.ou[:12]}")
def test_gravities_are_those_declared(cas: Cas, tmp_path: Path) -> None:
    for d in lu(tmp_path, cas.faux, cas.nom).diagnostics:
        assert d.severity in par_code()[d.code].gravites[d.code], d


def test_every_code_has_a_case() -> None:
    """A new rule needs a text where it speaks and one where it is silent."""
    told = {c.code for c in CAS} | {"RLB005", "RLT001", "RLT002", "RLT003", "RLT004", "RLT005", "RLT006"}
    assert told == set(par_code())


def test_every_rule_says_what_it_is() -> None:
    for r in regles():
        assert r.texte and r.famille and r.codes
        texte = re.sub(r"\s+", " ", r.texte.replace("\u00a0", "¤")).replace("¤", "\u00a0")
        assert not re.search(r"\w'\w", texte), texte
    declared = [code for r in regles() for code in r.codes]
    assert len(set(declared)) == len(declared)


@pytest.mark.parametrize("cas", CAS, ids=lambda c: f"{c.code}-{c.ou[:12]}")
def test_messages_are_well_typed(cas: Cas, tmp_path: Path) -> None:
    for d in lu(tmp_path, cas.faux, cas.nom).diagnostics:
        propre = [re.sub(r" (?=[»:;?!%€])|(?<=«) ", "\u00a0", t) for t in (d.message, d.help)]
        check_typography(*propre)


# --- typography: Word only ----------------------------------------------------------------------

DEFAUTS = {
    "RLT001": ("Objet : voir l’annexe ; fin", "Objet\u00a0: voir l’annexe\u00a0; fin"),
    "RLT002": ("un montant de 12 500\u00a0€", "un montant de 12\u00a0500\u00a0€"),
    "RLT003": ("l'annexe", "l’annexe"),
    "RLT004": ('le dispositif "Coach"', "le dispositif «\u00a0Coach, dit “le coach”\u00a0»"),
    "RLT005": ("du 1 janvier au 2ème trimestre", "du 1er\u00a0janvier au 2e\u00a0trimestre"),
    "RLT006": ("le dispositif Coach\u00a0» du Pacte", "le dispositif «\u00a0Coach\u00a0» du Pacte"),
}


@pytest.mark.parametrize("code", DEFAUTS)
def test_typography_of_word_files(code: str, tmp_path: Path) -> None:
    faux, juste = DEFAUTS[code]
    found = lu(tmp_path, word(faux), "a.docx")
    assert {d.code for d in found.diagnostics} == {code}
    assert {d.severity for d in found.diagnostics} == {Severity.INFO}
    assert found.propre
    assert lu(tmp_path, word(juste), "a.docx").diagnostics == ()
    hors_word = [d.code for d in lu(tmp_path, faux).diagnostics]
    assert hors_word == {"RLT005": ["RLT005"] * 2, "RLT006": ["RLT006"]}.get(code, [])


@pytest.mark.parametrize(
    ("texte", "fois"),
    [
        ("un accompagne »ment de proximité", 1),
        ("la convention » accompagnement des publics » est modifiée", 2),
        ('des sorties pour "changement de situation (retraite) »', 1),
        ("« La présente convention vise le dispositif « Accueil » et ses suites. »", 0),
        ("« Premier alinéa.\n« Second alinéa, rouvert. »", 0),
        ("« Une citation ouverte\nsur une ligne, fermée sur une autre. »", 0),
        ("» une puce\n» une autre", 0),
    ],
)
def test_closing_quotes_alone(texte: str, fois: int, tmp_path: Path) -> None:
    found = [d for d in lu(tmp_path, texte).diagnostics if d.code == "RLT006"]
    assert [f"{fois}\u00a0fois" in d.message for d in found] == [True] * bool(fois)


@pytest.mark.parametrize(
    "suite",
    [
        "Pôle insertion du Littoral : Rose Anne – 03 21 00 00 01",  # the same, in another order
        "Pôle insertion du Littoral : Anne Rose – 06 00 00 00 02",  # a mobile beside
        "Pôle insertion des Collines : Anne Rose – 03 21 00 00 02",  # another service
        "Pôle insertion du Littoral : Jean Prune – 03 21 00 00 02",  # another person
    ],
)
def test_contacts_that_do_not_contradict(suite: str, tmp_path: Path) -> None:
    assert codes(lu(tmp_path, f"Pôle insertion du Littoral : Anne Rose – 03 21 00 00 01\n{suite}")) == []


def test_typography_is_one_remark_per_kind(tmp_path: Path) -> None:
    found = lu(tmp_path, word(*["Objet : voir : ici"] * 40, "https://exemple.fr/a:b ; à 12:30"), "a.docx")
    (seul,) = found.diagnostics
    assert "81" in seul.message and len(seul.notes) == 2


# --- what is right must stay right ---------------------------------------------------------------

JUSTES = {
    "articles cités dans un avenant": acte(
        OBJET.format("4"),
        "Article 2 – Coût\nL’article 4 de la convention est remplacé par :\n« Article 4 – Coût\nLe coût est de 5 €. »",
        "Article 3 – Autres dispositions",
    ),
    "articles cités sans guillemets": acte(
        OBJET.format("4"),
        "Article 2 – Coût\nL’article 4 de la convention est remplacé par les stipulations suivantes :\nArticle 4 – Coût\nx",
        "Article 3 – Autres dispositions",
    ),
    "sommaire puis articles": "Sommaire\nArticle 1 – Objet ........ 2\nArticle 2 – Durée ........ 3\nArticle 1 – Objet\nArticle 2 – Durée",
    "renvois en début de ligne": "comme le prévoit l’\narticle 12 de la convention, et\nArticle L. 262-27 du code",
    "articles bis": acte("Article 1 – a", "Article 2 – b", "Article 2 bis – c", "Article 2-1 – d", "Article 3 – e"),
    "deux conventions à la suite": acte("Article 1 – a", "Article 2 – b") + acte("Article 1 – a", "Article 2 – b"),
    "prix par an": "70 places à 25 € par mois, soit 21 000 € par an.",
    "liste dont un élément n’a pas de montant": "Le coût est de 100 €, réparti comme suit :\n• 60 € ici\n• le reste ailleurs\n",
    "liste qui détaille un élément": "Le coût est de 100 €, réparti comme suit :\n• 100 € en tout\n• dont 60 € ici\n",
    "montant coupé par la fin de ligne": "un total de 95\n875 €, décliné comme suit :\n• 89 000 €\n• 6 875 €\n",
    "numéro RNA": "SIRET / RNA : W621004321, association",
    "deux délibérations de dates différentes": "Vu la délibération n° 2024-587 du 9 décembre 2024 et la délibération n° 2024-273 du 17 juin 2024",
    "dates proches": "du 12/01/2026 au 15/02/26 inclus ; le 1er mars 2026",
    "parts de trois arrondies": "33,33 %, soit 33,33 €, puis 33,33 %, soit 33,33 €, puis 33,34 %, soit 33,34 €",
    "romain": "Livre XXX, siècle XXe, chapitre XXX",
    "points d’ornement": "(Adopté)\n….............................................................\nLE PRÉSIDENT",
    "nom et date à la main": "Fait à Arras en deux exemplaires\nNom, prénom : ........................\nLe : .......................",
    "lettres sans euros": "65 000 € (montant maximum)",
    "un seul montant": "Le coût est de 95 875 €, décliné comme suit :\n• 95 875 € au titre du dispositif\n",
    "taux sans avance": "• 60 % à la signature ;\n• 30 % au bilan.",
    "part seule": "Part qualitative : 50 % de la participation.",
}  # fmt: skip


@pytest.mark.parametrize("nom", JUSTES)
def test_silent_on_what_is_right(nom: str, tmp_path: Path) -> None:
    found = lu(tmp_path, JUSTES[nom])
    assert codes(found) == [], found.diagnostics


TABLEAUX = {
    "comptes et sous-comptes": [
        ("Charges", "Montant (€)"), ("60 – Achats", "500,00"), ("fournitures", "200,00"), ("prestations", "300,00"),
        ("64 – Personnel", "1 500,00"), ("Total des charges", "2 000,00"),
    ],
    "années en tête": [("Structure", "2024", "2025"), ("Phare", "10", "20"), ("Bassin", "5", "5"), ("Total", "15", "25")],
    "prix unitaire": [("Poste", "Prix unitaire", "Montant"), ("a", "10,00", "20,00"), ("b", "5,00", "5,00"), ("Total", "99,00", "25,00")],
    "totaux et total général": [
        ("Opération", "Montant"), ("a", "1,00"), ("Total 1", "1,00"), ("b", "2,00"), ("c", "3,00"), ("Total 2", "5,00"),
        ("Total général", "6,00"),
    ],
    "colonne de mots": [("Structure", "Contact"), ("Phare", "03 21 21 65 05"), ("Bassin", "12"), ("Total", "3")],
}  # fmt: skip


@pytest.mark.parametrize("nom", TABLEAUX)
def test_silent_on_tables_that_are_right(nom: str, tmp_path: Path) -> None:
    found = lu(tmp_path, word(TABLEAUX[nom]), "t.docx")
    assert codes(found) == [], found.diagnostics


def test_a_page_head_does_not_cut_a_sentence(tmp_path: Path) -> None:
    pages = ["Avenant en cours", "Le coût est de 1 000 € + 500 €,"], ["Avenant en cours", "soit 1 600 €."]
    found = lu(tmp_path, pdf(*pages, pied="Délibération – Page {page} sur {pages}"), "a.pdf")
    assert codes(found) == ["RLM001"]
    assert found.texte is not None and "Avenant en cours" not in found.texte.flux


def test_what_is_cited_by_two_acts_is_told_for_each(tmp_path: Path) -> None:
    """Two acts in one file: one is right, the fault of the other is placed in it."""
    contenu = acte("Article 1 – a") + acte("Article 1 – a", convention="2023-00001")
    found = lu(tmp_path, contenu)
    (seul,) = found.diagnostics
    assert seul.code == "RLI001" and found.texte is not None
    ligne = contenu[: contenu.index("2023-00001")].count("\n") + 1
    assert found.texte.lieu(seul.span) == f"ligne\u00a0{ligne}"


def test_many_blanks_are_one_diagnostic(tmp_path: Path) -> None:
    found = lu(tmp_path, "\n".join(f"champ {n} : XXXX" for n in range(30)))
    (seul,) = found.diagnostics
    assert "30 lignes" in seul.message and len(seul.notes) == 11


def test_conventions_bound_together_are_read_one_by_one(tmp_path: Path) -> None:
    """Nothing announces the second but its title and its article 1."""
    une, autre = (
        f"Convention n° 2024-0000{n}\nArticle 1 – Objet\n• Dispositif « Accueil des bénéficiaires » (annexe {n})\n"
        f"Article 2 – Annexes\nannexe {n} : « Accueil des bénéficiaires »"
        for n in (2, 3)
    )
    assert codes(lu(tmp_path, f"{une}\n{autre}\n")) == []
    assert codes(lu(tmp_path, f"{une}\n{autre}\n".replace("(annexe 3)", "(annexe 2)"))) == ["RLA007"]


def test_the_example_of_the_page_is_what_is_printed(tmp_path: Path) -> None:
    page = (GENERATOR.parent / "docs" / "relecture.md").read_text("utf-8")
    montre = re.search(r"^```text\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    assert montre
    espace = "\u00a0"
    contenu = [
        *(["Sans objet."] * 11),
        f"Pour la durée de l’acte, le coût total est estimé à un montant maximum de 95{espace}857{espace}€, décliné comme suit{espace}:",
        f"– 89{espace}000{espace}€ pour le premier dispositif",
        f"– 6{espace}875{espace}€ pour le second",
    ]
    found = lu(tmp_path, word(*contenu), "convention.docx")
    assert f"{rapport.en_texte(found)}\n\n{rapport.total([found])}\n" == montre[1]


def test_the_page_names_every_family() -> None:
    page = (GENERATOR.parent / "docs" / "relecture.md").read_text("utf-8")
    assert {code[:3] for code in par_code()} == set(re.findall(r"\| (RL[A-Z]) \|", page))
