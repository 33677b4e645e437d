//go:build cgo && amd64

#include <immintrin.h>

#include "kernel.h"

#pragma STDC FP_CONTRACT OFF

#define TARGET __attribute__((target("avx2,f16c")))
#define F static inline __attribute__((always_inline)) TARGET

// lanes is the sum of four lanes as Go takes it.
F double lanes(__m256d v) {
	double t[4];
	_mm256_storeu_pd(t, v);
	return (t[0] + t[1]) + (t[2] + t[3]);
}

// load is elements i to i+3 of p, exactly.
F __m256d load(const uint8_t *p, int64_t i, int32_t elem) {
	switch (elem) {
	case DITS_BF16:
		return _mm256_cvtps_pd(_mm_castsi128_ps(_mm_slli_epi32(_mm_cvtepu16_epi32(_mm_loadl_epi64((const __m128i *)(p + 2 * i))), 16)));
	case DITS_F16:
		return _mm256_cvtps_pd(_mm_cvtph_ps(_mm_loadl_epi64((const __m128i *)(p + 2 * i))));
	case DITS_F32:
		return _mm256_cvtps_pd(_mm_loadu_ps((const float *)(p + 4 * i)));
	}
	return _mm256_loadu_pd((const double *)(p + 8 * i));
}

F void sums(dits_sums *s, const uint8_t *a, const uint8_t *b, int64_t n, int32_t elem) {
	const __m256i unsign = _mm256_set1_epi64x(INT64_MAX);
	__m256d aa = _mm256_setzero_pd(), bb = aa, ab = aa, dd = aa, sum = aa;
	__m256i max = _mm256_setzero_si256();
	for (int64_t i = 0; i < n; i += 4) {
		__m256d x = load(a, i, elem), y = load(b, i, elem), d = _mm256_sub_pd(y, x);
		aa = _mm256_add_pd(aa, _mm256_mul_pd(x, x));
		bb = _mm256_add_pd(bb, _mm256_mul_pd(y, y));
		ab = _mm256_add_pd(ab, _mm256_mul_pd(x, y));
		dd = _mm256_add_pd(dd, _mm256_mul_pd(d, d));
		sum = _mm256_add_pd(sum, d);
		__m256i size = _mm256_and_si256(_mm256_castpd_si256(d), unsign);
		max = _mm256_blendv_epi8(max, size, _mm256_cmpgt_epi64(size, max));
	}
	s->aa = lanes(aa);
	s->bb = lanes(bb);
	s->ab = lanes(ab);
	s->dd = lanes(dd);
	s->d = lanes(sum);
	int64_t size[4], largest = 0;
	_mm256_storeu_si256((__m256i *)size, max);
	for (int k = 0; k < 4; k++)
		if (size[k] > largest)
			largest = size[k];
	s->max = _mm_cvtsd_f64(_mm_castsi128_pd(_mm_cvtsi64_si128(largest)));
}

TARGET void dits_sums_avx2(dits_sums *s, const uint8_t *a, const uint8_t *b, int64_t n, int32_t elem) {
	switch (elem) { // one loop for each
	case DITS_BF16:
		sums(s, a, b, n, DITS_BF16);
		break;
	case DITS_F16:
		sums(s, a, b, n, DITS_F16);
		break;
	case DITS_F32:
		sums(s, a, b, n, DITS_F32);
		break;
	default:
		sums(s, a, b, n, DITS_F64);
	}
}
