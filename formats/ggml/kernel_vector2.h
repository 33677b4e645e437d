// Vectors of 8 numbers for AVX2.

#include <immintrin.h>
#include <string.h>

#define TARGET __attribute__((target("avx2,f16c,bmi2")))
#define LANES 8
#define F static inline __attribute__((always_inline)) TARGET

typedef __m256 V;
typedef __m256i I;
typedef __m256 M;

F V all(float f) { return _mm256_set1_ps(f); }
F V load(const float *p) { return _mm256_loadu_ps(p); }
F void store(float *p, V v) { _mm256_storeu_ps(p, v); }
F V add(V a, V b) { return _mm256_add_ps(a, b); }
F V sub(V a, V b) { return _mm256_sub_ps(a, b); }
F V mul(V a, V b) { return _mm256_mul_ps(a, b); }
F V over(V a, V b) { return _mm256_div_ps(a, b); }
F V root(V a) { return _mm256_sqrt_ps(a); }
F V least(V a, V b) { return _mm256_min_ps(a, b); } // a < b ? a : b
F V most(V a, V b) { return _mm256_max_ps(a, b); }  // a > b ? a : b
F V size_of(V a) { return _mm256_andnot_ps(all(-0.0f), a); }
F V minus(V a) { return _mm256_xor_ps(a, all(-0.0f)); }

F M below(V a, V b) { return _mm256_cmp_ps(a, b, _CMP_LT_OQ); }
F M within(V a, V b) { return _mm256_cmp_ps(a, b, _CMP_LE_OQ); }
F M differ(V a, V b) { return _mm256_cmp_ps(a, b, _CMP_NEQ_UQ); } // NaNs differ
F M both(M a, M b) { return _mm256_and_ps(a, b); }
F M without(M a, M b) { return _mm256_andnot_ps(b, a); }
F uint32_t bits(M m) { return _mm256_movemask_ps(m); }
F M mask(uint32_t m) {
	I bit = _mm256_setr_epi32(1, 2, 4, 8, 16, 32, 64, 128);
	return _mm256_castsi256_ps(_mm256_cmpeq_epi32(_mm256_and_si256(_mm256_set1_epi32(m), bit), bit));
}
F V choose(M m, V yes, V no) { return _mm256_blendv_ps(no, yes, m); }

// nearest is nearestInt of v in Go, for any v, in [low, low + n].
F I nearest(V v, int32_t low, int32_t n) {
	I t = _mm256_and_si256(_mm256_castps_si256(add(v, all(12582912))), _mm256_set1_epi32(0x7fffff));
	I least = _mm256_set1_epi32(0x400000 + low);
	t = _mm256_min_epi32(_mm256_max_epi32(t, least), _mm256_set1_epi32(0x400000 + low + n));
	return _mm256_sub_epi32(t, _mm256_set1_epi32(0x400000));
}
F V floats(I v) { return _mm256_cvtepi32_ps(v); }
F I plus(I v, int32_t n) { return _mm256_add_epi32(v, _mm256_set1_epi32(n)); }

// put writes 16 numbers from 0 to 127 as bytes.
F void put(uint8_t *out, const I *v) {
	I w = _mm256_permute4x64_epi64(_mm256_packs_epi32(v[0], v[1]), 0xd8);
	_mm_storeu_si128((__m128i *)out, _mm_packus_epi16(_mm256_castsi256_si128(w), _mm256_extracti128_si256(w, 1)));
}

F void put_signed(uint8_t *out, const I *v) {
	I w = _mm256_permute4x64_epi64(_mm256_packs_epi32(v[0], v[1]), 0xd8);
	_mm_storeu_si128((__m128i *)out, _mm_packs_epi16(_mm256_castsi256_si128(w), _mm256_extracti128_si256(w, 1)));
}
F I cut(V v) { return _mm256_cvttps_epi32(v); } // toward 0; what does not fit becomes INT32_MIN
F I between(I v, int32_t low, int32_t high) {
	return _mm256_min_epi32(_mm256_max_epi32(v, _mm256_set1_epi32(low)), _mm256_set1_epi32(high));
}
F V with_sign(V size, V v) { return _mm256_or_ps(size, _mm256_and_ps(v, all(-0.0f))); }
F float highest(V v) {
	__m128 a = _mm_max_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
	a = _mm_max_ps(a, _mm_movehl_ps(a, a));
	return _mm_cvtss_f32(_mm_max_ss(a, _mm_movehdup_ps(a)));
}
F float lowest(V v) {
	__m128 a = _mm_min_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
	a = _mm_min_ps(a, _mm_movehl_ps(a, a));
	return _mm_cvtss_f32(_mm_min_ss(a, _mm_movehdup_ps(a)));
}

F float from_half(uint16_t h) { return _cvtsh_ss(h); }
F uint16_t to_half(float f) { return _cvtss_sh(f, _MM_FROUND_TO_NEAREST_INT); }

// tile sets column[i] to number i of each of LANES rows.
F void tile(V *column, int64_t stride, const float *const *row, int64_t at) {
	V a[8], b[8];
	for (int i = 0; i < 8; i++)
		a[i] = load(row[i] + at);
	for (int i = 0; i < 8; i += 2) {
		b[i] = _mm256_unpacklo_ps(a[i], a[i + 1]);
		b[i + 1] = _mm256_unpackhi_ps(a[i], a[i + 1]);
	}
	for (int i = 0; i < 8; i += 4) {
		for (int k = 0; k < 2; k++) {
			__m256d u = _mm256_castps_pd(b[i + k]), v = _mm256_castps_pd(b[i + k + 2]);
			a[i + 2 * k] = _mm256_castpd_ps(_mm256_unpacklo_pd(u, v));
			a[i + 2 * k + 1] = _mm256_castpd_ps(_mm256_unpackhi_pd(u, v));
		}
	}
	for (int c = 0; c < 4; c++) {
		column[c * stride] = _mm256_permute2f128_ps(a[c], a[c + 4], 0x20);
		column[(c + 4) * stride] = _mm256_permute2f128_ps(a[c], a[c + 4], 0x31);
	}
}
