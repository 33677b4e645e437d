"""llama.cpp's prebuilt shared library through ctypes: the calls that quantise.py and evaluate.py need.

The library lies in a folder with libllama*.so, as the npm package @node-llama-cpp/linux-x64 has it in bins/linux-x64.
llama.h's structs grow at their end from version to version, so each is declared with its first fields and room behind.
"""
import ctypes
import glob
import os

import numpy as np

INT32, BOOL, POINTER, HANDLE = ctypes.c_int32, ctypes.c_bool, ctypes.POINTER, ctypes.c_void_p
LOG = ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_char_p, HANDLE)
ROOM = ("room", ctypes.c_byte * 1000)


class Importance(ctypes.Structure):
    """llama_model_imatrix_data; an array of them ends with one without a name."""
    _fields_ = [("name", ctypes.c_char_p), ("data", POINTER(ctypes.c_float)), ("size", ctypes.c_size_t)]


class QuantizeParams(ctypes.Structure):
    _fields_ = [("threads", INT32), ("ftype", INT32), ("output", INT32), ("embedding", INT32), ("flags", BOOL * 6),
                ("imatrix", POINTER(Importance)), ROOM]


class ModelParams(ctypes.Structure):
    _fields_ = [ROOM]


class ContextParams(ctypes.Structure):
    _fields_ = [("context", ctypes.c_uint32), ("batch", ctypes.c_uint32), ("ubatch", ctypes.c_uint32), ROOM]


class Batch(ctypes.Structure):
    _fields_ = [("count", INT32), ("token", POINTER(INT32)), ("embedding", HANDLE), ("position", POINTER(INT32)),
                ("sequences", POINTER(INT32)), ("sequence", POINTER(POINTER(INT32))), ("logits", POINTER(ctypes.c_int8))]


SIGNATURES = {
    "llama_model_quantize_default_params": (QuantizeParams, []),
    "llama_model_quantize": (ctypes.c_uint32, [ctypes.c_char_p, ctypes.c_char_p, POINTER(QuantizeParams)]),
    "llama_model_default_params": (ModelParams, []),
    "llama_model_load_from_file": (HANDLE, [ctypes.c_char_p, ModelParams]),
    "llama_model_get_vocab": (HANDLE, [HANDLE]),
    "llama_context_default_params": (ContextParams, []),
    "llama_init_from_model": (HANDLE, [HANDLE, ContextParams]),
    "llama_tokenize": (INT32, [HANDLE, ctypes.c_char_p, INT32, POINTER(INT32), INT32, BOOL, BOOL]),
    "llama_batch_init": (Batch, [INT32, INT32, INT32]),
    "llama_decode": (INT32, [HANDLE, Batch]),
    "llama_get_logits": (POINTER(ctypes.c_float), [HANDLE]),
}


class Library:
    """The open library; `messages` collects what it logs."""

    def __init__(self, folder):
        paths = [p for p in sorted(glob.glob(os.path.join(folder, "libllama*.so"))) if "common" not in p]
        if len(paths) != 1:
            raise SystemExit(f"llama: {folder}: got {len(paths)} libllama*.so, want 1")
        self.folder, self.c = folder, ctypes.CDLL(paths[0], mode=ctypes.RTLD_GLOBAL)
        for name, (result, args) in SIGNATURES.items():
            f = getattr(self.c, name, None)
            if f is None:
                continue  # older llama.cpp: only running a model needs those
            f.restype, f.argtypes = result, args
        self.messages = []
        self.log = LOG(lambda level, text, _: self.messages.append(text.decode(errors="replace")))
        self.c.llama_log_set(self.log, None)
        self.c.llama_backend_init()

    def model(self, path):
        for ggml in glob.glob(os.path.join(self.folder, "libggml.*so")):
            ctypes.CDLL(ggml).ggml_backend_load_all_from_path(self.folder.encode())
        handle = self.c.llama_model_load_from_file(path.encode(), self.c.llama_model_default_params())
        if not handle:
            raise SystemExit(f"llama: {path}: got no model: {''.join(self.messages[-3:])}")
        return Model(self.c, handle)


class Model:
    def __init__(self, c, handle):
        self.c, self.handle = c, handle

    def tokens(self, text):
        b, ids = text.encode(), (INT32 * (len(text) + 1))()
        n = self.c.llama_tokenize(self.c.llama_model_get_vocab(self.handle), b, len(b), ids, len(ids), False, False)
        return list(ids[:n])

    def logits(self, ids, vocab):
        """Logits [position, token], float32."""
        n, p = len(ids), self.c.llama_context_default_params()
        p.context = p.batch = p.ubatch = n
        context = self.c.llama_init_from_model(self.handle, p)
        batch = self.c.llama_batch_init(n, 0, 1)
        batch.count = n
        for i, token in enumerate(ids):
            batch.token[i], batch.position[i], batch.sequences[i] = token, i, 1
            batch.sequence[i][0], batch.logits[i] = 0, 1
        code = self.c.llama_decode(context, batch)
        if code != 0:
            raise SystemExit(f"llama: decode of {n} tokens: got {code}, want 0")
        return np.ctypeslib.as_array(self.c.llama_get_logits(context), (n, vocab)).copy()
