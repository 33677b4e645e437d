#!/usr/bin/env bash
# Makes the release and uses it: the wheel in a fresh venv, the program for arm64 under QEMU, that for Windows under
# Wine. What no machine here runs, that for Macs, is looked at (scripts/release/release_test.go). Installs what it needs.
# By itself it makes one of the two for Macs, which differ in a word: each costs a minute of two cores.
set -euo pipefail
cd "$(dirname "$0")/.."

missing=()
command -v qemu-aarch64 >/dev/null || missing+=(qemu-user)
[ -e /usr/aarch64-linux-gnu/lib/libc.so.6 ] || missing+=(libc6-arm64-cross)
[ -x /usr/lib/wine/wine64 ] || missing+=(wine64)
if [ ${#missing[@]} -gt 0 ]; then
	sudo=$(command -v sudo || true)
	$sudo apt-get update -qq
	$sudo apt-get install -y -qq --no-install-recommends "${missing[@]}"
fi

work=$(mktemp -d)
export QEMU_LD_PREFIX=/usr/aarch64-linux-gnu WINEPREFIX=$work/wine WINEDEBUG=-all WINEARCH=win64
trap '/usr/lib/wine/wineserver64 -k 2>/dev/null || true; rm -rf "$work"' EXIT
mkdir "$work/home"

# program WHEEL prints where it unpacked the program of one.
program() {
	python3 -m zipfile -e "$1" "$work/$(basename "$1")"
	echo "$work/$(basename "$1")"/dits-*.data/scripts/dits*
}

# walk NAME PROGRAM... takes the walk, in a folder that stays.
walk() {
	local name=$1 from=$SECONDS
	shift
	echo "$name"
	mkdir "$work/walk-$name"
	(cd "$work/walk-$name" && HOME=$work/home bash "$OLDPWD/scripts/release/walk.sh" "$@")
	echo "  $((SECONDS - from)) s"
}

# wine makes a folder for Wine; its 8.0 has no ProcessPrng, which every Go program for Windows asks for.
wine() {
	/usr/lib/wine/wine64 wineboot.exe --init >/dev/null 2>&1
	.venv-release/bin/python -m ziglang cc -target x86_64-windows-gnu -O2 -shared scripts/release/wine/prng.c -ladvapi32 \
		-o "$WINEPREFIX/drive_c/windows/system32/bcryptprimitives.dll"
}

PLATFORMS=${PLATFORMS:-linux-amd64 linux-arm64 darwin-arm64 windows-amd64} scripts/release.sh
DITS_DIST=$PWD/dist go test -count=1 ./scripts/release

echo "wheel"
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-index dist/dits-*manylinux*x86_64*.whl
walk amd64 "$work/venv/bin/dits"
"$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check -r scripts/release/check-requirements.txt
(cd python && "$work/venv/bin/ruff" check --quiet . && "$work/venv/bin/ruff" format --check --quiet . &&
	"$work/venv/bin/mypy" --cache-dir "$work/mypy" && "$work/venv/bin/python" -m unittest discover -s tests)
if [ -n "${DITS_PEFT_PYTHON:-}" ]; then # has torch
	(cd python && PATH=$work/venv/bin:$PATH PYTHONPATH=src "$DITS_PEFT_PYTHON" -m unittest discover -s tests -k torch -k big)
fi

arm=$(program dist/dits-*manylinux*aarch64*.whl)
windows=$(program dist/dits-*win_amd64.whl)
chmod +x "$arm"
wine
walk windows /usr/lib/wine/wine64 "$windows" >"$work/windows.log" 2>&1 & # a core for each
walk arm64 qemu-aarch64 "$arm"
wait $! || { cat "$work/windows.log" && exit 1; }
grep -v "^wine: " "$work/windows.log" # of what it has not

echo "repositories of the others"
for name in arm64 windows; do
	"$work/venv/bin/dits" -C "$work/walk-$name" fsck
done
qemu-aarch64 "$arm" -C "$work/walk-windows" fsck
/usr/lib/wine/wine64 "$windows" -C "$work/walk-arm64" fsck

echo "a name that Windows has not"
mkdir "$work/names"
"$work/venv/bin/dits" -C "$work/names" init -q
echo text >"$work/names/file."
"$work/venv/bin/dits" -C "$work/names" add -q .
"$work/venv/bin/dits" -C "$work/names" commit -q -m name
rm "$work/names/file."
said=$(/usr/lib/wine/wine64 "$windows" -C "$work/names" checkout -- file. 2>&1) && echo "checkout: ended well, want an error" && exit 1
[[ $said == *"Windows has no such name"* ]] || { echo "$said" && exit 1; }
[ ! -e "$work/names/file" ]
