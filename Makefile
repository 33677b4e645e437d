.PHONY: build man docs web release demo test torture asan corpus lint fuzz bench bench-stores bench-ladder bench-large bench-serve bench-mount bench-files bench-explorer figures

# One binary, bin/dits. SQLite needs a C compiler.
build:
	go build -o bin/ ./cmd/dits

# Manual pages, bin/man/dits*.1, made of what --help says.
man:
	go test -count=1 ./cmd/dits -run '^TestManPages$$' -man "$(CURDIR)/bin/man"

# The pages of docs/ that are made from the code.
docs:
	go test -count=1 ./cmd/dits -run '^Test(Errors|Commands)Page$$' -update

# The page of the explorer, made of explore/web/src.
web:
	bash scripts/web.sh

# dist/: archives and Python wheels for Linux, macOS and Windows. Zig, which compiles C for all of them, comes from PyPI.
release:
	scripts/release.sh

# The main job on the real family in testdata/.
demo: build
	PATH="$(CURDIR)/bin:$$PATH" bash scripts/demo.sh

# All tests, with the race detector.
test:
	go test -race -timeout 50m ./...

# The tests of durability in full: half an hour.
torture:
	bash scripts/torture.sh

# The kernels in C under GCC's address sanitizer.
asan:
	bash scripts/asan.sh

# The tests without the race detector, so that size figures on the larger corpus are checked too, when it is there.
corpus:
	go test -timeout 30m ./cdc ./catalog ./tensorstore/... ./repo/...

# Format, vet, staticcheck, tidiness.
lint:
	bash scripts/lint.sh

# Every fuzz target for FUZZTIME (default 10s).
fuzz:
	bash scripts/fuzz.sh

# Speeds and sizes beside those of peers, in one run.
bench: build
	bash scripts/bench.sh

# A family of models in dits, git, git-lfs, DVC and restic.
bench-stores: build
	bash scripts/bench-stores.sh

# GGUF ladders beside the quantiser that makes them.
bench-ladder: build
	bash scripts/bench-ladder.sh

# Large tensors, and many of them.
bench-large: build
	bash scripts/bench-large.sh

# Reading through a mount beside a checkout.
bench-mount: build
	bash scripts/bench-mount.sh

# A server beside a checkout, and under many clients.
bench-serve: build
	bash scripts/bench-serve.sh

# Many small files beside git.
bench-files: build
	go run ./scripts/manyfiles -dits bin/dits

# The explorer in a browser, with 300 files of 300 tensors.
bench-explorer: build
	go run ./scripts/explorerbench -dits bin/dits

# Size figures on the larger corpus, when it is there.
figures:
	@test -x ../shared/check/figures && ../shared/check/figures || echo "no corpus here: nothing was checked"
