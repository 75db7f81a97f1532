"""The one door of the program: what a skin (command line, page, script) may ask for.

`atelier.Workspace` is a project folder: read, check, build. Each other field has a file of its own here,
with a class that is given the workspace.
"""

from generator.service.atelier import Choix, Etat, Modeles, Options, Production, Suivi, Workspace

__all__ = ["Choix", "Etat", "Modeles", "Options", "Production", "Suivi", "Workspace"]
