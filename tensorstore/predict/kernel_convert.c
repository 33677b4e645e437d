//go:build cgo && amd64

#include <immintrin.h>

#include "kernel.h"

// Eight elements at a time, for AVX2 and F16C.

#define F static inline __attribute__((always_inline, target("avx2,f16c")))
#define TARGET __attribute__((target("avx2,f16c")))

F __m256i all(int32_t v) { return _mm256_set1_epi32(v); }

// narrow is the low 16 bits of 8 numbers.
F __m128i narrow(__m256i v) {
	v = _mm256_and_si256(v, all(0xffff));
	v = _mm256_permute4x64_epi64(_mm256_packus_epi32(v, v), 0x08);
	return _mm256_castsi256_si128(v);
}

// nans is the numbers that are none, as all bits.
F __m256i nans(__m256 v) { return _mm256_castps_si256(_mm256_cmp_ps(v, v, _CMP_UNORD_Q)); }

TARGET void dits_load_bf16(float *dst, const uint16_t *src, int64_t n) {
	for (int64_t i = 0; i < n; i += 8) {
		__m256i h = _mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i *)(src + i)));
		_mm256_storeu_si256((__m256i *)(dst + i), _mm256_slli_epi32(h, 16));
	}
}

TARGET void dits_load_f16(float *dst, const uint16_t *src, int64_t n) {
	for (int64_t i = 0; i < n; i += 8)
		_mm256_storeu_ps(dst + i, _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(src + i))));
}

// store_bf16 says whether one of the numbers is none; what it makes of those is right only if quiet.
F int store_bf16(uint16_t *dst, const float *src, int64_t n, int quiet) {
	__m256i odd = _mm256_setzero_si256();
	for (int64_t i = 0; i < n; i += 8) {
		__m256 v = _mm256_loadu_ps(src + i);
		__m256i u = _mm256_castps_si256(v), high = _mm256_srli_epi32(u, 16), nan = nans(v);
		odd = _mm256_or_si256(odd, nan);
		u = _mm256_add_epi32(u, _mm256_add_epi32(_mm256_and_si256(high, all(1)), all(0x7fff)));
		u = _mm256_srli_epi32(u, 16);
		if (quiet)
			u = _mm256_blendv_epi8(u, _mm256_or_si256(high, all(0x40)), nan);
		_mm_storeu_si128((__m128i *)(dst + i), narrow(u));
	}
	return !_mm256_testz_si256(odd, odd);
}

TARGET int dits_store_bf16(uint16_t *dst, const float *src, int64_t n) {
	return store_bf16(dst, src, n, 0) && store_bf16(dst, src, n, 1);
}

TARGET int dits_store_f16(uint16_t *dst, const float *src, int64_t n) {
	__m256i odd = _mm256_setzero_si256();
	for (int64_t i = 0; i < n; i += 8) {
		__m256 v = _mm256_loadu_ps(src + i);
		__m256i nan = nans(v);
		__m128i h = _mm256_cvtps_ph(v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
		if (!_mm256_testz_si256(nan, nan)) {
			__m256i sign = _mm256_srli_epi32(_mm256_and_si256(_mm256_castps_si256(v), all(0x80000000)), 16);
			__m256i quiet = _mm256_or_si256(sign, all(0x7e00));
			h = narrow(_mm256_blendv_epi8(_mm256_cvtepu16_epi32(h), quiet, nan));
		}
		odd = _mm256_or_si256(odd, nan);
		_mm_storeu_si128((__m128i *)(dst + i), h);
	}
	return !_mm256_testz_si256(odd, odd);
}
