#!/usr/bin/python3
"""Quantises a GGUF with llama.cpp's own quantiser: llama_model_quantize of its prebuilt shared library.

    quantise.py --lib FOLDER base-F16.gguf base-Q4_K_M.gguf Q4_K_M

FOLDER: see llama.py. The npm package's library is built for plain x86-64, so without FMA contraction: the quants are
those of a strict float32 implementation.
"""
import argparse
import ctypes

import llama

FTYPE = {"Q4_0": 2, "Q4_1": 3, "Q8_0": 7, "Q5_0": 8, "Q5_1": 9, "Q2_K": 10, "Q3_K_M": 12, "Q4_K_S": 14,
         "Q4_K_M": 15, "Q5_K_M": 17, "Q6_K": 18}  # llama_ftype of llama.h
DEFAULTS = FTYPE["Q5_1"], FTYPE["Q8_0"]  # of llama_model_quantize_default_params, in older and newer llama.cpp


def parameters(lib, ftype):
    p = lib.c.llama_model_quantize_default_params()
    if p.ftype not in DEFAULTS:  # then the fields are not where QuantizeParams says
        raise SystemExit(f"quantise: default ftype: got {p.ftype}, want one of {DEFAULTS} (another llama.h?)")
    p.threads, p.ftype = 1, FTYPE[ftype]
    return p


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--lib", required=True, help="folder of libllama*.so")
    a.add_argument("source")
    a.add_argument("out")
    a.add_argument("type", choices=FTYPE)
    o = a.parse_args()
    lib = llama.Library(o.lib)
    code = lib.c.llama_model_quantize(o.source.encode(), o.out.encode(), ctypes.byref(parameters(lib, o.type)))
    print("".join(lib.messages), end="")
    if code != 0:
        raise SystemExit(f"quantise: {o.source} to {o.type}: got code {code}, want 0")


if __name__ == "__main__":
    main()
