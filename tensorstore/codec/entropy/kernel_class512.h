// Elements of 2 bytes from their classes, raw bits and predictions, 32 at a time.
// Where the raw bits of an element begin is a sum over those before; there they are
// picked from 64 bytes, two words of 16 bits that are shifted together: 32
// elements have at most 52 bytes of them.

#ifndef DITS_CLASS512_H
#define DITS_CLASS512_H

#include <immintrin.h>

#include "kernel.h"

// sums has for each of 32 words the sum of it and those before.
INLINE AVX512 __m512i sums(__m512i v) {
	const __m512i one = _mm512_setr_epi64(0, 0, 0x0007000700070007, 0x0007000700070007,
		0x000f000f000f000f, 0x000f000f000f000f, 0x0017001700170017, 0x0017001700170017);
	const __m512i two = _mm512_setr_epi64(0, 0, 0, 0, 0x0007000700070007, 0x0007000700070007,
		0x000f000f000f000f, 0x000f000f000f000f);
	v = _mm512_add_epi16(v, _mm512_bslli_epi128(v, 2));
	v = _mm512_add_epi16(v, _mm512_bslli_epi128(v, 4));
	v = _mm512_add_epi16(v, _mm512_bslli_epi128(v, 8));
	v = _mm512_add_epi16(v, _mm512_maskz_permutexvar_epi16(0xffffff00, one, v));
	return _mm512_add_epi16(v, _mm512_maskz_permutexvar_epi16(0xffff0000, two, v));
}

// restore32 is restoreHalves of half.go.
INLINE AVX512 __m512i restore32(__m512i z, __m512i p, __m512i is_float) {
	const __m512i top = _mm512_set1_epi16((int16_t)0x8000), one = _mm512_set1_epi16(1);
	__m512i g = _mm512_and_si512(_mm512_srai_epi16(p, 15), is_float);
	__m512i sign = _mm512_sub_epi16(_mm512_setzero_si512(), _mm512_and_si512(z, one));
	__m512i c = _mm512_xor_si512(_mm512_srli_epi16(z, 1), sign);
	c = _mm512_sub_epi16(_mm512_xor_si512(c, g), g);
	__m512i a = _mm512_add_epi16(_mm512_xor_si512(p, _mm512_or_si512(g, top)), c);
	__m512i low = _mm512_andnot_si512(_mm512_srai_epi16(a, 15), is_float);
	return _mm512_xor_si512(a, _mm512_or_si512(low, top));
}

// load64 is 64 bytes from in[at] on, zeros beyond len.
INLINE AVX512 __m512i load64(const uint8_t *in, int64_t at, int64_t len) {
	if (at > len)
		at = len;
	uint64_t left = (uint64_t)(len - at);
	return _mm512_maskz_loadu_epi8(_bzhi_u64(~(uint64_t)0, left < 64 ? (unsigned)left : 64), in + at);
}

// element32 sets 32 elements from classes below 64 in 16 bits each; *pos is the next raw bit.
INLINE AVX512 void element32(uint16_t *z, const uint8_t *in, int64_t len, int64_t *pos, __m512i t,
	const uint16_t *p, __m512i is_float) {
	const __m512i one = _mm512_set1_epi16(1), ones = _mm512_set1_epi16(-1);
	__mmask32 big = _mm512_cmpgt_epu16_mask(t, _mm512_set1_epi16(15));
	__m512i nb = _mm512_maskz_srli_epi16(big, _mm512_sub_epi16(t, _mm512_set1_epi16(8)), 2);
	__m512i lead = _mm512_and_si512(_mm512_or_si512(t, _mm512_set1_epi16(4)), _mm512_set1_epi16(7));
	__m512i base = _mm512_mask_sllv_epi16(t, big, lead, nb);
	__m512i end = sums(nb);
	__m512i at = _mm512_add_epi16(_mm512_sub_epi16(end, nb), _mm512_set1_epi16((int16_t)(*pos & 7)));
	__m512i word = _mm512_srli_epi16(at, 4), bit = _mm512_and_si512(at, _mm512_set1_epi16(15));
	__m512i raw = load64(in, *pos >> 3, len);
	__m512i lo = _mm512_permutexvar_epi16(word, raw);
	__m512i hi = _mm512_permutexvar_epi16(_mm512_add_epi16(word, one), raw);
	lo = _mm512_srlv_epi16(lo, bit);
	hi = _mm512_sllv_epi16(hi, _mm512_sub_epi16(_mm512_set1_epi16(16), bit));
	__m512i v = _mm512_andnot_si512(_mm512_sllv_epi16(ones, nb), _mm512_or_si512(lo, hi));
	v = restore32(_mm512_add_epi16(base, v), _mm512_loadu_si512(p), is_float);
	_mm512_storeu_si512(z, v);
	*pos += _mm_extract_epi16(_mm512_extracti32x4_epi32(end, 3), 7);
}

#endif
