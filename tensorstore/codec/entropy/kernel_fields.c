//go:build cgo && amd64

// Elements of 2 bytes of Fields from the numbers of their symbols and their raw bits, as
// assemble and turn in ../fieldsread.go. All elements of a chunk have as many raw bits, at the
// places where own has ones.

#include <immintrin.h>
#include <string.h>

#include "kernel.h"
#include "kernel_class512.h"

// load4 is 4 bytes.
INLINE uint32_t load4(const void *p) {
	uint32_t v;
	memcpy(&v, p, 4);
	return v;
}

// dits_fields_avx2 does 4 elements in a word of 64 bits: pdep moves the raw bits of all to their places.
AVX2 int64_t dits_fields_avx2(int64_t *next, const uint8_t *in, int64_t len, uint16_t *x, const uint8_t *tok,
	const uint16_t *base, const int8_t *lean, int64_t n, uint16_t own) {
	const uint64_t mask = own * 0x0001000100010001u, signs = 0x8000800080008000u;
	const int64_t bits = _mm_popcnt_u64(mask);
	int64_t pos = *next, k = 0;
	for (; k + 4 <= n && (pos >> 3) + 8 <= len; k += 4, pos += bits) {
		uint64_t v, e;
		uint32_t t = load4(tok + k);
		memcpy(&v, in + (pos >> 3), 8);
		e = base[t & 255] | (uint64_t)base[t >> 8 & 255] << 16;
		e |= (uint64_t)base[t >> 16 & 255] << 32 | (uint64_t)base[t >> 24] << 48;
		e |= _pdep_u64(v >> (pos & 7), mask);
		if (lean)
			e ^= _pdep_u64(load4(lean + k), 0xff00ff00ff00ff00u) & signs;
		memcpy(x + k, &e, 8);
	}
	*next = pos;
	return k;
}

// lookup32 is the entries of a table of 256 at 32 indices: 4 times 64 of them, of which two bits
// of an index choose one.
INLINE AVX512 __m512i lookup32(const __m512i *table, __m512i t) {
	__mmask32 one = _mm512_test_epi16_mask(t, _mm512_set1_epi16(64));
	__mmask32 two = _mm512_test_epi16_mask(t, _mm512_set1_epi16(128));
	__m512i a = _mm512_permutex2var_epi16(table[0], t, table[1]);
	__m512i b = _mm512_permutex2var_epi16(table[2], t, table[3]);
	__m512i c = _mm512_permutex2var_epi16(table[4], t, table[5]);
	__m512i d = _mm512_permutex2var_epi16(table[6], t, table[7]);
	return _mm512_mask_blend_epi16(two, _mm512_mask_blend_epi16(one, a, b), _mm512_mask_blend_epi16(one, c, d));
}

// dits_fields_avx512 does 32 elements: their raw bits are whole words of 32 bits, so that where in
// the 64 bytes loaded those of each begin is the same every time.
AVX512 int64_t dits_fields_avx512(int64_t *next, const uint8_t *in, int64_t len, uint16_t *x, const uint8_t *tok,
	const uint16_t *base, const int8_t *lean, int64_t n, uint16_t own) {
	const __m512i top = _mm512_set1_epi16((int16_t)0x8000);
	const int64_t window = _mm_popcnt_u64(own & 0x7fff), bits = window + (own >> 15);
	const __m512i low = _mm512_set1_epi16((int16_t)(own & 0x7fff)), sign = _mm512_and_si512(_mm512_set1_epi16((int16_t)own), top);
	const __m128i up = _mm_cvtsi64_si128(__builtin_ctz(own | 0x8000u)), far = _mm_cvtsi64_si128(15 - window);
	int64_t pos = *next, k = 0;
	__m512i at = _mm512_add_epi16(sums(_mm512_set1_epi16((int16_t)bits)), _mm512_set1_epi16((int16_t)((pos & 7) - bits)));
	const __m512i word = _mm512_srli_epi16(at, 4), after = _mm512_add_epi16(word, _mm512_set1_epi16(1));
	const __m512i bit = _mm512_and_si512(at, _mm512_set1_epi16(15)), rest = _mm512_sub_epi16(_mm512_set1_epi16(16), bit);
	__m512i table[8];
	for (int q = 0; q < 8; q++)
		table[q] = _mm512_loadu_si512(base + 32 * q);
	for (; k + 32 <= n; k += 32, pos += 32 * bits) {
		__m512i raw = load64(in, pos >> 3, len);
		__m512i v = _mm512_srlv_epi16(_mm512_permutexvar_epi16(word, raw), bit);
		v = _mm512_or_si512(v, _mm512_sllv_epi16(_mm512_permutexvar_epi16(after, raw), rest));
		__m512i e = lookup32(table, _mm512_cvtepu8_epi16(_mm256_loadu_si256((const __m256i *)(tok + k))));
		e = _mm512_or_si512(e, _mm512_and_si512(_mm512_sll_epi16(v, up), low));
		e = _mm512_or_si512(e, _mm512_and_si512(_mm512_sll_epi16(v, far), sign));
		if (lean) {
			__mmask32 down = _mm256_movepi8_mask(_mm256_loadu_si256((const __m256i *)(lean + k)));
			e = _mm512_xor_si512(e, _mm512_maskz_mov_epi16(down, top));
		}
		_mm512_storeu_si512(x + k, e);
	}
	*next = pos;
	return k;
}
