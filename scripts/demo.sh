#!/usr/bin/env bash
# The main job of dits on the real family of small weights in testdata/family: a base
# model, a fine-tune, an adapter, a merge and two quants in one repository, each on its
# branch; what changed, what each cost, and every one of them back bit for bit.
#
# Run by `make demo`, with bin/ in PATH. Needs bash and coreutils. Works in a folder of
# its own, which it removes. The first thing that is not as it should be ends it, with
# exit status 1.
set -Eeuo pipefail

family=$(cd "$(dirname "$0")/../testdata/family" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'echo "demo: line $LINENO failed" >&2' ERR

fail() {
	echo "demo: $*" >&2
	exit 1
}

# heading says what comes next.
heading() { printf '\n# %s\n\n' "$*"; }

# run shows a command as one would type it, and runs it.
run() {
	local arg line='$'
	for arg in "$@"; do
		if [[ $arg == *' '* ]]; then arg="\"$arg\""; fi
		line+=" $arg"
	done
	echo "$line"
	"$@"
}

# place NAME[=FILE]... puts files of the family into the folder, under NAME if given.
place() {
	local arg
	for arg in "$@"; do
		echo "\$ cp family/${arg#*=} ${arg%%=*}"
		cp "$family/${arg#*=}" "${arg%%=*}"
	done
}

# sum_of FILE prints the SHA-256 that the family's list has for FILE.
sum_of() {
	local sum name
	while read -r sum name; do
		if [[ ${name#\*} == "$1" ]]; then
			echo "$sum"
			return
		fi
	done <"$family/SHA256SUMS"
	fail "SHA256SUMS has no $1"
}

checked=0

# same NAME FILE: the file NAME here is FILE of the family, bit for bit.
same() {
	local got want
	read -r got _ < <(sha256sum "$1")
	want=$(sum_of "$2")
	[[ $got == "$want" ]] || fail "$1: SHA-256 $got, want that of $2, $want"
	checked=$((checked + 1))
	echo "  $1 is $2, SHA-256 ${got:0:16}…"
}

costs=()

# commit MESSAGE FILE... adds and commits files, and notes what that cost.
commit() {
	local message=$1 logical=0 bytes file json
	shift
	run dits add "$@"
	run dits commit -m "$message"
	for file in "$@"; do
		bytes=$(wc -c <"$file")
		logical=$((logical + bytes))
	done
	json=$(dits show --json)
	[[ $json =~ \"stored_bytes\":([0-9]+) ]] || fail "show --json has no stored_bytes: $json"
	costs+=("$logical ${BASH_REMATCH[1]} $message")
}

# table prints what each commit cost.
table() {
	local line logical stored message all_logical=0 all_stored=0
	printf '%12s %12s %7s  %s\n' bytes stored '%' commit
	for line in "${costs[@]}"; do
		read -r logical stored message <<<"$line"
		row "$logical" "$stored" "$message"
		all_logical=$((all_logical + logical))
		all_stored=$((all_stored + stored))
	done
	row "$all_logical" "$all_stored" "together"
}

row() {
	local mille=$(($2 * 1000 / $1))
	printf "%12d %12d %5d.%d  %s\n" "$1" "$2" $((mille / 10)) $((mille % 10)) "$3"
}

command -v dits >/dev/null || fail "dits is not in PATH: run make demo"
(cd "$family" && sha256sum --quiet -c SHA256SUMS) || fail "testdata/family is not what SHA256SUMS says"
cd "$work"

heading "A base model"
run dits init
run dits config user.name "Dits Demo"
run dits config user.email demo@example.com
place model.safetensors=base.safetensors config.json tokenizer.json
commit "base: one million weights, trained on Go" model.safetensors config.json tokenizer.json

heading "A fine-tune, on a branch"
run dits checkout -b ft-customer
place model.safetensors=ft-customer.safetensors
commit "ft-customer: 200 steps on Perl" model.safetensors
run dits diff main ft-customer

heading "An adapter, beside the base"
run dits checkout -b lora-rank16 main
place adapter_model.safetensors adapter_config.json
commit "lora-rank16: an adapter trained on Python" adapter_model.safetensors adapter_config.json
run dits tag -m "what the customer runs" v1-customer-lora

heading "The adapter merged into the base"
run dits checkout -b merged-lora
place model.safetensors=merged-lora.safetensors
commit "merged-lora: base + 2·B·A" model.safetensors
run dits diff main merged-lora -- model.safetensors
run dits diff lora-rank16 merged-lora --expect-lora adapter_model.safetensors

heading "Quants of the base"
run dits checkout -b quants main
place model-Q8_0.gguf=base-Q8_0.gguf model-Q4_K_M.gguf=base-Q4_K_M.gguf
commit "quants: Q8_0 and Q4_K_M" model-Q8_0.gguf model-Q4_K_M.gguf
run dits derive --list

heading "The history"
run dits branch -v
run dits log --stat --oneline merged-lora
run dits lineage
run dits stats

heading "Every revision back, bit for bit"
run dits checkout main
same model.safetensors base.safetensors
same config.json config.json
same tokenizer.json tokenizer.json
run dits checkout ft-customer
same model.safetensors ft-customer.safetensors
run dits checkout v1-customer-lora
same model.safetensors base.safetensors
same adapter_model.safetensors adapter_model.safetensors
same adapter_config.json adapter_config.json
run dits checkout merged-lora
same model.safetensors merged-lora.safetensors
same adapter_model.safetensors adapter_model.safetensors
run dits checkout quants
same model-Q8_0.gguf base-Q8_0.gguf
same model-Q4_K_M.gguf base-Q4_K_M.gguf
same model.safetensors base.safetensors
[[ ! -e adapter_model.safetensors ]] || fail "quants has the adapter, want it gone"
run dits fsck

heading "What each commit cost"
table
echo
echo "$checked files compared, all as they were"
