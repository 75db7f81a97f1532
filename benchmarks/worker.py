"""One engine, warm, in a process of its own: `python benchmarks/worker.py ENGINE KIND FOLDER`.

Reads lines « count first destination » (« - »: keep nothing), renders that many documents from the
record `first` on, and answers each with a line of JSON: seconds, CPU seconds, peak memory in KB.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

Context = dict[str, Any]
Make = Callable[[Context], bytes]
ROOT = Path(__file__).parents[1]
NAMES = {"acte": "documents/acte.docx", "avenant": "documents/avenant.docx"}
SLICE = 50  # contexts made at once, out of the clock
RENDERED = ("word/document", "word/header", "word/footer", "docProps/core")


def templates(kind: str, folder: Path) -> Path:
    """Where the templates of a kind are: ours, or those of the repository."""
    return folder / "templates" if kind == "acte" else ROOT / "templates"


def docxtpl(kind: str, folder: Path, _: contextlib.ExitStack) -> Make:
    """As its manual says: opened, rendered, saved."""
    from docxtpl import DocxTemplate

    path = templates(kind, folder) / NAMES[kind]
    environment = with_includes(templates(kind, folder)) if kind == "avenant" else None

    def make(context: Context) -> bytes:
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


def convenant(kind: str, folder: Path, batch: contextlib.ExitStack) -> Make:
    """The product, with all its checks, as it makes a batch: templates are looked at on disk once."""
    return product(kind, folder, batch)


def single(kind: str, folder: Path, _: contextlib.ExitStack) -> Make:
    """The same, one document at a time: templates are looked at on disk for each."""
    return product(kind, folder, None)


def product(kind: str, folder: Path, batch: contextlib.ExitStack | None) -> Make:
    """See `convenant` and `single`."""
    import datetime

    from generator.render import Engine

    engine, day = Engine(templates(kind, folder)), datetime.date(2024, 12, 9)
    if batch is not None:
        batch.enter_context(engine.figer())

    def make(context: Context) -> bytes:
        titre = context.get("titre_court") or context["nom"]
        return engine.render(NAMES[kind], context, titre=titre, jour=day, nominatif=True)

    return make


def limit(kind: str, folder: Path, _: contextlib.ExitStack) -> Make:
    """Deflating and zipping the same bytes, already rendered: what no engine can beat.

    Only the parts that differ from one document to another; those that are in all the same are copied.
    """
    from generator.render import package

    produce, context_of = product(kind, folder, None), contexts(kind, folder)
    made = [produce(context_of(number)) for number in range(100)]
    contents = []
    for data in made:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            contents.append({name: archive.read(name) for name in archive.namelist()})
    changing = [name for name in contents[0] if len({parts[name] for parts in contents}) > 1]
    frozen = package.freeze(m for m in package.read(made[0]) if m.name not in changing)
    ready = [[(name, parts[name]) for name in changing] for parts in contents]
    count = 0

    def make(context: Context) -> bytes:
        nonlocal count
        count += 1
        fresh = package.Frozen(frozen.prefix, frozen.directory, frozen.count)  # that remembers nothing
        return package.pack(fresh, ready[count % len(ready)])

    return make


def jinja(kind: str, folder: Path, _: contextlib.ExitStack) -> Make:
    """Jinja alone on the source that docxtpl gives, escaping on; no zip, no check."""
    from docxtpl import DocxTemplate
    from jinja2 import Environment

    source = DocxTemplate(templates(kind, folder) / NAMES[kind])
    source.init_docx()
    template = Environment(autoescape=True).from_string(source.patch_xml(source.get_xml()))
    return lambda context: template.render(context).encode()


def contexts(kind: str, folder: Path) -> Callable[[int], Context]:
    """The data of document number n: endless, each act with values of its own."""
    from acte import make_context, vary

    if kind == "acte":
        return make_context
    known = records(kind, folder)
    return lambda number: vary(known[number % len(known)], number)


def records(kind: str, folder: Path) -> list[Context]:
    """The data written by `acte.prepare`."""
    found: list[Context] = json.loads((folder / f"{kind}.json").read_text(encoding="utf-8"))
    return found


def peak() -> int:
    """Peak memory in KB; `getrusage` would count that of the parent, from before the `exec`."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0])


ENGINES = {
    "docxtpl": docxtpl, "rust-docxtpl": docxtpl, "convenant": convenant, "seul": single, "limite": limit,
    "jinja": jinja,
}  # fmt: skip


def main() -> None:
    name, kind, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    engine, _, deflate = name.partition("+")
    if engine != "rust-docxtpl":
        sys.path.insert(0, str(ROOT))
    if deflate == "zlib":
        sys.modules["isal"] = None  # type: ignore[assignment] -- as when it is not installed
    if kind == "avenant" or engine in ("convenant", "seul", "limite"):
        context_of = contexts(kind, folder)
    else:  # the environment of a peer lacks what `acte` imports
        known = records(kind, folder)

        def context_of(number: int) -> Context:
            return known[number % len(known)]

    with contextlib.ExitStack() as batch:
        answer(name, ENGINES[engine](kind, folder, batch), context_of)


def answer(name: str, make: Make, context_of: Callable[[int], Context]) -> None:
    """Render what is asked until the input ends."""
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
