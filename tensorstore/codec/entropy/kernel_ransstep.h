// Decoding of a symbol in each lane. Lane l of a vector is lane l of the coder, so that a
// round of 64 lanes is eight vectors of 8, or four of 16, in order: the words that
// lanes take follow each other in the order of lanes. A round is one
// step of each lane:
//
//	slot  = slots[table * 2^bits + state mod 2^bits], gathered
//	state = frequency * (state >> bits) + offset
//	below 2^16: state = state << 16 | next word
//
// The lanes that take a word are a mask of bits; the words go to them by a
// permutation, and the next vector begins as many words later.

#ifndef DITS_RANSSTEP_H
#define DITS_RANSSTEP_H

#include <immintrin.h>

#include "kernel.h"

// step8 decodes a symbol of 8 lanes to the low bytes of *sym; it returns the bytes read.
INLINE AVX2 int64_t step8(const int bits, __m256i *state, __m256i *sym, const uint32_t *slots,
	const uint64_t *spread, const uint8_t *tab, const uint8_t *in) {
	const __m256i low12 = _mm256_set1_epi32(0xfff);
	__m256i x = *state;
	__m256i idx = _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)tab));
	idx = _mm256_slli_epi32(_mm256_and_si256(idx, _mm256_set1_epi32(TABLE_MASK)), bits);
	idx = _mm256_or_si256(idx, _mm256_and_si256(x, _mm256_set1_epi32((1 << bits) - 1)));
	__m256i e = _mm256_i32gather_epi32((const int *)slots, idx, 4);
	__m256i f = _mm256_and_si256(_mm256_srli_epi32(e, 12), low12);
	x = _mm256_mullo_epi32(f, _mm256_srli_epi32(x, bits));
	x = _mm256_add_epi32(x, _mm256_and_si256(e, low12));
	*sym = _mm256_srli_epi32(e, 24);
	__m256i less = _mm256_cmpeq_epi32(_mm256_srli_epi32(x, 16), _mm256_setzero_si256());
	unsigned m = (unsigned)_mm256_movemask_ps(_mm256_castsi256_ps(less));
	__m256i w = _mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i *)in));
	w = _mm256_permutevar8x32_epi32(w, _mm256_cvtepu8_epi32(_mm_cvtsi64_si128((int64_t)spread[m])));
	*state = _mm256_blendv_epi8(x, _mm256_or_si256(_mm256_slli_epi32(x, 16), w), less);
	return 2 * (int64_t)_mm_popcnt_u32(m);
}

// pack8 stores the symbols of 8 lanes.
INLINE AVX2 void pack8(uint8_t *tok, __m256i sym) {
	__m256i b = _mm256_packus_epi16(_mm256_packus_epi32(sym, sym), sym);
	uint32_t lo = (uint32_t)_mm256_extract_epi32(b, 0), hi = (uint32_t)_mm256_extract_epi32(b, 4);
	_mm_storel_epi64((__m128i *)tok, _mm_cvtsi64_si128((int64_t)((uint64_t)hi << 32 | lo)));
}

// step16 is step8 for 16 lanes.
INLINE AVX512 int64_t step16(const int bits, __m512i *state, __m512i *sym, const uint32_t *slots,
	const uint8_t *tab, const uint8_t *in) {
	const __m512i low12 = _mm512_set1_epi32(0xfff);
	__m512i x = *state;
	__m512i idx = _mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i *)tab));
	idx = _mm512_slli_epi32(_mm512_and_si512(idx, _mm512_set1_epi32(TABLE_MASK)), bits);
	idx = _mm512_or_si512(idx, _mm512_and_si512(x, _mm512_set1_epi32((1 << bits) - 1)));
	__m512i e = _mm512_i32gather_epi32(idx, slots, 4);
	__m512i f = _mm512_and_si512(_mm512_srli_epi32(e, 12), low12);
	x = _mm512_mullo_epi32(f, _mm512_srli_epi32(x, bits));
	x = _mm512_add_epi32(x, _mm512_and_si512(e, low12));
	*sym = _mm512_srli_epi32(e, 24);
	__mmask16 m = _mm512_cmplt_epu32_mask(x, _mm512_set1_epi32(RANS_LOW));
	__m512i w = _mm512_cvtepu16_epi32(_mm256_loadu_si256((const __m256i *)in));
	w = _mm512_maskz_expand_epi32(m, w);
	*state = _mm512_mask_or_epi32(x, m, _mm512_slli_epi32(x, 16), w);
	return 2 * (int64_t)_mm_popcnt_u32(m);
}

#endif
