"""Commands of signature: approve, sign, control what comes back."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.cli.socle import ANOMALIES, PROPRE, Commande, Jour, Projet, affichage, workspace

if TYPE_CHECKING:
    from generator.service.retours import Verdict
    from generator.service.signature import Bilan

_VARIABLE = "CONVENANT_MOT_DE_PASSE"
_actes = click.option(
    "--acte",
    "actes",
    metavar="ACTE",
    multiple=True,
    help="Cet acte seulement, par le nom de son fichier (répétable).",
)
_sortie = click.option("--sortie", type=Projet(), default=Path("output"), help="Dossier des actes (output).")
_confiance = click.option(
    "--confiance",
    type=Projet(),
    default=Path("confiance"),
    help="Dossier des autorités reconnues (confiance)\u00a0: racines, intermediaires, listes.",
)
_en_ligne = click.option(
    "--en-ligne", is_flag=True, help="Demander aussi aux autorités si les certificats sont révoqués."
)


def _maintenant() -> dt.datetime:
    """The only clock of signing: everything below is given the moment."""
    return dt.datetime.now().astimezone().replace(microsecond=0)


def _fin(ctx: click.Context, bilan: Bilan, faits: str) -> None:
    """Show what became of the acts, then end."""
    from generator.diagnostics import summary, to_text
    from generator.service.signature import A_JOUR, FAIT, REFUSE
    from generator.typography import accord

    for d in bilan.diagnostics:
        click.echo(f"{to_text(d)}\n", err=True)
    for sort in bilan.sorts:
        click.echo(f"{sort.etat}\t{sort.fichier or sort.acte}")
    counts = {etat: sum(s.etat == etat for s in bilan.sorts) for etat in (FAIT, A_JOUR, REFUSE)}
    click.echo(
        f"{accord(counts[FAIT], 'acte')} {faits}{'s' if counts[FAIT] > 1 else ''}, {counts[A_JOUR]} à jour, "
        f"{counts[REFUSE]} refusé{'s' if counts[REFUSE] > 1 else ''} — {summary(bilan.diagnostics)}"
    )
    ctx.exit(PROPRE if bilan.reussi else ANOMALIES)


@click.command(cls=Commande)
@click.argument("numero", metavar="NUMÉRO")
@click.option("--par", metavar="NOM", required=True, help="Qui approuve les actes.")
@_actes
@click.option("--de-nouveau", is_flag=True, help="Approuver aussi un acte refait depuis son approbation.")
@_sortie
@click.pass_context
def approuver(
    ctx: click.Context, numero: str, par: str, actes: tuple[str, ...], de_nouveau: bool, sortie: Path
) -> None:
    """Approuver les actes produits\u00a0: leurs champs de signature sont posés, ils ne changeront plus.

    Chaque acte approuvé est gardé dans output/NUMÉRO/signature/approuves, avec son empreinte.

    Exemple\u00a0: convenant approuver 2024-587 --par "Claire MARTIN"
    """
    from generator.service.signature import Signature

    show = affichage()
    service = Signature(workspace(ctx, sortie))
    bilan = service.approuver(numero, actes, par, _maintenant(), de_nouveau, show)
    show.close()
    _fin(ctx, bilan, "approuvé")


@click.command(cls=Commande)
@click.argument("numero", metavar="NUMÉRO")
@_actes
@click.option(
    "--certificat", metavar="FICHIER", help="Certificat avec sa clé (.p12, .pfx), ou carte (pkcs11:…)."
)
@click.option(
    "--mot-de-passe-fichier",
    "fichier_secret",
    type=Projet(),
    help=f"Fichier qui contient le mot de passe, au lieu de le demander (ou variable {_VARIABLE}).",
)
@click.option("--horodatage", metavar="URL", default="", help="Serveur d’horodatage (PAdES B-T).")
@click.option(
    "--preuves", is_flag=True, help="Joindre les preuves de non-révocation (PAdES B-LT), avec --horodatage."
)
@click.option("--preparer", is_flag=True, help="Préparer les actes pour une signature calculée ailleurs.")
@click.option(
    "--terminer",
    metavar="DOSSIER",
    type=Projet(),
    help="Poser les signatures de ce dossier (ACTE.p7s) dans les actes préparés.",
)
@_confiance
@_en_ligne
@_sortie
@click.pass_context
def signer(
    ctx: click.Context,
    numero: str,
    actes: tuple[str, ...],
    certificat: str | None,
    fichier_secret: Path | None,
    horodatage: str,
    preuves: bool,
    preparer: bool,
    terminer: Path | None,
    confiance: Path,
    en_ligne: bool,
    sortie: Path,
) -> None:
    """Signer pour le Département les actes approuvés.

    Le mot de passe est demandé une fois. Un acte déjà signé n’est pas signé deux fois\u00a0: une commande
    interrompue se relance. Après cette signature, seule celle de la structure peut être ajoutée.

    Exemple\u00a0: convenant signer 2024-587 --certificat directrice.p12
    """
    from generator.service.signature import Moyens, Signature

    if (certificat is not None) + preparer + (terminer is not None) != 1:
        raise click.UsageError(
            "donner une seule de ces options\u00a0: --certificat, --preparer, --terminer", ctx
        )
    if preuves and not horodatage:
        raise click.UsageError("--preuves demande --horodatage", ctx)
    service = Signature(workspace(ctx, sortie), confiance, en_ligne)
    show = None
    if certificat is not None:
        moyens = Moyens(certificat, _secret(ctx, fichier_secret), horodatage, preuves)
        show = affichage()
        bilan = service.signer(numero, actes, moyens, _maintenant(), show)
    else:
        show = affichage()
        if terminer is not None:
            bilan = service.terminer(numero, actes, terminer, _maintenant(), show)
        else:
            bilan = service.preparer(numero, actes, _maintenant(), show)
    show.close()
    _fin(ctx, bilan, "préparé" if preparer else "signé")


def _secret(ctx: click.Context, path: Path | None) -> str:
    """The password, from a file, from the environment, or asked without being shown."""
    if path is not None:
        from generator.files import cause

        try:
            return path.read_text("utf-8").rstrip("\r\n")
        except UnicodeDecodeError as e:
            raise click.UsageError(f"«\u00a0{path}\u00a0» n’est pas enregistré en UTF-8", ctx) from e
        except OSError as e:
            raise click.UsageError(f"«\u00a0{path}\u00a0» ne se lit pas\u00a0: {cause(e)}", ctx) from e
    if _VARIABLE in os.environ:
        return os.environ[_VARIABLE]
    asked: str = click.prompt(
        "Mot de passe du certificat", hide_input=True, prompt_suffix="\u00a0: ", err=True
    )
    return asked


@click.command(name="controler-retour", cls=Commande)
@click.argument("fichiers", metavar="FICHIER…", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--acte", metavar="ACTE", default="", help="L’acte que c’est, si le nom du fichier a changé.")
@click.option(
    "--signature-manuscrite",
    "manuscrite",
    metavar="NOM",
    default="",
    help="Accepter un scan signé à la main, après l’avoir regardé\u00a0; nom de qui l’accepte.",
)
@click.option("--recu-le", type=Jour(), help="Jour de la réception (aujourd’hui).")
@click.option("--simulation", is_flag=True, help="Dire le résultat sans rien garder.")
@_confiance
@_en_ligne
@_sortie
@click.pass_context
def controler_retour(
    ctx: click.Context,
    fichiers: tuple[Path, ...],
    acte: str,
    manuscrite: str,
    recu_le: dt.date | None,
    simulation: bool,
    confiance: Path,
    en_ligne: bool,
    sortie: Path,
) -> None:
    """Contrôler les actes signés qui reviennent des structures.

    Un fichier est accepté s’il est l’acte approuvé, octet pour octet, suivi des signatures attendues et
    de rien d’autre. Chaque étape est nommée\u00a0; celle qui échoue dit quoi faire.

    Exemple\u00a0: convenant controler-retour retours/faimah-convention-faj-collectif.pdf
    """
    from generator.diagnostics import to_text
    from generator.service.retours import Reception, Retours
    from generator.service.signature import Signature

    if acte and len(fichiers) > 1:
        raise click.UsageError("--acte ne vaut que pour un seul fichier", ctx)
    now = _maintenant()
    received = now if recu_le is None else dt.datetime.combine(recu_le, dt.time(23, 59), now.tzinfo)
    show = affichage()
    service = Retours(Signature(workspace(ctx, sortie), confiance, en_ligne))
    verdicts, bilan = service.controler(fichiers, Reception(received, acte, manuscrite, simulation), show)
    show.close()
    for d in (*bilan.diagnostics, *(d for v in verdicts for d in v.diagnostics)):
        click.echo(f"{to_text(d)}\n", err=True)
    for verdict in verdicts:
        _montrer(verdict)
    good = sum(v.accepte for v in verdicts)
    click.echo(f"Acceptés\u00a0: {good} sur {len(verdicts)}")
    ctx.exit(PROPRE if good == len(verdicts) and bilan.reussi else ANOMALIES)


def _montrer(verdict: Verdict) -> None:
    from generator.diagnostics import francais, harmless

    click.echo(f"{'accepté' if verdict.accepte else 'refusé'}\t{verdict.fichier}")
    for e in verdict.etapes:
        mark = "oui" if e.passee else "non" if e.grave else "à voir"
        click.echo(harmless(francais(f"    {mark:<6}  {e.titre}")))
    if verdict.garde:
        click.echo(f"    gardé dans {verdict.garde}")
