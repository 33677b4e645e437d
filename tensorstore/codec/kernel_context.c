//go:build cgo && amd64

// Contexts. Each step is on 16 or 32 numbers of 16 bits; sums wrap as those of Go do.

#include <immintrin.h>

#include "kernel.h"

// scales is expectation.fill: the scales of n elements from (s->i, s->j) on.
// row or col may be NULL.
INLINE AVX2 void scales(int16_t *v, int64_t n, const int16_t *row, const int16_t *col, const dits_scale *s) {
	for (int64_t i = s->i, j = s->j; n > 0; i++, j = 0) {
		int64_t k = 0, len = n < s->width - j ? n : s->width - j;
		int16_t r = row ? row[i] : 0;
		__m256i rows = _mm256_set1_epi16(r);
		for (; k + 16 <= len; k += 16) {
			__m256i c = col ? _mm256_loadu_si256((const __m256i *)(col + j + k)) : _mm256_setzero_si256();
			_mm256_storeu_si256((__m256i *)(v + k), _mm256_add_epi16(rows, c));
		}
		for (; k < len; k++)
			v[k] = (int16_t)(r + (col ? col[j + k] : 0));
		v += len, n -= len;
	}
}

AVX2 void dits_contexts_avx2(uint16_t *ctx, const uint16_t *p, int64_t n, const int16_t *row, const int16_t *col,
	const dits_scale *s) {
	const __m256i mask = _mm256_set1_epi16((int16_t)s->mask), one = _mm256_set1_epi16(1);
	const __m256i bias = _mm256_set1_epi16((int16_t)s->bias), step = _mm256_set1_epi16((int16_t)s->step);
	const __m256i lo = _mm256_set1_epi16((int16_t)s->off), hi = _mm256_set1_epi16((int16_t)(s->off + 63));
	const __m128i mant = _mm_cvtsi32_si128(s->mant);
	scales((int16_t *)ctx, n, row, col, s);
	for (int64_t k = 0; k < n; k += 16) {
		__m256i e = _mm256_loadu_si256((const __m256i *)(p + k));
		e = _mm256_max_epi16(_mm256_and_si256(_mm256_srl_epi16(e, mant), mask), one);
		__m256i x = _mm256_sub_epi16(bias, _mm256_mullo_epi16(step, e));
		x = _mm256_add_epi16(x, _mm256_loadu_si256((const __m256i *)(ctx + k)));
		x = _mm256_max_epi16(_mm256_min_epi16(x, hi), lo);
		_mm256_storeu_si256((__m256i *)(ctx + k), _mm256_sub_epi16(x, lo));
	}
}

// contexts32 sets the contexts of n elements to ctx, or if there is a map their tables to tab. What is
// left of a row is a vector in part.
INLINE AVX512 void contexts32(uint16_t *ctx, uint8_t *tab, const uint16_t *p, int64_t n, const int16_t *row,
	const int16_t *col, const dits_scale *s, const uint8_t *map) {
	const __m512i mask = _mm512_set1_epi16((int16_t)s->mask), one = _mm512_set1_epi16(1);
	const __m512i bias = _mm512_set1_epi16((int16_t)s->bias), step = _mm512_set1_epi16((int16_t)s->step);
	const __m512i lo = _mm512_set1_epi16((int16_t)s->off), hi = _mm512_set1_epi16((int16_t)(s->off + 63));
	const __m128i mant = _mm_cvtsi32_si128(s->mant);
	__m512i low = _mm512_setzero_si512(), high = low;
	if (map) {
		low = _mm512_cvtepu8_epi16(_mm256_loadu_si256((const __m256i *)map));
		high = _mm512_cvtepu8_epi16(_mm256_loadu_si256((const __m256i *)(map + 32)));
	}
	int64_t at = 0;
	for (int64_t i = s->i, j = s->j; at < n; i++, j = 0) {
		int64_t end = n - at < s->width - j ? n : at + s->width - j;
		__m512i rows = _mm512_add_epi16(_mm512_set1_epi16(row ? row[i] : 0), bias);
		for (; at < end; at += 32, j += 32) {
			__mmask32 in = end - at >= 32 ? ~(__mmask32)0 : ((__mmask32)1 << (end - at)) - 1;
			__m512i e = _mm512_maskz_loadu_epi16(in, p + at);
			e = _mm512_max_epi16(_mm512_and_si512(_mm512_srl_epi16(e, mant), mask), one);
			__m512i x = _mm512_sub_epi16(rows, _mm512_mullo_epi16(step, e));
			if (col)
				x = _mm512_add_epi16(x, _mm512_maskz_loadu_epi16(in, col + j));
			x = _mm512_sub_epi16(_mm512_max_epi16(_mm512_min_epi16(x, hi), lo), lo);
			if (map)
				_mm512_mask_cvtepi16_storeu_epi8(tab + at, in, _mm512_permutex2var_epi16(low, x, high));
			else
				_mm512_mask_storeu_epi16(ctx + at, in, x);
		}
		at = end;
	}
}

AVX512 void dits_contexts_avx512(uint16_t *ctx, const uint16_t *p, int64_t n, const int16_t *row,
	const int16_t *col, const dits_scale *s) {
	contexts32(ctx, 0, p, n, row, col, s, 0);
}

AVX512 void dits_tables_avx512(uint8_t *tab, const uint16_t *p, int64_t n, const int16_t *row,
	const int16_t *col, const dits_scale *s, const uint8_t *map) {
	contexts32(0, tab, p, n, row, col, s, map);
}

AVX2 void dits_lean_tables(uint8_t *tab, uint16_t *ctx, const int8_t *lean, int64_t n, const uint8_t *map) {
	for (int64_t k = 0; k < n; k++)
		ctx[k] = (uint16_t)(ctx[k] + ((lean[k] < 0 ? -lean[k] : lean[k]) + 1) / 2 * 64);
	for (int64_t k = 0; k < n; k++)
		tab[k] = map[ctx[k] & 511];
}
