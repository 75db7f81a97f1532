"""What finance asks for: the workbook of a deliberation, its tables, the table that services send back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from generator import checks
from generator.compte_rendu import Etat
from generator.diagnostics import Diagnostic, Span
from generator.fabrique import Suivi
from generator.files import cause, ecrire
from generator.finances import ecrits, feuilles
from generator.finances.controles import Controle, controles
from generator.finances.difference import difference
from generator.finances.importation import Import, importer
from generator.finances.tables import Table, tables
from generator.load import Dossier, Records, load, show_path
from generator.service.atelier import Workspace, unknown_number


@dataclass(frozen=True, slots=True)
class Livraison:
    """The tables of a deliberation and the files that hold them; `diagnostics`: what prevented them."""

    etat: Etat
    tables: tuple[Table, ...] = ()
    controles: tuple[Controle, ...] = ()
    fichiers: tuple[Path, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def ecarts(self) -> int:
        """How many checks do not hold."""
        return sum(c.ecart != 0 for c in self.controles)


@dataclass(frozen=True, slots=True)
class Reprise:
    """What an import did: what the file asks for, and the records that were written."""

    etat: Etat
    contenu: Import
    ecrits: tuple[Path, ...]

    @property
    def reussie(self) -> bool:
        """True when nothing was refused."""
        return not any(d.is_error for d in self.contenu.diagnostics)

    def difference(self) -> str:
        """The difference of the records, as a patch in the « unified » form; empty when there is none."""
        return difference(self.contenu.fichiers)


class Finances:
    """The finance side of a workspace."""

    def __init__(self, atelier: Workspace) -> None:
        self.atelier = atelier

    def etat(self, numero: str | None, suivi: Suivi) -> Etat:
        """The records and what the rules find in them; the Word templates are not looked at."""
        suivi.debut("lecture", 1)
        records, found = load(self.atelier.donnees)
        suivi.pas(f"{len(records.sources)} fiches")
        suivi.fin()
        return Etat(records, tuple(checks.verifier(records, found)), numero)

    def tables(self, numero: str, suivi: Suivi) -> Livraison:
        """The tables of a deliberation; none when it is unknown, or when some of its acts are not read."""
        etat = self.etat(numero, suivi)
        dossier = etat.records.dossiers.get(numero)
        if dossier is None:
            own = [d for d in etat.diagnostics if d.is_error and f"/deliberations/{numero}/" in d.span.file]
            return Livraison(etat, diagnostics=(*own, *unknown_number(etat.records, numero)))
        missing = _manquants(etat.records, dossier)
        if missing:
            own = [d for d in etat.diagnostics if d.is_error and d.span.file in etat.records.fautifs]
            return Livraison(etat, diagnostics=(*own, *missing))
        known = controles(etat.records, dossier)
        linked = _fiches(etat.records, dossier)
        accepted = [d for d in etat.acceptes if d.span.file.startswith(linked)]
        return Livraison(etat, tables(etat.records, dossier, known, accepted), known)

    def classeur(self, numero: str, suivi: Suivi) -> Livraison:
        """Write output/<numero>/finances-<numero>.xlsx."""
        made = self.tables(numero, suivi)
        if made.diagnostics:
            return made
        dossier = made.etat.records.dossiers[numero]
        data = feuilles.classeur(made.etat.records, dossier, made.tables, made.controles)
        return self.ecrire_dans(made, numero, {f"finances-{numero}.xlsx": data})

    def csv(self, numero: str, noms: Sequence[str], suivi: Suivi) -> Livraison:
        """Write each of the tables `noms` (all of them when it is empty) in its own CSV file."""
        made = self.tables(numero, suivi)
        kept = [x for x in made.tables if not noms or x.nom in noms]
        files = {f"finances-{numero}-{x.nom}.csv": ecrits.en_csv(x) for x in kept}
        return self.ecrire_dans(made, numero, files)

    def importer(
        self, chemin: Path, numero: str | None, feuille: str | None, simulation: bool, suivi: Suivi
    ) -> Reprise:
        """Bring the table of `chemin` into the records, or only say what it would change (`simulation`).

        All or nothing: an error in the table, or a record that changed meanwhile, leaves every record.
        """
        etat = self.etat(numero, suivi)
        made = importer(chemin, show_path(chemin), numero, feuille, etat.records, self.atelier.donnees)
        if simulation or not made.fichiers:
            return Reprise(etat, made, ())
        written: list[Path] = []
        try:
            for f in made.fichiers:
                ecrire(f.chemin, f.apres)
                written.append(f.chemin)
        except OSError as e:
            refused = Diagnostic(
                "SOR001",
                f"impossible d’écrire la fiche : {cause(e)}",
                Span(show_path(made.fichiers[len(written)].chemin)),
                help="libérer le fichier, puis relancer : ce qui est déjà écrit ne changera plus",
            )
            made = replace(made, diagnostics=(*made.diagnostics, refused))
        return Reprise(etat, made, tuple(written))

    def ecrire_dans(self, made: Livraison, dossier: str, files: Mapping[str, bytes]) -> Livraison:
        """Write `files` (name → bytes) in output/<dossier>/; `made` with what is written. The first file that
        cannot be written (SOR001) ends it."""
        folder = self.atelier.sortie / dossier
        written: list[Path] = []
        for name, data in files.items():
            try:
                ecrire(folder / name, data)
            except OSError as e:
                refused = Diagnostic(
                    "SOR001",
                    f"impossible d’écrire « {name} » : {cause(e)}",
                    Span(show_path(folder / name)),
                    help="fermer le fichier s’il est ouvert, ou choisir un autre dossier avec --sortie",
                )
                return Livraison(
                    made.etat, made.tables, made.controles, tuple(written), (*made.diagnostics, refused)
                )
            written.append(folder / name)
        return Livraison(made.etat, made.tables, made.controles, tuple(written), made.diagnostics)


def _fiches(records: Records, dossier: Dossier) -> tuple[str, ...]:
    """The records that a deliberation rests on: its folder, its structures, its dispositifs, its budget."""
    d = dossier.deliberation
    return (
        f"{dossier.cle.rsplit('/', 1)[0]}/",
        records.cle(f"budget/{d.exercice}.yaml"),
        *(records.cle(f"structures/{ident}.yaml") for ident in dossier.actes),
        *(records.cle(f"dispositifs/{o.dispositif}.yaml") for o in d.operations()),
    )


def _manquants(records: Records, dossier: Dossier) -> list[Diagnostic]:
    """FIN001: acts that could not be read would be missing from every sum."""
    return [
        Diagnostic(
            "FIN001",
            "les tableaux financiers ne sont pas faits : les sommes seraient fausses sans cette fiche",
            Span(key),
            help="corriger la fiche, puis relancer",
        )
        for key in dossier.fichiers_actes
        if key in records.fautifs
    ]
