"""LibreOffice as a program: find it, start it, and be sure that it stops.

A run is a process group of its own, so that a Ctrl-C in the terminal does not reach it and one signal
stops `soffice`, `oosplash` and `soffice.bin` together. A guard process, holding the other end of a
pipe, kills the groups that are left when this process dies without a chance to clean up.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import psutil

_PLACES = (
    "/usr/lib/libreoffice/program/soffice",
    "/opt/libreoffice*/program/soffice",
    "/snap/bin/libreoffice",
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    "C:/Program Files/LibreOffice/program/soffice.exe",
    "C:/Program Files (x86)/LibreOffice/program/soffice.exe",
)

# PDF/A-2b and PDF/UA-1 together; lossless images, because a stamp or a logo must stay sharp.
_OPTIONS: Mapping[str, tuple[str, str]] = {
    "SelectPdfVersion": ("long", "2"),
    "PDFUACompliance": ("boolean", "true"),
    "UseTaggedPDF": ("boolean", "true"),
    "ExportBookmarks": ("boolean", "true"),
    "UseLosslessCompression": ("boolean", "true"),
}
FILTER = "pdf:writer_pdf_Export:" + json.dumps(
    {name: {"type": kind, "value": value} for name, (kind, value) in _OPTIONS.items()}, separators=(",", ":")
)

# Second lock behind `screen`: a fresh profile that fetches nothing from outside and runs no macro.
# The version « already seen » keeps LibreOffice from trying every way of drawing at each start: in 7.4
# that was 0.7 s of the 0.9 s that a start took, and of no use to a PDF. Nor are the spelling as one types,
# the list of words to complete and the lock on a file that nobody else sees: 4 % of the time of an act.
_SETTINGS = {
    "Common/Security/Scripting": {
        "BlockUntrustedRefererLinks": "true",
        "DisableMacrosExecution": "true",
        "MacroSecurityLevel": "3",
    },
    "Common/Misc": {"UseLocking": "false"},
    "Linguistic/SpellChecking": {"IsSpellAuto": "false"},
    "Writer/AutoFunction/Completion": {"Enable": "false", "CollectWords": "false"},
    "/org.openoffice.Setup/Product": {"ooSetupLastVersion": "99.9"},
}

# A fifth of what LibreOffice does is to ask for memory and give it back: this takes 13 % off a conversion.
# Used where it is installed (Debian: libtcmalloc-minimal4); the loader goes on without one it cannot take.
_ALLOCATORS = ("/usr/lib/*/libtcmalloc_minimal.so.4", "/usr/lib64/libtcmalloc_minimal.so.4")

_MEMORY_DISK = Path("/dev/shm")
_AMPLE = 1024**3  # bytes free there: a batch takes a hundredth of it

# Runs in a bare interpreter: reads «+group», «-group» and «/path» lines; at the end of the pipe (this
# process closed it, or died) kills the groups that are left, removes the paths and the temporary folder.
# A run whose group could not be told in time is known by its command line, which names the folder.
_GUARD = """
import os, shutil, sys
groups, paths = set(), set()
for line in sys.stdin:
    if line[0] == "/":
        paths.add(line[:-1])
    else:
        (groups.add if line[0] == "+" else groups.discard)(int(line[1:]))
sign = b"=" + sys.argv[2].encode() + b"/"
for pid in os.listdir("/proc") if os.path.isdir("/proc") else ():
    try:
        if pid.isdigit():
            with open("/proc/" + pid + "/cmdline", "rb") as command:
                if sign in command.read():
                    groups.add(os.getpgid(int(pid)))
    except OSError:
        pass
for group in groups - {os.getpgrp()}:
    try:
        os.killpg(group, 9)
    except OSError:
        pass
for path in paths:
    try:
        os.unlink(path)
    except OSError:
        pass
shutil.rmtree(sys.argv[1], ignore_errors=True)
"""


Process: TypeAlias = "subprocess.Popen[bytes]"


class OfficeError(Exception):
    """LibreOffice, or the room that it needs, is missing. `message` is a French sentence to show."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def find_soffice() -> Path | None:
    """The LibreOffice program, or None when there is none.

    CONVENANT_SOFFICE, when set, is the only place looked at; then the PATH; then the usual folders of
    Linux, macOS and Windows.
    """
    chosen = os.environ.get("CONVENANT_SOFFICE")
    if chosen:
        found = shutil.which(chosen)
        return Path(found) if found else None
    for name in ("soffice", "libreoffice"):
        found = shutil.which(name)
        if found:
            return Path(found)
    for place in _PLACES:
        anchor = Path(place).anchor  # empty for a Windows place seen from elsewhere
        for path in sorted(Path(anchor).glob(place.removeprefix(anchor)), reverse=True) if anchor else ():
            if os.access(path, os.X_OK):
                return path
    return None


class Office:
    """LibreOffice processes and their temporary folder, all gone at the end of the `with` block.

    `start`, `end` and `stop` may be called from several threads. Raises OfficeError when there is no room
    for the folder or when `soffice` cannot be started.
    """

    def __init__(self, soffice: Path) -> None:
        self.soffice = soffice
        self._lock = threading.Lock()
        self._running: dict[int, Process] = {}
        self._stopped = False

    def __enter__(self) -> Office:
        try:
            self.room = Path(tempfile.mkdtemp(prefix="convenant-", dir=_place()))
            self._guard = _guard(self.room)
        except OSError as error:
            raise OfficeError(f"Impossible de créer un dossier temporaire : {why(error)}.") from error
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        for process in list(self._running.values()):
            self.end(process)
        shutil.rmtree(self.room, ignore_errors=True)
        if self._guard and self._guard.stdin:
            with contextlib.suppress(OSError):
                self._guard.stdin.close()
            self._guard.wait()

    @property
    def stopped(self) -> bool:
        return self._stopped

    def start(
        self, arguments: Sequence[str], profile: Path, output: int = subprocess.DEVNULL
    ) -> Process | None:
        """Start LibreOffice on `profile`, its stdout to descriptor `output`; None once `stop` was called."""
        command = [
            str(self.soffice),
            f"-env:UserInstallation={profile.as_uri()}",
            "--headless",
            "--norestore",
            "--nologo",
            "--nodefault",
            "--nolockcheck",
            *arguments,
        ]
        # Neither the language nor the screen of whoever runs this may change the document.
        clean = {"LC_ALL": "C.UTF-8", "LANG": "C.UTF-8", "SAL_USE_VCLPLUGIN": "svp", "TMPDIR": str(self.room)}
        clean |= _allocator()
        with self._lock:
            if self._stopped:
                return None
            try:
                _furnish(profile, self.soffice)
                process = subprocess.Popen(
                    command,
                    env={**os.environ, **clean},
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.DEVNULL,
                    start_new_session=True,
                )
            except OSError as error:
                message = f"Impossible de lancer LibreOffice (« {self.soffice} ») : {why(error)}."
                raise OfficeError(message) from error
            self._running[process.pid] = process
            self._tell(f"+{process.pid}\n{_socket(profile)}")
        return process

    def end(self, process: Process) -> int:
        """Kill what is left of a run and give its exit status (negative: the signal that stopped it)."""
        with self._lock:
            _signal(process)
            process.wait()
            self._running.pop(process.pid, None)
            self._tell(f"-{process.pid}")
        return process.returncode

    def stop(self) -> None:
        """Start nothing more and kill all that runs; the threads that wait for a run see it end."""
        with self._lock:
            self._stopped = True
            for process in self._running.values():
                _signal(process)

    def _tell(self, line: str) -> None:
        if self._guard and self._guard.stdin:
            with contextlib.suppress(OSError):  # a guard that someone killed must not stop the work
                self._guard.stdin.write(line + "\n")
                self._guard.stdin.flush()


def _guard(room: Path) -> subprocess.Popen[str] | None:
    """The process that cleans up after this one; None where process groups do not exist."""
    if sys.platform == "win32":
        return None
    return subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", _GUARD, str(room), room.as_uri()],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )


def version(soffice: Path) -> str:
    """The version of LibreOffice (« 7.4.7.2 »), for the manifest. Raises OfficeError if it does not say."""
    with Office(soffice) as office:
        process = office.start(["--version"], office.room / "profil", subprocess.PIPE)
        answer = b""
        if process:
            with contextlib.suppress(subprocess.TimeoutExpired):
                answer = process.communicate(timeout=60)[0]
            office.end(process)
    found = re.search(r"\d+(?:\.\d+)+", answer.decode("utf-8", "replace"))
    if not found:
        raise OfficeError(f"« {soffice} » ne donne pas sa version : est-ce bien LibreOffice ?")
    return found[0]


def why(error: OSError) -> str:
    """The reason of a system error, in French when it is one that users meet."""
    known = {
        errno.ENOSPC: "le disque est plein",
        errno.EDQUOT: "le quota de disque est atteint",
        errno.EROFS: "le disque est en lecture seule",
        errno.EACCES: "l’accès est refusé",
        errno.EPERM: "l’accès est refusé",
        errno.ENOENT: "le fichier ou le dossier n’existe pas",
        errno.EFBIG: "la taille permise pour un fichier est dépassée",
        errno.ENOEXEC: "ce fichier n’est pas un programme",
    }
    return known.get(error.errno or 0, error.strerror or str(error))


def memory(process: Process) -> int:
    """Bytes of memory that a run and the processes under it hold; 0 when it is over."""
    try:
        top = psutil.Process(process.pid)
        return sum(_resident(one) for one in (top, *top.children(recursive=True)))
    except psutil.Error:
        return 0


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0


def _place() -> Path | None:
    """Where to make the temporary folder; None for the usual place, which whoever sets TMPDIR chooses.

    LibreOffice waits three times for the disk at each document; a folder in memory has nothing to wait for.
    """
    if tempfile.gettempdir() == "/tmp":  # nobody chose
        with contextlib.suppress(OSError):
            if os.access(_MEMORY_DISK, os.W_OK) and shutil.disk_usage(_MEMORY_DISK).free > _AMPLE:
                return _MEMORY_DISK
    return None


def _allocator() -> dict[str, str]:
    """The variable that has LibreOffice use a faster allocation of memory, where there is one."""
    for place in _ALLOCATORS if sys.platform == "linux" else ():
        for path in sorted(Path("/").glob(place.removeprefix("/"))):
            # What is there already (a distribution, a sandbox) is kept.
            return {"LD_PRELOAD": " ".join(filter(None, (str(path), os.environ.get("LD_PRELOAD"))))}
    return {}


def _furnish(profile: Path, soffice: Path) -> None:
    """Write the settings of a new profile; an existing one is left as it is."""
    settings = profile / "user" / "registrymodifications.xcu"
    if settings.exists():
        return
    settings.parent.mkdir(parents=True, exist_ok=True)
    items = "".join(
        f'<item oor:path="{path if path[0] == "/" else f"/org.openoffice.Office.{path}"}">'
        + "".join(
            f'<prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop>'
            for name, value in values.items()
        )
        + "</item>"
        for path, values in _SETTINGS.items()
    )
    schema = "http://openoffice.org/2001/registry"
    settings.write_text(
        f'<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="{schema}">{items}</oor:items>', "utf-8"
    )
    build = _build(soffice)
    if build:  # else LibreOffice sets its extensions in order, then starts a second time
        (settings.parent / "extensions").mkdir()
        (settings.parent / "extensions" / "buildid").write_text(build, "utf-8")


def _build(soffice: Path) -> str:
    """The build of LibreOffice (« 40(Build:2) »), as it is written beside the program; "" if it is not."""
    program = soffice.resolve().parent
    for place in (program / "versionrc", program / "version.ini", program.parent / "Resources" / "versionrc"):
        with contextlib.suppress(OSError):
            found = re.search(r"^buildid=(.+)$", place.read_text("utf-8", "replace"), re.MULTILINE)
            return found[1].strip() if found else ""
    return ""


def _signal(process: Process) -> None:
    """Kill the whole group of a process, without waiting."""
    if sys.platform == "win32":
        subprocess.run(["taskkill", "/F", "/T", "/PID", str(process.pid)], capture_output=True, check=False)
    else:
        with contextlib.suppress(ProcessLookupError, PermissionError):  # macOS: EPERM for a dead group
            os.killpg(process.pid, signal.SIGKILL)


def _socket(profile: Path) -> str:
    """The socket that a killed LibreOffice leaves behind, named after the MD5 of its profile.

    Seen in LibreOffice 7.4: the digest of the UTF-16 address, each byte written without leading zero.
    """
    if sys.platform == "win32":
        return ""
    digest = hashlib.md5(profile.as_uri().encode("utf-16-le"), usedforsecurity=False).digest()
    return f"/tmp/OSL_PIPE_{os.getuid()}_SingleOfficeIPC_" + "".join(f"{byte:x}" for byte in digest)
