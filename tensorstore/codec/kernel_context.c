//go:build cgo && amd64

// Contexts. Each step is on 16 numbers of 16 bits; sums wrap as those of Go do.

#include <immintrin.h>

#include "kernel.h"

// dits_scales is expectation.fill: the scales of n elements from (i, j) on, of a
// matrix of that width. row or col may be NULL.
AVX2 void dits_scales(int16_t *v, int64_t n, const int16_t *row, const int16_t *col,
	int64_t width, int64_t i, int64_t j) {
	while (n > 0) {
		int64_t k = 0, len = n < width - j ? n : width - j;
		int16_t r = row ? row[i] : 0;
		__m256i rows = _mm256_set1_epi16(r);
		for (; k + 16 <= len; k += 16) {
			__m256i c = col ? _mm256_loadu_si256((const __m256i *)(col + j + k)) : _mm256_setzero_si256();
			_mm256_storeu_si256((__m256i *)(v + k), _mm256_add_epi16(rows, c));
		}
		for (; k < len; k++)
			v[k] = (int16_t)(r + (col ? col[j + k] : 0));
		v += len, n -= len, i++, j = 0;
	}
}

// dits_contexts is differ.values and contexts together, for n a multiple of 16.
AVX2 void dits_contexts(uint16_t *ctx, const int16_t *v, const uint16_t *p, int64_t n, const dits_scale *s) {
	const __m256i mask = _mm256_set1_epi16((int16_t)s->mask), one = _mm256_set1_epi16(1);
	const __m256i bias = _mm256_set1_epi16((int16_t)s->bias), step = _mm256_set1_epi16((int16_t)s->step);
	const __m256i lo = _mm256_set1_epi16((int16_t)s->off), hi = _mm256_set1_epi16((int16_t)(s->off + 63));
	const __m128i mant = _mm_cvtsi32_si128(s->mant);
	for (int64_t k = 0; k < n; k += 16) {
		__m256i e = _mm256_loadu_si256((const __m256i *)(p + k));
		e = _mm256_max_epi16(_mm256_and_si256(_mm256_srl_epi16(e, mant), mask), one);
		__m256i x = _mm256_sub_epi16(bias, _mm256_mullo_epi16(step, e));
		x = _mm256_add_epi16(x, _mm256_loadu_si256((const __m256i *)(v + k)));
		x = _mm256_max_epi16(_mm256_min_epi16(x, hi), lo);
		_mm256_storeu_si256((__m256i *)(ctx + k), _mm256_sub_epi16(x, lo));
	}
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
