//go:build cgo && amd64

#include <immintrin.h>
#include <string.h>

#include "kernel.h"

#define TARGET __attribute__((target("avx512f,avx512bw")))
#define LANES 16
#define F static inline __attribute__((always_inline)) TARGET

typedef __m512i ints;
typedef __m512 floats;

F ints zero(void) { return _mm512_setzero_si512(); }
F ints load(const int32_t *p) { return _mm512_loadu_si512(p); }
F ints all(int32_t v) { return _mm512_set1_epi32(v); }
F ints sum(ints s, ints x, ints b) { return _mm512_add_epi32(s, _mm512_madd_epi16(x, b)); }
F floats scaled(ints s, float scale) { return _mm512_mul_ps(_mm512_cvtepi32_ps(s), _mm512_set1_ps(scale)); }

// A base that is not finite stays; ties go to even. A carry out of the largest number gives infinity.
F void one_bf16(uint8_t *w, floats d) {
	ints h = _mm512_cvtepu16_epi32(_mm256_loadu_si256((const __m256i *)w));
	ints inf = all(0x7f80);
	__mmask16 finite = _mm512_cmpneq_epi32_mask(_mm512_and_si512(h, inf), inf);
	ints u = _mm512_castps_si512(_mm512_add_ps(_mm512_castsi512_ps(_mm512_slli_epi32(h, 16)), d));
	ints odd = _mm512_and_si512(_mm512_srli_epi32(u, 16), all(1));
	u = _mm512_srli_epi32(_mm512_add_epi32(u, _mm512_add_epi32(odd, all(0x7fff))), 16);
	_mm256_storeu_si256((__m256i *)w, _mm512_cvtepi32_epi16(_mm512_mask_mov_epi32(h, finite, u)));
}

F void one_f16(uint8_t *w, floats d) {
	__m256i h = _mm256_loadu_si256((const __m256i *)w);
	ints wide = _mm512_cvtepu16_epi32(h), inf = all(0x7c00);
	__mmask16 finite = _mm512_cmpneq_epi32_mask(_mm512_and_si512(wide, inf), inf);
	floats v = _mm512_add_ps(_mm512_cvtph_ps(h), d);
	ints u = _mm512_cvtepu16_epi32(_mm512_cvtps_ph(v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
	_mm256_storeu_si256((__m256i *)w, _mm512_cvtepi32_epi16(_mm512_mask_mov_epi32(wide, finite, u)));
}

F void one_f32(uint8_t *w, floats d) {
	ints u = _mm512_loadu_si512(w), inf = all(0x7f800000);
	__mmask16 finite = _mm512_cmpneq_epi32_mask(_mm512_and_si512(u, inf), inf);
	ints v = _mm512_castps_si512(_mm512_add_ps(_mm512_castsi512_ps(u), d));
	_mm512_storeu_si512(w, _mm512_mask_mov_epi32(u, finite, v));
}

F void move_bf16(uint8_t *w, floats u, floats v) { one_bf16(w, u), one_bf16(w + 32, v); }
F void move_f16(uint8_t *w, floats u, floats v) { one_f16(w, u), one_f16(w + 32, v); }
F void move_f32(uint8_t *w, floats u, floats v) { one_f32(w, u), one_f32(w + 64, v); }

#include "kernel_move.h"

TARGET void dits_move_avx512(uint8_t *w, const int32_t *pairs, const int16_t *b, const dits_move *m) {
	move_any(w, pairs, b, m);
}
