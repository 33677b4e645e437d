#ifndef DITS_PREDICT_KERNEL_H
#define DITS_PREDICT_KERNEL_H

#include <stdint.h>

// Element types of dits_move, as package codec numbers them.
enum { DITS_BF16 = 1, DITS_F16 = 2, DITS_F32 = 3 };

// A dits_move says how dits_move_* move the first n elements of each of some rows: by the scalar
// products of the rows of b, rank numbers each, and columns, times scale, a power of two. n is a
// multiple of 16, for AVX-512 of 32.
typedef struct {
	int64_t rows, n;
	int64_t stride; // elements from row to row, and columns in a row of pairs
	int64_t rank;
	float scale;
	int32_t elem;
} dits_move;

// Pairs are (rank+1)/2 rows: numbers 2k and 2k+1 of each column.
void dits_move_avx2(uint8_t *w, const int32_t *pairs, const int16_t *b, const dits_move *m);
void dits_move_avx512(uint8_t *w, const int32_t *pairs, const int16_t *b, const dits_move *m);

// dits_multiply_* add x·y to c, which has n rows of 48. Element (i, k) of x is x[i*row + k*col], y
// has inner rows of 48.
void dits_multiply_avx2(float *c, const float *x, int64_t row, int64_t col, const float *y, int64_t n, int64_t inner);
void dits_multiply_avx512(float *c, const float *x, int64_t row, int64_t col, const float *y, int64_t n, int64_t inner);

// dits_subtract_bf16 sets dst to a - b, 0 where that is not finite.
void dits_subtract_bf16(float *dst, const uint16_t *a, const uint16_t *b, int64_t n);

// dits_add adds a times sign to dst.
void dits_add(float *dst, const float *a, float sign, int64_t n);

// dits_energy is the sum of squares of a.
double dits_energy(const float *a, int64_t n);

// dits_load_* set dst to n elements, and dits_store_* write n numbers rounded, as load and storeValues do
// in Go; n is a multiple of 8. The latter say whether one is a NaN.
void dits_load_bf16(float *dst, const uint16_t *src, int64_t n);
void dits_load_f16(float *dst, const uint16_t *src, int64_t n);
int dits_store_bf16(uint16_t *dst, const float *src, int64_t n);
int dits_store_f16(uint16_t *dst, const float *src, int64_t n);

#endif
