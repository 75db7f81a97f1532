"""One .docx of the templates' folder, read whole: its parts as Jinja sources, and what is wrong with it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from generator.diagnostics import Severity

from . import package
from .blanks import check_blanks
from .errors import Finding
from .forbidden import check_members, check_part
from .names import Names, align
from .parts import Part, PartError, parse, read_part, to_jinja, without_tags
from .structure import Source, build
from .styles import Styles, read_styles
from .tags import check_tags

CONTENT_TYPES = "[Content_Types].xml"
_WML = "application/vnd.openxmlformats-officedocument.wordprocessingml."
_NO_NAMES: Names = MappingProxyType({})
_LABELS = {
    "document.main": "",
    "header": "en-tête",
    "footer": "pied de page",
    "footnotes": "notes de bas de page",
    "endnotes": "notes de fin",
}


@dataclass(frozen=True, slots=True)
class TemplateFile:
    """A template as read. `name` is its path under the folder, with slashes.

    `findings` forbid any use; `as_include` are the findings that only matter when another template
    includes this one. `sources` maps a part's Jinja name to its source.
    """

    name: str
    digest: str
    members: tuple[package.Member, ...] = ()
    parts: tuple[Part, ...] = ()
    sources: Mapping[str, Source] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    as_include: tuple[Finding, ...] = ()
    styles: Styles = field(default_factory=Styles)

    def key(self, part: Part) -> str:
        """Jinja's name for a part: the file's own name for the body, `name#member` for the others."""
        return self.name if not part.label else f"{self.name}#{part.member}"


def read_template(name: str, data: bytes, base: Names = _NO_NAMES) -> TemplateFile:
    """Read and check one template. Never raises for what the file holds: see `findings`.

    `base`: the style names of the file whose identifiers this one is to take (see names.py).
    """
    digest = hashlib.sha256(data).hexdigest()
    try:
        stored = package.read(data)
        members = align(stored, base)
        if members != stored:
            digest = hashlib.sha256(f"{digest} {sorted(base.items())}".encode()).hexdigest()
        contents = {m.name: m for m in members}
        parts = _read_parts(contents)
        styles = read_styles(contents, parts)
        findings = check_members(contents)
    except (package.PackageError, PartError) as exc:
        return TemplateFile(name, digest, findings=(Finding("TPL001", f"modèle illisible : {exc}"),))
    as_include: list[Finding] = []
    sources: dict[str, Source] = {}
    for part in parts:
        always, included = check_part(part)
        misuse = check_tags(part)
        findings += always + misuse + list(check_blanks(part))
        if not part.label:
            as_include += included
        if any(f.code == "TPL011" and f.severity is Severity.ERREUR for f in misuse):
            continue  # docxtpl would tear the XML apart: nothing more can be said
        source, nesting = _make_source(part)
        findings += nesting
        sources[name if not part.label else f"{name}#{part.member}"] = source
    return TemplateFile(
        name, digest, members, parts, sources, tuple(findings), tuple(as_include), styles
    )  # fmt: skip


def _read_parts(contents: Mapping[str, package.Member]) -> tuple[Part, ...]:
    """The parts that Jinja renders: the document first, then headers, footers and notes."""
    if CONTENT_TYPES not in contents:
        raise PartError("il y manque la liste des parties ([Content_Types].xml)")
    parts: list[Part] = []
    for override in parse(contents[CONTENT_TYPES].unpack()):
        kind = str(override.get("ContentType", "")).removeprefix(_WML).removesuffix("+xml")
        member = str(override.get("PartName", "")).removeprefix("/")
        if kind not in _LABELS or member not in contents:
            continue
        part = read_part(member, _LABELS[kind], contents[member].unpack())
        parts.insert(0, part) if not part.label else parts.append(part)
    if not parts or parts[0].label or sum(not p.label for p in parts) != 1:
        raise PartError("il n’y a pas de document Word (.docx) à l’intérieur")
    return tuple(parts)


def _make_source(part: Part) -> tuple[Source, list[Finding]]:
    patched = to_jinja(part.source)
    source, findings = build(patched, part.tags)
    if not findings:
        try:
            parse((part.head + without_tags(patched) + part.tail).encode())
        except PartError:
            message = "une balise chevauche un lien, un contrôle de contenu ou un autre objet de Word"
            findings = [Finding("TPL011", message, help="retaper la balise d’un seul trait, en texte simple")]
    return source, findings
