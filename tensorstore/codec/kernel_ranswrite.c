//go:build cgo && amd64

// Coding of symbols, the last first. Lanes lie as in kernel_ransread.c; the
// vector of the highest lanes comes first, and the words that its lanes move out
// go in the order of lanes right before those already there.
//
// An entry of syms is two numbers of 32 bits: a reciprocal, and start (13 bits),
// frequency (12), shift: the division of Granlund and Montgomery (PLDI 1994), for all
// states of 32 bits, see ransPair in kernel.go:
//
//	t = reciprocal * state >> 32
//	quotient = (t + ((state - t) >> 1)) >> shift

#include <immintrin.h>

#include "kernel.h"

// divide8 is the quotient of 8 lanes.
INLINE AVX2 __m256i divide8(__m256i x, __m256i rcp, __m256i info) {
	__m256i even = _mm256_srli_epi64(_mm256_mul_epu32(x, rcp), 32);
	__m256i odd = _mm256_mul_epu32(_mm256_srli_epi64(x, 32), _mm256_srli_epi64(rcp, 32));
	__m256i t = _mm256_blend_epi32(even, odd, 0xaa);
	__m256i q = _mm256_add_epi32(t, _mm256_srli_epi32(_mm256_sub_epi32(x, t), 1));
	return _mm256_srlv_epi32(q, _mm256_srli_epi32(info, 25));
}

// back8 codes a symbol of 8 lanes, with words before w; it returns their number.
INLINE AVX2 int64_t back8(__m256i *state, uint16_t *w, const uint64_t *syms, const uint8_t *collect,
	const uint8_t *tok, const uint8_t *tab) {
	__m256i x = *state;
	__m256i idx = _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)tab));
	idx = _mm256_or_si256(_mm256_slli_epi32(idx, 8), _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)tok)));
	idx = _mm256_and_si256(idx, _mm256_set1_epi32(SYMBOL_MASK));
	__m256i rcp = _mm256_i32gather_epi32((const int *)syms, idx, 8);
	__m256i info = _mm256_i32gather_epi32((const int *)syms + 1, idx, 8);
	__m256i freq = _mm256_and_si256(_mm256_srli_epi32(info, 13), _mm256_set1_epi32(0xfff));
	__m256i out = _mm256_cmpeq_epi32(_mm256_max_epu32(_mm256_slli_epi32(freq, 20), x), x);
	unsigned m = (unsigned)_mm256_movemask_ps(_mm256_castsi256_ps(out));
	__m256i low = _mm256_and_si256(x, _mm256_set1_epi32(0xffff));
	low = _mm256_permute4x64_epi64(_mm256_packus_epi32(low, low), 0x08);
	__m128i v = _mm_shuffle_epi8(_mm256_castsi256_si128(low), _mm_loadu_si128((const __m128i *)(collect + 16 * m)));
	_mm_storeu_si128((__m128i *)(w - 8), v);
	x = _mm256_blendv_epi8(x, _mm256_srli_epi32(x, 16), out);
	__m256i comp = _mm256_sub_epi32(_mm256_set1_epi32(1 << PROB_BITS), freq);
	__m256i q = _mm256_mullo_epi32(divide8(x, rcp, info), comp);
	x = _mm256_add_epi32(x, _mm256_and_si256(info, _mm256_set1_epi32(0x1fff)));
	*state = _mm256_add_epi32(x, q);
	return _mm_popcnt_u32(m);
}

INLINE AVX2 int64_t write8(const int vectors, uint32_t *lane, uint16_t *words, int64_t p,
	const uint64_t *syms, const uint8_t *collect, const uint8_t *tok, const uint8_t *tab, int64_t n) {
	__m256i state[4];
	for (int k = 0; k < vectors; k++)
		state[k] = _mm256_loadu_si256((const __m256i *)(lane + 8 * k));
	for (int64_t at = n - 8 * vectors; at >= 0; at -= 8 * vectors) {
#pragma GCC unroll 4
		for (int k = vectors - 1; k >= 0; k--)
			p -= back8(&state[k], words + p, syms, collect, tok + at + 8 * k, tab + at + 8 * k);
	}
	for (int k = 0; k < vectors; k++)
		_mm256_storeu_si256((__m256i *)(lane + 8 * k), state[k]);
	return p;
}

AVX2 int64_t dits_rans_write_avx2(uint32_t *state, int64_t lanes, uint16_t *words, int64_t p,
	const uint64_t *syms, const uint8_t *collect, const uint8_t *tok, const uint8_t *tab, int64_t n) {
	switch (lanes) {
	case 8:
		return write8(1, state, words, p, syms, collect, tok, tab, n);
	case 16:
		return write8(2, state, words, p, syms, collect, tok, tab, n);
	case 32:
		return write8(4, state, words, p, syms, collect, tok, tab, n);
	}
	return p;
}

// divide16 is divide8 for 16 lanes.
INLINE AVX512 __m512i divide16(__m512i x, __m512i rcp, __m512i info) {
	__m512i even = _mm512_srli_epi64(_mm512_mul_epu32(x, rcp), 32);
	__m512i odd = _mm512_mul_epu32(_mm512_srli_epi64(x, 32), _mm512_srli_epi64(rcp, 32));
	__m512i t = _mm512_mask_blend_epi32(0xaaaa, even, odd);
	__m512i q = _mm512_add_epi32(t, _mm512_srli_epi32(_mm512_sub_epi32(x, t), 1));
	return _mm512_srlv_epi32(q, _mm512_srli_epi32(info, 25));
}

// back16 is back8 for 16 lanes.
INLINE AVX512 int64_t back16(__m512i *state, uint16_t *w, const uint64_t *syms,
	const uint8_t *tok, const uint8_t *tab) {
	__m512i x = *state;
	__m512i idx = _mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i *)tab));
	idx = _mm512_or_si512(_mm512_slli_epi32(idx, 8), _mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i *)tok)));
	idx = _mm512_and_si512(idx, _mm512_set1_epi32(SYMBOL_MASK));
	__m512i rcp = _mm512_i32gather_epi32(idx, syms, 8);
	__m512i info = _mm512_i32gather_epi32(idx, (const uint32_t *)syms + 1, 8);
	__m512i freq = _mm512_and_si512(_mm512_srli_epi32(info, 13), _mm512_set1_epi32(0xfff));
	__mmask16 m = _mm512_cmpge_epu32_mask(x, _mm512_slli_epi32(freq, 20));
	int64_t count = _mm_popcnt_u32(m);
	__m256i v = _mm512_cvtepi32_epi16(_mm512_maskz_compress_epi32(m, x));
	_mm256_mask_storeu_epi16(w - count, (__mmask16)((1u << count) - 1), v);
	x = _mm512_mask_srli_epi32(x, m, x, 16);
	__m512i comp = _mm512_sub_epi32(_mm512_set1_epi32(1 << PROB_BITS), freq);
	__m512i q = _mm512_mullo_epi32(divide16(x, rcp, info), comp);
	x = _mm512_add_epi32(x, _mm512_and_si512(info, _mm512_set1_epi32(0x1fff)));
	*state = _mm512_add_epi32(x, q);
	return count;
}

INLINE AVX512 int64_t write16(const int vectors, uint32_t *lane, uint16_t *words, int64_t p,
	const uint64_t *syms, const uint8_t *tok, const uint8_t *tab, int64_t n) {
	__m512i state[2];
	for (int k = 0; k < vectors; k++)
		state[k] = _mm512_loadu_si512(lane + 16 * k);
	for (int64_t at = n - 16 * vectors; at >= 0; at -= 16 * vectors) {
#pragma GCC unroll 2
		for (int k = vectors - 1; k >= 0; k--)
			p -= back16(&state[k], words + p, syms, tok + at + 16 * k, tab + at + 16 * k);
	}
	for (int k = 0; k < vectors; k++)
		_mm512_storeu_si512(lane + 16 * k, state[k]);
	return p;
}

AVX512 int64_t dits_rans_write_avx512(uint32_t *state, int64_t lanes, uint16_t *words, int64_t p,
	const uint64_t *syms, const uint8_t *tok, const uint8_t *tab, int64_t n) {
	switch (lanes) {
	case 16:
		return write16(1, state, words, p, syms, tok, tab, n);
	case 32:
		return write16(2, state, words, p, syms, tok, tab, n);
	}
	return p;
}
