#!/usr/bin/env bash
# A family of fine-tunes, a merge and quants, one commit each, in dits and in the programs that people keep weights in
# today: what each store takes, and the processor time in and out, as Markdown. Every file is read back and compared.
# Needs restic and git-lfs (Debian packages) and dvc (PyPI, `pip install dvc==3.67.1`); who is not there is left out.
# Uses ../shared/corpus (CORPUS: another folder) if it is there, else testdata/family. DITS: another binary than bin/dits; DVC: where dvc is.
set -euo pipefail
cd "$(dirname "$0")/.."

corpus=${CORPUS:-../shared/corpus}
if [ -d $corpus ]; then
	files=($corpus/safetensors/{base,ft-py-1e4,ft-perl-2e5,ft-frozen,adapter_model,merged-lora}.safetensors
		$corpus/gguf/base-{F16,Q8_0,Q6_K,Q4_K_M}.gguf)
else
	files=(testdata/family/{base,ft-customer,adapter_model,merged-lora}.safetensors testdata/family/base-{Q8_0,Q4_K_M}.gguf)
fi
dits=$(realpath "${DITS:-bin/dits}")
dvc=${DVC:-dvc}
tmp=$(mktemp -d)
trap 'chmod -R u+w "$tmp"; rm -rf "$tmp"' EXIT
export HOME=$tmp/home RESTIC_PASSWORD=secret DVC_NO_ANALYTICS=1
mkdir -p "$HOME"
git config --global user.name bench
git config --global user.email bench@example.com
git config --global init.defaultBranch main
git config --global advice.detachedHead false

total=$(cat "${files[@]}" | wc -c)

# processor runs a command and adds its processor seconds to the file of a name.
processor() { # processor NAME COMMAND...
	local name=$1
	shift
	{ TIMEFORMAT='%U %S'; time "$@" >"$tmp/log" 2>&1; } 2>>"$tmp/$name" || { cat "$tmp/log" >&2; exit 1; }
}

seconds() { awk '{ s += $1 + $2 } END { printf "%.1f", s }' "$tmp/$1"; }

# row measures a program by its functions _begin, _save and _load.
row() { # row NAME STORE WORDS
	local name=$1 store=$2 f
	mkdir "$tmp/$name.work"
	cd "$tmp/$name.work"
	"${name}_begin" >"$tmp/log" 2>&1
	for f in "${paths[@]}"; do
		cp "$f" "$(target "$f")"
		processor "$name.in" "${name}_save" "$(target "$f")" "$(basename "$f")"
	done
	[ "$name" != git ] || processor git.in git gc -q
	for f in "${paths[@]}"; do
		processor "$name.out" "${name}_load" "$(basename "$f")" "$(target "$f")"
		cmp "$(find "$tmp/$name.back" "$tmp/$name.work" -name "$(target "$f")" -not -path '*/.*' 2>/dev/null | head -1)" "$f"
		rm -rf "$tmp/$name.back"
	done
	cd "$OLDPWD"
	local bytes
	bytes=$(du -sb --apparent-size "$tmp/$name.work/$store" | cut -f1)
	awk -v n="$3" -v b="$bytes" -v t="$total" -v i="$(seconds "$name.in")" -v o="$(seconds "$name.out")" \
		'BEGIN { printf "| %s | %.1f | %.1f%% | %s | %s |\n", n, b / 1048576, 100 * b / t, i, o }'
}

# target is the name that a file is saved under: versions of a model are one file.
target() { # target FILE
	case $1 in
	*adapter*) echo adapter_model.safetensors ;;
	*.gguf) basename "$1" ;;
	*) echo model.safetensors ;;
	esac
}

git_begin() { git init -q; }
git_save() { git add "$1" && git commit -q -m "$2" && git tag "$2"; }
git_load() { git checkout -q "$1" -- "$2"; }

lfs_begin() { git init -q && git lfs install --local && git lfs track '*.safetensors' '*.gguf' && git add .gitattributes; }
lfs_save() { git_save "$@"; }
lfs_load() { git_load "$@"; }

dvc_begin() { git init -q && "$dvc" init -q; }
dvc_save() { "$dvc" add -q "$1" && git add . && git commit -q -m "$2" && git tag "$2"; }
dvc_load() { git checkout -q "$1" && "$dvc" checkout -q; }

restic_begin() { restic init -q -r store; }
restic_save() { restic backup -q -r store --compression max --tag "$2" "$1"; }
restic_load() { restic restore -q -r store --tag "$1" latest --target "$tmp/restic.back"; }

dits_begin() { "$dits" init; }
dits_save() { "$dits" add "$1" && "$dits" commit -q -m "$2" && "$dits" tag "$2"; }
dits_load() { "$dits" checkout -q "$1" -- "$2"; }

paths=()
for f in "${files[@]}"; do paths+=("$(realpath "$f")"); done
awk -v t="$total" -v n="${#files[@]}" 'BEGIN { printf "%d files, %.1f MiB\n\n", n, t / 1048576 }'
echo '| | MiB | of the files | processor s in | out |'
echo '|---|---|---|---|---|'
row git .git "git, packed by gc"
! command -v git-lfs >/dev/null || row lfs .git "git-lfs"
! command -v "$dvc" >/dev/null || row dvc .dvc "DVC"
! command -v restic >/dev/null || row restic store "restic, compression max"
row dits .dits "dits"
