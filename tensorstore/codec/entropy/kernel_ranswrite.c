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

// divide8 is the quotient of 8 lanes, of which a and b have the entries: of even lanes, and of odd ones.
INLINE AVX2 __m256i divide8(__m256i x, __m256i a, __m256i b, __m256i info) {
	__m256i even = _mm256_srli_epi64(_mm256_mul_epu32(x, a), 32);
	__m256i odd = _mm256_mul_epu32(_mm256_srli_epi64(x, 32), b);
	__m256i t = _mm256_blend_epi32(even, odd, 0xaa);
	__m256i q = _mm256_add_epi32(t, _mm256_srli_epi32(_mm256_sub_epi32(x, t), 1));
	return _mm256_srlv_epi32(q, _mm256_srli_epi32(info, 25));
}

// back8 codes a symbol of 8 lanes, with words before w; it returns their number.
INLINE AVX2 int64_t back8(const int bits, __m256i *state, uint16_t *w, const uint64_t *syms, const uint8_t *collect,
	const uint8_t *tok, const uint8_t *tab) {
	__m256i x = *state;
	__m128i idx = _mm_unpacklo_epi8(_mm_loadl_epi64((const __m128i *)tok), _mm_loadl_epi64((const __m128i *)tab));
	idx = _mm_and_si128(idx, _mm_set1_epi16(SYMBOL_MASK));
	__m256i a = _mm256_i32gather_epi64((const long long *)syms, _mm_blend_epi16(idx, _mm_setzero_si128(), 0xaa), 8);
	__m256i b = _mm256_i32gather_epi64((const long long *)syms, _mm_srli_epi32(idx, 16), 8);
	__m256i info = _mm256_blend_epi32(_mm256_srli_epi64(a, 32), b, 0xaa);
	__m256i freq = _mm256_and_si256(_mm256_srli_epi32(info, 13), _mm256_set1_epi32(0xfff));
	__m256i out = _mm256_cmpeq_epi32(_mm256_max_epu32(_mm256_slli_epi32(freq, 32 - bits), x), x);
	unsigned m = (unsigned)_mm256_movemask_ps(_mm256_castsi256_ps(out));
	__m256i low = _mm256_and_si256(x, _mm256_set1_epi32(0xffff));
	low = _mm256_permute4x64_epi64(_mm256_packus_epi32(low, low), 0x08);
	__m128i v = _mm_shuffle_epi8(_mm256_castsi256_si128(low), _mm_loadu_si128((const __m128i *)(collect + 16 * m)));
	_mm_storeu_si128((__m128i *)(w - 8), v);
	x = _mm256_blendv_epi8(x, _mm256_srli_epi32(x, 16), out);
	__m256i comp = _mm256_sub_epi32(_mm256_set1_epi32(1 << bits), freq);
	__m256i q = _mm256_mullo_epi32(divide8(x, a, b, info), comp);
	x = _mm256_add_epi32(x, _mm256_and_si256(info, _mm256_set1_epi32(0x1fff)));
	*state = _mm256_add_epi32(x, q);
	return _mm_popcnt_u32(m);
}

INLINE AVX2 int64_t write8(const int vectors, const int bits, uint32_t *lane, uint16_t *words, int64_t p,
	const uint64_t *syms, const uint8_t *collect, const uint8_t *tok, const uint8_t *tab, int64_t n) {
	__m256i state[8];
	for (int k = 0; k < vectors; k++)
		state[k] = _mm256_loadu_si256((const __m256i *)(lane + 8 * k));
	for (int64_t at = n - 8 * vectors; at >= 0; at -= 8 * vectors) {
#pragma GCC unroll 8
		for (int k = vectors - 1; k >= 0; k--)
			p -= back8(bits, &state[k], words + p, syms, collect, tok + at + 8 * k, tab + at + 8 * k);
	}
	for (int k = 0; k < vectors; k++)
		_mm256_storeu_si256((__m256i *)(lane + 8 * k), state[k]);
	return p;
}

#define WRITE8(vectors, bits) write8(vectors, bits, state, words, p, syms, collect, tok, tab, n)

AVX2 int64_t dits_rans_write_avx2(uint32_t *state, int64_t lanes, int64_t bits, uint16_t *words, int64_t p,
	const uint64_t *syms, const uint8_t *collect, const uint8_t *tok, const uint8_t *tab, int64_t n) {
	switch (lanes) {
	case 8:
		return bits == 10 ? WRITE8(1, 10) : WRITE8(1, 12);
	case 16:
		return bits == 10 ? WRITE8(2, 10) : WRITE8(2, 12);
	case 32:
		return bits == 10 ? WRITE8(4, 10) : WRITE8(4, 12);
	case 64:
		return bits == 10 ? WRITE8(8, 10) : WRITE8(8, 12);
	}
	return p;
}

// divide16 is divide8 for 16 lanes.
INLINE AVX512 __m512i divide16(__m512i x, __m512i a, __m512i b, __m512i info) {
	__m512i even = _mm512_srli_epi64(_mm512_mul_epu32(x, a), 32);
	__m512i odd = _mm512_mul_epu32(_mm512_srli_epi64(x, 32), b);
	__m512i t = _mm512_mask_blend_epi32(0xaaaa, even, odd);
	__m512i q = _mm512_add_epi32(t, _mm512_srli_epi32(_mm512_sub_epi32(x, t), 1));
	return _mm512_srlv_epi32(q, _mm512_srli_epi32(info, 25));
}

// back16 is back8 for 16 lanes.
INLINE AVX512 int64_t back16(const int bits, __m512i *state, uint16_t *w, const uint64_t *syms,
	const uint8_t *tok, const uint8_t *tab) {
	__m512i x = *state;
	__m128i low = _mm_loadu_si128((const __m128i *)tok), high = _mm_loadu_si128((const __m128i *)tab);
	__m256i idx = _mm256_set_m128i(_mm_unpackhi_epi8(low, high), _mm_unpacklo_epi8(low, high));
	idx = _mm256_and_si256(idx, _mm256_set1_epi16(SYMBOL_MASK));
	__m512i a = _mm512_i32gather_epi64(_mm256_blend_epi16(idx, _mm256_setzero_si256(), 0xaa), syms, 8);
	__m512i b = _mm512_i32gather_epi64(_mm256_srli_epi32(idx, 16), syms, 8);
	__m512i info = _mm512_mask_blend_epi32(0xaaaa, _mm512_srli_epi64(a, 32), b);
	__m512i freq = _mm512_and_si512(_mm512_srli_epi32(info, 13), _mm512_set1_epi32(0xfff));
	__mmask16 m = _mm512_cmpge_epu32_mask(x, _mm512_slli_epi32(freq, 32 - bits));
	int64_t count = _mm_popcnt_u32(m);
	__m256i v = _mm512_cvtepi32_epi16(_mm512_maskz_compress_epi32(m, x));
	_mm256_mask_storeu_epi16(w - count, (__mmask16)((1u << count) - 1), v);
	x = _mm512_mask_srli_epi32(x, m, x, 16);
	__m512i comp = _mm512_sub_epi32(_mm512_set1_epi32(1 << bits), freq);
	__m512i q = _mm512_mullo_epi32(divide16(x, a, b, info), comp);
	x = _mm512_add_epi32(x, _mm512_and_si512(info, _mm512_set1_epi32(0x1fff)));
	*state = _mm512_add_epi32(x, q);
	return count;
}

INLINE AVX512 int64_t write16(const int vectors, const int bits, uint32_t *lane, uint16_t *words, int64_t p,
	const uint64_t *syms, const uint8_t *tok, const uint8_t *tab, int64_t n) {
	__m512i state[4];
	for (int k = 0; k < vectors; k++)
		state[k] = _mm512_loadu_si512(lane + 16 * k);
	for (int64_t at = n - 16 * vectors; at >= 0; at -= 16 * vectors) {
#pragma GCC unroll 4
		for (int k = vectors - 1; k >= 0; k--)
			p -= back16(bits, &state[k], words + p, syms, tok + at + 16 * k, tab + at + 16 * k);
	}
	for (int k = 0; k < vectors; k++)
		_mm512_storeu_si512(lane + 16 * k, state[k]);
	return p;
}

#define WRITE16(vectors, bits) write16(vectors, bits, state, words, p, syms, tok, tab, n)

AVX512 int64_t dits_rans_write_avx512(uint32_t *state, int64_t lanes, int64_t bits, uint16_t *words, int64_t p,
	const uint64_t *syms, const uint8_t *tok, const uint8_t *tab, int64_t n) {
	switch (lanes) {
	case 16:
		return bits == 10 ? WRITE16(1, 10) : WRITE16(1, 12);
	case 32:
		return bits == 10 ? WRITE16(2, 10) : WRITE16(2, 12);
	case 64:
		return bits == 10 ? WRITE16(4, 10) : WRITE16(4, 12);
	}
	return p;
}
