//go:build cgo && amd64

#include <immintrin.h>

#include "kernel.h"

#define TARGET __attribute__((target("avx2,fma")))
#define ROWS 6 // with two vectors each they fill 12 of 16 registers
#define F static inline __attribute__((always_inline)) TARGET

// block adds a few rows.
F void block(double *c, const double *x, int64_t row, int64_t col, int rows, const double *y, int64_t inner) {
	__m256d lo[ROWS], hi[ROWS];
	for (int r = 0; r < rows; r++) {
		lo[r] = _mm256_loadu_pd(c + r * DITS_PANEL);
		hi[r] = _mm256_loadu_pd(c + r * DITS_PANEL + 4);
	}
	for (int64_t k = 0; k < inner; k++) {
		__m256d a = _mm256_loadu_pd(y + k * DITS_PANEL), b = _mm256_loadu_pd(y + k * DITS_PANEL + 4);
		for (int r = 0; r < rows; r++) {
			__m256d v = _mm256_broadcast_sd(x + r * row + k * col);
			lo[r] = _mm256_fmadd_pd(v, a, lo[r]);
			hi[r] = _mm256_fmadd_pd(v, b, hi[r]);
		}
	}
	for (int r = 0; r < rows; r++) {
		_mm256_storeu_pd(c + r * DITS_PANEL, lo[r]);
		_mm256_storeu_pd(c + r * DITS_PANEL + 4, hi[r]);
	}
}

TARGET void dits_product_avx2(double *c, const double *x, int64_t row, int64_t col, const double *y, int64_t n, int64_t inner) {
	int64_t i = 0;
	for (; i + ROWS <= n; i += ROWS)
		block(c + i * DITS_PANEL, x + i * row, row, col, ROWS, y, inner);
	for (; i < n; i++)
		block(c + i * DITS_PANEL, x + i * row, row, col, 1, y, inner);
}
