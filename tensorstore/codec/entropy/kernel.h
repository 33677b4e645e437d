// Kernels of the entropy coder in C. Each has a twin in Go that does the same to the
// bit; none reads or writes beyond the lengths it is given. They do whole
// vectors, say how far they came, and leave the rest to the twin.

#ifndef DITS_KERNEL_H
#define DITS_KERNEL_H

#include <stdint.h>

#define AVX2 __attribute__((target("avx2,bmi2,popcnt")))
#define AVX512 __attribute__((target("avx2,bmi2,popcnt,avx512f,avx512bw,avx512vl,avx512dq,avx512cd")))
#define INLINE static inline __attribute__((always_inline))

// Probabilities have 10 or 12 bits, a chunk has up to 32 tables: see rans.go.
#define TABLE_MASK (32 - 1)
#define SYMBOL_MASK ((32 << 8) - 1)
#define RANS_LOW (1 << 16)

// A bits is where a stream of raw bits stands, as BitReader and BitWriter in bits.go have it.
typedef struct {
	int64_t pos;     // read: next bit; write: whole bytes written
	uint64_t acc, n; // write: bits not written yet
} dits_bits;

// Decoding (kernel_ransread.c) of up to n symbols, in whole rounds, while *pos, the next of
// the words in bytes, is not beyond end: 128 bytes from there on are read. Returns their number.
int64_t dits_rans_read_avx2(uint32_t *state, int64_t lanes, int64_t bits, const uint8_t *in, int64_t *pos, int64_t end,
	const uint32_t *slots, const uint64_t *spread, uint8_t *tok, const uint8_t *tab, int64_t n);
int64_t dits_rans_read_avx512(uint32_t *state, int64_t lanes, int64_t bits, const uint8_t *in, int64_t *pos, int64_t end,
	const uint32_t *slots, uint8_t *tok, const uint8_t *tab, int64_t n);

// dits_slots is slots.fill for one table of that many entries.
void dits_slots(uint32_t *slots, int64_t entries, const uint16_t *freq, int64_t n);

// Coding (kernel_ranswrite.c) of n symbols, whole rounds, the last first, to the words before p, of
// which there are 8 and one for each symbol. Returns where the words begin now.
int64_t dits_rans_write_avx2(uint32_t *state, int64_t lanes, int64_t bits, uint16_t *words, int64_t p,
	const uint64_t *syms, const uint8_t *collect, const uint8_t *tok, const uint8_t *tab, int64_t n);
int64_t dits_rans_write_avx512(uint32_t *state, int64_t lanes, int64_t bits, uint16_t *words, int64_t p,
	const uint64_t *syms, const uint8_t *tok, const uint8_t *tab, int64_t n);

// kernel_count.c: counts, and tables of contexts below 64.
void dits_count(uint32_t *hist, const uint16_t *ctx, const uint8_t *tok, int64_t n);
void dits_map(uint8_t *tab, const uint16_t *ctx, int64_t n, const uint8_t *map);

// kernel_delta.c and kernel_delta512.c: elements of 2 bytes to classes and raw bits, and back, 16 or
// 32 at a time; they return how many they did.
int64_t dits_classify_avx2(dits_bits *w, uint8_t *buf, uint8_t *tok, const uint16_t *x, const uint16_t *p,
	int64_t n, uint16_t is_float);
int64_t dits_classify_avx512(dits_bits *w, uint8_t *buf, uint8_t *tok, const uint16_t *x, const uint16_t *p,
	int64_t n, uint16_t is_float);
int64_t dits_declassify_avx2(dits_bits *r, const uint8_t *in, int64_t len, uint16_t *z,
	const uint8_t *tok, const uint16_t *p, int64_t n, uint16_t is_float);
int64_t dits_declassify_avx512(dits_bits *r, const uint8_t *in, int64_t len, uint16_t *z,
	const uint8_t *tok, const uint16_t *p, int64_t n, uint16_t is_float);

// A dits_source is what elements of 2 bytes are decoded from (kernel_deltaread.c): lanes,
// words and tables as for dits_rans_read, with 16 lanes or more, then raw bits.
typedef struct {
	int64_t lanes, bits, pos, end; // of the words
	int64_t raw, len;        // raw bits: next bit, and bytes
} dits_source;

// Both return how many elements they did, whole rounds: words or raw bits may end.
int64_t dits_delta_read_avx2(dits_source *s, uint32_t *state, const uint8_t *in, const uint32_t *slots,
	const uint64_t *spread, const uint8_t *raw, uint16_t *z, const uint8_t *tab, const uint16_t *p,
	int64_t n, uint16_t is_float);
int64_t dits_delta_read_avx512(dits_source *s, uint32_t *state, const uint8_t *in, const uint32_t *slots,
	const uint8_t *raw, uint16_t *z, const uint8_t *tab, const uint16_t *p, int64_t n, uint16_t is_float);

// kernel_fields.c: n elements of 2 bytes from the numbers of their symbols, the 256 elements that these
// stand for, and raw bits, which lie where own has ones: up to 14 below the top bit, side by side, and the
// top bit. Where lean is negative the top bit is turned; lean may be NULL. Both return how many they did,
// whole fours or vectors; for AVX2 the raw bits may end.
int64_t dits_fields_avx2(int64_t *pos, const uint8_t *in, int64_t len, uint16_t *x, const uint8_t *tok,
	const uint16_t *base, const int8_t *lean, int64_t n, uint16_t own);
int64_t dits_fields_avx512(int64_t *pos, const uint8_t *in, int64_t len, uint16_t *x, const uint8_t *tok,
	const uint16_t *base, const int8_t *lean, int64_t n, uint16_t own);

// dits_slow_bits reports a processor on which pext and pdep are microcode (Zen, Zen 2).
int dits_slow_bits(void);

#endif
