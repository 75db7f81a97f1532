"""Rules on how Jinja tags are typed in Word (TPL011), and what static text may hold (TPL009).

docxtpl deletes what stands beside a paragraph tag and repairs curly quotes by guessing; each of
these losses is silent, so the template is refused instead, with the paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.diagnostics import Severity

from .errors import Finding, quote
from .parts import Part
from .places import TAG, TC, TR, Element, P, Place, chunks, own_text, w

_MARKS = ("{{", "{%", "{#", "}}", "%}", "#}")
_ESCAPES = re.compile(r"\{_[{%]|[}%]_\}")
_LITERAL = re.compile(r""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'""")
_TYPOGRAPHIC = re.compile("[‘’“”«»–—…]")
_TRIM = re.compile(r"^\{[{%#][-+]|[-+][}%#]\}$")
_PREFIX = re.compile(r"^\{[{%#](p|tr|tc|r)\s")
_DETACHED = re.compile(r"^\{%\s+(p|tr|tc|r)\s+\w|^\{[{%#](p|tr|tc|r)(?! )\s")  # docxtpl wants `{%p `
_DOCXTPL_ONLY = re.compile(r"^\{%\s*(colspan|cellbg|hm|vm)\b")
_KEYWORD = re.compile(r"^\{%(?:p|tr)?\s*(\w+)")
_LOST = ("drawing", "pict", "object", "sectPr", "br", "footnoteReference", "fldChar")


def check_tags(part: Part) -> list[Finding]:
    """Every misuse in a part. After an error of this list the XML must not be given to docxtpl."""
    findings: list[Finding] = []
    for kind, paragraph, text in chunks(part.tree):
        place = part.places.get(paragraph)
        findings += _check_text(text, place, static=kind == "text")
        for tag in TAG.findall(text):
            findings += _check_tag(tag, place)
    for paragraph, place in part.places.items():
        findings += _check_paragraph(paragraph, place)
    return findings


def _misuse(message: str, place: Place | None, help: str = "") -> Finding:
    return Finding("TPL011", message, place, help)


def _check_text(text: str, place: Place | None, static: bool) -> Iterator[Finding]:
    rest = TAG.sub(" ", text)
    lone = next((mark for mark in _MARKS if mark in rest), "")
    if lone:
        message = f"une balise est incomplète ({quote(lone)} sans son pendant)"
        yield _misuse(message, place, "ouvrir et fermer la balise dans le même paragraphe")
    if _ESCAPES.search(rest):
        yield _misuse("les accolades échappées de docxtpl ({_{, {_%) ne sont pas admises", place)
    if static and "XXXX" in rest:
        message = f"le texte fixe du modèle contient {quote('XXXX')}"
        yield Finding("TPL009", message, place, "les blancs d’un modèle viennent des données")


def _check_tag(tag: str, place: Place | None) -> Iterator[Finding]:
    shown = quote(tag)
    if _TRIM.search(tag):
        message = f"la balise {shown} porte un tiret ou un plus collé à l’accolade"
        yield _misuse(message, place, "laisser une espace après l’accolade ouvrante et avant la fermante")
    detached = _DETACHED.match(tag)
    if detached:
        mark = f"{tag[:2]}{detached[1] or detached[2]} "
        message = (
            f"dans la balise {shown}, l’espace autour de {quote(detached[1] or detached[2])} est mal placée"
        )
        yield _misuse(message, place, f"écrire {mark}… d’un seul trait, puis une espace ordinaire")
        return
    prefix = _PREFIX.match(tag)
    if prefix and prefix[1] in ("r", "tc"):
        message = f"la balise {shown} commence par {quote(prefix[1])}, ce qui n’est pas admis"
        yield _misuse(message, place, "employer {{ … }}, {%p … %} ou {%tr … %}")
    elif prefix and re.search("[%}#]", tag[2:-2]):
        # docxtpl would not recognise the tag and would leave it as it is.
        message = f"la balise {shown} contient un signe réservé (%, # ou accolade)"
        yield _misuse(message, place, "calculer cette valeur dans les données")
    found = _DOCXTPL_ONLY.match(tag)
    if found:
        yield _misuse(f"l’instruction {quote(found[1])} de docxtpl n’est pas admise", place)
    if not tag.startswith("{#") and _TYPOGRAPHIC.search(_LITERAL.sub("", tag)):
        message = f"la balise {shown} a subi une correction automatique de Word (guillemet, tiret…)"
        yield _misuse(message, place, "annuler la correction (Ctrl+Z juste après la frappe)")
    found = _KEYWORD.match(tag)
    keyword = found[1] if found else ""
    if keyword == "autoescape":
        yield Finding("TPL007", f"la balise {shown} touche à la protection du texte", place)
    if keyword == "raw":
        yield _misuse(f"la balise {shown} n’est pas admise", place)
    if keyword in ("include", "extends") and not prefix:
        remedy = f"écrire {{%p {keyword} … %}}, seule dans son paragraphe"
        yield _misuse(f"la balise {shown} insère des paragraphes au milieu d’un autre", place, remedy)


def _check_paragraph(paragraph: Element, place: Place) -> Iterator[Finding]:
    text = place.text
    tags = TAG.findall(text)
    prefixes = [(t, m[1]) for t in tags if (m := _PREFIX.match(t))]
    alone = [t for t, prefix in prefixes if prefix == "p"]
    rows = [t for t, prefix in prefixes if prefix == "tr"]
    if len(alone) > 1:
        message = "deux balises de paragraphe ({%p … %}) sont dans le même paragraphe"
        yield _misuse(message, place, "une seule par paragraphe")
    elif alone and text.strip() != alone[0]:
        message = f"la balise {quote(alone[0])} n’est pas seule dans son paragraphe"
        yield _misuse(message, place, "donner son propre paragraphe au reste du texte, qui serait perdu")
    elif alone and _holds_more(paragraph):
        message = f"le paragraphe de la balise {quote(alone[0])} porte un saut, un dessin ou un champ"
        yield _misuse(message, place, "le mettre dans un autre paragraphe, sinon il serait perdu")
    if rows:
        yield from _check_row(paragraph, rows, place)
    in_table = next(paragraph.iterancestors(TC), None) is not None
    statements = tags and not prefixes and all(t.startswith("{%") for t in tags)
    if statements and not in_table and not TAG.sub("", text).strip():
        message = "ce paragraphe ne contient que des instructions : il restera vide dans le document"
        yield Finding("TPL011", message, place, "écrire {%p … %}", Severity.AVERTISSEMENT)


def _holds_more(paragraph: Element) -> bool:
    return any(
        e.tag != w("br") or e.get(w("type")) in ("page", "column") for e in paragraph.iter(*map(w, _LOST))
    )


def _check_row(paragraph: Element, rows: list[str], place: Place) -> Iterator[Finding]:
    row = next(paragraph.iterancestors(TR), None)
    if row is None:
        yield _misuse(f"la balise {quote(rows[0])} n’est pas dans un tableau", place)
        return
    whole = "".join(own_text(p) for p in row.iter(P)).strip()
    if whole != rows[0]:
        message = f"la balise {quote(rows[0])} n’est pas seule dans sa ligne de tableau"
        yield _misuse(message, place, "donner sa propre ligne au reste du texte, qui serait perdu")
