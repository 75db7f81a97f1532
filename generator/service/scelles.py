"""Seals: what was voted is frozen, then watched."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from generator.compte_rendu import Etat
from generator.conformite import Passage, Terme, empreinte_du_texte, lire, termes
from generator.diagnostics import Diagnostic, Note, Span
from generator.documents import Document, Ouvrage
from generator.documents.couverture import dossier as ouvrage
from generator.fabrique import Suivi
from generator.files import cause, ecrire
from generator.ingredients import gabarits
from generator.load import Dossier, Records, show_path
from generator.plan import Choix, planifier
from generator.render import RenderError
from generator.sceau import Acte, Erratum, Montant, Present, Sceau, Texte, controler, lire_sceau, montants
from generator.sceau.forme import NOM, en_texte, en_yaml, fichier_du_texte
from generator.service.atelier import Workspace, unknown_number

_MODELES = ("modele-avenant", "modele-convention")
_NOTES = 5


@dataclass(slots=True)
class Scellement:
    """What was sealed, or why nothing was: the file, how many modeles and acts, the findings."""

    fichier: Path | None = None
    modeles: int = 0
    actes: int = 0
    diagnostics: list[Diagnostic] = field(default_factory=list)


class Scelles:
    """Seals of the deliberations of a project."""

    def __init__(self, atelier: Workspace) -> None:
        self.atelier = atelier

    def sceller(self, numero: str, par: str, le: dt.date, suivi: Suivi) -> Scellement:
        """Freeze a deliberation. Refused when it is sealed already, or when a document cannot be made."""
        etat = self.atelier.charger(suivi)
        dossier = etat.records.dossiers.get(numero)
        if dossier is None:
            return Scellement(diagnostics=unknown_number(etat.records, numero))
        folder = self._dossier(numero)
        if (folder / NOM).exists():
            return Scellement(diagnostics=[_deja(folder)])
        work = ouvrage(etat.records, dossier)
        plan, _ = planifier(work, etat.diagnostics, Choix(), self.atelier.keys)
        if plan.bloques:  # before any context is asked for: it may need the record that is faulty
            reasons = [r for b in plan.bloques for r in b.raisons]
            return Scellement(diagnostics=[_impossible(folder, reasons)])
        try:
            texts = self._textes(work, {d.ident for d in _scellables(etat.records, dossier, work)})
        except RenderError as e:
            return Scellement(diagnostics=[_impossible(folder, [e.diagnostic])])
        sceau = self._sceau(etat.records, dossier, work, texts, par, le)
        try:
            for ident, passages in texts.items():
                ecrire(fichier_du_texte(folder, ident), en_texte(passages))
            ecrire(folder / NOM, en_yaml(sceau))
        except OSError as e:
            return Scellement(diagnostics=[_ecriture(folder, e)])
        return Scellement(folder / NOM, len(sceau.modeles), len(sceau.actes))

    def erratum(self, numero: str, acte: str, par: str, le: dt.date, motif: str, suivi: Suivi) -> Scellement:
        """Reopen one act of a sealed deliberation: what it says now is what it says from now on."""
        etat = self.atelier.charger(suivi)
        dossier = etat.records.dossiers.get(numero)
        if dossier is None:
            return Scellement(diagnostics=unknown_number(etat.records, numero))
        folder = self._dossier(numero)
        sceau, _, found = lire_sceau(folder)
        if sceau is None:
            return Scellement(diagnostics=found or [_non_scellee(folder, numero)])
        names = [a.document for a in sceau.actes if acte in (a.document, a.document.rpartition("/")[2])]
        if len(names) != 1:
            what = f"« {acte} » n’est pas un acte du scellé"
            known = ", ".join(a.document for a in sceau.actes)
            return Scellement(
                diagnostics=[
                    Diagnostic("SCE007", what, Span(show_path(folder / NOM)), help=f"actes : {known}")
                ]
            )
        work = ouvrage(etat.records, dossier)
        plan, _ = planifier(work, etat.diagnostics, Choix(), self.atelier.keys)
        blocked = [r for b in plan.bloques if b.document.ident == names[0] for r in b.raisons]
        if blocked:
            return Scellement(diagnostics=[_impossible(folder, blocked, names[0])])
        try:
            texts = self._textes(work, set(names))
        except RenderError as e:
            return Scellement(diagnostics=[e.diagnostic])
        if names[0] not in texts:
            return Scellement(diagnostics=[_impossible(folder, [], names[0])])
        new = Erratum(acte=names[0], par=par, le=le, motif=motif, texte=empreinte_du_texte(texts[names[0]]))
        sceau = sceau.model_copy(update={"errata": (*sceau.errata, new)})
        try:
            ecrire(folder / NOM, en_yaml(sceau))
        except OSError as e:
            return Scellement(diagnostics=[_ecriture(folder, e)])
        return Scellement(folder / NOM, 0, 1)

    def controler(self, etat: Etat, numero: str | None) -> list[Diagnostic]:
        """What has changed since the seals, for one deliberation or for all."""
        found: list[Diagnostic] = []
        for name, dossier in etat.records.dossiers.items():
            if numero in (None, name):
                found += self._controler(etat, name, dossier)
        return found

    def modeles_changes(self, etat: Etat, numero: str) -> tuple[Sceau | None, list[Diagnostic]]:
        """The seal of a deliberation, and what no longer is what was voted, modeles apart from acts."""
        sceau, _, found = lire_sceau(self._dossier(numero))
        if sceau is None:
            return None, found
        found = self.controler(etat, numero)
        return sceau, [d for d in found if d.code in ("SCE001", "SCE002")]

    def _controler(self, etat: Etat, numero: str, dossier: Dossier) -> Iterator[Diagnostic]:
        folder = self._dossier(numero)
        sceau, src, found = lire_sceau(folder)
        yield from found
        if sceau is None or src is None:
            return
        work = ouvrage(etat.records, dossier)
        plan, _ = planifier(work, etat.diagnostics, Choix(), self.atelier.keys)
        sound = {t.document.ident for t in plan.taches}
        wanted = {t.document for t in sceau.textes()} & sound
        texts: dict[str, tuple[Passage, ...]] = {}
        for ident in sorted(wanted):
            try:
                texts |= self._textes(work, {ident})
            except RenderError as e:
                yield e.diagnostic
        now = Present(
            texts,
            {d.ident: d for d in work.documents},
            {t.document.ident: _montants(dossier, t) for t in termes(etat.records, dossier)},
            gabarits(self.atelier.engine),
            _fiches(etat.records),
        )
        yield from controler(sceau, src, folder, etat.records, dossier, now, self.atelier.gabarits.name)

    def _dossier(self, numero: str) -> Path:
        return self.atelier.donnees / "deliberations" / numero

    def _textes(self, work: Ouvrage, idents: set[str]) -> dict[str, tuple[Passage, ...]]:
        """What documents say now. Raises RenderError."""
        out = {}
        for d in work.documents:
            if d.ident in idents:
                out[d.ident] = lire(
                    self.atelier.engine.render(
                        d.template, d.contexte(), titre=d.titre, jour=work.jour, nominatif=d.nominatif
                    )
                )
        return out

    def _sceau(
        self,
        records: Records,
        dossier: Dossier,
        work: Ouvrage,
        texts: Mapping[str, Sequence[Passage]],
        par: str,
        le: dt.date,
    ) -> Sceau:
        digests = {ident: empreinte_du_texte(p) for ident, p in texts.items()}
        by_ident = {d.ident: d for d in work.documents}
        acts = tuple(
            Acte(
                document=t.document.ident,
                texte=digests[t.document.ident],
                structure=t.structure,
                montants={m.nom: m.cents for m in _montants(dossier, t).values()},
            )
            for t in termes(records, dossier)
        )
        known = gabarits(self.atelier.engine)
        used: set[str] = set()
        needed: set[str] = set()
        for ident in texts:
            d = by_ident[ident]
            used.update(self.atelier.engine.closure(d.template, d.contexte()))
            needed.update(key.partition("#")[0] for key in d.depend)
        fiches = _fiches(records)
        sealed = Sceau(
            deliberation=dossier.deliberation.id,
            le=le,
            par=par,
            montants={m.nom: m.cents for m in montants(dossier.deliberation).values()},
            modeles=tuple(
                Texte(document=i, texte=digests[i]) for i in texts if by_ident[i].sorte in _MODELES
            ),
            actes=acts,
            gabarits={n: known[n] for n in sorted(used) if n in known},
            fiches={f: sha for f, sha in fiches.items() if records.cle(f) in needed},
            empreinte="0" * 64,
        )
        return sealed.model_copy(update={"empreinte": sealed.calcul()})


def _scellables(records: Records, dossier: Dossier, work: Ouvrage) -> list[Document]:
    acts = {t.document.ident for t in termes(records, dossier)}
    return [d for d in work.documents if d.ident in acts or d.sorte in _MODELES]


def _montants(dossier: Dossier, t: Terme) -> dict[str, Montant]:
    actes = dossier.actes[t.structure]
    return montants(actes.actes[t.rang], ("actes", t.rang))


def _fiches(records: Records) -> dict[str, str]:
    """SHA-256 of every record, by its path in the data folder."""
    start = len(records.racine) + 1
    return {key[start:]: src.sha256 for key, src in sorted(records.sources.items())}


def _deja(folder: Path) -> Diagnostic:
    return Diagnostic(
        "SCE008",
        "la délibération est déjà scellée",
        Span(show_path(folder / NOM)),
        help="un acte se rouvre avec --erratum ; ce qui est voté ne se scelle qu’une fois",
    )


def _non_scellee(folder: Path, numero: str) -> Diagnostic:
    return Diagnostic(
        "SCE009",
        "la délibération n’est pas scellée",
        Span(show_path(folder)),
        help=f"lancer « convenant sceller {numero} » une fois la délibération adoptée",
    )


def _impossible(folder: Path, reasons: Sequence[Diagnostic], acte: str = "") -> Diagnostic:
    """Why nothing is sealed; `acte`: the only act that was to be, when it is an erratum."""
    what = "la délibération ne peut pas être scellée : des documents ne se construisent pas"
    if acte:
        what = f"l’acte « {acte} » ne peut pas être rouvert : il ne se construit pas"
    notes = tuple(Note(f"{r.code} : {r.message}", r.span) for r in dict.fromkeys(reasons))
    return Diagnostic(
        "SCE009",
        what,
        Span(show_path(folder)),
        notes=notes[:_NOTES],
        help="corriger les erreurs que donne « convenant verifier »",
    )


def _ecriture(folder: Path, e: OSError) -> Diagnostic:
    return Diagnostic("SOR001", f"impossible d’écrire le scellé : {cause(e)}", Span(show_path(folder)))


__all__ = ["Scellement", "Scelles"]
