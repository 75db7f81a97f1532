"""Templates and contexts to .docx: the only package that knows docxtpl and Jinja.

A template is a Jinja template that happens to be a .docx. Findings are `Diagnostic` values of the
codes TPL001 to TPL011; `Engine.render` raises `RenderError`, which carries one.
"""

from .engine import ENGINE_VERSION, Engine
from .errors import RenderError

__all__ = ["ENGINE_VERSION", "Engine", "RenderError"]
