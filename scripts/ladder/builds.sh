#!/bin/sh
# Builds llama.cpp's library three times, for quants whose bytes differ from those of the prebuilt one: about 8 minutes on one core.
#
#   scripts/ladder/builds.sh DIR        # sources in DIR/src, libraries in DIR/other, DIR/fma-old and DIR/fma
#
# other    of August 2024, without FMA: the same blocks, another header
# fma-old  of August 2024, gcc with AVX2 and FMA, as its releases were: gcc contracts products in the searches for scales
# fma      of the version of today, for Haswell: the same blocks as fma-old
#
# Sources: those that the PyPI package llama-cpp-python carries. Wants gcc, cmake and ninja.
set -eu
old=0.2.90 new=0.3.36
dir=$1
mkdir -p "$dir/src"
test -x "$dir/venv/bin/pip" || python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install -q -r "$(dirname "$0")/requirements.txt"

# sources VERSION
sources() {
	[ -d "$dir/src/llama_cpp_python-$1" ] && return
	"$dir/venv/bin/pip" download -q --no-deps --no-binary llama-cpp-python --no-build-isolation "llama-cpp-python==$1" -d "$dir/src"
	tar -xzf "$dir/src/llama_cpp_python-$1.tar.gz" -C "$dir/src"
}

# build NAME VERSION FLAG…
build() {
	name=$1 from=$dir/src/llama_cpp_python-$2/vendor/llama.cpp
	sources "$2"
	shift 2
	cmake -S "$from" -B "$dir/$name" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_FLAGS_RELEASE="-O1 -DNDEBUG" \
		-DBUILD_SHARED_LIBS=ON -DCMAKE_LIBRARY_OUTPUT_DIRECTORY="$dir/$name/bin" -DGGML_NATIVE=OFF -DGGML_OPENMP=OFF \
		-DGGML_LLAMAFILE=OFF -DLLAMA_BUILD_TESTS=OFF -DLLAMA_BUILD_EXAMPLES=OFF -DLLAMA_BUILD_COMMON=OFF "$@" >"$dir/$name.log"
	ninja -C "$dir/$name" -j "${JOBS:-1}" llama >>"$dir/$name.log"
	echo "$dir/$name/bin"
}

build other $old -DGGML_AVX=OFF -DGGML_AVX2=OFF -DGGML_FMA=OFF -DGGML_F16C=OFF
build fma-old $old
build fma $new -DCMAKE_C_FLAGS=-march=haswell
