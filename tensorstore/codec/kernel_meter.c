//go:build cgo && amd64

// Magnitudes of BF16 elements, summed as Meter.addRow sums them: one sum for each
// column, and eight for the row, of columns with the same index modulo 8.

#include <immintrin.h>

#include "kernel.h"

#pragma STDC FP_CONTRACT OFF

// value4 is the value of 4 elements.
INLINE AVX2 __m256d value4(const uint16_t *x) {
	__m128i v = _mm_cvtepu16_epi32(_mm_loadl_epi64((const __m128i *)x));
	return _mm256_cvtps_pd(_mm_castsi128_ps(_mm_slli_epi32(v, 16)));
}

// measure4 adds 4 elements to their columns, and returns their magnitudes.
INLINE AVX2 __m256d measure4(double *col, double *sign, const uint16_t *x, const uint16_t *p) {
	const __m256d magnitude = _mm256_castsi256_pd(_mm256_set1_epi64x(INT64_MAX));
	__m256d v = value4(x);
	if (p)
		v = _mm256_sub_pd(v, value4(p));
	__m256d a = _mm256_and_pd(v, magnitude);
	__m256d finite = _mm256_cmp_pd(a, _mm256_set1_pd(__DBL_MAX__), _CMP_LE_OQ);
	a = _mm256_and_pd(a, finite);
	_mm256_storeu_pd(col, _mm256_add_pd(_mm256_loadu_pd(col), a));
	if (sign)
		_mm256_storeu_pd(sign, _mm256_add_pd(_mm256_loadu_pd(sign), _mm256_and_pd(v, finite)));
	return a;
}

AVX2 void dits_meter_avx2(double *sum, double *col, double *sign, const uint16_t *x, const uint16_t *p, int64_t n) {
	__m256d low = _mm256_loadu_pd(sum), high = _mm256_loadu_pd(sum + 4);
	for (int64_t k = 0; k + 8 <= n; k += 8) {
		low = _mm256_add_pd(low, measure4(col + k, sign ? sign + k : 0, x + k, p ? p + k : 0));
		high = _mm256_add_pd(high, measure4(col + k + 4, sign ? sign + k + 4 : 0, x + k + 4, p ? p + k + 4 : 0));
	}
	_mm256_storeu_pd(sum, low);
	_mm256_storeu_pd(sum + 4, high);
}

// value8 is the value of 8 elements.
INLINE AVX512 __m512d value8(const uint16_t *x) {
	__m256i v = _mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i *)x));
	return _mm512_cvtps_pd(_mm256_castsi256_ps(_mm256_slli_epi32(v, 16)));
}

AVX512 void dits_meter_avx512(double *sum, double *col, double *sign, const uint16_t *x, const uint16_t *p, int64_t n) {
	__m512d row = _mm512_loadu_pd(sum);
	for (int64_t k = 0; k + 8 <= n; k += 8) {
		__m512d v = value8(x + k);
		if (p)
			v = _mm512_sub_pd(v, value8(p + k));
		__m512d a = _mm512_abs_pd(v);
		__mmask8 finite = _mm512_cmp_pd_mask(a, _mm512_set1_pd(__DBL_MAX__), _CMP_LE_OQ);
		a = _mm512_maskz_mov_pd(finite, a);
		_mm512_storeu_pd(col + k, _mm512_add_pd(_mm512_loadu_pd(col + k), a));
		if (sign)
			_mm512_storeu_pd(sign + k, _mm512_mask_add_pd(_mm512_loadu_pd(sign + k), finite, _mm512_loadu_pd(sign + k), v));
		row = _mm512_add_pd(row, a);
	}
	_mm512_storeu_pd(sum, row);
}
