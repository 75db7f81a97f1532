"""What leaves the service for good: the package for the archives, the version that is published."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from pathlib import Path

from generator import convert, manifest
from generator.compte_rendu import Etat, rediger
from generator.diagnostics import Diagnostic, Span
from generator.documents import couverture
from generator.documents.vue_envoi import envois
from generator.envoi.archive import empaqueter
from generator.envoi.coordonnees import ibans, masque
from generator.fabrique import Fabrique, Reglages, Suivi
from generator.files import cause, ecrire, empreinte
from generator.load import Records, show_path
from generator.manifest import Manifeste
from generator.pdfium import PdfEndommageError, PdfProtegeError, textes
from generator.plan import Choix, planifier
from generator.registre import ecrits
from generator.registre.base import RegistreError
from generator.service.atelier import Options
from generator.service.registre import Vie
from generator.signature.coffre import DOSSIER as SIGNATURE

PUBLICATION = "publication"
PRIVE = 0o600
_LISEZMOI = """Archive de la délibération n° {numero} du {jour}

documents/   les documents produits, en Word et en PDF, et leur manifeste (manifest.json)
signature/   les actes approuvés, signés et retournés, avec la fiche de signature de chacun
registre/    ce qui est arrivé à chaque acte : une ligne par événement, scellée par la précédente
fiches/      les fiches dont les documents sont tirés
preuves/     le compte rendu du contrôle des fiches

Vérifier les fichiers : sha256sum -c SHA256SUMS (dans ce dossier).
Cette archive contient des noms et des coordonnées bancaires : elle ne se publie pas.
"""


@dataclass(slots=True)
class Bilan:
    """The files written, each with its SHA-256, and what prevented the others."""

    etat: Etat
    fichiers: list[tuple[Path, str]] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)

    @property
    def reussi(self) -> bool:
        """True when no error was found."""
        return not any(d.is_error for d in self.diagnostics)


class Diffusion:
    """The archive and the publication of a workspace."""

    def __init__(self, vie: Vie) -> None:
        self.vie, self.atelier = vie, vie.atelier

    def archiver(self, numero: str, maintenant: dt.datetime, suivi: Suivi) -> Bilan:
        """Write output/<numero>/archive-<numero>.zip: documents, signatures, register, records, report."""
        etat = self.atelier.verifier(numero, suivi)
        dossier, wrong = self.vie.dossier(etat, numero)
        out = Bilan(etat, diagnostics=list(wrong))
        folder = self.atelier.sortie / numero
        made = manifest.lire(folder)
        if dossier is None:
            return out
        if made is None:
            out.diagnostics.append(self._manque(numero, folder, "aucun document n’est produit"))
            return out
        files = self._documents(numero, folder, made, out)
        files |= self._fiches(etat.records, made)
        for path in sorted((folder / SIGNATURE).rglob("*")):
            if path.is_file():
                files[f"{SIGNATURE}/{path.relative_to(folder / SIGNATURE).as_posix()}"] = path.read_bytes()
        try:
            with self.vie.ouvrir(numero) as registre:
                self.vie.relever(registre, numero, list(envois(etat.records, dossier)), maintenant)
                entries = registre.lire()
        except RegistreError as e:
            out.diagnostics.append(self.vie.indisponible(numero, e))
            return out
        out.diagnostics += self.vie.controler(numero, entries)
        if not out.reussi:
            return out
        day = dossier.deliberation.date
        files["registre/registre.jsonl"] = ecrits.extrait(entries).encode("utf-8")
        for forme in ("json", "html"):
            files[f"preuves/controle.{forme}"] = rediger(etat, forme).encode("utf-8")
        files["LISEZMOI.txt"] = _LISEZMOI.format(numero=numero, jour=f"{day:%d/%m/%Y}").encode("utf-8")
        name = f"archive-{numero}"
        self._ecrire(folder / f"{name}.zip", empaqueter(files, name, day), PRIVE, out)
        return out

    def publier(self, numero: str, options: Options, soffice: Path | None, suivi: Suivi) -> Bilan:
        """Build in output/<numero>/publication/ the bound documents without any bank details, and prove it.

        The records are those of the dossier, less the accounts: the documents are worded for their absence.
        Each PDF is then read; one that still holds an IBAN is removed (ENV008).
        """
        etat = self.vie.etat(numero)
        dossier, wrong = self.vie.dossier(etat, numero)
        out = Bilan(etat, diagnostics=list(wrong))
        if dossier is None:
            return out
        if soffice is None:
            out.diagnostics.append(
                Diagnostic(
                    "CNV002",
                    "rien à publier sans PDF : LibreOffice est introuvable",
                    Span(show_path(self.atelier.sortie / numero / PUBLICATION)),
                    help="installer libreoffice-writer-nogui, ou indiquer CONVENANT_SOFFICE=/chemin/soffice",
                )
            )
            return out
        bare = replace(
            etat.records,
            structures={k: s.model_copy(update={"compte": None}) for k, s in etat.records.structures.items()},
        )
        work = couverture.dossier(bare, bare.dossiers[numero])
        work = replace(work, documents=tuple(d for d in work.documents if d.relie), nom=PUBLICATION)
        plan, refused = planifier(work, list(etat.diagnostics), Choix(), self.atelier.keys)
        if refused:
            out.diagnostics += refused
            return out
        # No cache: what is kept is known by the files of the records, and these have the accounts.
        wanted = Reglages(
            self.atelier.sortie / numero,
            soffice,
            convert.fonts(),
            max(1, options.jobs),
            options.delai,
            None,
        )
        result = Fabrique(bare, plan, self.atelier.engine, wanted, suivi).run()
        out.diagnostics += result.diagnostics
        folder = self.atelier.sortie / numero / PUBLICATION
        made = manifest.lire(folder)
        for name in sorted(made.fichiers() if made else ()):
            path = folder / name
            if path.suffix != ".pdf":
                path.unlink(missing_ok=True)  # what is published is the PDF; Word keeps more than it shows
                continue
            data = path.read_bytes()
            found = coordonnees(data, show_path(path))
            if found:
                path.unlink()
                out.diagnostics += found
            else:
                path.chmod(0o644)  # it is there to be read
                out.fichiers.append((path, empreinte(data)))
        (folder / manifest.NOM).unlink(missing_ok=True)  # it names the files that are gone
        # Without a manifest of the last time, nothing else says which acts were withdrawn since.
        written = {path for path, _ in out.fichiers}
        for old in sorted(folder.rglob("*.pdf")):
            if old not in written:
                old.unlink()
        return out

    def _documents(self, numero: str, folder: Path, made: Manifeste, out: Bilan) -> dict[str, bytes]:
        files = {f"documents/{manifest.NOM}": (folder / manifest.NOM).read_bytes()}
        entries = [*made.documents, *([made.dossier] if made.dossier else [])]
        for file in (f for e in entries for f in (e.docx, e.pdf) if f and f.chemin):
            data = manifest.contenu(folder, file)
            if data is None:
                gone = f"« {file.chemin} » manque, ou n’est plus le document produit"
                out.diagnostics.append(self._manque(numero, folder / file.chemin, gone))
            else:
                files[f"documents/{file.chemin}"] = data
        return files

    def _fiches(self, records: Records, made: Manifeste) -> dict[str, bytes]:
        """The records that the documents depend on, those of this deliberation and no others."""
        keys = {key for e in made.documents for key in e.fiches}
        files: dict[str, bytes] = {}
        for key in sorted(keys):
            path = self.atelier.donnees / key.removeprefix(f"{records.racine}/")
            if path.is_file():
                files[f"fiches/{key.removeprefix(f'{records.racine}/')}"] = path.read_bytes()
        return files

    def _manque(self, numero: str, path: Path, message: str) -> Diagnostic:
        return Diagnostic(
            "ENV010", message, Span(show_path(path)), help=f"lancer « convenant generer {numero} »"
        )

    def _ecrire(self, path: Path, data: bytes, mode: int, out: Bilan) -> None:
        try:
            ecrire(path, data, mode)
        except OSError as e:
            full = f"impossible d’écrire « {path.name} » : {cause(e)}"
            out.diagnostics.append(Diagnostic("SOR001", full, Span(show_path(path))))
        else:
            out.fichiers.append((path, empreinte(data)))


def coordonnees(pdf: bytes, ou: str) -> list[Diagnostic]:
    """ENV008 for each page of a PDF that holds bank details, or when it cannot be read."""
    try:
        pages = textes(pdf)
    except (PdfEndommageError, PdfProtegeError):
        return [_bancaire("le PDF ne se lit pas : rien ne dit qu’il est sans coordonnées bancaires", ou)]
    # Across pages too: an IBAN may begin at the foot of one and end at the head of the next.
    found = [
        _bancaire(f"la page {n} contient un IBAN ({masque(x)})", ou)
        for n, page in enumerate(pages, 1)
        for x in ibans(page)
    ]
    return found or [
        _bancaire(f"un IBAN passe d’une page à l’autre ({masque(x)})", ou) for x in ibans("\n".join(pages))
    ]


def _bancaire(message: str, ou: str) -> Diagnostic:
    return Diagnostic(
        "ENV008", message, Span(ou), help="ne pas publier ce document ; l’ôter du modèle Word, puis relancer"
    )
