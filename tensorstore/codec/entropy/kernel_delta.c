//go:build cgo && amd64

// Elements of 2 bytes to classes and raw bits, and back, 16 at a time, as
// zigzagHalves and restoreHalves in half.go and classify and declassify in class.go. Each
// element has a mask of its raw bits, the low nb of 16; four elements make a
// word of 64 bits, from which pext takes the raw bits of all four in
// order, and pdep puts them back.

#include <string.h>

#include "kernel.h"
#include "kernel_class.h"

// length is the bit length of each 16 bits.
INLINE AVX2 __m256i length(__m256i z) {
	const __m256i low = TWICE(0, 1, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 4, 4, 4, 4);
	const __m256i high = TWICE(0, 5, 6, 6, 7, 7, 7, 7, 8, 8, 8, 8, 8, 8, 8, 8);
	const __m256i nibble = _mm256_set1_epi8(15);
	__m256i a = _mm256_shuffle_epi8(low, _mm256_and_si256(z, nibble));
	__m256i b = _mm256_shuffle_epi8(high, _mm256_and_si256(_mm256_srli_epi16(z, 4), nibble));
	__m256i bytes = _mm256_max_epu8(a, b);
	__m256i top = _mm256_srli_epi16(bytes, 8);
	__m256i eight = _mm256_and_si256(_mm256_cmpgt_epi16(top, _mm256_setzero_si256()), _mm256_set1_epi16(8));
	return _mm256_max_epi16(_mm256_and_si256(bytes, _mm256_set1_epi16(255)), _mm256_add_epi16(top, eight));
}

// zigzag is zigzagHalves of half.go.
INLINE AVX2 __m256i zigzag(__m256i x, __m256i p, __m256i is_float) {
	const __m256i top = _mm256_set1_epi16((int16_t)0x8000);
	__m256i g = _mm256_and_si256(_mm256_srai_epi16(p, 15), is_float);
	__m256i a = _mm256_and_si256(_mm256_srai_epi16(x, 15), is_float);
	a = _mm256_xor_si256(x, _mm256_or_si256(a, top));
	__m256i c = _mm256_sub_epi16(a, _mm256_xor_si256(p, _mm256_or_si256(g, top)));
	c = _mm256_sub_epi16(_mm256_xor_si256(c, g), g);
	return _mm256_xor_si256(_mm256_slli_epi16(c, 1), _mm256_srai_epi16(c, 15));
}

// put appends the raw bits of four elements, at most 52.
INLINE AVX2 void put(dits_bits *w, uint8_t *buf, uint64_t z, uint64_t mask) {
	uint64_t acc = w->acc | _pext_u64(z, mask) << w->n;
	uint64_t n = w->n + (uint64_t)_mm_popcnt_u64(mask);
	memcpy(buf + w->pos, &acc, 8);
	w->pos += (int64_t)(n >> 3);
	w->acc = acc >> (n & ~(uint64_t)7);
	w->n = n & 7;
}

// classes sets tok to the classes of 16 elements and returns the masks of their raw bits.
INLINE AVX2 __m256i classes(uint8_t *tok, __m256i z) {
	__m256i len = length(z);
	__m256i raw = _mm256_cmpgt_epi16(len, _mm256_set1_epi16(4));
	__m256i nb = _mm256_and_si256(_mm256_sub_epi16(len, _mm256_set1_epi16(3)), raw);
	__m256i shifted = _mm256_mulhi_epu16(z, power(_mm256_sub_epi16(_mm256_set1_epi16(16), nb)));
	__m256i more = _mm256_add_epi16(_mm256_slli_epi16(nb, 2), _mm256_set1_epi16(4));
	__m256i t = _mm256_blendv_epi8(z, _mm256_add_epi16(shifted, more), raw);
	t = _mm256_permute4x64_epi64(_mm256_packus_epi16(t, t), 0x08);
	_mm_storeu_si128((__m128i *)tok, _mm256_castsi256_si128(t));
	return _mm256_sub_epi16(power(nb), _mm256_set1_epi16(1));
}

AVX2 int64_t dits_classify_avx2(dits_bits *w, uint8_t *buf, uint8_t *tok, const uint16_t *x, const uint16_t *p,
	int64_t n, uint16_t is_float) {
	const __m256i fl = _mm256_set1_epi16((int16_t)is_float);
	dits_bits b = *w;
	int64_t k = 0;
	for (; k + 16 <= n; k += 16) {
		__m256i z = zigzag(_mm256_loadu_si256((const __m256i *)(x + k)),
			_mm256_loadu_si256((const __m256i *)(p + k)), fl);
		__m256i m = classes(tok + k, z);
		put(&b, buf, (uint64_t)_mm256_extract_epi64(z, 0), (uint64_t)_mm256_extract_epi64(m, 0));
		put(&b, buf, (uint64_t)_mm256_extract_epi64(z, 1), (uint64_t)_mm256_extract_epi64(m, 1));
		put(&b, buf, (uint64_t)_mm256_extract_epi64(z, 2), (uint64_t)_mm256_extract_epi64(m, 2));
		put(&b, buf, (uint64_t)_mm256_extract_epi64(z, 3), (uint64_t)_mm256_extract_epi64(m, 3));
	}
	*w = b;
	return k;
}

AVX2 int64_t dits_declassify_avx2(dits_bits *r, const uint8_t *in, int64_t len, uint16_t *z,
	const uint8_t *tok, const uint16_t *p, int64_t n, uint16_t is_float) {
	const __m256i fl = _mm256_set1_epi16((int16_t)is_float);
	int64_t pos = r->pos, k = 0;
	for (; k + 16 <= n && (pos >> 3) + RAW_BYTES <= len; k += 16) {
		element16(z + k, in, &pos, tok + k, p + k, fl);
	}
	r->pos = pos;
	return k;
}

int dits_slow_bits(void) {
	__builtin_cpu_init();
	return __builtin_cpu_is("amdfam17h");
}
