//go:build cgo && amd64

// Counting of classes by context, and tables of contexts.

#include <immintrin.h>
#include <string.h>

#include "kernel.h"

// dits_count adds to hist, whose rows have 256 symbols, n classes below 64 in contexts
// below 64. Neighbours are often the same, so that they are counted in turns in two places:
// a count need not wait for the one before.
AVX2 void dits_count(uint32_t *hist, const uint16_t *ctx, const uint8_t *tok, int64_t n) {
	uint32_t counts[2][64 * 64];
	uint16_t index[16];
	int64_t k = 0;
	memset(counts, 0, sizeof counts);
	for (; k + 16 <= n; k += 16) {
		__m256i t = _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)(tok + k)));
		__m256i c = _mm256_slli_epi16(_mm256_loadu_si256((const __m256i *)(ctx + k)), 6);
		t = _mm256_and_si256(_mm256_or_si256(c, t), _mm256_set1_epi16(64 * 64 - 1));
		_mm256_storeu_si256((__m256i *)index, t);
#pragma GCC unroll 16
		for (int l = 0; l < 16; l++)
			counts[l & 1][index[l]]++;
	}
	for (; k < n; k++)
		counts[0][(ctx[k] << 6 | tok[k]) & (64 * 64 - 1)]++;
	for (int c = 0; c < 64; c++)
		for (int t = 0; t < 64; t++)
			hist[c << 8 | t] += counts[0][c << 6 | t] + counts[1][c << 6 | t];
}

// dits_map sets tab to map[ctx] for n a multiple of 32, contexts below 64: a
// byte shuffle looks up 16 entries, and gives zero where the index less those before
// is negative or, by a sum that saturates, above 15.
AVX2 void dits_map(uint8_t *tab, const uint16_t *ctx, int64_t n, const uint8_t *map) {
	__m256i part[4];
	for (int q = 0; q < 4; q++)
		part[q] = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(map + 16 * q)));
	for (int64_t k = 0; k < n; k += 32) {
		__m256i a = _mm256_loadu_si256((const __m256i *)(ctx + k));
		__m256i b = _mm256_loadu_si256((const __m256i *)(ctx + k + 16));
		__m256i c = _mm256_permute4x64_epi64(_mm256_packus_epi16(a, b), 0xd8);
		__m256i sum = _mm256_setzero_si256();
		for (int q = 0; q < 4; q++) {
			__m256i i = _mm256_sub_epi8(c, _mm256_set1_epi8((char)(16 * q)));
			i = _mm256_adds_epu8(i, _mm256_set1_epi8(0x70));
			sum = _mm256_or_si256(sum, _mm256_shuffle_epi8(part[q], i));
		}
		_mm256_storeu_si256((__m256i *)(tab + k), sum);
	}
}
