"""Reading a YAML file: text stays text, every value has its place, every slip its French message."""

from __future__ import annotations

import hashlib
import os
import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from generator import source
from generator.diagnostics import Diagnostic, to_text
from generator.source import Source, Value, display_lines, parse, read
from generator.source.text import FORBIDDEN
from generator.source.tree import place

NB = "\u00a0"
F = "f.yaml"


def good(text: str) -> Source:
    src, found = parse(text, F)
    assert not found, [to_text(d) for d in found]
    assert src is not None
    return src


def brief(found: list[Diagnostic]) -> list[str]:
    """« 2:5 YML003 message » for each diagnostic, with plain spaces to keep the tests readable."""
    return [f"{d.span.line}:{d.span.column} {d.code} {d.message}".replace(NB, " ") for d in found]


def excerpt(src: Source, *path: str | int) -> str:
    """The text that the place of a value designates."""
    span = src.span(*path)
    return src.lines[span.line - 1][span.column - 1 : span.end_column - 1]


# --- values ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["00012345670123", "no", "oui", "12:30", "0.10", "06000", "1_000", "0x1F", "1e3", "2024-12-09", ".inf"],
)
def test_scalars_stay_text(text: str) -> None:
    src = good(f"a: {text}\nb: [{text}]\n{text}: x\n")
    assert src.value == {"a": text, "b": [text], text: "x"}
    assert excerpt(src, "a") == text


@pytest.mark.parametrize("text", ["", "~", "null", "Null", "NULL"])
def test_only_a_bare_empty_value_is_none(text: str) -> None:
    assert good(f"a: {text}\nb: '{text}'\nc: \"{text}\"\n").value == {"a": None, "b": text, "c": text}


def test_multi_line_texts() -> None:
    src = good('a: |\n  un\n  deux\nb: >\n  trois\n  quatre\nc: cinq\n  six\nd: "sept\n  huit"\n')
    assert src.value == {"a": "un\ndeux\n", "b": "trois quatre\n", "c": "cinq six", "d": "sept huit"}
    assert [excerpt(src, k) for k in "abcd"] == ["|", ">", "cinq", '"sept']


def test_tab_and_newline_are_fine_inside_a_value() -> None:
    assert good('a: "x\\ty\\nz"\nb: x\ty\nc:\td\n').value == {"a": "x\ty\nz", "b": "x\ty", "c": "d"}


def test_a_document_mark_and_comments_are_fine() -> None:
    assert good("# début\n---\na: 1 # un\n...\n# fin\n").value == {"a": "1"}


# --- places ---------------------------------------------------------------------------------------

RECORD = """\
# yaml-language-server: $schema=x.json
structure:
  nom: Association « Été »
  siège: {ville: Liévin, "code postal": 62800}
  vide:
places:
  - territoire: Lens
    nombre: 12
  - [a, b]
  - simple
"""


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_every_value_has_its_place(newline: str, bom: str) -> None:
    src = good(bom + RECORD.replace("\n", newline))
    assert src.lines == tuple(RECORD.splitlines())
    places = {
        ("structure",): (2, 1, "structure"),
        ("structure", "nom"): (3, 8, "Association « Été »"),
        ("structure", "siège"): (4, 3, "siège"),
        ("structure", "siège", "ville"): (4, 18, "Liévin"),
        ("structure", "siège", "code postal"): (4, 41, "62800"),
        ("structure", "vide"): (5, 3, "vide"),
        ("places",): (6, 1, "places"),
        ("places", 0): (7, 5, "territoire: Lens"),
        ("places", 0, "nombre"): (8, 13, "12"),
        ("places", 1): (9, 5, "[a, b]"),
        ("places", 1, 1): (9, 9, "b"),
        ("places", 2): (10, 5, "simple"),
    }
    for path, (line, column, text) in places.items():
        span = src.span(*path)
        assert (span.file, span.line, span.column, excerpt(src, *path)) == (F, line, column, text)
    assert src.key_span("structure", "siège", "code postal").column == 26
    assert src.key_span("places", 0, "nombre").column == 5
    assert src.span().line == 2


def test_a_missing_path_falls_back_on_its_nearest_ancestor() -> None:
    src = good(RECORD)
    assert src.span("structure", "nom", "x", 3) == src.span("structure", "nom")
    assert src.span("structure", "absent") == src.span("structure")
    assert src.span("places", 9, "nombre") == src.span("places")
    assert src.span("absent") == src.span()
    assert src.key_span("structure", "absent") == src.key_span("structure")
    assert src.key_span("places", 0) == src.span("places", 0)
    assert src.key_span("places", 0, "absent") == src.span("places", 0)
    assert src.key_span("absent") == src.span()


def test_a_source_crosses_a_process_boundary() -> None:
    src = good(RECORD)
    assert pickle.loads(pickle.dumps(src)) == src


texts = st.text(st.characters(exclude_categories=["Cs"])).filter(
    lambda s: not FORBIDDEN.search(s) and "\r" not in s
)
values = st.recursive(
    texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


def walk(value: Value, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Value]]:
    yield path, value
    pairs: Any = (
        value.items() if isinstance(value, dict) else enumerate(value if isinstance(value, list) else ())
    )
    for step, inner in pairs:
        yield from walk(inner, (*path, step))


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(texts, values, max_size=4), st.lists(st.one_of(texts, st.integers(-1, 4)), max_size=4))
def test_a_place_alone_is_that_of_the_table(value: dict[str, Value], other: list[str | int]) -> None:
    src = good(yaml.safe_dump(value or {"a": "b"}, allow_unicode=True, default_style='"'))
    for path, _ in walk(src.value):
        assert place(src.value, src.marks, src.file, path) == src.spans[path]
        known = (*path, *other)
        while known not in src.spans:
            known = known[:-1]
        assert place(src.value, src.marks, src.file, (*path, *other)) == src.spans[known]


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(texts, values, max_size=4), st.booleans(), st.sampled_from(["\n", "\r\n"]))
def test_round_trip(value: dict[str, Value], flow: bool, newline: str) -> None:
    style: dict[str, Any] = {
        "default_style": '"',
        "allow_unicode": True,
        "default_flow_style": flow,
        "line_break": newline,
    }
    src = good(yaml.safe_dump(value, **style))
    assert src.value == value
    nodes = {path: (node.start_mark, node.end_mark) for path, node in composed(src.text)}
    assert set(nodes) == set(src.spans) == {path for path, _ in walk(value)}
    for path, inner in walk(value):
        span = src.span(*path)
        start, end = nodes[path]
        if isinstance(inner, str):
            assert (span.line, span.column) == (start.line + 1, start.column + 1)
            assert src.lines[span.line - 1][span.column - 1] == '"'
            assert end.line > start.line or span.end_column == end.column + 1
        elif path and isinstance(path[-1], str):
            assert span == src.key_spans[path]
        else:
            assert span.line == start.line + 1


def composed(text: str) -> Iterator[tuple[tuple[str | int, ...], yaml.Node]]:
    """Places as PyYAML's other loader, written in Python, composes them."""

    def inside(
        node: yaml.Node, path: tuple[str | int, ...]
    ) -> Iterator[tuple[tuple[str | int, ...], yaml.Node]]:
        yield path, node
        if isinstance(node, yaml.MappingNode):
            for key, inner in node.value:
                yield from inside(inner, (*path, key.value))
        elif isinstance(node, yaml.SequenceNode):
            for i, inner in enumerate(node.value):
                yield from inside(inner, (*path, i))

    root = yaml.compose(text, Loader=yaml.SafeLoader)
    assert root is not None
    yield from inside(root, ())


# --- what is refused ------------------------------------------------------------------------------

SYNTAX = {
    "a: 1\n\tb: 2\n": "2:1 YML002 une tabulation se trouve là où",
    "a:\n\tb: 2\n": "2:1 YML002 une tabulation",
    'é: 1\na: "x\nb: 1\n': "2:4 YML002 le guillemet ouvert ici n’est jamais refermé",
    'a: "x\n---\nb: 1\n': "1:4 YML002 le guillemet ouvert",
    "a: 'L'avenir'\n": "1:7 YML002 du texte suit un guillemet fermant",
    "a: [1] 2\n": "1:8 YML002 du texte suit un crochet",
    "é: 1\nb\nc: 2\n": "2:1 YML002 la ligne « b » n’a pas la forme « champ: valeur »",
    "b\nc: 2\n": "1:1 YML002 la ligne « b » n’a pas la forme",
    '"a": 1\n"b" 2\n': '2:1 YML002 la ligne « "b" 2 » n’a pas la forme',
    "nom:valeur\nb: 1\n": "1:4 YML002 il manque une espace après le deux-points",
    f"nom:{NB}valeur\nb: 1\n": "1:4 YML002 l’espace qui suit le deux-points est insécable",
    "a: 1\n  b: 2\n": "2:3 YML002 le retrait de cette ligne",
    "a:\n    b: 1\n  c: 2\n": "3:3 YML002 le retrait de cette ligne",
    "a:\n  - b: 1\n   c: 2\n": "3:4 YML002 le retrait de cette ligne",
    "été: Objet: le reste\n": "1:6 YML002 la valeur contient un deux-points suivi d’une espace",
    "a: [1, 2\nb: 3\n": "1:4 YML002 le crochet ouvert ici n’est pas refermé",
    "a: {x: 1\nb: 3\n": "1:4 YML002 l’accolade ouverte ici n’est pas refermée",
    "a: [[\n": "1:5 YML002 le crochet ou l’accolade ouvert ici",
    "a: ]\n": "1:4 YML002 une valeur ne peut pas commencer par « ] »",
    "a: @x\n": "1:4 YML002 une valeur ne peut pas commencer par « @ »",
    "a: * x\n": "1:4 YML002 une valeur ne peut pas commencer par « * »",
    "a: & Cie\n": "1:4 YML002 une valeur ne peut pas commencer par « & »",
    "%x: 1\n": "1:1 YML002 une ligne ne peut pas commencer par « % »",
    "a: - b\n": "1:4 YML002 une liste ou un champ ne peut pas commencer ici par « - »",
    'a: "C:\\q"\n': "1:7 YML002 la séquence « \\q » n’existe pas",
    'a: "\\xZZ"\n': "1:5 YML002 la séquence « \\x » n’existe pas",
    "a: |x\n  y\n": "1:5 YML002 du texte suit le signe « | »",
    "? \n: 1\nb: 2\n": "1:2 YML002 le nom du champ manque",
    "? [a]\n: 1\nb: 2\n": "1:3 YML002 le nom d’un champ doit être un texte simple",
    "a: {: x}\n": "1:5 YML002 le nom du champ manque",
    "- : x\n  b: 2\n": "1:1 YML002 le nom du champ manque",
    ": x\nb: 2\n": "1:1 YML002 le nom du champ manque",
    "a: !e!x 1\n": "1:4 YML004 étiquette",
}


@pytest.mark.parametrize("loader", ["CSafeLoader", "SafeLoader"])
@pytest.mark.parametrize("text", SYNTAX)
def test_syntax_errors(text: str, loader: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "_LOADER", getattr(yaml, loader))
    src, found = parse(text, F)
    assert len(found) == 1 and brief(found)[0].startswith(SYNTAX[text]), brief(found)
    assert (src is None) == (text[0] != "?")
    assert found[0].help


def test_reading_goes_on_after_a_complex_or_empty_key() -> None:
    for text in ("? [a, *b]\n: {c: d}\ne: f\n", "{? : x, e: f}", "{a: 1}: [2]\ne: f\n"):
        src, _ = parse(text, F)
        assert src is not None and src.value == {"e": "f"}
        assert set(src.spans) == {(), ("e",)}


def test_duplicate_keys_keep_the_first_value() -> None:
    src, found = parse('a: 1\nb:\n  c: 1\n  "c": [2, &x {d: 3}]\na: {a: 2, a: 3}\n', F)
    assert brief(found) == [
        "4:3 YML003 le champ « c » est donné deux fois",
        "4:12 YML004 ancre « &x » refusée",
        "5:1 YML003 le champ « a » est donné deux fois",
        "5:11 YML003 le champ « a » est donné deux fois",
    ]
    assert src is not None and src.value == {"a": "1", "b": {"c": "1"}}
    assert ("b", "c", 1) not in src.spans and src.span("a").line == 1
    (note,) = found[0].notes
    assert note.text == f"première valeur ligne{NB}3" and note.span == src.key_span("b", "c")
    assert not found[3].notes


def test_alias_anchor_merge_and_tag_are_refused() -> None:
    src, found = parse(
        "a: &x {k: 1}\nb: *x\nc:\n  <<: *x\n  d: !!int 3\ne: !!str &y été\n&z f: 1\n*x : 2\n'<<': ok\n", F
    )
    assert brief(found) == [
        "1:4 YML004 ancre « &x » refusée",
        "2:4 YML004 alias « *x » refusé",
        "4:3 YML004 fusion « << » refusée",
        "4:7 YML004 alias « *x » refusé",
        "5:6 YML004 étiquette « !!int » refusée",
        "6:4 YML004 étiquette « !!str » refusée",
        "6:10 YML004 ancre « &y » refusée",
        "7:1 YML004 ancre « &z » refusée",
        "8:1 YML004 alias « *x » refusé",
    ]
    assert src is not None
    assert src.value == {"a": {"k": "1"}, "b": None, "c": {"d": "3"}, "e": "été", "f": "1", "<<": "ok"}


def test_alias_bomb_is_not_expanded() -> None:
    names = "abcdefghi"
    bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{n}: &{n} [{', '.join(['*' + p] * 9)}]\n" for p, n in pairwise(names)
    )
    src, found = parse(bomb, F)
    assert {d.code for d in found} == {"YML004"} and len(found) == 9 + 8 * 9
    assert src is not None and isinstance(src.value, dict) and src.value["i"] == [None] * 9


@pytest.mark.parametrize(
    ("text", "place"),
    [("a: " + "[" * 2000, "1:43"), ("a:\n" + "- " * 2000, "2:79"), ("{a: " * 2000, "1:161")],
)
def test_too_deep(text: str, place: str) -> None:
    src, found = parse(text, F)
    assert src is None and brief(found) == [f"{place} YML005 plus de 40 niveaux imbriqués"]


def test_the_depth_limit_itself_is_allowed() -> None:
    assert good("a: " + "[" * 39 + "]" * 39).value
    assert parse("a: " + "[" * 40 + "]" * 40, F)[0] is None


def test_too_many_values() -> None:
    src, found = parse("a: 1\nb: [" + "0," * 200_000 + "]\n", F)
    assert src is None and brief(found)[0].startswith("2:")
    assert found[0].message == f"plus de 200{NB}000 valeurs dans un seul fichier"
    assert found[0].code == "YML005"


@pytest.mark.parametrize("loader", ["CSafeLoader", "SafeLoader"])
def test_forbidden_characters(loader: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "_LOADER", getattr(yaml, loader))
    text = (
        'é: "\\x07 \\ud800"\n"b\\0": "x\n   \\uFFFE \\U00110000"\nc: x\x1b[31m\nd: \ud83d\n'
        "e: l\x92été\u2028f\ng: '\\x07' # \x00\nh: \"\\\\x07 \\r\"\ni: a\ufeffb\n"
    )
    src, found = parse(text, F)
    assert brief(found) == [
        "1:5 YML006 caractère interdit U+0007 (caractère de contrôle)",
        "1:10 YML006 caractère interdit U+D800 (moitié de caractère Unicode)",
        "2:3 YML006 caractère interdit U+0000 (caractère de contrôle)",
        "3:4 YML006 caractère interdit U+FFFE (code qui n’est pas un caractère)",
        "3:11 YML006 caractère interdit U+110000 (code qui n’est pas un caractère)",
        "4:5 YML006 caractère interdit U+001B (caractère de contrôle)",
        "5:4 YML006 caractère interdit U+D83D (moitié de caractère Unicode)",
        "6:5 YML006 caractère interdit U+0092 (caractère de contrôle)",
        "6:9 YML006 caractère interdit U+2028 (saut de ligne invisible)",
        "7:13 YML006 caractère interdit U+0000 (caractère de contrôle)",
        "8:11 YML006 caractère interdit U+000D (caractère de contrôle)",
        "9:5 YML006 caractère interdit U+FEFF (marque d’encodage invisible)",
    ]
    assert src is not None and isinstance(src.value, dict)
    assert src.value["é"] == "\ufffd \ufffd" and src.value["c"] == "x\ufffd[31m"
    assert src.value["g"] == "\\x07" and src.value["h"] == "\\x07 \ufffd"
    assert not FORBIDDEN.search(repr(src.value) + "".join(src.lines))
    for d in found:
        to_text(d, src.lines).encode("utf-8")


@pytest.mark.parametrize(
    "char", ["\t", "é", "\u0153", "\u00a0", "\u202f", "\u2019", "\U0001f600", "\ue000", "\ufffd"]
)
def test_allowed_characters(char: str) -> None:
    assert good(f'a: x{char}y\nb: "\\U{ord(char):08X}"\n').value == {"a": f"x{char}y", "b": char}


def test_non_breaking_space_beside_a_key() -> None:
    src, found = parse(f"nom{NB}: x\n{NB}b: 1\n", F)
    assert brief(found) == [
        "1:1 YML006 espace insécable à côté du nom du champ « nom »",
        "2:1 YML006 espace insécable à côté du nom du champ « b »",
    ]
    assert src is not None and src.value == {"nom": "x", "b": "1"}


def test_several_documents() -> None:
    src, found = parse("a: 1\n---\nb: 2\n", F)
    assert brief(found) == ["2:1 YML007 le fichier contient plusieurs documents YAML"]
    assert src is not None and src.value == {"a": "1"}


@pytest.mark.parametrize(
    ("text", "what"),
    [("# x\n- a\n- b\n", "une liste"), ("\nnom:valeur\n", "un texte seul"), ("\n~\n", "un texte seul")],
)
def test_the_root_must_be_a_mapping(text: str, what: str) -> None:
    src, found = parse(text, F)
    assert src is None
    assert brief(found) == [f"2:1 YML008 le fichier doit contenir des champs, on y trouve {what}"]


@pytest.mark.parametrize("text", ["", "\ufeff", "\n\n", "# rien\n", "---\n", "---\n...\n"])
def test_empty_file(text: str) -> None:
    src, found = parse(text, F)
    assert src is None and brief(found) == ["1:1 YML009 le fichier est vide"]


def test_all_errors_at_once_and_in_order() -> None:
    src, found = parse('a: &x 1\nb: \x07\na: 2\nc: *x\nd: "e\n', F)
    assert src is None
    assert [(d.code, d.span.line) for d in found] == [
        ("YML004", 1),
        ("YML006", 2),
        ("YML003", 3),
        ("YML004", 4),
        ("YML002", 5),
    ]


@pytest.mark.parametrize("text", ["\x00" * 300_000, "a: [" + "*x," * 5000 + "]"])
def test_a_flood_of_errors_is_cut_short(text: str) -> None:
    _, found = parse(text, F)
    assert len(found) == source.MAX_REPORTED
    assert found[-1].notes[-1].text.startswith("les anomalies suivantes")


# --- files ----------------------------------------------------------------------------------------


def test_read_gives_the_hash_of_the_bytes(tmp_path: Path) -> None:
    data = b"\xef\xbb\xbf\xc3\xa9: 1\r\nb: x\r\n"
    path = tmp_path / "a.yaml"
    path.write_bytes(data)
    src, found = read(path, "dossier/a.yaml")
    assert src is not None and not found
    assert src.sha256 == hashlib.sha256(data).hexdigest()
    assert src.text == "é: 1\r\nb: x\r\n" and src.value == {"é": "1", "b": "x"}
    assert str(src.span("b")) == "dossier/a.yaml:2:4"
    assert parse(data.decode(), "b")[0].sha256 == src.sha256  # type: ignore[union-attr]


@contextmanager
def unprivileged() -> Iterator[None]:
    """Root reads everything: become nobody for a while, so that a refusal is a real one."""
    if os.geteuid():
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_unreadable_files(tmp_path: Path) -> None:
    def message(path: Path) -> str:
        src, found = read(path, "x.yaml")
        (d,) = found
        assert src is None and d.code == "YML001" and d.help and str(d.span) == "x.yaml"
        assert display_lines(path) == ()
        return d.message.replace(NB, " ")

    assert message(tmp_path / "absent.yaml") == "fichier illisible : le fichier n’existe pas"
    assert message(tmp_path) == "fichier illisible : c’est un dossier, pas un fichier"
    (tmp_path / "boucle").symlink_to("boucle")
    assert message(tmp_path / "boucle").endswith("un lien qui renvoie à lui-même")
    os.mkfifo(tmp_path / "tube")
    assert message(tmp_path / "tube").endswith("ce n’est pas un fichier ordinaire")
    assert message(tmp_path / "tube" / "x").endswith("le fichier n’existe pas")
    assert message(tmp_path / ("x" * 300)).endswith("le nom du fichier est trop long")
    assert message(tmp_path / "a\0b").endswith("le nom du fichier n’est pas valable")
    secret = tmp_path / "secret"
    secret.write_text("a: 1\n")
    secret.chmod(0)
    with unprivileged():
        assert message(secret).endswith("la lecture du fichier n’est pas autorisée")


def test_too_large(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("a: 1\n")
    assert read(path, F, limit=5)[0] is not None
    src, found = read(path, F, limit=4)
    assert src is None and found[0].message == f"fichier illisible{NB}: il dépasse 4{NB}octets"
    with path.open("wb") as stream:
        stream.truncate(source.MAX_BYTES + 1)
    src, found = read(path, F)
    assert src is None and found[0].message == f"fichier illisible{NB}: il dépasse 5{NB}Mio"
    assert parse("#" * (source.MAX_BYTES + 1), F)[1][0].code == "YML001"


@pytest.mark.parametrize(
    ("data", "place", "message"),
    [
        ("a: 1\r\né: été\n".encode() + b"b: caf\xe9\n", (3, 7), "l’octet 0xE9 n’est pas de l’UTF-8"),
        (b"\xef\xbb\xbfa: \xff", (1, 4), "l’octet 0xFF n’est pas de l’UTF-8"),
        (b"a: \xed\xa0\x80", (1, 4), "l’octet 0xED n’est pas de l’UTF-8"),
        ("a: é".encode("utf-16"), (1, 1), "il est enregistré en UTF-16"),
    ],
)
def test_not_utf8(data: bytes, place: tuple[int, int], message: str, tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(data)
    src, found = read(path, F)
    assert src is None and (found[0].span.line, found[0].span.column) == place
    assert found[0].message == f"fichier illisible{NB}: {message}"


def test_display_lines_serve_the_excerpt_of_a_broken_file(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\r\nb: \xff\x1b [\n")
    assert display_lines(path) == ("a: 1", "b: \ufffd\ufffd [")


def test_a_large_file() -> None:
    line = '  - {nom: "Structure été", montant: 0650, lieu: Arras}\n'
    count = 1_000_000 // len(line.encode()) + 1
    src = good("lignes:\n" + line * count)
    assert isinstance(src.value, dict) and len(src.value["lignes"] or ()) == count
    last = src.span("lignes", count - 1, "montant")
    assert (last.line, last.column) == (count + 1, 37)
    assert src.lines[last.line - 1][last.column - 1 : last.end_column - 1] == "0650"


# --- hostile text ---------------------------------------------------------------------------------

signs = [*"ab:-?[]{},#&*!|>'\"%@`\\\t\n\r \u00a0é<~\x00\ud800\u2028"]
runs = [": ", "- ", "\n  ", "---\n", "...\n", "\\ud800", "\\x07", "<<: ", "a: "]
pieces = st.sampled_from([*signs, *runs])


@settings(max_examples=400, deadline=None)
@given(st.lists(pieces, max_size=30).map("".join), st.sampled_from(["CSafeLoader", "SafeLoader"]))
def test_no_text_raises_and_every_place_exists(text: str, loader: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(source, "_LOADER", getattr(yaml, loader))
        src, found = parse(text, F)
    assert found or src
    count = len(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    for d in found:
        assert 1 <= d.span.line <= count and 1 <= d.span.column < d.span.end_column
        assert d.help and d.code.startswith("YML")
        words = d.message + d.help
        assert "\u202f" not in words and "« " not in words and " »" not in words and "\n" not in words
        words.encode("utf-8")
    if src is not None:
        assert set(src.spans) == {path for path, _ in walk(src.value)}
        for span in [*src.spans.values(), *src.key_spans.values()]:
            assert 1 <= span.line <= max(1, len(src.lines)) and 1 <= span.column < span.end_column


def test_a_sign_glued_to_a_word_is_not_lost_silently() -> None:
    read, found = parse(
        "intitule: Projet #3 du canton\nautre: valeur # un vrai commentaire\ncite: 'Projet #3'\n", "x"
    )
    assert read is not None and read.value == {"intitule": "Projet", "autre": "valeur", "cite": "Projet #3"}
    (d,) = found
    assert (d.code, d.span.line, d.span.column, d.is_error) == ("YML010", 1, 18, False)
    assert "#3 du canton" in d.message
