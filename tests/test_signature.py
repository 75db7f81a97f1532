"""Fields, signature, signature computed elsewhere: on a real act, with real certificates."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pikepdf import Name, NumberTree

from generator import pdfium
from generator.files import empreinte
from generator.service import Workspace
from generator.service.signature import A_JOUR, FAIT, REFUSE, Moyens, Signature
from generator.signature import champs, fiche, places
from generator.signature.coffre import Coffre
from generator.signature.encre import Encre
from generator.signature.erreurs import SignatureError
from generator.signature.hanko import apposer, cles
from generator.signature.hanko.confiance import lire
from generator.signature.identite import concorde
from generator.signature.places import DEPARTEMENT, STRUCTURE, Champ
from tests.dossier_kit import convenant
from tests.finances_kit import Muet
from tests.pdf_kit import defauts
from tests.signature_kit import ACTE, ACTES, RETOUR, SECRET, SIGNE, Pki, approuver, atelier, produits

APPROUVE = dt.datetime(2025, 1, 14, 9, 0, tzinfo=dt.UTC)
pytestmark = pytest.mark.xdist_group("signature")


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    return Pki(tmp_path_factory.mktemp("pki"))


@pytest.fixture(scope="module")
def acte() -> tuple[bytes, tuple[Champ, ...]]:
    return approuver(produits()[ACTE])


@pytest.fixture
def service(tmp_path: Path) -> Signature:
    """The service on a folder where the acts are built, not approved yet."""
    return Signature(atelier(tmp_path))


def ecrit(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "acte.pdf"
    path.write_bytes(data)
    return path


# --- where the parties sign ------------------------------------------------------------------------


def test_the_fields_stand_between_the_office_and_the_name() -> None:
    pdf = produits()[ACTE]
    first, second = places.trouver(pdf)
    assert (first.nom, first.signataire) == (DEPARTEMENT, "Sabine DESPIERRE")
    assert (second.nom, second.signataire, second.qualite) == (STRUCTURE, "Éric D’HAENENS", "Président")
    assert first.qualite == "Directrice des Politiques d’Inclusion Durable"
    assert first.rect[2] < second.rect[0] and first.rect[1::2] == second.rect[1::2]
    page = pdfium.segments(pdf)[first.page - 1]
    for field in (first, second):
        left, low, right, high = field.rect
        assert right - left > 180 and high - low > 50
        inside = [
            s.texte for s in page if s.gauche < right and s.droite > left and s.bas < high and s.haut > low
        ]
        assert inside == [], "a signature hides no word"


def test_every_act_has_its_two_places() -> None:
    for name in ACTES:
        found = places.trouver(produits()[name])
        assert [c.nom for c in found] == [DEPARTEMENT, STRUCTURE], name


def test_a_document_without_the_blocks_has_no_place() -> None:
    assert places.trouver(produits()["lettre"]) == ()


# --- fields ----------------------------------------------------------------------------------------


def test_the_fields_keep_the_conformity_and_the_look(
    acte: tuple[bytes, tuple[Champ, ...]], tmp_path: Path
) -> None:
    data, fields = acte
    assert defauts(ecrit(tmp_path, data)) == []
    assert data == champs.poser(produits()[ACTE], fields)
    assert pdfium.images(data, 60) == pdfium.images(produits()[ACTE], 60)


def test_the_fields_are_tagged_and_named(acte: tuple[bytes, tuple[Champ, ...]]) -> None:
    data, fields = acte
    with pikepdf.open(io.BytesIO(data)) as document:
        parents = NumberTree(document.Root.StructTreeRoot.ParentTree)
        for widget, field in zip(document.Root.AcroForm.Fields, fields, strict=True):
            element = parents[int(widget.StructParent)]
            assert str(element.S) == "/Form" and element.K.Obj.objgen == widget.objgen
            assert element.objgen in {k.objgen for k in element.P.K}
            assert str(widget.TU) == field.intitule and field.signataire in field.intitule
            assert [int(v) for v in widget.Rect] == list(field.rect)
            assert widget.P.objgen == document.pages[field.page - 1].obj.objgen
        # Read with the block of signatures: what follows it in the tree is on the pages after.
        order = [k.get("/S") for k in element.P.K]
        assert order.index(Name.Form) < len(order) - 2


def test_a_form_is_not_made_twice(acte: tuple[bytes, tuple[Champ, ...]]) -> None:
    with pytest.raises(champs.SansBalisesError):
        champs.poser(*acte)


@given(
    st.text(
        st.characters(min_codepoint=33, max_codepoint=0x24F, exclude_categories=["Cc", "Zs"]),
        min_size=1,
        max_size=60,
    ),
    st.text(
        st.characters(min_codepoint=33, max_codepoint=0x24F, exclude_categories=["Cc", "Zs"]),
        min_size=1,
        max_size=200,
    ),
)
def test_any_name_is_drawn_in_its_rectangle(name: str, office: str) -> None:
    field = Champ(DEPARTEMENT, 1, (60, 500, 275, 570), name, office)
    drawn = Encre([field]).dessiner(field, SIGNE).decode("ascii")
    heights = [int(y.replace(".", "")) for y in re.findall(r"Tf 6 (-?\d+\.\d\d) Td", drawn)]
    assert len(heights) >= 3 and heights == sorted(heights, reverse=True)
    assert max(heights) < 7000
    if len(office) < 80:
        assert min(heights) >= 0


# --- signature -------------------------------------------------------------------------------------


def test_a_signed_act_is_still_conformant(
    pki: Pki, acte: tuple[bytes, tuple[Champ, ...]], tmp_path: Path
) -> None:
    data, fields = acte
    signed = pki.signer(data, fields, DEPARTEMENT, "directrice")
    assert signed.startswith(data), "a signature only adds"
    assert defauts(ecrit(tmp_path, signed)) == []
    with pikepdf.open(io.BytesIO(data)) as before, pikepdf.open(io.BytesIO(signed)) as after:
        # pyHanko would write the metadata again; `_Ajout` keeps them through a hook that is not public.
        assert before.Root.Metadata.read_bytes() == after.Root.Metadata.read_bytes()
        assert before.trailer.Info.unparse(resolved=True) == after.trailer.Info.unparse(resolved=True)
        value = after.Root.AcroForm.Fields[0].V
        assert value.SubFilter == Name("/ETSI.CAdES.detached")
        methods = {str(r.TransformMethod): r.TransformParams for r in value.Reference}
        assert methods["/DocMDP"].P == 2, "only fields may be filled from here"
        assert methods["/FieldMDP"].Action == Name.Exclude
        assert [str(f) for f in methods["/FieldMDP"].Fields] == [STRUCTURE]
        assert after.Root.Perms.DocMDP.objgen == value.objgen


def test_the_signature_shows_who_and_when(pki: Pki, acte: tuple[bytes, tuple[Champ, ...]]) -> None:
    data, fields = acte
    signed = pki.signer(data, fields, DEPARTEMENT, "directrice")
    with pikepdf.open(io.BytesIO(signed)) as document:
        seen = document.Root.AcroForm.Fields[0].AP.N
        (font,) = dict(seen.Resources.Font).values()
        assert "/FontFile2" in font.DescendantFonts[0].FontDescriptor
        letters = dict(re.findall(rb"<(\w{4})> <(\w{4})>\n", font.ToUnicode.read_bytes()))
        codes = [
            c for line in re.findall(rb"<(\w+)> Tj", seen.read_bytes()) for c in re.findall(b"....", line)
        ]
        text = "".join(chr(int(letters[c], 16)) for c in codes)
    assert text == (
        "Signé électroniquement parSabine DESPIERRE"
        "Directrice des Politiques d’Inclusion Durablele 15/01/2025 à 10 h 30"
    )
    page = fields[0].page - 1
    before, after = (pdfium.images(d, 60)[page] for d in (data, signed))
    assert before != after, "the signature is seen"


def test_a_timestamp_and_proofs_are_in_the_revision_of_the_signature(
    pki: Pki, acte: tuple[bytes, tuple[Champ, ...]], tmp_path: Path
) -> None:
    data, fields = acte
    trust, _ = lire(pki.dossier(tmp_path / "confiance", SIGNE), False, "confiance")
    with pki.horodatage(SIGNE) as url:
        stamped = pki.signer(data, fields, DEPARTEMENT, "directrice", horodatage=url)
        proved = pki.signer(data, fields, DEPARTEMENT, "directrice", horodatage=url, confiance=trust)
    assert defauts(ecrit(tmp_path, stamped)) == []
    assert defauts(ecrit(tmp_path, proved)) == []
    with pikepdf.open(io.BytesIO(stamped)) as one, pikepdf.open(io.BytesIO(proved)) as two:
        assert "/DSS" not in one.Root and len(two.Root.DSS.CRLs) >= 2
        first, hole, second, length = (int(v) for v in two.Root.AcroForm.Fields[0].V.ByteRange)
        assert second + length == len(proved) and first == 0 and hole < second


@pytest.mark.parametrize(
    ("who", "trusted", "url", "code"),
    [
        ("inconnu", True, "http://127.0.0.1:9", "SIG014"),
        ("revoque", True, "http://127.0.0.1:9", "SIG014"),
        ("directrice", False, "http://127.0.0.1:9", "SIG013"),
        ("directrice", False, "adresse fausse", "SIG013"),
    ],
)
def test_what_prevents_a_signature_is_told(
    who: str,
    trusted: bool,
    url: str,
    code: str,
    pki: Pki,
    acte: tuple[bytes, tuple[Champ, ...]],
    tmp_path: Path,
) -> None:
    trust, _ = lire(pki.dossier(tmp_path / "confiance", SIGNE), False, "confiance")
    with pytest.raises(SignatureError) as caught:
        pki.signer(*acte, DEPARTEMENT, who, horodatage=url, confiance=trust if trusted else None)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("expected", "name", "same"),
    [
        ("Éric D’HAENENS", "D'Haenens Eric", True),
        ("Marguerite DELACROIX-HOUDAIN", "Marguerite Jeanne DELACROIX HOUDAIN", True),
        ("Éric D’HAENENS", "Éric HAENEN", False),
        ("Éric D’HAENENS", "Monsieur", False),
        ("Jean MARTIN", "Jeanne MARTIN", False),
        ("Jean MARTIN", "Jean MARTIN pour la société Un Deux Trois", False),
        ("", "Jean MARTIN", False),
    ],
)
def test_names_agree_whatever_their_order_and_accents(expected: str, name: str, same: bool) -> None:
    assert concorde(expected, name) is same


# --- the service -----------------------------------------------------------------------------------


def faits(bilan: object) -> list[tuple[str, str]]:
    return [(s.acte, s.etat) for s in bilan.sorts]  # type: ignore[attr-defined]


def codes(bilan: object) -> list[str]:
    return [d.code for d in bilan.diagnostics]  # type: ignore[attr-defined]


def signes(service: Signature, pki: Pki, who: str = "directrice", le: dt.datetime = SIGNE) -> object:
    return service.signer("2024-587", (), Moyens(str(pki.p12(who)), SECRET), le, Muet())


def approuves(service: Signature, de_nouveau: bool = False) -> object:
    return service.approuver("2024-587", (), "Claire MARTIN", APPROUVE, de_nouveau, Muet())


def test_a_batch_is_approved_then_signed_and_can_be_run_again(service: Signature, pki: Pki) -> None:
    every = [(name, FAIT) for name in ACTES]
    assert sorted(faits(approuves(service))) == every
    store = service.coffre("2024-587")
    frozen = {f.acte: store.lire(f.approuve) for f in store.fiches()}
    assert sorted(faits(signes(service, pki))) == every
    again = signes(service, pki, le=RETOUR)
    assert sorted(faits(again)) == [(name, A_JOUR) for name in ACTES] and codes(again) == []
    for record in store.fiches():
        assert record.signe and record.signature and record.signature.niveau == "B-B"
        assert store.lire(record.signe).startswith(frozen[record.acte])
        assert record.signe.le == SIGNE and record.approuve_par == "Claire MARTIN"
        assert fiche.lire(fiche.ecrire(record)) == record
    modes = {p.stat().st_mode & 0o777 for p in store.dossier.rglob("*") if p.is_file()}
    assert modes == {0o600} and store.dossier.stat().st_mode & 0o777 == 0o700


def test_a_run_that_stops_in_the_middle_goes_on(service: Signature, pki: Pki) -> None:
    approuves(service)
    key = Moyens(str(pki.p12("directrice")), SECRET)
    service.signer("2024-587", (ACTES[0].rpartition("/")[2],), key, SIGNE, Muet())
    done = service.coffre("2024-587").fiche(ACTES[0])
    assert dict(faits(signes(service, pki))) == {n: A_JOUR if n == ACTES[0] else FAIT for n in ACTES}
    assert service.coffre("2024-587").fiche(ACTES[0]) == done


def test_nothing_is_signed_without_approval(service: Signature, pki: Pki) -> None:
    assert codes(signes(service, pki)) == ["SIG005"]
    assert codes(service.approuver("2023-1", (), "X", APPROUVE, False, Muet())) == ["SIG003"]
    wrong = service.approuver("2024-587", ("faimah-conventoin",), "X", APPROUVE, False, Muet())
    assert codes(wrong) == ["SIG007"] and "vouliez-vous" in wrong.diagnostics[0].help


def refaire(service: Signature) -> None:
    """Build the act again, as when a record changes: other bytes, noted in the manifest."""
    folder = service.atelier.sortie / "2024-587"
    path = folder / f"{ACTE}.pdf"
    old = path.read_bytes()
    with pikepdf.open(io.BytesIO(old)) as document:
        document.docinfo.Subject = empreinte(old)
        document.save(path)
    sums = [empreinte(old), empreinte(path.read_bytes())]
    text = (folder / "manifest.json").read_text("utf-8")
    (folder / "manifest.json").write_text(text.replace(*sums), "utf-8")


def test_an_act_that_changed_since_its_approval_is_refused(service: Signature, pki: Pki) -> None:
    approuves(service)
    refaire(service)
    refused = signes(service, pki)
    assert codes(refused) == ["SIG004"] and (ACTE, REFUSE) in faits(refused)
    assert codes(approuves(service)) == ["SIG004"]
    assert dict(faits(approuves(service, de_nouveau=True)))[ACTE] == FAIT
    assert codes(signes(service, pki)) == []
    refaire(service)
    assert codes(approuves(service, de_nouveau=True)) == ["SIG004"], "what is signed is not replaced"


def test_a_file_that_is_no_longer_the_one_noted_is_not_signed(service: Signature, pki: Pki) -> None:
    approuves(service)
    path = service.coffre("2024-587").dossier / "approuves" / f"{ACTE.rpartition('/')[2]}.pdf"
    path.write_bytes(path.read_bytes() + b"\n")
    bilan = signes(service, pki)
    assert codes(bilan) == ["SIG006"] and (ACTE, REFUSE) in faits(bilan)
    assert sum(etat == FAIT for _, etat in faits(bilan)) == len(ACTES) - 1


def test_the_certificate_is_that_of_the_person_and_holds(
    service: Signature, pki: Pki, tmp_path: Path
) -> None:
    approuves(service)
    assert set(codes(signes(service, pki, "autre"))) == {"SIG018"}
    late = dt.datetime(2041, 1, 1, tzinfo=dt.UTC)
    assert set(codes(signes(service, pki, le=late))) == {"SIG019"}

    def code(source: object, secret: str = SECRET) -> list[str]:
        return codes(service.signer("2024-587", (), Moyens(str(source), secret), SIGNE, Muet()))

    assert code(pki.p12("directrice"), "faux") == ["SIG011"]
    assert code(tmp_path / "absent.p12") == ["SIG010"]
    assert code("pkcs11:token=x") == ["SIG012"]
    assert code("pkcs11:token=x?module-path=/absent.so") == ["SIG012"]
    assert code("pkcs11:token=x?module-path=/absent.so&pin-value=1") == ["SIG012"]
    assert service.coffre("2024-587").fiche(ACTE).signe is None  # type: ignore[union-attr]


def test_the_trust_folder_says_what_is_not_readable(service: Signature, pki: Pki, tmp_path: Path) -> None:
    trust = pki.dossier(tmp_path / "confiance")
    (trust / "racines" / "lisezmoi.txt").write_text("bonjour", "utf-8")
    found, wrong = lire(trust, False, "confiance")
    assert len(found.racines) == 1 and len(found.listes) == 2
    assert [(d.code, str(d.span)) for d in wrong] == [("SIG020", "confiance/racines/lisezmoi.txt")]


# --- signature computed elsewhere ------------------------------------------------------------------


def lancer(line: str) -> None:
    """Run a tool; no path of the tests has a space."""
    subprocess.run(line.split(), check=True, capture_output=True)


def openssl(pki: Pki, who: str, data: Path, out: Path) -> None:
    """What a parapheur does: a detached CMS signature of the data, with openssl."""
    key = f"-signer {pki.folder / who}.crt -inkey {pki.folder / who}.pem"
    lancer(f"openssl cms -sign -binary -cades -md sha256 -in {data} {key} -outform DER -out {out}")


def test_a_signature_made_by_openssl_is_put_in(service: Signature, pki: Pki, tmp_path: Path) -> None:
    approuves(service)
    bilan = service.preparer("2024-587", (), SIGNE, Muet())
    assert {etat for _, etat in faits(bilan)} == {FAIT}
    waiting = service.coffre("2024-587").dossier / "attente"
    listed = subprocess.run(
        ["sha256sum", "-c", "empreintes.txt"], cwd=waiting, capture_output=True, text=True
    )
    assert listed.returncode == 0 and listed.stdout.count("OK") == len(ACTES)
    for who in ("directrice", "autre"):
        pki.pem(who)
    answers = tmp_path / "reponses"
    answers.mkdir()
    names = [n.rpartition("/")[2] for n in ACTES]
    for name in names:
        openssl(pki, "directrice", waiting / f"{name}.donnees", answers / f"{name}.p7s")
    openssl(pki, "autre", waiting / f"{names[0]}.donnees", answers / f"{names[0]}.p7s")
    (answers / f"{names[1]}.p7s").write_bytes((answers / f"{names[2]}.p7s").read_bytes())
    first = service.terminer("2024-587", (), answers, SIGNE, Muet())
    assert sorted(codes(first)) == ["SIG017", "SIG018"], "another act, another person"
    for name in names:
        openssl(pki, "directrice", waiting / f"{name}.donnees", answers / f"{name}.p7s")
    assert codes(service.terminer("2024-587", (), answers, SIGNE, Muet())) == []
    store = service.coffre("2024-587")
    for record in store.fiches():
        assert record.signe
        signed = store.lire(record.signe)
        assert signed.startswith(store.lire(record.approuve))
        assert defauts(ecrit(tmp_path, signed)) == []
    assert {etat for _, etat in faits(service.preparer("2024-587", (), RETOUR, Muet()))} == {A_JOUR}
    assert (waiting / "empreintes.txt").read_bytes() == b"", "nothing waits any more"


def test_only_what_waits_is_listed(service: Signature, pki: Pki) -> None:
    names = [n.rpartition("/")[2] for n in ACTES]
    assert codes(service.preparer("2024-587", (), SIGNE, Muet())) == ["SIG005"]
    assert not service.coffre("2024-587").dossier.exists(), "nothing is written when nothing is approved"
    approuves(service)
    service.preparer("2024-587", (), SIGNE, Muet())
    service.signer("2024-587", (names[0],), Moyens(str(pki.p12("directrice")), SECRET), SIGNE, Muet())
    service.preparer("2024-587", (), SIGNE, Muet())
    listed = (service.coffre("2024-587").dossier / "attente" / "empreintes.txt").read_text("utf-8")
    assert [line.split("  ")[1] for line in listed.splitlines()] == [f"{n}.donnees" for n in names[1:]]


def test_an_act_that_is_not_prepared_is_said_so(service: Signature, tmp_path: Path) -> None:
    approuves(service)
    service.preparer("2024-587", (ACTES[0],), SIGNE, Muet())
    bilan = service.terminer("2024-587", (ACTE,), tmp_path, SIGNE, Muet())
    assert codes(bilan) == ["SIG016"] and faits(bilan) == [(ACTE, REFUSE)]
    assert "n’est pas préparé" in bilan.diagnostics[0].message
    assert "--preparer" in bilan.diagnostics[0].help
    assert faits(service.terminer("2024-587", (), tmp_path, SIGNE, Muet())) == [(ACTES[0], REFUSE)]


def test_what_is_kept_is_never_readable_by_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even between its writing and a change of its rights."""
    seen = []
    replace = Path.replace

    def watched(path: Path, target: Path) -> Path:
        seen.append(path.stat().st_mode & 0o777)
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", watched)
    Coffre(tmp_path / "signature").ecrire("approuves/acte.pdf", b"%PDF-", SIGNE)
    assert seen == [0o600]


@pytest.mark.parametrize(
    "answer", [None, b"", b"bonjour", b"\x30\x03\x02\x01\x01", b"\x30\x82\xff\xff" + b"0" * 65535]
)
def test_what_is_not_a_signature_is_refused(answer: bytes | None, service: Signature, tmp_path: Path) -> None:
    approuves(service)
    name = ACTE.rpartition("/")[2]
    service.preparer("2024-587", (name,), SIGNE, Muet())
    if answer is not None:
        (tmp_path / f"{name}.p7s").write_bytes(answer)
    assert codes(service.terminer("2024-587", (name,), tmp_path, SIGNE, Muet())) == ["SIG016"]


# --- a card ----------------------------------------------------------------------------------------


@pytest.fixture
def carte(pki: Pki, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A card without the plastic (SoftHSM), with the certificate of the directrice; its address."""
    (tmp_path / "jetons").mkdir()
    conf = tmp_path / "softhsm2.conf"
    conf.write_text(f"directories.tokendir = {tmp_path / 'jetons'}\nlog.level = ERROR\n", "utf-8")
    monkeypatch.setenv("SOFTHSM2_CONF", str(conf))
    (module,) = [p for p in Path("/usr/lib").rglob("libsofthsm2.so") if not p.is_symlink()][:1]
    pki.pem("directrice")
    key = "--label signature --id 01"
    lancer("softhsm2-util --init-token --free --label DIRECTION --so-pin 0000 --pin 1234")
    lancer(f"softhsm2-util --import {pki.folder}/directrice.pem --token DIRECTION {key} --pin 1234")
    login = f"--login --pin 1234 --module {module} --token-label DIRECTION"
    lancer(f"pkcs11-tool {login} --write-object {pki.folder}/directrice.crt.der --type cert {key}")
    yield f"pkcs11:token=DIRECTION;object=signature?module-path={module}"


def test_a_card_signs(carte: str, acte: tuple[bytes, tuple[Champ, ...]], tmp_path: Path) -> None:
    data, fields = acte
    with cles.ouvrir(carte, "1234") as key:
        assert cles.titulaire(key.signing_cert).nom == "DESPIERRE Sabine"
        signed = apposer.signer(data, apposer.Demande(fields, fields[0], SIGNE), key)
    assert defauts(ecrit(tmp_path, signed)) == []
    for address, pin in ((carte, "9999"), (carte.replace("object=signature", "object=autre"), "1234")):
        with pytest.raises(SignatureError) as caught, cles.ouvrir(address, pin) as key:
            assert key
        assert caught.value.code == "SIG012"


# --- the command -----------------------------------------------------------------------------------


def test_the_command_never_shows_the_password(pki: Pki, tmp_path: Path) -> None:
    space: Workspace = atelier(tmp_path)
    args = ("2024-587", "--sortie", str(space.sortie))
    approved = convenant("approuver", *args, "--par", "Claire MARTIN", cwd=tmp_path)
    assert approved.returncode == 0, approved.stderr
    assert f"{len(ACTES)} actes approuvés, 0 à jour, 0 refusé — aucune anomalie" in approved.stdout
    key = str(pki.p12("directrice"))
    wrong = convenant("signer", *args, "--certificat", key, cwd=tmp_path, CONVENANT_MOT_DE_PASSE="inexact")
    assert wrong.returncode == 1 and "SIG011" in wrong.stderr
    (tmp_path / "secret").write_text(SECRET + "\n", "utf-8")
    done = convenant("signer", *args, "--certificat", key, "--mot-de-passe-fichier", "secret", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    for run in (wrong, done):
        assert SECRET not in run.stdout + run.stderr and "inexact" not in run.stdout + run.stderr
    written = b"".join(p.read_bytes() for p in space.sortie.rglob("signature/**/*") if p.is_file())
    assert SECRET.encode() not in written
    record = json.loads(next(Coffre(space.sortie / "2024-587/signature").dossier.glob("*.json")).read_bytes())
    assert record["signe"]["fichier"].startswith("signes/")
    assert convenant("signer", *args, cwd=tmp_path).returncode == 2
    assert convenant("signer", *args, "--preparer", "--certificat", key, cwd=tmp_path).returncode == 2


def test_the_password_is_not_in_what_python_shows_of_the_means() -> None:
    assert "arbre" not in repr(dataclasses.replace(Moyens("x.p12", SECRET), horodatage="http://x"))
