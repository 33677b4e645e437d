#!/usr/bin/env bash
# Makes dist/: for each platform an archive and a Python wheel, and their SHA256SUMS. The same commit gives the same
# bytes. PLATFORMS are those to make. Needs Go, a C compiler and Python; Zig, which compiles C for the others, comes from PyPI.
set -euo pipefail
cd "$(dirname "$0")/.."

platforms=${PLATFORMS:-linux-amd64 linux-arm64 darwin-arm64 darwin-amd64 windows-amd64}
tools=$PWD/.venv-release
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT

# target OS-ARCH prints what Zig calls a platform, with the oldest system that it is for.
target() {
	case $1 in
	linux-amd64) echo x86_64-linux-gnu.2.17 ;;
	linux-arm64) echo aarch64-linux-gnu.2.17 ;;
	darwin-arm64) echo aarch64-macos.12.0 ;;
	darwin-amd64) echo x86_64-macos.12.0 ;;
	windows-amd64) echo x86_64-windows-gnu ;;
	*) echo "release: no platform $1" >&2 && return 1 ;;
	esac
}

# wheel_tag OS-ARCH prints what pip calls a platform.
wheel_tag() {
	case $1 in
	linux-amd64) echo py3-none-manylinux_2_17_x86_64 ;;
	linux-arm64) echo py3-none-manylinux_2_17_aarch64 ;;
	darwin-arm64) echo py3-none-macosx_12_0_arm64 ;;
	darwin-amd64) echo py3-none-macosx_12_0_x86_64 ;;
	windows-amd64) echo py3-none-win_amd64 ;;
	esac
}

# program OS-ARCH builds the program of a platform.
program() {
	local os=${1%-*} arch=${1#*-} flags='' headers='' suffix='' zig
	zig=$(target "$1")
	case $os in
	linux) flags=-s ;;
	darwin)
		flags="-L$PWD/scripts/release/macos -F$PWD/scripts/release/macos"
		headers=" -I$PWD/scripts/release/macos"
		;;
	windows) suffix=.exe ;;
	esac
	mkdir -p "$stage/program/$1"
	CGO_ENABLED=1 GOOS=$os GOARCH=$arch CC="python -m ziglang cc -target $zig" CGO_CFLAGS="-O2$headers" CGO_LDFLAGS= GOFLAGS= \
		go build -trimpath -tags osusergo,netgo -ldflags "-s -w -buildid= -extldflags '$flags'" \
		-o "$stage/program/$1/dits$suffix" ./cmd/dits
}

# beside lays out what goes beside the program into all archives.
beside() {
	local shell
	mkdir -p "$stage/beside/completions"
	cp -R LICENSE README.md docs "$stage/beside"
	make --silent build man
	cp -R bin/man "$stage/beside/man"
	for shell in bash zsh fish powershell; do
		bin/dits completion "$shell" >"$stage/beside/completions/dits.$shell"
	done
	licenses >"$stage/beside/THIRD_PARTY.txt"
}

# licenses prints those of what is compiled into the program.
licenses() {
	local name dir file lib
	lib=$(python -c 'import pathlib, ziglang; print(pathlib.Path(ziglang.__file__).parent / "lib/libc")')
	{
		go list -deps -f '{{with .Module}}{{if not .Main}}{{.Path}} {{.Dir}}{{end}}{{end}}' ./cmd/dits | sort -u
		echo "Go $(go env GOROOT)"
		echo "mingw-w64 $lib/mingw"
		for dir in explore/web/vendor/*/; do echo "$(basename "$dir") $dir"; done
	} | while read -r name dir; do
		for file in "$dir"/LICENSE* "$dir"/NOTICE* "$dir"/COPY*; do
			[ ! -f "$file" ] || printf '== %s: %s\n\n%s\n\n' "$name" "$(basename "$file")" "$(cat "$file")"
		done
	done
}

# wheel OS-ARCH builds the wheel of a platform.
wheel() {
	local at=$stage/wheel/$1
	mkdir -p "$at"
	cp -R python/{README.md,pyproject.toml,hatch_build.py,src} LICENSE "$stage/beside/THIRD_PARTY.txt" "$at"
	cp -R "$stage/program/$1" "$at/program"
	(cd "$at" && DITS_VERSION=$version DITS_WHEEL_TAG=$(wheel_tag "$1") \
		python -m hatchling build --target wheel --directory "$dist" >/dev/null)
}

[ -x "$tools/bin/python" ] || python3 -m venv "$tools"
"$tools/bin/python" -m pip install --quiet --disable-pip-version-check -r scripts/release/requirements.txt

SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH
version=$(git describe --tags --exact-match --match 'v[0-9]*' 2>/dev/null || date -u -d "@$SOURCE_DATE_EPOCH" +v0.0.0.dev%Y%m%d%H%M%S)
version=${version#v}
dist=$PWD/dist
rm -rf "$dist"
mkdir "$dist"

export -f program target
export stage PATH=$tools/bin:$PATH # without its folder in CC, another clone finds in Go's cache what was compiled
echo "$platforms" | xargs -n 1 -P "$(nproc)" bash -ec 'program "$0"'
beside
for platform in $platforms; do
	python scripts/release/archive.py "$dist/dits-$version-$platform" "$stage/program/$platform" "$stage/beside"
	wheel "$platform"
done
(cd "$dist" && sha256sum -- dits-* >SHA256SUMS && cat SHA256SUMS)
