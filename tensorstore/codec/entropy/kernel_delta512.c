//go:build cgo && amd64

// Elements of 2 bytes to classes and raw bits, and back, 32 at a time. Raw bits of
// two elements are shifted together, then those of two pairs, and where that fits
// a word, of eight elements.

#include <immintrin.h>
#include <string.h>

#include "kernel.h"
#include "kernel_class512.h"

// zigzag32 is zigzagHalves of half.go.
INLINE AVX512 __m512i zigzag32(__m512i x, __m512i p, __m512i is_float) {
	const __m512i top = _mm512_set1_epi16((int16_t)0x8000);
	__m512i g = _mm512_and_si512(_mm512_srai_epi16(p, 15), is_float);
	__m512i a = _mm512_and_si512(_mm512_srai_epi16(x, 15), is_float);
	a = _mm512_xor_si512(x, _mm512_or_si512(a, top));
	__m512i c = _mm512_sub_epi16(a, _mm512_xor_si512(p, _mm512_or_si512(g, top)));
	c = _mm512_sub_epi16(_mm512_xor_si512(c, g), g);
	return _mm512_xor_si512(_mm512_slli_epi16(c, 1), _mm512_srai_epi16(c, 15));
}

// raw32 is the number of raw bits of each element: the bit length less 3 from 16 on.
INLINE AVX512 __m512i raw32(__m512i z, __mmask32 big) {
	const __m512i most = _mm512_set1_epi32(29);
	__m512i even = _mm512_sub_epi32(most, _mm512_lzcnt_epi32(_mm512_and_si512(z, _mm512_set1_epi32(0xffff))));
	__m512i odd = _mm512_sub_epi32(most, _mm512_lzcnt_epi32(_mm512_srli_epi32(z, 16)));
	return _mm512_maskz_mov_epi16(big, _mm512_mask_blend_epi16(0xaaaaaaaa, even, _mm512_slli_epi32(odd, 16)));
}

// put appends n bits, at most 56.
INLINE AVX512 void put(dits_bits *w, uint8_t *buf, uint64_t v, uint64_t n) {
	uint64_t acc = w->acc | v << w->n;
	n += w->n;
	memcpy(buf + w->pos, &acc, 8);
	w->pos += (int64_t)(n >> 3);
	w->acc = acc >> (n & ~(uint64_t)7);
	w->n = n & 7;
}

// put32 appends the low n bits of each of 32 elements.
INLINE AVX512 void put32(dits_bits *w, uint8_t *buf, __m512i v, __m512i n) {
	const __m512i low = _mm512_set1_epi32(0xffff), half = _mm512_set1_epi64(0xffffffff);
	uint64_t bits[8], count[8];
	__m512i first = _mm512_and_si512(n, low);
	v = _mm512_or_si512(_mm512_and_si512(v, low), _mm512_sllv_epi32(_mm512_srli_epi32(v, 16), first));
	n = _mm512_add_epi32(first, _mm512_srli_epi32(n, 16));
	first = _mm512_and_si512(n, half);
	v = _mm512_or_si512(_mm512_and_si512(v, half), _mm512_sllv_epi64(_mm512_srli_epi64(v, 32), first));
	n = _mm512_add_epi64(first, _mm512_srli_epi64(n, 32));
	__m512i both = _mm512_add_epi64(n, _mm512_unpackhi_epi64(n, n));
	if (_mm512_mask_cmpgt_epu64_mask(0x55, both, _mm512_set1_epi64(56)) == 0) {
		v = _mm512_or_si512(v, _mm512_sllv_epi64(_mm512_unpackhi_epi64(v, v), n));
		_mm512_storeu_si512(bits, v);
		_mm512_storeu_si512(count, both);
#pragma GCC unroll 4
		for (int k = 0; k < 8; k += 2)
			put(w, buf, bits[k], count[k]);
		return;
	}
	_mm512_storeu_si512(bits, v);
	_mm512_storeu_si512(count, n);
#pragma GCC unroll 8
	for (int k = 0; k < 8; k++)
		put(w, buf, bits[k], count[k]);
}

AVX512 int64_t dits_classify_avx512(dits_bits *w, uint8_t *buf, uint8_t *tok, const uint16_t *x, const uint16_t *p,
	int64_t n, uint16_t is_float) {
	const __m512i fl = _mm512_set1_epi16((int16_t)is_float), four = _mm512_set1_epi16(4);
	dits_bits b = *w;
	int64_t k = 0;
	for (; k + 32 <= n; k += 32) {
		__m512i z = zigzag32(_mm512_loadu_si512(x + k), _mm512_loadu_si512(p + k), fl);
		__mmask32 big = _mm512_cmpgt_epu16_mask(z, _mm512_set1_epi16(15));
		__m512i nb = raw32(z, big);
		__m512i more = _mm512_add_epi16(_mm512_slli_epi16(nb, 2), four);
		__m512i t = _mm512_mask_add_epi16(z, big, _mm512_srlv_epi16(z, nb), more);
		_mm256_storeu_si256((__m256i *)(tok + k), _mm512_cvtepi16_epi8(t));
		put32(&b, buf, _mm512_andnot_si512(_mm512_sllv_epi16(_mm512_set1_epi16(-1), nb), z), nb);
	}
	*w = b;
	return k;
}

AVX512 int64_t dits_declassify_avx512(dits_bits *r, const uint8_t *in, int64_t len, uint16_t *z,
	const uint8_t *tok, const uint16_t *p, int64_t n, uint16_t is_float) {
	const __m512i fl = _mm512_set1_epi16((int16_t)is_float);
	int64_t pos = r->pos, k = 0;
	for (; k + 32 <= n; k += 32) {
		__m512i t = _mm512_cvtepu8_epi16(_mm256_loadu_si256((const __m256i *)(tok + k)));
		element32(z + k, in, len, &pos, t, p + k, fl);
	}
	r->pos = pos;
	return k;
}
