// Kernels of contexts and meters in C. Each has a twin in Go that does the same to the
// bit; none reads or writes beyond the lengths it is given. They do whole
// vectors, say how far they came, and leave the rest to the twin.

#ifndef DITS_CODEC_KERNEL_H
#define DITS_CODEC_KERNEL_H

#include <stdint.h>

#define AVX2 __attribute__((target("avx2")))
#define AVX512 __attribute__((target("avx2,avx512f,avx512bw,avx512vl,avx512dq,avx512cd")))
#define INLINE static inline __attribute__((always_inline))

// A scale says how the context of an element follows from its prediction p, and where in a
// matrix of that width the first element lies: row[i] + col[j] + bias -
// step * max((p >> mant) & mask, 1) - off, in [0, 63].
typedef struct {
	int32_t mant, mask, bias, step, off;
	int64_t width, i, j;
} dits_scale;

// kernel_context.c: contexts of elements of 2 bytes, all in the matrix, and tables of contexts below
// 64; row and col may be NULL. For AVX2 n is a multiple of 16.
void dits_contexts_avx2(uint16_t *ctx, const uint16_t *p, int64_t n, const int16_t *row, const int16_t *col,
	const dits_scale *s);
void dits_contexts_avx512(uint16_t *ctx, const uint16_t *p, int64_t n, const int16_t *row, const int16_t *col,
	const dits_scale *s);
void dits_tables_avx512(uint8_t *tab, const uint16_t *p, int64_t n, const int16_t *row, const int16_t *col,
	const dits_scale *s, const uint8_t *map);

// dits_lean_tables adds the classes of leans to n contexts below 64, and sets tab to the tables of these;
// map has 512 entries.
void dits_lean_tables(uint8_t *tab, uint16_t *ctx, const int8_t *lean, int64_t n, const uint8_t *map);

// kernel_meter.c: magnitudes of n BF16 elements, a multiple of 8, less p if there is one, to
// sum[8] and to col, and the values to sign if there is one.
void dits_meter_avx2(double *sum, double *col, double *sign, const uint16_t *x, const uint16_t *p, int64_t n);
void dits_meter_avx512(double *sum, double *col, double *sign, const uint16_t *x, const uint16_t *p, int64_t n);

#endif
