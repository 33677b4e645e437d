#!/usr/bin/env bash
# The tests of durability in full: a stop and a failure at every operation, two processes of which one is stopped at
# every operation, 200 kills of the real program at work and 200 of gc and repack beside it, flipped bits and hostile
# input. Takes about half an hour.
set -euo pipefail
cd "$(dirname "$0")/.."

go test -timeout 60m -count 1 ./tensorstore/... -run 'Crash|Sweep|Fail|Flip|Hostile|Beside|Repack|GC'
go test -timeout 60m -count 1 ./repo/... -run 'Crash|Sweep|Fail|Catalog|Lie|Damage|Taken|Older|GC|Forget'
go test -timeout 60m -count 1 ./repo -run 'TestWritersBeside|TestKindsOfDamage' -torture
DITS_KILLS=${DITS_KILLS:-200} go test -timeout 60m -count 1 ./cmd/dits -run "TestKill|TestHostile" -v
