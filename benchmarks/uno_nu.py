"""The bare script that `pdf.py` compares with: one warm soffice, driven over UNO.

    python3 uno_nu.py FOLDER FILE.docx …

Runs in a Python that has `uno` (Debian: python3-uno) and needs nothing else. Converts the files one
after the other into FOLDER, PDF/A-2b with tags, and prints as JSON the seconds that the start and the
documents took.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException


def properties(**values: object) -> tuple[object, ...]:
    return tuple(PropertyValue(name, 0, value, 0) for name, value in values.items())


def connect(pipe: str) -> object:
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    while True:
        try:
            remote = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
            return remote.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", remote)
        except NoConnectException:
            time.sleep(0.02)


def main() -> None:
    folder, files = Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]]
    data = properties(
        SelectPdfVersion=2,
        PDFUACompliance=True,
        UseTaggedPDF=True,
        ExportBookmarks=True,
        UseLosslessCompression=True,
    )
    export = properties(
        FilterName="writer_pdf_Export", FilterData=uno.Any("[]com.sun.star.beans.PropertyValue", data)
    )
    pipe = f"banc{os.getpid()}"
    with tempfile.TemporaryDirectory(prefix="banc-") as profile:
        start = time.perf_counter()
        office = subprocess.Popen(
            [
                "soffice",
                f"-env:UserInstallation={Path(profile).as_uri()}",
                *("--headless", "--norestore", "--nologo", "--nodefault", "--nolockcheck"),
                f"--accept=pipe,name={pipe};urp;",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        desktop = connect(pipe)
        ready = time.perf_counter()
        for path in files:
            document = desktop.loadComponentFromURL(
                path.as_uri(), "_blank", 0, properties(Hidden=True, ReadOnly=True)
            )
            document.storeToURL((folder / path.name).with_suffix(".pdf").as_uri(), export)
            document.close(True)
        done = time.perf_counter()
        desktop.terminate()
        office.wait()
    print(json.dumps({"start": ready - start, "documents": done - ready}))


main()
