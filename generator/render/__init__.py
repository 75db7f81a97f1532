"""Templates and contexts to .docx: the only package that knows docxtpl and Jinja.

A template is a Jinja template that happens to be a .docx. Findings are `Diagnostic` values of the
codes TPL001 to TPL012; `Engine.render` raises `RenderError`, which carries one. `Engine.reads` and
`Witness` say what templates may read, and what the documents made so far went through.
"""

from .annotate import NotAnnotable, annotate
from .contract import Read, Use
from .engine import ENGINE_VERSION, Engine
from .errors import Finding, RenderError, quote
from .facts import EACH, Fact, Path
from .places import Tag
from .report import expression, not_text, unknown_name
from .witness import Branch, Witness

__all__ = [
    "EACH",
    "ENGINE_VERSION",
    "Branch",
    "Engine",
    "Fact",
    "Finding",
    "NotAnnotable",
    "Path",
    "Read",
    "RenderError",
    "Tag",
    "Use",
    "Witness",
    "annotate",
    "expression",
    "not_text",
    "quote",
    "unknown_name",
]
