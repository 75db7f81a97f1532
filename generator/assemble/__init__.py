"""One PDF out of many: bookmarks, running page numbers, structure tags and links brought together.

Everything is written with pikepdf in one pass over each part, so the time is that of the pages. The
result is as conformant as its parts: it claims PDF/A and PDF/UA when every part does.
"""

from __future__ import annotations

from generator.assemble.dossier import LINK, AssemblyError, Entry, Part, assemble, table

__all__ = ["LINK", "AssemblyError", "Entry", "Part", "assemble", "table"]
