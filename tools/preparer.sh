#!/usr/bin/env bash
# Makes everything ready: virtual environment, locked packages, LibreOffice, fonts.
# Usage: tools/preparer.sh [production|dev]. Runs again in an instant when nothing is missing.
set -euo pipefail
export PIP_USE_PEP517=1  # docopt has no wheel
cd "$(dirname "$0")/.."
mode=${1:-production}
python=${PYTHON:-python3}
lock=requirements/$mode.lock
stamp=.venv/.pret-$mode

# Debian packages are asked for only when something is missing and apt may be used.
wanted=()
missing() { command -v "$1" >/dev/null 2>&1 || wanted+=("${@:2}"); }
missing soffice libreoffice-writer-nogui
# Liberation Sans 2 stands for Arial: same widths, every sign that the documents use. Its version is in the manifest.
version=$(fc-match -f "%{family} %{fontversion}" Arial 2>/dev/null || true)
case "$version" in
"Arial "*) ;;
"Liberation Sans "*) [ "${version##* }" -ge 130000 ] || wanted+=(fonts-liberation2) ;;
*) wanted+=(fontconfig fonts-liberation2) ;;
esac
"$python" -c 'import ensurepip, venv' >/dev/null 2>&1 || wanted+=(python3-venv)
if [ "$mode" = dev ]; then
    missing pdftoppm poppler-utils
    missing qpdf qpdf
    missing softhsm2-util softhsm2 opensc  # a card without the plastic, for the tests of signature
    missing openssl openssl
    # The workbook is recomputed by LibreOffice in the tests; its spreadsheet is a package of its own.
    [ -e "$(dirname "$(readlink -f "$(command -v soffice || echo /)")")/libsclo.so" ] || wanted+=(libreoffice-calc-nogui)
fi
as_root=()
[ "$(id -u)" = 0 ] || as_root=(sudo -n)
can_install() { command -v apt-get >/dev/null && "${as_root[@]}" true 2>/dev/null; }
export DEBIAN_FRONTEND=noninteractive
if [ "${#wanted[@]}" -gt 0 ]; then
    if can_install; then
        echo "Installation de : ${wanted[*]}"
        "${as_root[@]}" apt-get update -qq
        "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${wanted[@]}" >/dev/null
    else
        echo "À installer (droits d’administrateur) : apt-get install ${wanted[*]}" >&2
    fi
fi

sum=$(cat "$lock" pyproject.toml "$0" | sha256sum | cut -d' ' -f1)
if [ "$(cat "$stamp" 2>/dev/null)" != "$sum" ]; then
    # Conversion does without it, and takes an eighth longer: asked for once, and not missed.
    if ! compgen -G '/usr/lib*/libtcmalloc_minimal.so.4' >/dev/null &&
        ! compgen -G '/usr/lib/*/libtcmalloc_minimal.so.4' >/dev/null && can_install; then
        "${as_root[@]}" apt-get install -y -qq --no-install-recommends libtcmalloc-minimal4 >/dev/null 2>&1 || true
    fi
    [ -x .venv/bin/python ] || "$python" -m venv .venv
    echo "Installation des bibliothèques Python…"
    .venv/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r "$lock"
    .venv/bin/python -m pip install -q --disable-pip-version-check --no-build-isolation --no-deps -e . 2>/dev/null
    echo "$sum" >"$stamp"
fi
