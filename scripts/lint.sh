#!/usr/bin/env bash
# Format, vet, staticcheck and tidiness; prints what is wrong and fails.
set -euo pipefail
cd "$(dirname "$0")/.."
unformatted=$(gofmt -l $(git ls-files --cached --others --exclude-standard '*.go'))
[ -z "$unformatted" ] || { echo "not formatted:" $unformatted; exit 1; }
go vet ./...
go tool -modfile=tools/go.mod staticcheck ./...
go mod tidy -diff
bash scripts/web.sh --check
