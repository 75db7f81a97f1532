"""The gate refuses all that is not the approved act and its signatures, each with its reason."""

from __future__ import annotations

import datetime as dt
import io
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pikepdf
import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields as hanko_fields
from pyhanko.sign import signers
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from reportlab.pdfgen.canvas import Canvas

from generator.service.retours import Reception, Retours, Verdict
from generator.service.signature import Moyens, Signature
from generator.signature.fiche import Empreinte, Fiche
from generator.signature.hanko.confiance import LISTES, lire
from generator.signature.places import DEPARTEMENT, STRUCTURE
from generator.signature.retour import manuscrit, octets
from generator.signature.retour.controle import Dossier, controler
from tests.dossier_kit import convenant
from tests.finances_kit import Muet
from tests.signature_kit import (
    ACTE,
    ACTES,
    NUMERO,
    RETOUR,
    SECRET,
    SIGNE,
    Autorite,
    Pki,
    approuver,
    atelier,
    produits,
)

pytestmark = pytest.mark.xdist_group("signature")
NOM = ACTE.rpartition("/")[2]
APPROUVE = dt.datetime(2025, 1, 14, tzinfo=dt.UTC)


class Scene:
    """An act that the Département signed and sent, and what may happen to it."""

    def __init__(self, folder: Path, *adresse: str) -> None:
        self.pki = Pki(folder, *adresse)
        self.approuve, self.champs = approuver(produits()[ACTE])
        self.envoye = self.pki.signer(self.approuve, self.champs, DEPARTEMENT, "directrice")
        sizes = [
            Empreinte("x", len(d), "", le) for d, le in ((self.approuve, APPROUVE), (self.envoye, SIGNE))
        ]
        self.fiche = Fiche(ACTE, "Acte", "", "Claire MARTIN", sizes[0], self.champs, signe=sizes[1])
        self.revenu = self.signe(self.envoye)

    def signe(self, pdf: bytes, who: str = "president", **more: object) -> bytes:
        """What the structure does with a file."""
        return self.pki.signer(pdf, self.champs, STRUCTURE, who, **more)

    def codes(self, data: bytes, **changes: object) -> set[str]:
        """Codes of the steps that are not passed."""
        held = {"fiche": self.fiche, "origine": self.envoye, "confiance": self.pki.confiance, "recu": RETOUR}
        steps = controler(data, Dossier(**{**held, **changes}))  # type: ignore[arg-type]
        assert all(e.aide and e.titre for e in steps if not e.passee)
        return {e.code for e in steps if not e.passee}


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    return Scene(tmp_path_factory.mktemp("pki"))


def ajout(pdf: bytes, change: Callable[[IncrementalPdfFileWriter], None]) -> bytes:
    """The file with an incremental update, as any PDF editor writes it."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_the_act_signed_by_both_is_accepted(scene: Scene) -> None:
    assert scene.codes(scene.revenu) == set()
    with scene.pki.horodatage(SIGNE) as url:
        assert scene.codes(scene.signe(scene.envoye, horodatage=url)) == set()
        trust, _ = lire(scene.pki.dossier(scene.pki.folder / "jour", SIGNE), False, "confiance")
        assert scene.codes(scene.signe(scene.envoye, horodatage=url, confiance=trust)) == set()


# --- what an ill-intentioned or clumsy hand does ----------------------------------------------------


def page_editee(writer: IncrementalPdfFileWriter) -> None:
    drawn = generic.StreamObject(stream_data=b"q 1 1 1 rg 60 600 200 40 re f Q")
    writer.add_stream_to_page(0, writer.add_object(drawn))


def annotation(writer: IncrementalPdfFileWriter) -> None:
    page, _ = writer.find_page_for_modification(1)
    note = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Annot"),
            pdf_name("/Subtype"): pdf_name("/Square"),
            pdf_name("/Rect"): generic.ArrayObject(map(generic.NumberObject, (100, 500, 300, 560))),
            pdf_name("/IC"): generic.ArrayObject([generic.NumberObject(1)] * 3),
            pdf_name("/F"): generic.NumberObject(4),
        }
    )
    writer.register_annotation(page, writer.add_object(note))


def champ_vide(writer: IncrementalPdfFileWriter) -> None:
    hanko_fields.append_signature_field(writer, hanko_fields.SigFieldSpec("AUTRE", box=(50, 50, 200, 100)))


def champ_invisible(writer: IncrementalPdfFileWriter) -> None:
    hanko_fields.append_signature_field(writer, hanko_fields.SigFieldSpec("AUTRE"))


def programme(writer: IncrementalPdfFileWriter) -> None:
    action = {pdf_name("/S"): pdf_name("/JavaScript"), pdf_name("/JS"): generic.pdf_string("app.alert(1)")}
    writer.root["/OpenAction"] = generic.DictionaryObject(action)
    writer.update_root()


def champ_deplace(writer: IncrementalPdfFileWriter) -> None:
    field = writer.root["/AcroForm"]["/Fields"][1]
    field["/Rect"] = generic.ArrayObject(map(generic.NumberObject, (60, 700, 300, 760)))
    writer.update_container(field)


def champ_cache(writer: IncrementalPdfFileWriter) -> None:
    field = writer.root["/AcroForm"]["/Fields"][1]
    field["/F"] = generic.NumberObject(2)
    writer.update_container(field)


def police_changee(writer: IncrementalPdfFileWriter) -> None:
    font = writer.root["/Pages"]["/Kids"][0]["/Resources"]["/Font"]
    first = next(iter(font.values())).get_object()
    first["/FirstChar"] = generic.NumberObject(int(first["/FirstChar"]) + 1)
    writer.update_container(first)


def texte_balise(writer: IncrementalPdfFileWriter) -> None:
    """What a screen reader says instead of the amounts."""
    element = writer.root["/StructTreeRoot"]["/K"]
    element = element[0] if isinstance(element, generic.ArrayObject) else element
    element["/ActualText"] = generic.pdf_string("autre texte")
    writer.update_container(element)


ATTAQUES = {
    page_editee: {"RET008", "RET009"},
    annotation: {"RET008", "RET009"},
    champ_vide: {"RET003"},
    champ_invisible: {"RET003"},
    programme: {"RET008"},
    champ_deplace: {"RET008"},
    champ_cache: {"RET008"},
    police_changee: {"RET008"},
    texte_balise: {"RET008"},
}


@pytest.mark.parametrize("attack", ATTAQUES, ids=lambda a: a.__name__)
def test_a_change_before_the_signature_of_the_structure_is_refused(
    attack: Callable[[IncrementalPdfFileWriter], None], scene: Scene
) -> None:
    """The structure signs what it changed: its signature is whole, and covers the change."""
    changed = scene.signe(ajout(scene.envoye, attack))
    assert changed.startswith(scene.envoye)
    found = scene.codes(changed)
    assert found >= ATTAQUES[attack] and "RET005" not in found, found


@pytest.mark.parametrize("attack", ATTAQUES, ids=lambda a: a.__name__)
def test_a_change_after_the_signature_of_the_structure_is_refused(
    attack: Callable[[IncrementalPdfFileWriter], None], scene: Scene
) -> None:
    assert scene.codes(ajout(scene.revenu, attack)) >= ATTAQUES[attack] | {"RET005"}


def test_a_second_visible_signature_elsewhere_is_refused_though_the_library_takes_it(scene: Scene) -> None:
    spec = hanko_fields.SigFieldSpec("AUTRE", on_page=0, box=(60, 500, 400, 700))
    signer = signers.SimpleSigner.load_pkcs12(str(scene.pki.p12("president")), passphrase=SECRET.encode())
    writer = IncrementalPdfFileWriter(io.BytesIO(scene.approuve))
    # Without certification and lock nothing else forbids it: the case of an act signed by another tool.
    first = signers.PdfSigner(signers.PdfSignatureMetadata(field_name=DEPARTEMENT), signer).sign_pdf(writer)
    sent = first.getvalue()
    metadata = signers.PdfSignatureMetadata(field_name="AUTRE")
    out = signers.PdfSigner(metadata, signer, new_field_spec=spec).sign_pdf(
        IncrementalPdfFileWriter(io.BytesIO(sent))
    )
    data = out.getvalue()
    trust = ValidationContext(trust_roots=[scene.pki.certificat("racine")], allow_fetching=False)
    held = {e.field_name: e for e in PdfFileReader(io.BytesIO(data)).embedded_signatures}
    one = held["AUTRE"]
    assert validate_pdf_signature(one, trust, skip_diff=False).intact
    assert scene.codes(data, origine=sent) >= {"RET003", "RET004", "RET008", "RET009"}


def test_another_document_signed_by_the_same_keys_is_refused(scene: Scene) -> None:
    other, fields = approuver(produits()[ACTES[0]])
    signed = scene.pki.signer(other, fields, DEPARTEMENT, "directrice")
    signed = scene.pki.signer(signed, fields, STRUCTURE, "president")
    assert scene.codes(signed) == {"RET002"}
    # The same act built again on another day has the same pages, and is not the one that was approved.
    with pikepdf.open(io.BytesIO(produits()[ACTE])) as again:
        again.docinfo.Subject = "autre"
        copy = io.BytesIO()
        again.save(copy)
    twin, fields = approuver(copy.getvalue())
    twin = scene.pki.signer(
        scene.pki.signer(twin, fields, DEPARTEMENT, "directrice"), fields, STRUCTURE, "president"
    )
    assert scene.codes(twin) == {"RET002"}


def test_one_flipped_bit_anywhere_is_refused(scene: Scene) -> None:
    sent, whole = len(scene.envoye), len(scene.revenu)
    spots = [9, 5_000, len(scene.approuve) - 30, sent - 3_000, sent - 1]
    spots += [sent + (whole - sent) * part // 11 for part in range(11)]
    # In the certificates that the signature brings along, which it does not cover.
    start, _ = dernier_trou(scene.revenu)
    der = bytes.fromhex(scene.revenu[start + 1 : start + 3601].decode("ascii"))
    copy = der.index(scene.pki.certificat("racine").dump()[40:80])
    spots += [start + 1 + 2 * copy + shift for shift in (0, 21, 46)]
    for spot in spots:
        broken = bytearray(scene.revenu)
        broken[spot] ^= 1
        assert scene.codes(bytes(broken)), f"octet {spot}"


@pytest.mark.parametrize("tail", [b"\n", b"%", b"\x00" * 40, b"\n%%EOF\n", b"\nstartxref\n0\n%%EOF\n"])
def test_trailing_bytes_are_refused(tail: bytes, scene: Scene) -> None:
    assert scene.codes(scene.revenu + tail) & {"RET001", "RET005"}


def test_a_shortened_file_is_refused(scene: Scene) -> None:
    for length in (len(scene.envoye), len(scene.revenu) - 1, len(scene.revenu) - 400):
        assert scene.codes(scene.revenu[:length]), length
    assert scene.codes(scene.envoye) == {"RET004"}


def formulaire_nombre(writer: IncrementalPdfFileWriter) -> None:
    writer.root["/AcroForm"] = generic.NumberObject(7)
    writer.update_root()


def formulaire_tableau(writer: IncrementalPdfFileWriter) -> None:
    writer.root["/AcroForm"] = generic.ArrayObject([generic.NumberObject(7)])
    writer.update_root()


def champs_nombre(writer: IncrementalPdfFileWriter) -> None:
    form = writer.root["/AcroForm"]
    form["/Fields"] = generic.NumberObject(7)
    writer.update_container(form)


def champs_de_nombres(writer: IncrementalPdfFileWriter) -> None:
    form = writer.root["/AcroForm"]
    form["/Fields"] = generic.ArrayObject([generic.NumberObject(7), generic.NullObject()])
    writer.update_container(form)


@pytest.mark.parametrize("attack", [formulaire_nombre, formulaire_tableau, champs_nombre, champs_de_nombres])
def test_a_form_that_is_none_is_refused(
    attack: Callable[[IncrementalPdfFileWriter], None], scene: Scene
) -> None:
    assert scene.codes(ajout(scene.revenu, attack)) >= {"RET003", "RET004", "RET008"}


# --- the hole that a signature leaves ---------------------------------------------------------------


def dernier_trou(data: bytes) -> tuple[int, int]:
    with pikepdf.open(io.BytesIO(data)) as document:
        last = octets.portees(document)[-1]
    return last.plages[1], last.plages[2]


@pytest.mark.parametrize("filling", [b"41", b" \n", b"ff", b"<>"])
def test_the_hole_holds_nothing_but_the_signature(filling: bytes, scene: Scene) -> None:
    """The end of the hole is zeros that no signature covers: a place to hide things in."""
    start, end = dernier_trou(scene.revenu)
    assert scene.revenu[end - 9 : end] == b"00000000>" and scene.revenu[start : start + 1] == b"<"
    changed = scene.revenu[: end - 3] + filling + scene.revenu[end - 1 :]
    assert scene.codes(changed) & {"RET006", "RET001"}


def test_ranges_that_leave_more_out_are_refused() -> None:
    whole = octets.Portee("X", (0, 10, 20, 30), b"\x30\x01\x00\x00")
    body = b"0123456789<300100" + b"00" + b">" + b"x" * 30
    assert octets.trou(body, whole) == ""
    assert octets.trou(body, octets.Portee("X", (0, 8, 20, 30), whole.contenu))
    assert octets.trou(body, octets.Portee("X", (1, 9, 20, 30), whole.contenu))
    assert octets.trou(body, octets.Portee("X", (0, 10, 20, 31), whole.contenu))
    assert octets.trou(body, octets.Portee("X", (0, 10, 20), whole.contenu))
    assert octets.trou(body, octets.Portee("X", (0, 30, 20, 30), whole.contenu))
    assert octets.trou(body, octets.Portee("X", (0, 10, 20, 30), b"\x30\x01\x01\x00"))


# --- certificates ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "alone", "stamped"),
    [
        ("president", set(), set()),
        ("autre", {"RET014"}, {"RET014"}),
        ("directrice", {"RET014"}, {"RET014"}),
        ("inconnu", {"RET010"}, {"RET010"}),
        ("revoque", {"RET012"}, {"RET012"}),
        # The timestamp proves that these two signed while their certificate held.
        ("expire", {"RET011"}, set()),
        ("revoque-apres", {"RET012"}, set()),
    ],
)
def test_the_certificate_of_the_structure(who: str, alone: set[str], stamped: set[str], scene: Scene) -> None:
    assert scene.codes(scene.signe(scene.envoye, who)) == alone
    with scene.pki.horodatage(SIGNE) as url:
        assert scene.codes(scene.signe(scene.envoye, who, horodatage=url)) == stamped


def test_without_a_list_of_the_day_nothing_says_that_it_is_not_revoked(scene: Scene, tmp_path: Path) -> None:
    stale, _ = lire(scene.pki.dossier(tmp_path, RETOUR - dt.timedelta(days=9)), False, "confiance")
    assert scene.codes(scene.revenu, confiance=stale) == {"RET013"}


def test_the_lists_are_asked_of_the_authorities_when_asked_to(tmp_path: Path) -> None:
    folder = tmp_path / "pki"
    folder.mkdir()
    authority = Autorite()
    with authority.ouverte() as url:
        scene = Scene(folder, url)
        authority.pki = scene.pki
        trust = scene.pki.dossier(tmp_path / "confiance")
        shutil.rmtree(trust / LISTES)
        alone, _ = lire(trust, False, "confiance")
        asked, _ = lire(trust, True, "confiance")
        now = dt.datetime.now(dt.UTC)
        assert scene.codes(scene.revenu, confiance=alone, recu=now) == {"RET013"}
        assert authority.demandes == []
        assert scene.codes(scene.revenu, confiance=asked, recu=now) == set()
        assert {path.split("/")[-2] for path in authority.demandes} == {"racine", "autorite"}
        revoked = scene.signe(scene.envoye, "revoque")
        assert scene.codes(revoked, confiance=asked, recu=now) == {"RET012"}
    # The server is down: nothing says that the certificate still holds.
    assert scene.codes(scene.revenu, confiance=asked, recu=now) == {"RET013"}


def test_no_root_is_trusted_by_default(scene: Scene, tmp_path: Path) -> None:
    empty, _ = lire(tmp_path, False, "confiance")
    assert "RET010" in scene.codes(scene.revenu, confiance=empty)


@pytest.mark.parametrize("days", [-30, 30])
def test_a_date_out_of_reason_is_refused(days: int, scene: Scene) -> None:
    odd = scene.signe(scene.envoye, le=SIGNE + dt.timedelta(days=days))
    assert scene.codes(odd) == {"RET015"}


# --- a scan of the paper ---------------------------------------------------------------------------


def scan(lines: list[str] | None, pages: int = 6) -> bytes:
    """A PDF as a scanner makes it: an image, and the text that it recognised when there is some."""
    out = io.BytesIO()
    canvas = Canvas(out)
    for number in range(pages):
        canvas.setFont("Helvetica", 4)
        canvas.rect(100, 100, 300, 500)
        for rank, line in enumerate((lines or [""] * pages)[number].splitlines()):
            canvas.drawString(20, 800 - 8 * rank, line)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def refus(data: bytes, scene: Scene, who: str = "Claire MARTIN") -> set[str]:
    assert manuscrit.est_un_scan(data)
    steps = manuscrit.comparer(data, scene.approuve, who)
    return {f"{e.code}{'' if e.grave else '?'}" for e in steps if not e.passee}


def test_a_scan_is_accepted_by_a_person_only(scene: Scene) -> None:
    assert refus(scan(None), scene, "") == {"RET020", "RET023?"}
    assert refus(scan(None), scene) == {"RET023?"}
    assert refus(scan(None, 5), scene) == {"RET021"}


def test_the_text_of_a_scan_is_compared(scene: Scene) -> None:
    from generator import pdfium

    lines = pdfium.textes(scene.approuve)
    assert refus(scan(lines), scene) <= {"RET022?"}
    figure = next(m for m in re.finditer(r"\b2024\b", lines[0]))
    wrong = [lines[0][: figure.start()] + "2023" + lines[0][figure.end() :], *lines[1:]]
    assert "RET022" in refus(scan(wrong), scene)
    assert "RET022" in refus(scan(["", *lines[:-1]]), scene)
    assert "RET023?" in refus(scan(["", *lines[1:]]), scene)


# --- the service and the command -------------------------------------------------------------------


@pytest.fixture
def service(tmp_path: Path, scene: Scene) -> Iterator[Retours]:
    signature = Signature(atelier(tmp_path), scene.pki.dossier(tmp_path / "confiance"))
    signature.approuver(NUMERO, (), "Claire MARTIN", APPROUVE, False, Muet())
    signature.signer(NUMERO, (), Moyens(str(scene.pki.p12("directrice")), SECRET), SIGNE, Muet())
    yield Retours(signature)


def renvoyer(service: Retours, scene: Scene, path: Path, who: str = "president") -> Path:
    """The act that the Département signed, signed by the structure, under the name `path`."""
    store = service.signature.coffre(NUMERO)
    record = store.fiche(ACTE)
    assert record and record.signe
    path.write_bytes(scene.pki.signer(store.lire(record.signe), record.champs, STRUCTURE, who))
    return path


def juger(service: Retours, path: Path, **how: object) -> Verdict:
    verdicts, _ = service.controler([path], Reception(RETOUR, **how), Muet())  # type: ignore[arg-type]
    return verdicts[0]


def test_what_is_accepted_is_kept_once(service: Retours, scene: Scene, tmp_path: Path) -> None:
    path = renvoyer(service, scene, tmp_path / "nom quelconque.pdf")
    store = service.signature.coffre(NUMERO)
    assert juger(service, path, simulation=True).garde is None
    assert store.fiche(ACTE).retour is None  # type: ignore[union-attr]
    verdict = juger(service, path)
    assert (verdict.acte, verdict.accepte, verdict.diagnostics) == (ACTE, True, ())
    assert verdict.garde and verdict.garde.read_bytes() == path.read_bytes()
    record = store.fiche(ACTE)
    assert record and record.retour and not record.retour.manuscrite and record.retour.accepte.le == RETOUR
    assert juger(service, path).accepte
    other = renvoyer(service, scene, tmp_path / "bis.pdf")
    assert [d.code for d in juger(service, other).diagnostics] == ["RET016"]
    assert verdict.garde.read_bytes() == path.read_bytes()


def test_a_scan_is_kept_with_the_name_of_who_accepts_it(service: Retours, tmp_path: Path) -> None:
    path = tmp_path / f"{NOM}-signé.pdf"
    path.write_bytes(scan(None))
    refused = juger(service, path)
    assert not refused.accepte and {d.code for d in refused.diagnostics} == {"RET020", "RET023"}
    assert juger(service, path, manuscrite="Claire MARTIN").accepte
    record = service.signature.coffre(NUMERO).fiche(ACTE)
    assert record and record.retour and record.retour.manuscrite and record.retour.par == "Claire MARTIN"


@pytest.mark.parametrize(
    "data", [None, b"", b"bonjour", b"%PDF-1.7\n", b"%PDF-1.7\n%%EOF", b"%PDF-" + b"\xff" * 99]
)
def test_what_is_not_a_pdf_is_said_so(data: bytes | None, service: Retours, tmp_path: Path) -> None:
    path = tmp_path / f"{NOM}.pdf"
    if data is not None:
        path.write_bytes(data)
    verdict = juger(service, path)
    assert [d.code for d in verdict.diagnostics] == ["RET001"] and verdict.garde is None


def test_a_file_of_no_act_is_said_so(service: Retours, scene: Scene, tmp_path: Path) -> None:
    path = tmp_path / "inconnu.pdf"
    path.write_bytes(scene.revenu)  # signed as well, but another run: not the file that was sent
    assert [d.code for d in juger(service, path).diagnostics] == ["RET002"]
    named = tmp_path / f"{NOM}.pdf"
    named.write_bytes(scene.revenu)
    verdict = juger(service, named)
    assert verdict.acte == ACTE and [d.code for d in verdict.diagnostics] == ["RET002"]


def test_a_lost_file_of_another_act_prevents_nothing(service: Retours, scene: Scene, tmp_path: Path) -> None:
    path = renvoyer(service, scene, tmp_path / "retour.pdf")
    store = service.signature.coffre(NUMERO)
    records = {r.acte: r for r in store.fiches()}
    lost = records[ACTES[0]].signe
    assert lost and ACTES[0] < ACTE
    (store.dossier / lost.fichier).unlink()
    verdict = juger(service, path)
    assert (verdict.acte, verdict.accepte, verdict.diagnostics) == (ACTE, True, ())
    # Of the act itself, it is told.
    (found,) = juger(service, path, acte=ACTES[0]).diagnostics
    assert found.code == "RET001" and "ne se lit pas" in found.message


@pytest.mark.parametrize("changed", [None, b"%PDF-1.7 autre"])
def test_a_kept_file_that_was_lost_leaves_the_other_verdicts(
    changed: bytes | None, service: Retours, scene: Scene, tmp_path: Path
) -> None:
    path = renvoyer(service, scene, tmp_path / "retour.pdf")
    kept = juger(service, path).garde
    assert kept
    if changed is None:
        kept.unlink()
    else:
        kept.write_bytes(changed)
    other = tmp_path / "inconnu.pdf"
    other.write_bytes(scene.revenu)
    verdicts, _ = service.controler([path, other], Reception(RETOUR), Muet())
    assert [[d.code for d in v.diagnostics] for v in verdicts] == [["SIG006"], ["RET002"]]
    assert verdicts[0].garde is None and "sauvegarde" in verdicts[0].diagnostics[0].help


def test_the_command_names_every_step(service: Retours, scene: Scene, tmp_path: Path) -> None:
    path = renvoyer(service, scene, tmp_path / "retour.pdf")
    args = (str(path), "--sortie", str(tmp_path / "output"), "--recu-le", "2025-02-03")
    scene.pki.dossier(tmp_path / "confiance", dt.datetime(2025, 2, 3, 23, 0, tzinfo=dt.UTC))
    done = convenant("controler-retour", *args, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "accepté" in done.stdout and "Acceptés : 1 sur 1" in done.stdout
    assert done.stdout.count("    oui ") == 20 and "non" not in re.findall(r"^    (\w+)", done.stdout, re.M)
    wrong = renvoyer(service, scene, tmp_path / "autre.pdf", "autre")
    refused = convenant("controler-retour", str(wrong), *args[1:], "--simulation", cwd=tmp_path)
    assert refused.returncode == 1 and "erreur[RET014]" in refused.stderr
    assert "aide : demander la signature de la bonne personne" in refused.stderr
    assert "    non     Éric D’HAENENS a signé" in refused.stdout
