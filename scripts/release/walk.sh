#!/usr/bin/env bash
# walk.sh PROGRAM...: a working day with the family in testdata, by the program that the words run, in an empty folder; every
# revision comes back bit for bit.
set -euo pipefail
family=$(cd "$(dirname "$0")/../../testdata/family" && pwd)
dits() { "${program[@]}" -q "$@" </dev/null; }
program=("$@")

fail() {
	echo "walk: $*" >&2
	exit 1
}

# same FILE OF: FILE is the file OF of the family.
same() {
	local got want
	read -r got _ < <(sha256sum "$1")
	want=$(awk -v name="$2" '$2 == name { print $1 }' "$family/SHA256SUMS")
	[ "$got" = "$want" ] || fail "$1: SHA-256 $got, want that of $2, $want"
	echo "  $1 is $2"
}

# says TEXT COMMAND...: a command prints a text.
says() {
	local want=$1 got
	shift
	got=$("${program[@]}" "$@" </dev/null) # without -q, with which diff prints nothing
	[[ $got == *"$want"* ]] || fail "dits $*: got:"$'\n'"$got"$'\n'"want: $want"
}

dits init
dits config user.name "Ada Lovelace"
dits config user.email ada@example.com
cp "$family/base.safetensors" model.safetensors
mkdir tokenizer
cp "$family/tokenizer.json" tokenizer
dits add .
dits commit -m base
dits branch ft-customer
dits checkout ft-customer
cp "$family/ft-customer.safetensors" model.safetensors
says "model.safetensors" status
dits add model.safetensors
dits commit -m fine-tune
dits tag v1
dits checkout -b quants main
cp "$family/base-Q4_K_M.gguf" "$family/merged-lora.safetensors" "$family"/adapter_* .
dits rm model.safetensors
dits add .
dits commit -m quants

says "20 of 20 tensors changed" diff main ft-customer -- model.safetensors
says "fine-tune" log --oneline ft-customer
says "recomputed" ls HEAD base-Q4_K_M.gguf
dits export main:model.safetensors -o exported.safetensors
same exported.safetensors base.safetensors
rm exported.safetensors
dits checkout main
same model.safetensors base.safetensors
same tokenizer/tokenizer.json tokenizer.json
[ ! -e base-Q4_K_M.gguf ] || fail "main has base-Q4_K_M.gguf, want it gone"
dits checkout v1
same model.safetensors ft-customer.safetensors
dits checkout quants
same base-Q4_K_M.gguf base-Q4_K_M.gguf
same merged-lora.safetensors merged-lora.safetensors
[ ! -e model.safetensors ] || fail "quants has model.safetensors, want it gone"
[ -z "$(dits status --json | grep -v '"staged":\[\],"changed":\[\],"untracked":\[\]')" ] || fail "$(dits status)"
dits repack
dits gc
dits fsck
