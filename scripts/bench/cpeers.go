//go:build cpeers

package main

/*
#cgo LDFLAGS: -lzstd -llz4
#include <lz4.h>
#include <stdlib.h>
#include <zstd.h>

static size_t compress_zstd(void *dst, size_t cap, const void *src, size_t n, int level, int wide, const void *prefix, size_t pn) {
	ZSTD_CCtx *c = ZSTD_createCCtx();
	if (!c) return (size_t)-1;
	ZSTD_CCtx_setParameter(c, ZSTD_c_compressionLevel, level);
	if (wide) {
		ZSTD_CCtx_setParameter(c, ZSTD_c_enableLongDistanceMatching, 1);
		ZSTD_CCtx_setParameter(c, ZSTD_c_windowLog, wide);
	}
	if (pn) ZSTD_CCtx_refPrefix(c, prefix, pn);
	size_t r = ZSTD_compress2(c, dst, cap, src, n);
	ZSTD_freeCCtx(c);
	return r;
}

static size_t decompress_zstd(void *dst, size_t cap, const void *src, size_t n, const void *prefix, size_t pn) {
	ZSTD_DCtx *c = ZSTD_createDCtx();
	if (!c) return (size_t)-1;
	ZSTD_DCtx_setParameter(c, ZSTD_d_windowLogMax, 31);
	if (pn) ZSTD_DCtx_refPrefix(c, prefix, pn);
	size_t r = ZSTD_decompressDCtx(c, dst, cap, src, n);
	ZSTD_freeDCtx(c);
	return r;
}
*/
import "C"

import (
	"fmt"
	"math/bits"
	"unsafe"
)

// canPatch says that zstdOptions.prefix is of use.
const canPatch = true

// compressors names the libraries that peers use.
func compressors() string {
	return fmt.Sprintf("C libzstd %s, liblz4 %s", C.GoString(C.ZSTD_versionString()), C.GoString(C.LZ4_versionString()))
}

func pointer(b []byte) unsafe.Pointer { return unsafe.Pointer(unsafe.SliceData(b)) }

// zstdCompress appends one frame to dst.
func zstdCompress(dst, src []byte, o zstdOptions) ([]byte, error) {
	wide := 0
	if o.long {
		wide = 27
	}
	if o.prefix != nil {
		wide = min(31, max(27, bits.Len(uint(len(src)+len(o.prefix)))))
	}
	room := int(C.ZSTD_compressBound(C.size_t(len(src))))
	buf := make([]byte, room)
	n := C.compress_zstd(pointer(buf), C.size_t(room), pointer(src), C.size_t(len(src)), C.int(o.level), C.int(wide), pointer(o.prefix), C.size_t(len(o.prefix)))
	if C.ZSTD_isError(n) != 0 {
		return nil, fmt.Errorf("zstd: %s", C.GoString(C.ZSTD_getErrorName(n)))
	}
	if dst == nil {
		return buf[:n], nil
	}
	return append(dst, buf[:n]...), nil
}

// zstdDecompress fills dst from one frame.
func zstdDecompress(dst, src, prefix []byte) error {
	n := C.decompress_zstd(pointer(dst), C.size_t(len(dst)), pointer(src), C.size_t(len(src)), pointer(prefix), C.size_t(len(prefix)))
	if C.ZSTD_isError(n) != 0 {
		return fmt.Errorf("zstd: %s", C.GoString(C.ZSTD_getErrorName(n)))
	}
	if int(n) != len(dst) {
		return fmt.Errorf("zstd: got %d bytes, want %d", int(n), len(dst))
	}
	return nil
}

// lz4Compress is one block.
func lz4Compress(src []byte) ([]byte, error) {
	buf := make([]byte, int(C.LZ4_compressBound(C.int(len(src)))))
	n := C.LZ4_compress_default((*C.char)(pointer(src)), (*C.char)(pointer(buf)), C.int(len(src)), C.int(len(buf)))
	if n <= 0 && len(src) > 0 {
		return nil, fmt.Errorf("lz4: block of %d bytes: got %d", len(src), int(n))
	}
	return buf[:n], nil
}

func lz4Decompress(dst, src []byte) error {
	n := C.LZ4_decompress_safe((*C.char)(pointer(src)), (*C.char)(pointer(dst)), C.int(len(src)), C.int(len(dst)))
	if int(n) != len(dst) {
		return fmt.Errorf("lz4: got %d bytes, want %d", int(n), len(dst))
	}
	return nil
}
