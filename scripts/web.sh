#!/usr/bin/env bash
# explore/web/dist: the page of the explorer, one script and one style sheet made of explore/web/src. With --check it only
# says whether what is committed is what would be made.
set -euo pipefail
cd "$(dirname "$0")/.."
dist=explore/web/dist
[ "${1:-}" != --check ] || dist=$(mktemp -d)
for entry in app.js app.css; do
	go tool -modfile=tools/go.mod esbuild "explore/web/src/$entry" --bundle --format=esm --target=es2022 \
		--charset=utf8 --legal-comments=inline --log-level=warning --outfile="$dist/$entry"
done
[ "${1:-}" != --check ] || diff -rq "$dist" explore/web/dist ||
	{ echo "explore/web/dist is not what explore/web/src makes: run make web"; exit 1; }
