"""Commands for what leaves the service for good: the archive, the published version."""

from __future__ import annotations

from pathlib import Path

import click

from generator.cli.registre import maintenant, registre, sortie
from generator.cli.socle import ANOMALIES, PROPRE, Commande, Entier, affichage, signaler, workspace


@click.command(cls=Commande)
@click.argument("numero", metavar="NUMÉRO")
@registre
@sortie
@click.pass_context
def archiver(ctx: click.Context, numero: str, url: str, sortie: Path) -> None:
    """Réunir dans une archive tout ce qui tient à une délibération\u00a0: documents, actes signés, registre,
    fiches, compte rendu de contrôle, avec l’empreinte de chaque fichier.

    Les mêmes fichiers donnent la même archive.

    Exemple : convenant archiver 2024-587
    """
    from generator.service.diffusion import Diffusion
    from generator.service.registre import Vie

    show = affichage()
    done = Diffusion(Vie(workspace(ctx, sortie), url)).archiver(numero, maintenant(), show)
    show.close()
    signaler(done.etat, tuple(done.diagnostics))
    for path, digest in done.fichiers:
        click.echo(f"Écrit\u00a0: {path}\nSHA-256\u00a0: {digest}")
    ctx.exit(PROPRE if done.reussi else ANOMALIES)


@click.command(cls=Commande)
@click.argument("numero", metavar="NUMÉRO")
@click.option("--jobs", type=Entier(1, 64), default=2, metavar="N", help="Conversions en même temps (2).")
@sortie
@click.pass_context
def publier(ctx: click.Context, numero: str, jobs: int, sortie: Path) -> None:
    """Produire la version à publier d’une délibération et de ses actes, sans coordonnées bancaires.

    Le texte de chaque PDF est relu\u00a0: celui qui contient encore un IBAN n’est pas gardé.

    Exemple : convenant publier 2024-587
    """
    from generator import convert
    from generator.service import Options
    from generator.service.diffusion import Diffusion
    from generator.service.registre import Vie

    show = affichage()
    done = Diffusion(Vie(workspace(ctx, sortie))).publier(
        numero, Options(jobs=jobs), convert.find_soffice(), show
    )
    show.close()
    signaler(done.etat, tuple(done.diagnostics))
    for path, _ in done.fichiers:
        click.echo(f"Écrit\u00a0: {path}")
    ctx.exit(PROPRE if done.reussi and done.fichiers else ANOMALIES)
