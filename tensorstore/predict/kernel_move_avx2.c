//go:build cgo && amd64

#include <immintrin.h>
#include <string.h>

#include "kernel.h"

#define TARGET __attribute__((target("avx2,f16c")))
#define LANES 8
#define F static inline __attribute__((always_inline)) TARGET

typedef __m256i ints;
typedef __m256 floats;

F ints zero(void) { return _mm256_setzero_si256(); }
F ints load(const int32_t *p) { return _mm256_loadu_si256((const __m256i *)p); }
F ints all(int32_t v) { return _mm256_set1_epi32(v); }
F ints sum(ints s, ints x, ints b) { return _mm256_add_epi32(s, _mm256_madd_epi16(x, b)); }
F floats scaled(ints s, float scale) { return _mm256_mul_ps(_mm256_cvtepi32_ps(s), _mm256_set1_ps(scale)); }

F ints widened(const uint8_t *w) { return _mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i *)w)); }

// narrowed writes two vectors as numbers of 16 bits.
F void narrowed(uint8_t *w, ints u, ints v) {
	_mm256_storeu_si256((__m256i *)w, _mm256_permute4x64_epi64(_mm256_packus_epi32(u, v), 0xd8));
}

// kept is h where its exponent is that of an infinity, else u.
F ints kept(ints h, ints u, int32_t inf) {
	return _mm256_blendv_epi8(u, h, _mm256_cmpeq_epi32(_mm256_and_si256(h, all(inf)), all(inf)));
}

// Ties go to even. A carry out of the largest number gives infinity.
F ints one_bf16(const uint8_t *w, floats d) {
	ints h = widened(w);
	ints u = _mm256_castps_si256(_mm256_add_ps(_mm256_castsi256_ps(_mm256_slli_epi32(h, 16)), d));
	ints odd = _mm256_and_si256(_mm256_srli_epi32(u, 16), all(1));
	return kept(h, _mm256_srli_epi32(_mm256_add_epi32(u, _mm256_add_epi32(odd, all(0x7fff))), 16), 0x7f80);
}

F ints one_f16(const uint8_t *w, floats d) {
	floats v = _mm256_add_ps(_mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)w)), d);
	ints u = _mm256_cvtepu16_epi32(_mm256_cvtps_ph(v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
	return kept(widened(w), u, 0x7c00);
}

F void one_f32(uint8_t *w, floats d) {
	ints h = load((const int32_t *)w);
	ints u = _mm256_castps_si256(_mm256_add_ps(_mm256_castsi256_ps(h), d));
	_mm256_storeu_si256((__m256i *)w, kept(h, u, 0x7f800000));
}

F void move_bf16(uint8_t *w, floats u, floats v) { narrowed(w, one_bf16(w, u), one_bf16(w + 16, v)); }
F void move_f16(uint8_t *w, floats u, floats v) { narrowed(w, one_f16(w, u), one_f16(w + 16, v)); }
F void move_f32(uint8_t *w, floats u, floats v) { one_f32(w, u), one_f32(w + 32, v); }

#include "kernel_move.h"

TARGET void dits_move_avx2(uint8_t *w, const int32_t *pairs, const int16_t *b, const dits_move *m) {
	move_any(w, pairs, b, m);
}
