"""The limits of the rules: nothing is said on the right side of each, its code is one step beyond."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.checks.paiements import reglement
from generator.typography import duree_mois, terme

from .records_kit import FIXTURES, examine, parse_fixture, project

FICHE = """ fictif: true
+fiche:
+  axe: "Axe 1 : Parcours"
+  contexte: [Un contexte.]
+  territoires: [Tous.]
+  porteurs: [Toute structure.]
+  sessions:
+    - periode: {{du: 2029-01-01, au: {au}}}
+  conventionnement:
+    mois: {mois}
+    maximum: {maximum}
+    periodes:
+      - {{du: {du}, au: {fin}}}
"""
SUIVI = "=== dispositifs/2031/suivi.yaml\n"
ATELIERS = "=== dispositifs/2030/ateliers.yaml\n"
DELIBERATION = "=== deliberations/2030-001/deliberation.yaml\n"
NOUVELLE = "=== deliberations/2030-001/actes/atelier-du-bassin.yaml\n"
NOUVELLE_PART = f"{NOUVELLE}             quantite: 12\n             montant: 5 000,50\n"
RENFORT = """=== deliberations/2031-05-12/actes/atelier-du-bassin.yaml
           - territoire: bassin
             montant: 1 250,00
"""
SUIVI_PART = """=== deliberations/2031-05-12/actes/amis-du-phare.yaml
             quantite: 4
             montant: 2 000,00
"""
TERRITOIRES = """=== territoires.yaml
-territoires:
+cofinancement: [{fonds: FSE+, taux: 40 %}, {fonds: FTJ, taux: 30 %}]
+territoires:
"""


def fiche(**said: str) -> str:
    usual = {"au": "2029-12-31", "mois": "12", "maximum": "false", "du": "2030-01-01", "fin": "2030-12-31"}
    return SUIVI + FICHE.format(**usual | said)


def versement(day: str) -> str:
    return f"""=== deliberations/2030-001/actes/amis-du-phare.yaml
           taux: 60 %
           montant: 12 000,00
+          date: {day}
"""


def convention_finie(day: str) -> str:
    """The convention ended on `day` before the avenant that has it end on 31 December 2031."""
    return f"""=== deliberations/2030-001/actes/amis-du-phare.yaml
         du: 2030-01-01
-        au: 2030-12-31
+        au: {day}
"""


def avance(rate: str, rest: str) -> str:
    """A convention that was signed with such payments, the dispositif's advance being 60 %."""
    return f"""=== deliberations/2031-05-12/actes/atelier-du-bassin.yaml
       cout: 5 000,50
+      versements:
+        - {{nature: avance, taux: {rate} %, montant: '{rest.split("+")[0]}'}}
+        - {{nature: solde, taux: {100 - int(rate)} %, montant: '{rest.split("+")[1]}'}}
{SUIVI}   versements:
-    - nature: solde
-      taux: 100
-      condition: au bilan
+    - {{nature: avance, taux: 60, condition: à la signature}}
+    - {{nature: solde, taux: 40, condition: au bilan}}
"""


def plan(part: str, departement: str, fonds: str, *depenses: str) -> str:
    lines = "".join(f"+            - {{{d}}}\n" for d in depenses)
    return (
        part
        + f"""+        plan:
+          ressources: [{{financeur: Département, taux: {departement}}}, {{financeur: {fonds}, taux: 50 %}}]
+          reste: la structure
"""
        + ("+          depenses:\n" + lines if lines else "")
    )


def forfait(amount: str, rate: str = "40 %", regime: str = "coûts restants") -> str:
    staff = "nature: personnel, montant: '10 000,00'"
    flat = f"nature: forfait, montant: '{amount}'"
    return f"{SUIVI} financement:\n+  forfait: {{taux: {rate}, regime: {regime}}}\n" + plan(
        RENFORT, "50 %", "État", staff, flat
    )


def jeunes(n: int, most: str) -> str:
    return f"{SUIVI} financement:\n+  part_jeunes: {most}\n{SUIVI_PART}+        jeunes: {n}\n"


def etp(limit: str) -> str:
    return f"{ATELIERS} financement:\n+  couts:\n+    - {{unite: ETP, montant: '{limit}', maximum: true}}\n"


def annuel(limit: str) -> str:
    """A yearly ceiling, over the ten months of the operation."""
    return etp(limit).replace("maximum: true", "maximum: true, annuel: true")


def poste(limit: str) -> str:
    return etp(limit).replace("ETP", "poste-mois") + f"{NOUVELLE_PART}+        postes: 1\n"


def publiee(day: str) -> str:
    return f"{DELIBERATION}-publiee_le: 2030-12-13\n+publiee_le: {day}\n"


def delegation(du: str, au: str) -> str:
    """The one delegation of the usual signatory, whose act is signed on 15 January 2031."""
    return f"""=== departement.yaml
 tribunal: tribunal administratif de Portclair
+delegations:
+  - {{nom: lou  d’exemple, arrete: 2030-1, du: {du}, au: {au}}}
+  - {{nom: Lou D’EXEMPLE, arrete: 2031-1, du: 2031-02-01}}
+  - {{nom: Zoé INVENTÉ, arrete: 2030-2, du: 2030-12-09}}
=== deliberations/2030-001/actes/amis-du-phare.yaml
   - modele: annexe-04
+    signataire: Alix DUPRÉ-FICTIF
=== deliberations/2030-001/actes/ccas-de-valmer.yaml
   - modele: annexe-05
+    signataire: Alix DUPRÉ-FICTIF
"""


def visa(article: str) -> str:
    return f"""=== departement.yaml
 tribunal: tribunal administratif de Portclair
+visas_requis: [{{code: Code du travail, article: {article}, motif: insertion}}]
{DELIBERATION}-    articles: [L.5132-15]
+    articles: [L.5132-15 et suivants]
"""


def seuil(code: str, **said: str) -> str:
    """The fixture that goes beyond a threshold, with other figures."""
    (path,) = FIXTURES.glob(f"{code}-*.diff")
    text = path.read_text("utf-8")
    for old, new in said.items():
        shown = old.removeprefix("x").replace("_", " ", old.count("_") - 1).replace("_", ",")
        assert shown in text
        text = text.replace(shown, new)
    return text


CASES: list[tuple[str, str, str]] = [
    # months announced: inclusive ends, anchored on the first day
    ("DUR008", fiche(), fiche(fin="2030-12-30")),
    ("DUR008", fiche(du="2030-01-15", fin="2031-01-14"), fiche(du="2030-01-15", fin="2031-01-15")),
    ("DUR008", fiche(du="2032-02-29", fin="2033-02-28"), fiche(du="2032-02-29", fin="2033-03-01")),
    (
        "DUR008",
        fiche(mois="6", du="2032-08-31", fin="2033-02-28"),
        fiche(mois="6", du="2032-08-31", fin="2033-02-27"),
    ),
    ("DUR008", fiche(maximum="true", fin="2030-06-10"), fiche(maximum="true", fin="2031-01-01")),
    # an avenant extends
    ("DUR009", convention_finie("2031-12-31"), convention_finie("2032-01-01")),
    # a call for projects closes before the operations begin
    ("DUR010", fiche(au="2029-12-31"), fiche(au="2030-01-01")),
    # a payment: from the signature to the end of the settlement
    ("DUR011", versement("2030-02-01"), versement("2030-01-31")),
    ("DUR011", versement("2032-12-31"), versement("2033-01-01")),
    ("TAU105", avance("60", "3 000,30+2 000,20"), avance("61", "3 050,31+1 950,19")),
    # « bassin » is in the bassin minier, « littoral » and « plaine » are not
    ("TAU107", TERRITOIRES + plan(RENFORT, "30 %", "FTJ"), TERRITOIRES + plan(RENFORT, "31 %", "FTJ")),
    ("TAU107", TERRITOIRES + plan(SUIVI_PART, "40 %", "FSE+"), TERRITOIRES + plan(SUIVI_PART, "40 %", "FTJ")),
    (
        "TAU107",
        TERRITOIRES + plan(NOUVELLE_PART, "30 %", "FTJ"),
        TERRITOIRES + plan(NOUVELLE_PART, "30 %", "FSE+"),
    ),
    ("TAU107", TERRITOIRES + plan(RENFORT, "45 %", "commune"), TERRITOIRES + plan(RENFORT, "40 %", "FSE+")),
    # the flat rates of Europe
    ("TAU108", forfait("4 000,00"), forfait("4 000,01")),
    ("TAU108", forfait("0"), forfait("0", "41 %")),
    ("TAU108", forfait("1 500,00", "15 %", "coûts indirects"), forfait("0", "16 %", "coûts indirects")),
    ("TAU108", forfait("0", "20 %", "personnel"), forfait("0", "21 %", "personnel")),
    ("TAU109", jeunes(2, "20 %"), jeunes(3, "20 %")),
    ("TAU109", jeunes(1, "20 %"), jeunes(1, "20,5 %")),
    ("TAU109", jeunes(0, "10 %"), jeunes(2, "10 %")),
    # 5 000,50 € for 1,5 ETP, or one post during ten months
    ("MNT116", etp("3 333,67"), etp("3 333,66")),
    ("MNT116", annuel("4 000,40"), annuel("4 000,39")),
    ("MNT116", poste("500,05"), poste("500,04")),
    # the act is signed on 15 January 2031
    ("DRO003", publiee("2031-01-15"), publiee("2031-01-16")),
    ("DRO004", delegation("2030-12-09", "2031-01-15"), delegation("2030-12-09", "2031-01-14")),
    ("DRO004", delegation("2031-01-15", "2031-01-31"), delegation("2031-01-16", "2031-01-31")),
    ("DRO005", visa("L.5132-15"), visa("L.5132-1")),
    (
        "DRO006",
        seuil("DRO006", x23_000_01="23 000,00", x28_000_51="28 000,50", x29_000_51="29 000,50"),
        seuil("DRO006"),
    ),
    (
        "DRO007",
        seuil("DRO007", x153_000_01="153 000,00", x154_000_01="154 000,00", x154_250_01="154 250,00"),
        seuil("DRO007"),
    ),
    (
        "DRO008",
        seuil(
            "DRO008",
            x283_000_01="283 000,00",
            x293_000_01="293 000,00",
            x300_000_01="300 000,00",
            x169_800_01="169 800,00",
        ),
        seuil("DRO008"),
    ),
]


def codes(folder: Path, text: str) -> set[str]:
    for edit in parse_fixture(text):
        edit.apply(folder)
    return {d.code for d in examine(folder)[1]}


@pytest.mark.parametrize(("code", "right", "wrong"), CASES, ids=[f"{c[0]}-{k}" for k, c in enumerate(CASES)])
def test_limit(code: str, right: str, wrong: str, tmp_path: Path) -> None:
    others = codes(project(tmp_path / "right"), right)
    assert code not in others
    assert codes(project(tmp_path / "wrong"), wrong) == {*others, code}


def signee(day: str) -> str:
    """The de minimis fixture, its convention being signed on another day."""
    edits = f"-      signee_le: 2030-02-01\n+      signee_le: {day}\n@@\n"
    text = seuil("DRO008")
    for head in ("2030-001", "2031-05-12"):
        name = f"=== deliberations/{head}/actes/amis-du-phare.yaml\n"
        assert name in text
        text = text.replace(name, name + edits)
    return text


def test_three_rolling_years(tmp_path: Path) -> None:
    """What was granted three years to the day before no longer counts."""
    assert codes(project(tmp_path / "out"), signee("2028-05-12")) == set()
    assert codes(project(tmp_path / "in"), signee("2028-05-13")) == {"DRO008"}


def test_without_delegations_the_usual_signatory_is_not_questioned(tmp_path: Path) -> None:
    same = f"{NOUVELLE}     signe_le: 2031-01-15\n+    signataire: Lou D’EXEMPLE\n"
    assert codes(project(tmp_path), same) == set()


def test_settlement_ends_with_the_following_year() -> None:
    assert reglement(dt.date(2030, 1, 1)) == reglement(dt.date(2030, 12, 31)) == dt.date(2031, 12, 31)


@given(st.dates(dt.date(1990, 1, 1), dt.date(2100, 12, 31)), st.integers(1, 240))
def test_last_day_of_a_number_of_months(du: dt.date, mois: int) -> None:
    end = terme(du, mois)
    assert duree_mois(du, end) == mois
    assert duree_mois(du, end + dt.timedelta(1)) != mois
    assert terme(du, mois + 1) > end
