#!/usr/bin/python3
"""Quantises a GGUF with llama.cpp's own quantiser: llama_model_quantize of its prebuilt shared library.

    quantise.py --lib FOLDER base-F16.gguf base-Q4_K_M.gguf Q4_K_M

FOLDER: see llama.py. The npm package's library is built for plain x86-64, so without FMA contraction: the quants are
those of a strict float32 implementation. With --time the last line is {"seconds": …, "processor_seconds": …} of the call.
"""
import argparse
import ctypes
import json
import time

import imatrix
import llama

FTYPE = {"Q4_0": 2, "Q4_1": 3, "Q8_0": 7, "Q5_0": 8, "Q5_1": 9, "Q2_K": 10, "Q3_K_S": 11, "Q3_K_M": 12, "Q3_K_L": 13,
         "Q4_K_S": 14, "Q4_K_M": 15, "Q5_K_S": 16, "Q5_K_M": 17, "Q6_K": 18, "IQ4_NL": 25, "IQ4_XS": 30,
         "TQ1_0": 36, "TQ2_0": 37}  # llama_ftype of llama.h
DEFAULTS = FTYPE["Q5_1"], FTYPE["Q8_0"]  # of llama_model_quantize_default_params, in older and newer llama.cpp


def parameters(lib, ftype, threads, importance=None):
    p = lib.c.llama_model_quantize_default_params()
    if p.ftype not in DEFAULTS:  # then the fields are not where QuantizeParams says
        raise SystemExit(f"quantise: default ftype: got {p.ftype}, want one of {DEFAULTS} (another llama.h?)")
    p.threads, p.ftype, p.imatrix = threads, FTYPE[ftype], importance
    return p


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--lib", required=True, help="folder of libllama*.so")
    a.add_argument("--threads", type=int, default=1, help="does not change the bytes")
    a.add_argument("--time", action="store_true", help="say how long it took")
    a.add_argument("--imatrix", help="importance matrix, .dat as llama-imatrix wrote it until 2025; a library of 2026")
    a.add_argument("source")
    a.add_argument("out")
    a.add_argument("type", choices=FTYPE)
    o = a.parse_args()
    lib = llama.Library(o.lib)
    wanted = parameters(lib, o.type, o.threads, o.imatrix and imatrix.as_array(imatrix.read(o.imatrix)))
    start, processor = time.perf_counter(), time.process_time()
    code = lib.c.llama_model_quantize(o.source.encode(), o.out.encode(), ctypes.byref(wanted))
    took = {"seconds": time.perf_counter() - start, "processor_seconds": time.process_time() - processor}
    print("".join(lib.messages), end="")
    if code != 0:
        raise SystemExit(f"quantise: {o.source} to {o.type}: got code {code}, want 0")
    if o.time:
        print(json.dumps(took))


if __name__ == "__main__":
    main()
