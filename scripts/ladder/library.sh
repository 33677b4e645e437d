#!/bin/sh
# Prints the folder of llama.cpp's shared library, the prebuilt one of the npm package below, installed in DIR unless it is there.
# It is built for plain x86-64 with modules for newer processors that the quantiser does not use: strict float32, no FMA.
#
#   scripts/ladder/library.sh DIR
set -eu
package=@node-llama-cpp/linux-x64 version=3.22.1
lib=$1/npm/node_modules/$package/bins/linux-x64
[ -d "$lib" ] || npm install --silent --ignore-scripts --prefix "$1/npm" "$package@$version" >&2
echo "$lib"
