//go:build cgo && amd64

#include <immintrin.h>

#include "kernel.h"

#define TARGET __attribute__((target("avx2,fma")))
#define LANES 8
#define ROWS 2
#define F static inline __attribute__((always_inline)) TARGET

typedef __m256 floats;

F floats load(const float *p) { return _mm256_loadu_ps(p); }
F void store(float *p, floats v) { _mm256_storeu_ps(p, v); }
F floats all(float v) { return _mm256_set1_ps(v); }
F floats fused(floats a, floats b, floats c) { return _mm256_fmadd_ps(a, b, c); }

#include "kernel_multiply.h"

TARGET void dits_multiply_avx2(float *c, const float *x, int64_t row, int64_t col, const float *y, int64_t n, int64_t inner) {
	multiply(c, x, row, col, y, n, inner);
}
