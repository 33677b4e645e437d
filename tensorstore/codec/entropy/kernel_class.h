// Elements of 2 bytes from their classes, raw bits and predictions, 16 at a time:
// see kernel_delta.c.

#ifndef DITS_CLASS_H
#define DITS_CLASS_H

#include <immintrin.h>
#include <string.h>

#include "kernel.h"

// TWICE is a table of 16 bytes in both halves.
#define TWICE(...) _mm256_setr_epi8(__VA_ARGS__, __VA_ARGS__)

// power is 2^nb in each 16 bits, nb below 16: a byte shuffle for each half.
INLINE AVX2 __m256i power(__m256i nb) {
	const __m256i bits = TWICE(1, 2, 4, 8, 16, 32, 64, -128, 0, 0, 0, 0, 0, 0, 0, 0);
	const __m256i none = _mm256_set1_epi16((int16_t)0x8000);
	__m256i high = _mm256_sub_epi8(nb, _mm256_set1_epi16(8)); // negative below 8: zero
	__m256i lo = _mm256_shuffle_epi8(bits, _mm256_or_si256(nb, none));
	__m256i hi = _mm256_shuffle_epi8(bits, _mm256_or_si256(_mm256_slli_epi16(high, 8), _mm256_set1_epi16(0x80)));
	return _mm256_or_si256(lo, hi);
}

// restore is restoreHalves of half.go.
INLINE AVX2 __m256i restore(__m256i z, __m256i p, __m256i is_float) {
	const __m256i top = _mm256_set1_epi16((int16_t)0x8000), one = _mm256_set1_epi16(1);
	__m256i g = _mm256_and_si256(_mm256_srai_epi16(p, 15), is_float);
	__m256i sign = _mm256_sub_epi16(_mm256_setzero_si256(), _mm256_and_si256(z, one));
	__m256i c = _mm256_xor_si256(_mm256_srli_epi16(z, 1), sign);
	c = _mm256_sub_epi16(_mm256_xor_si256(c, g), g);
	__m256i a = _mm256_add_epi16(_mm256_xor_si256(p, _mm256_or_si256(g, top)), c);
	__m256i low = _mm256_cmpgt_epi16(a, _mm256_set1_epi16(-1));
	return _mm256_xor_si256(a, _mm256_or_si256(_mm256_and_si256(low, is_float), top));
}

// get takes the raw bits of four elements from bit *pos on.
INLINE AVX2 int64_t get(const uint8_t *in, int64_t *pos, uint64_t mask) {
	uint64_t v;
	memcpy(&v, in + (*pos >> 3), 8);
	v >>= *pos & 7;
	*pos += _mm_popcnt_u64(mask);
	return (int64_t)_pdep_u64(v, mask);
}

// RAW_BYTES is how far beyond the next bit the raw bits of 16 elements, 13 each, are looked for.
#define RAW_BYTES (16 * 13 / 8 + 8)

// unclass is the smallest number of each of 16 classes below 64, and the masks of its raw bits.
INLINE AVX2 __m256i unclass(const uint8_t *tok, __m256i *mask) {
	__m256i t = _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)tok));
	__m256i raw = _mm256_cmpgt_epi16(t, _mm256_set1_epi16(15));
	__m256i nb = _mm256_and_si256(_mm256_srli_epi16(_mm256_sub_epi16(t, _mm256_set1_epi16(8)), 2), raw);
	__m256i pow = power(nb);
	__m256i lead = _mm256_and_si256(_mm256_or_si256(t, _mm256_set1_epi16(4)), _mm256_set1_epi16(7));
	*mask = _mm256_sub_epi16(pow, _mm256_set1_epi16(1));
	return _mm256_blendv_epi8(t, _mm256_mullo_epi16(lead, pow), raw);
}

// element16 sets 16 elements.
INLINE AVX2 void element16(uint16_t *z, const uint8_t *in, int64_t *pos, const uint8_t *tok,
	const uint16_t *p, __m256i is_float) {
	__m256i m, base = unclass(tok, &m);
	int64_t a = get(in, pos, (uint64_t)_mm256_extract_epi64(m, 0));
	int64_t b = get(in, pos, (uint64_t)_mm256_extract_epi64(m, 1));
	int64_t c = get(in, pos, (uint64_t)_mm256_extract_epi64(m, 2));
	int64_t d = get(in, pos, (uint64_t)_mm256_extract_epi64(m, 3));
	__m256i v = _mm256_add_epi16(base, _mm256_setr_epi64x(a, b, c, d));
	v = restore(v, _mm256_loadu_si256((const __m256i *)p), is_float);
	_mm256_storeu_si256((__m256i *)z, v);
}

#endif
