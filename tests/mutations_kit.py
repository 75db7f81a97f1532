"""Files spoilt as a keyboard, a disk, a mail or a malicious hand would: records and Word files.

Everything depends on the generator of random numbers that is given, so that a case can be played again.
"""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Callable, Sequence

from lxml import etree

DOCUMENT = "word/document.xml"

VALEURS = (
    "",
    "~",
    "null",
    "-",
    "[]",
    "{}",
    "[1, [2, [3]]]",
    "{a: {b: {c: d}}}",
    "0",
    "-1",
    "00",
    "1e999",
    ".nan",
    ".inf",
    "-0,00",
    "0,001",
    "9" * 40,
    "1" + " 000" * 30,
    "99 999 999 999 999,99",
    "1/0",
    "200 %",
    "1 000,005",
    "12:30",
    "0x1F",
    "1_000",
    "٣٤٥",
    "１２３",
    "½",
    "²",
    "2024-02-30",
    "0000-00-00",
    "9999-12-31",
    "0001-01-01",
    "31/12/99999",
    "29/02/2023",
    "1er janvier",
    "true",
    "no",
    "oui",
    "!!python/object/apply:os.system ['true']",
    "!!binary aGVsbG8=",
    "!truc x",
    "&ancre valeur",
    "*ancre",
    "<<: *ancre",
    "|",
    ">-",
    "'",
    '"',
    '"\\ud800"',
    '"\\U00110000"',
    '"\\x00"',
    "\u2028",
    "a\u202eb\u202c",
    "e\u0301" * 30,
    "\U0001f9fe",
    "\ufeff",
    "\u0085",
    "\u00a0",
    "\t",
    "# rien",
    "%YAML 1.2",
    "---",
    "...",
    "{{ 7 * 7 }}",
    "{% raw %}",
    "<w:p/>&amp;]]>",
    "XXXX",
    "../../etc",
    "x" * 3000,
    "[" * 200,
    "{a: " * 200,
    "- " * 200,
    "2024-587",
    "C02-446A05",
    "186 200 093 00084",
)
"""What is put in the place of a value."""

_VALEUR = re.compile(r"^(?P<cle>\s*(?:- )?[\w-]+:[ ]|\s*- )(?P<valeur>\S.*)$")
_NOMBRES = ("0", "1", "7", "99", "1899", "9999", "10000", "9" * 25, "-3", "1,5")


def fiche(rng: random.Random, texte: str, autres: Sequence[str]) -> bytes:
    """A record spoilt in one to three ways; `autres` are records to take values from."""
    lignes = texte.split("\n")
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        lignes = rng.choice(_SUR_LES_LIGNES)(rng, lignes, autres)
    data = "\n".join(lignes).encode("utf-8", "surrogatepass")
    if rng.random() < 0.2:
        data = rng.choice(_SUR_LES_OCTETS)(rng, data)
    return data


def fiche_plausible(rng: random.Random, texte: str, autres: Sequence[str]) -> bytes:
    """A record that says something else, in one to three places, and most often still reads as one."""
    lignes = texte.split("\n")
    for _ in range(rng.choice((1, 1, 2, 3))):
        lignes = rng.choice(_PLAUSIBLES)(rng, lignes, autres)
    return "\n".join(lignes).encode("utf-8")


def _voisine(rng: random.Random, lignes: list[str], autres: Sequence[str]) -> list[str]:
    """A value becomes that of the same key, elsewhere in the project."""
    places = [n for n, ligne in enumerate(lignes) if _VALEUR.match(ligne)]
    if not places:
        return lignes
    out = list(lignes)
    n = rng.choice(places)
    trouve = _VALEUR.match(out[n])
    assert trouve
    cle = trouve["cle"].strip(" -")
    ailleurs = [
        m["valeur"]
        for t in autres
        for x in t.split("\n")
        if (m := _VALEUR.match(x)) and m["cle"].strip(" -") == cle and m["valeur"] != trouve["valeur"]
    ]
    out[n] = trouve["cle"] + rng.choice(ailleurs or [trouve["valeur"]])
    return out


def _chiffre(rng: random.Random, lignes: list[str], autres: Sequence[str]) -> list[str]:
    """A figure of a number, an amount, a date or an identifier becomes another."""
    places = [n for n, ligne in enumerate(lignes) if re.search(r": .*\d", ligne)]
    if not places:
        return lignes
    out = list(lignes)
    n = rng.choice(places)
    ou = rng.choice([m.start() for m in re.finditer(r"\d", out[n]) if m.start() > out[n].index(":")])
    out[n] = out[n][:ou] + rng.choice("0123456789") + out[n][ou + 1 :]
    return out


def _quantite(rng: random.Random, lignes: list[str], autres: Sequence[str]) -> list[str]:
    """A number or an amount becomes nothing, something enormous, or a fraction."""
    places = [n for n, ligne in enumerate(lignes) if re.search(r': "?[\d ]+(?:,\d+)?"?$', ligne)]
    if not places:
        return lignes
    out = list(lignes)
    n = rng.choice(places)
    valeur = rng.choice(
        ("0", "1", "0,01", "1,5", "100", "999 999 999,99", "9 999 999 999 999", "-5", "2 500")
    )
    out[n] = re.sub(r': "?[\d ]+(?:,\d+)?"?$', f': "{valeur}"', out[n])
    return out


def _bloc(lignes: list[str], n: int) -> int:
    """Where the block that starts at line `n` ends: the lines below it, further to the right."""
    marge = len(lignes[n]) - len(lignes[n].lstrip())
    fin = n + 1
    while fin < len(lignes) and (
        not lignes[fin].strip() or len(lignes[fin]) - len(lignes[fin].lstrip()) > marge
    ):
        fin += 1
    return fin


def _sans_bloc(rng: random.Random, lignes: list[str], autres: Sequence[str]) -> list[str]:
    """A field or an item of a list is left out, with what it holds."""
    n = rng.randrange(len(lignes))
    return [*lignes[:n], *lignes[_bloc(lignes, n) :]]


def _deux_fois(rng: random.Random, lignes: list[str], autres: Sequence[str]) -> list[str]:
    """An item of a list comes twice."""
    places = [n for n, ligne in enumerate(lignes) if ligne.lstrip().startswith("- ")]
    if not places:
        return lignes
    n = rng.choice(places)
    fin = _bloc(lignes, n)
    return [*lignes[:fin], *lignes[n:fin], *lignes[fin:]]


def _oui_non(rng: random.Random, lignes: list[str], autres: Sequence[str]) -> list[str]:
    """What is true is false."""
    places = [n for n, ligne in enumerate(lignes) if re.search(r": (?:true|false)$", ligne)]
    if not places:
        return _voisine(rng, lignes, autres)
    out = list(lignes)
    n = rng.choice(places)
    out[n] = re.sub(r"true$|false$", lambda m: "false" if m[0] == "true" else "true", out[n])
    return out


_PLAUSIBLES = (
    _voisine,
    _voisine,
    _voisine,
    _chiffre,
    _chiffre,
    _chiffre,
    _quantite,
    _sans_bloc,
    _deux_fois,
    _oui_non,
)


def _remplace(rng: random.Random, lignes: list[str], autres: Sequence[str]) -> list[str]:
    """One to four values become odd ones."""
    places = [n for n, ligne in enumerate(lignes) if _VALEUR.match(ligne)]
    out = list(lignes)
    for n in rng.sample(places, min(len(places), rng.choice((1, 1, 2, 4)))):
        out[n] = _VALEUR.sub(lambda m: m["cle"] + rng.choice(VALEURS), out[n])
    return out


def _echange(rng: random.Random, lignes: list[str], autres: Sequence[str]) -> list[str]:
    """Two values change places; or one comes from another record."""
    places = [n for n, ligne in enumerate(lignes) if _VALEUR.match(ligne)]
    if len(places) < 2:
        return lignes
    a, b = rng.sample(places, 2)
    va, vb = (_VALEUR.match(lignes[n]) for n in (a, b))
    assert va and vb
    out = list(lignes)
    out[a], out[b] = va["cle"] + vb["valeur"], vb["cle"] + va["valeur"]
    if rng.random() < 0.4:
        ailleurs = [m["valeur"] for x in rng.choice(autres).split("\n") if (m := _VALEUR.match(x))]
        out[a] = va["cle"] + rng.choice(ailleurs or [""])
    return out


def _nombres(rng: random.Random, lignes: list[str], autres: Sequence[str]) -> list[str]:
    """Some figures become others, some of them enormous."""
    part = rng.choice((0.02, 0.1, 0.5))
    return [
        re.sub(r"\d+", lambda m: rng.choice(_NOMBRES) if rng.random() < part else m[0], ligne)
        for ligne in lignes
    ]


def _efface(rng: random.Random, lignes: list[str], autres: Sequence[str]) -> list[str]:
    debut = rng.randrange(len(lignes))
    return lignes[:debut] + lignes[debut + rng.choice((1, 1, 1, 3, 20)) :] or [""]


def _repete(rng: random.Random, lignes: list[str], autres: Sequence[str]) -> list[str]:
    debut = rng.randrange(len(lignes))
    bloc = lignes[debut : debut + rng.choice((1, 1, 3, 10))]
    ou = rng.choice((debut, rng.randrange(len(lignes))))
    return [*lignes[:ou], *bloc, *lignes[ou:]]


def _decale(rng: random.Random, lignes: list[str], autres: Sequence[str]) -> list[str]:
    """Lines lose or gain spaces in front."""
    debut = rng.randrange(len(lignes))
    fin = debut + rng.choice((1, 1, 4))
    marge = rng.choice(("  ", " ", "\t", "    "))
    bouge = rng.choice((lambda x: marge + x, lambda x: x.removeprefix(marge), str.lstrip))
    return [*lignes[:debut], *map(bouge, lignes[debut:fin]), *lignes[fin:]]


def _enfonce(rng: random.Random, lignes: list[str], autres: Sequence[str]) -> list[str]:
    """A nest, of a few levels or of thousands, or a tree of aliases."""
    fond = rng.choice((3, 40, 120, 3000))
    nid = rng.choice(
        (
            ["trop: " + "[" * fond + "]" * fond],
            ["trop: " + "{a: " * fond + "x" + "}" * fond],
            ["trop:", *("  " * n + "- x:" for n in range(1, min(fond, 200)))],
            ["a: &a [x, x]", "b: &b [*a, *a]", "c: &c [*b, *b]", "d: [*c, *c]"],
        )
    )
    ou = rng.randrange(len(lignes) + 1)
    return [*lignes[:ou], *nid, *lignes[ou:]]


def _mele(rng: random.Random, lignes: list[str], autres: Sequence[str]) -> list[str]:
    """The lines of two records in one file, or the file of another kind of record."""
    autre = rng.choice(autres).split("\n")
    coupe = rng.randrange(len(lignes))
    return rng.choice((autre, lignes[:coupe] + autre, autre[: len(autre) // 2] + lignes[coupe:]))


def _cles(rng: random.Random, lignes: list[str], autres: Sequence[str]) -> list[str]:
    """A key is misspelt, or takes the name of another."""
    places = [n for n, ligne in enumerate(lignes) if re.search(r"[\w-]+:(?: |$)", ligne)]
    if not places:
        return lignes
    out = list(lignes)
    n = rng.choice(places)
    nom = rng.choice(("", "id", "montant", "é", "Montant", "<<", "?", "0", "true", "a b", "x" * 300, "&a k"))
    out[n] = re.sub(r"[\w-]+(?=:(?: |$))", lambda m: nom, out[n], count=1)
    return out


_SUR_LES_LIGNES = (
    _remplace,
    _remplace,
    _remplace,
    _echange,
    _echange,
    _nombres,
    _nombres,
    _efface,
    _efface,
    _repete,
    _decale,
    _enfonce,
    _mele,
    _cles,
)


def _bits(rng: random.Random, data: bytes) -> bytes:
    out = bytearray(data)
    for _ in range(rng.choice((1, 1, 5, 50, 500))):
        if out:
            out[rng.randrange(len(out))] ^= 1 << rng.randrange(8)
    return bytes(out)


def _octets(rng: random.Random, data: bytes) -> bytes:
    out = bytearray(data)
    for _ in range(rng.choice((1, 3, 30))):
        if out:
            out[rng.randrange(len(out))] = rng.randrange(256)
    return bytes(out)


def _tronque(rng: random.Random, data: bytes) -> bytes:
    return data[: rng.randrange(len(data) + 1)]


def _troue(rng: random.Random, data: bytes) -> bytes:
    debut = rng.randrange(len(data) + 1)
    return data[:debut] + data[debut + rng.choice((1, 10, 1000)) :]


def _recode(rng: random.Random, data: bytes) -> bytes:
    """Another encoding, other line ends, a byte order mark; or no text at all."""
    texte = data.decode("utf-8", "replace")
    return rng.choice(
        (
            texte.encode("utf-16"),
            texte.encode("cp1252", "replace"),
            b"\xef\xbb\xbf" + data,
            data.replace(b"\n", b"\r\n"),
            data.replace(b"\n", b"\r"),
            data + b"\0",
            rng.randbytes(300),
        )
    )


_SUR_LES_OCTETS = (_bits, _octets, _tronque, _troue, _recode)


# --- Word files ----------------------------------------------------------------------------------


def refait(data: bytes, edit: Callable[[dict[str, bytes]], None]) -> bytes:
    """A .docx whose parts are changed by `edit`."""
    with zipfile.ZipFile(io.BytesIO(data)) as z:
        parties = {n: z.read(n) for n in z.namelist()}
    edit(parties)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as z:
        for nom, contenu in parties.items():
            z.writestr(nom, contenu)
    return out.getvalue()


def paquet(rng: random.Random, data: bytes) -> bytes:
    """A .docx spoilt in its zip, or in the XML of one or two of its parts."""
    if rng.random() < 0.3:
        return rng.choice((_bits, _octets, _tronque, _troue))(rng, data)
    gestes = rng.sample(_SUR_LES_PARTIES, rng.choice((1, 1, 1, 2)))

    def edit(parties: dict[str, bytes]) -> None:
        for geste in gestes:
            geste(rng, parties)

    return refait(data, edit)


def _nom(rng: random.Random, parties: dict[str, bytes]) -> str:
    """A part, the text most often."""
    xml = [n for n in parties if n.endswith((".xml", ".rels"))]
    return DOCUMENT if DOCUMENT in parties and rng.random() < 0.6 else rng.choice(xml or list(parties))


def _sans_partie(rng: random.Random, parties: dict[str, bytes]) -> None:
    if len(parties) > 1:
        parties.pop(rng.choice(list(parties)))


def _sans_relations(rng: random.Random, parties: dict[str, bytes]) -> None:
    for nom in [n for n in parties if n.endswith(".rels")]:
        if rng.random() < 0.7:
            parties.pop(nom)


def _permute(rng: random.Random, parties: dict[str, bytes]) -> None:
    if len(parties) > 1:
        a, b = rng.sample(list(parties), 2)
        parties[a], parties[b] = parties[b], parties[a]


def _abime(rng: random.Random, parties: dict[str, bytes]) -> None:
    nom = _nom(rng, parties)
    parties[nom] = rng.choice((_bits, _octets, _tronque, _troue))(rng, parties[nom])


def _remue(rng: random.Random, parties: dict[str, bytes]) -> None:
    """Elements moved, copied, removed or renamed: XML that is sound and says nonsense."""
    nom = _nom(rng, parties)
    try:
        arbre = etree.fromstring(parties[nom])
    except etree.XMLSyntaxError:
        return
    elements = list(arbre.iter(etree.Element))[1:]
    for _ in range(rng.choice((1, 3, 10, 30))):
        if len(elements) < 2:
            break
        a, b = rng.choice(elements), rng.choice(elements)
        geste = rng.randrange(5)
        if geste == 0 and a is not b and b not in a.iterancestors() and a not in b.iterancestors():
            b.append(a)
        elif geste == 1 and a.getparent() is not None:
            a.getparent().remove(a)
        elif geste == 2:
            a.tag = b.tag
        elif geste == 3:
            for cle in list(a.attrib):
                a.set(cle, rng.choice(("", "-1", "0", "9" * 30, "x", "true")))
        elif geste == 4:
            a.text = rng.choice(VALEURS[:60]).translate(_HORS_XML)
    parties[nom] = etree.tostring(arbre)


_HORS_XML = dict.fromkeys([*range(9), 11, 12, *range(14, 32)], "?")


def _chiffres(rng: random.Random, parties: dict[str, bytes]) -> None:
    if DOCUMENT in parties:
        parties[DOCUMENT] = re.sub(
            rb"(?<=[>\d\xa0 ])\d+(?=[<\d\xc2 ,])",
            lambda m: rng.choice(_NOMBRES).encode() if rng.random() < 0.3 else m[0],
            parties[DOCUMENT],
        )


def _paragraphes(rng: random.Random, parties: dict[str, bytes]) -> None:
    """Paragraphs in another order, or twice."""
    if DOCUMENT in parties:
        blocs = re.split(rb"(?=<w:p[ >])", parties[DOCUMENT])
        k = rng.randrange(len(blocs))
        bloc = blocs[k]
        if rng.random() < 0.5:
            blocs.pop(k)
        blocs.insert(rng.randrange(len(blocs) + 1), bloc)
        parties[DOCUMENT] = b"".join(blocs)


def _balises(rng: random.Random, parties: dict[str, bytes]) -> None:
    """Jinja tags doubled, cut, unknown."""
    if DOCUMENT in parties:
        ajout = rng.choice(
            (
                b"{{ x",
                b"{% endif %}",
                b"{%p if a %}",
                b"{{ a|inconnu }}",
                b"{% include 'x.docx' %}",
                b"{{ a.b.c[0] }}",
                b"}}",
                b"{#",
                b"{%tr for a in b %}",
                b"{{ ''.__class__ }}",
            )
        )
        parties[DOCUMENT] = re.sub(
            rb"(<w:t(?: [^>]*)?>)",
            lambda m: m[0] + ajout if rng.random() < 0.1 else m[0],
            parties[DOCUMENT],
        )


_SUR_LES_PARTIES = (
    _sans_partie,
    _sans_relations,
    _permute,
    _abime,
    _abime,
    _remue,
    _remue,
    _remue,
    _chiffres,
    _paragraphes,
    _balises,
)
