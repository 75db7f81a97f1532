"""One engine, warm, in a process of its own: `python benchmarks/worker.py ENGINE KIND FOLDER`.

Reads lines « count first destination » (« - »: keep nothing), renders that many documents from the
record `first` on, and answers each with a line of JSON: seconds, CPU seconds, peak memory in KB.
"""

from __future__ import annotations

import io
import json
import os
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

Make = Callable[[dict[str, Any]], bytes]
ROOT = Path(__file__).parents[1]
NAMES = {"acte": "documents/acte.docx", "avenant": "documents/avenant.docx"}
SLICE = 50  # contexts made at once, out of the clock
RENDERED = ("word/document", "word/header", "word/footer", "docProps/core")


def templates(kind: str, folder: Path) -> Path:
    """Where the templates of a kind are: ours, or those of the repository."""
    return folder / "templates" if kind == "acte" else ROOT / "templates"


def docxtpl(kind: str, folder: Path) -> Make:
    """As its manual says: opened, rendered, saved."""
    from docxtpl import DocxTemplate

    path = templates(kind, folder) / NAMES[kind]
    environment = with_includes(templates(kind, folder)) if kind == "avenant" else None

    def make(context: dict[str, Any]) -> bytes:
        template = DocxTemplate(path)
        template.render(context, environment, autoescape=True)
        out = io.BytesIO()
        template.save(out)
        return out.getvalue()

    return make


def with_includes(folder: Path) -> Any:
    """What docxtpl lacks for our templates: includes, read and compiled once for all documents."""
    from jinja2 import Environment

    from generator.render.loader import DocxLoader, DropMarkers

    loader = DocxLoader(folder, "base.docx")
    environment = Environment(loader=loader, autoescape=True, extensions=[DropMarkers])
    for name in ("une_ligne", "code_de_champ", "bloc"):
        environment.filters[name] = lambda value: value
    return environment


def convenant(kind: str, folder: Path) -> Make:
    """The product, with all its checks."""
    import datetime

    from generator.render import Engine

    engine, day = Engine(templates(kind, folder)), datetime.date(2024, 12, 9)

    def make(context: dict[str, Any]) -> bytes:
        return engine.render(NAMES[kind], context, titre="Acte", jour=day, nominatif=True)

    return make


def limit(kind: str, folder: Path) -> Make:
    """Deflating and zipping the same bytes, already rendered: what no engine can beat."""
    from generator.render import package

    produce = convenant(kind, folder)
    ready = []
    for context in records(kind, folder)[:100]:
        with zipfile.ZipFile(io.BytesIO(produce(context))) as archive:
            parts = [(n, archive.read(n)) for n in archive.namelist() if n.startswith(RENDERED)]
        kept = [m for m in package.read(produce(context)) if not m.name.startswith(RENDERED)]
        ready.append((package.freeze(kept), parts))
    count = 0

    def make(context: dict[str, Any]) -> bytes:
        nonlocal count
        count += 1
        frozen, parts = ready[count % len(ready)]
        fresh = package.Frozen(frozen.prefix, frozen.directory, frozen.count)  # that remembers nothing
        return package.pack(fresh, parts)

    return make


def jinja(kind: str, folder: Path) -> Make:
    """Jinja alone on the source that docxtpl gives, escaping on; no zip, no check."""
    from docxtpl import DocxTemplate
    from jinja2 import Environment

    source = DocxTemplate(templates(kind, folder) / NAMES[kind])
    source.init_docx()
    template = Environment(autoescape=True).from_string(source.patch_xml(source.get_xml()))
    return lambda context: template.render(context).encode()


def records(kind: str, folder: Path) -> list[dict[str, Any]]:
    """The contexts."""
    found: list[dict[str, Any]] = json.loads((folder / f"{kind}.json").read_text(encoding="utf-8"))
    return found


def peak() -> int:
    """Peak memory in KB; `getrusage` would count that of the parent, from before the `exec`."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0])


ENGINES = {
    "docxtpl": docxtpl, "rust-docxtpl": docxtpl, "convenant": convenant, "limite": limit, "jinja": jinja,
}  # fmt: skip


def main() -> None:
    name, kind, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    engine, _, deflate = name.partition("+")
    if engine != "rust-docxtpl":
        sys.path.insert(0, str(ROOT))
    if deflate == "zlib":
        sys.modules["isal"] = None  # type: ignore[assignment] -- as when it is not installed
    make = ENGINES[engine](kind, folder)
    if kind == "acte" and name.startswith("convenant"):
        from acte import make_context as context_of  # endless, each act with values of its own
    else:
        known = records(kind, folder)

        def context_of(number: int) -> dict[str, Any]:
            return known[number % len(known)]

    print(json.dumps({"ready": name}), flush=True)
    for line in sys.stdin:
        count, first, destination = line.split()
        spent = {"wall": 0.0, "cpu": 0.0}
        for start in range(0, int(count), SLICE):
            contexts = [context_of(int(first) + n) for n in range(start, min(start + SLICE, int(count)))]
            cpu, wall = time.process_time(), time.perf_counter()
            for rank, context in enumerate(contexts, start):
                data = make(context)
                if destination != "-":
                    descriptor = os.open(f"{destination}/{rank}.docx", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
                    os.write(descriptor, data)
                    os.close(descriptor)
            spent["wall"] += time.perf_counter() - wall
            spent["cpu"] += time.process_time() - cpu
        print(json.dumps({**spent, "rss": peak()}), flush=True)


if __name__ == "__main__":
    main()
