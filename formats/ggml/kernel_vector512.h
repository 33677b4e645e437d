// Vectors of 16 numbers for AVX-512.

#include <immintrin.h>
#include <string.h>

#define TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx2,f16c,bmi2")))
#define LANES 16
#define F static inline __attribute__((always_inline)) TARGET

typedef __m512 V;
typedef __m512i I;
typedef __mmask16 M;

F V all(float f) { return _mm512_set1_ps(f); }
F V load(const float *p) { return _mm512_loadu_ps(p); }
F void store(float *p, V v) { _mm512_storeu_ps(p, v); }
F V add(V a, V b) { return _mm512_add_ps(a, b); }
F V sub(V a, V b) { return _mm512_sub_ps(a, b); }
F V mul(V a, V b) { return _mm512_mul_ps(a, b); }
F V over(V a, V b) { return _mm512_div_ps(a, b); }
F V root(V a) { return _mm512_sqrt_ps(a); }
F V least(V a, V b) { return _mm512_min_ps(a, b); } // a < b ? a : b
F V most(V a, V b) { return _mm512_max_ps(a, b); }  // a > b ? a : b
F V size_of(V a) { return _mm512_abs_ps(a); }
F V minus(V a) { return _mm512_xor_ps(a, all(-0.0f)); }

F M below(V a, V b) { return _mm512_cmp_ps_mask(a, b, _CMP_LT_OQ); }
F M within(V a, V b) { return _mm512_cmp_ps_mask(a, b, _CMP_LE_OQ); }
F M differ(V a, V b) { return _mm512_cmp_ps_mask(a, b, _CMP_NEQ_UQ); } // NaNs differ
F M both(M a, M b) { return a & b; }
F M without(M a, M b) { return a & ~b; }
F uint32_t bits(M m) { return m; }
F M mask(uint32_t m) { return (M)m; }
F V choose(M m, V yes, V no) { return _mm512_mask_mov_ps(no, m, yes); }

// nearest is nearestInt of v in Go, for any v, in [low, low + n].
F I nearest(V v, int32_t low, int32_t n) {
	I t = _mm512_and_si512(_mm512_castps_si512(add(v, all(12582912))), _mm512_set1_epi32(0x7fffff));
	I least = _mm512_set1_epi32(0x400000 + low);
	t = _mm512_min_epi32(_mm512_max_epi32(t, least), _mm512_set1_epi32(0x400000 + low + n));
	return _mm512_sub_epi32(t, _mm512_set1_epi32(0x400000));
}
F V floats(I v) { return _mm512_cvtepi32_ps(v); }

F I plus(I v, int32_t n) { return _mm512_add_epi32(v, _mm512_set1_epi32(n)); }

// put writes 16 numbers from 0 to 127 as bytes.
F void put(uint8_t *out, const I *v) { _mm_storeu_si128((__m128i *)out, _mm512_cvtepi32_epi8(v[0])); }

F void put_signed(uint8_t *out, const I *v) { put(out, v); }
F I cut(V v) { return _mm512_cvttps_epi32(v); } // toward 0; what does not fit becomes INT32_MIN
F I between(I v, int32_t low, int32_t high) {
	return _mm512_min_epi32(_mm512_max_epi32(v, _mm512_set1_epi32(low)), _mm512_set1_epi32(high));
}
F V with_sign(V size, V v) { return _mm512_or_ps(size, _mm512_and_ps(v, all(-0.0f))); }
F float highest(V v) { return _mm512_reduce_max_ps(v); }
F float lowest(V v) { return _mm512_reduce_min_ps(v); }

F float from_half(uint16_t h) { return _cvtsh_ss(h); }
F uint16_t to_half(float f) { return _cvtss_sh(f, _MM_FROUND_TO_NEAREST_INT); }

// tile sets column[i] to number i of each of LANES rows.
F void tile(V *column, int64_t stride, const float *const *row, int64_t at) {
	V a[16], b[16];
	for (int i = 0; i < 16; i++)
		a[i] = load(row[i] + at);
	for (int i = 0; i < 16; i += 2) {
		b[i] = _mm512_unpacklo_ps(a[i], a[i + 1]);
		b[i + 1] = _mm512_unpackhi_ps(a[i], a[i + 1]);
	}
	for (int i = 0; i < 16; i += 4) {
		for (int k = 0; k < 2; k++) {
			__m512d u = _mm512_castps_pd(b[i + k]), v = _mm512_castps_pd(b[i + k + 2]);
			a[i + 2 * k] = _mm512_castpd_ps(_mm512_unpacklo_pd(u, v));
			a[i + 2 * k + 1] = _mm512_castpd_ps(_mm512_unpackhi_pd(u, v));
		}
	}
	for (int c = 0; c < 4; c++) {
		V p = _mm512_shuffle_f32x4(a[c], a[c + 4], 0x88), q = _mm512_shuffle_f32x4(a[c], a[c + 4], 0xdd);
		V r = _mm512_shuffle_f32x4(a[c + 8], a[c + 12], 0x88), s = _mm512_shuffle_f32x4(a[c + 8], a[c + 12], 0xdd);
		column[(c)*stride] = _mm512_shuffle_f32x4(p, r, 0x88);
		column[(c + 8) * stride] = _mm512_shuffle_f32x4(p, r, 0xdd);
		column[(c + 4) * stride] = _mm512_shuffle_f32x4(q, s, 0x88);
		column[(c + 12) * stride] = _mm512_shuffle_f32x4(q, s, 0xdd);
	}
}
