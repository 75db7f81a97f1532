"""`verifier` says beforehand what `generer` would stumble on."""

from __future__ import annotations

import re
import shutil
import zipfile
from pathlib import Path

from tests.dossier_kit import DATA, TEMPLATES, convenant


def project(tmp_path: Path) -> Path:
    shutil.copytree(DATA, tmp_path / "data")
    shutil.copytree(TEMPLATES, tmp_path / "templates")
    return tmp_path


def rewrite(path: Path, old: str, new: str) -> None:
    """Change the text of a Word template as an editor would."""
    with zipfile.ZipFile(path) as z:
        members = {i.filename: z.read(i) for i in z.infolist()}
    xml = members["word/document.xml"].decode("utf-8")
    assert old in xml, old
    members["word/document.xml"] = xml.replace(old, new).encode("utf-8")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
        for name, data in members.items():
            z.writestr(name, data)


def test_a_modification_without_its_clause_is_located_in_the_modele(tmp_path: Path) -> None:
    folder = project(tmp_path)
    (folder / "templates/modifications/periode.docx").unlink()
    done = convenant("verifier", cwd=folder)
    assert done.returncode == 1
    assert re.search(r"modeles/annexe-09\.yaml:\d+:\d+: erreur\[REF008\]", done.stderr)
    built = convenant("generer", "2024-587", "--sans-pdf", cwd=folder)
    blocked = {x.split("\t")[2] for x in built.stdout.splitlines() if x.startswith("bloqué")}
    assert blocked == {
        "annexe-09-modele-avenant",
        "actes/plie-des-deux-terrils-avenant-annexe-09",
        "actes/plie-des-rives-de-wimerelle-avenant-annexe-09",
        "bordereau-actes-a-signer",  # it lists those acts
        "lettres/plie-des-deux-terrils-avenant-annexe-09",
        "lettres/plie-des-rives-de-wimerelle-avenant-annexe-09",
    }


def test_a_wrong_field_in_a_tag_is_found_once(tmp_path: Path) -> None:
    folder = project(tmp_path)
    rewrite(folder / "templates/clauses/signatures.docx", "structure.appellation", "structure.apellation")
    done = convenant("verifier", cwd=folder)
    assert done.returncode == 1
    assert done.stderr.count("erreur[TPL003]") == 1
    assert "templates/clauses/signatures.docx" in done.stderr and "appellation" in done.stderr
    assert not (folder / "output").exists()


def test_a_template_that_does_not_compile_blocks_only_its_documents(tmp_path: Path) -> None:
    folder = project(tmp_path)
    rewrite(folder / "templates/clauses/cout-plafonne.docx", "{{ cout.total }}", "{{ cout.total ")
    built = convenant("generer", "2024-587", "--sans-pdf", cwd=folder)
    assert built.returncode == 1 and "cout-plafonne.docx" in built.stderr
    made = {x.split("\t")[2] for x in built.stdout.splitlines() if x.startswith("écrit")}
    blocked = {x.split("\t")[2] for x in built.stdout.splitlines() if x.startswith("bloqué")}
    assert "02-deliberation" in made and "annexe-07-modele-avenant" in made
    assert "annexe-05-modele-avenant" in blocked and "annexe-04-repartition-financiere" in made


def test_a_program_that_is_not_libreoffice_is_said(tmp_path: Path) -> None:
    done = convenant(
        "generer",
        "2024-587",
        "--structure",
        "faimah",
        "--sortie",
        str(tmp_path),
        CONVENANT_SOFFICE="/bin/false",
    )
    assert done.returncode == 1 and "CNV002" in done.stderr
    assert len(list((tmp_path / "2024-587" / "actes").glob("*.docx"))) == 3


def test_every_code_is_explained() -> None:
    for code in ("YML003", "REC002", "MNT104", "TPL005", "CNV001", "ASM001", "SOR001"):
        done = convenant("expliquer", code.lower())
        assert done.returncode == 0 and done.stdout.startswith(code), code
