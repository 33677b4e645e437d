#ifndef DITS_GGML_KERNEL_H
#define DITS_GGML_KERNEL_H

#include <stdint.h>

// Kernels take n groups of size values, 16 or 32, one after the other, and compute many groups at once,
// one a lane: within a group every sum runs from left to right, as in Go.

// A dits_affine is an affineSearch in Go. mean is what weighs the values: DITS_GIVEN, by w; DITS_MAGNITUDE,
// by |x|; DITS_MEAN, by |x| and the root of the mean of the squares.
enum { DITS_STEPS = 40 };
enum { DITS_GIVEN = 0, DITS_MAGNITUDE = 1, DITS_MEAN = 2 };

typedef struct {
	float steps[DITS_STEPS];
	int64_t count; // of steps
	float top;
	int32_t size;
	int32_t weights;
	int32_t mad;   // |error| rather than its square
	int32_t given; // accepted is what to follow, not what was found
} dits_affine;

// dits_affine_* set scale, offset and accepted of each group, and sum to the sum of its weights.
void dits_affine_avx2(const dits_affine *a, const float *x, const float *w, int64_t n, float *scale, float *offset, float *sum, uint64_t *accepted);
void dits_affine_avx512(const dits_affine *a, const float *x, const float *w, int64_t n, float *scale, float *offset, float *sum, uint64_t *accepted);

// A dits_symmetric is a search as symmetric does in Go. steps[0] is divided for the first try, the others
// are the candidates.
typedef struct {
	float steps[DITS_STEPS];
	int64_t count;
	float top;
	int32_t size;
	int32_t given;
} dits_symmetric;

// dits_symmetric_* set scale and accepted of each group. w NULL stands for x·x; sum is set if w and it are there.
void dits_symmetric_avx2(const dits_symmetric *s, const float *x, const float *w, int64_t n, float *scale, float *sum, uint64_t *accepted);
void dits_symmetric_avx512(const dits_symmetric *s, const float *x, const float *w, int64_t n, float *scale, float *sum, uint64_t *accepted);

// dits_refine_* set the scales of groups of 16 as refine does.
void dits_refine_avx2(const float *x, int64_t n, float *scale);
void dits_refine_avx512(const float *x, int64_t n, float *scale);

// dits_importance_* set dst to the weights of n blocks of 256 values x in columns of importance w: factor is what
// the mean square is multiplied by.
void dits_importance_avx2(float *dst, const float *w, const float *x, int64_t n, float factor);
void dits_importance_avx512(float *dst, const float *w, const float *x, int64_t n, float factor);

// dits_round_* set the quants of n blocks of a K-quant, by its number, to x rounded with the scales
// that the blocks have. zero is set to 1 for a block where the step of a group is 0, whose quants say
// nothing; they return how many those are.
enum { DITS_Q2_K = 10, DITS_Q3_K = 11, DITS_Q4_K = 12, DITS_Q5_K = 13, DITS_Q6_K = 14 };

int64_t dits_round_avx2(int32_t type, uint8_t *blocks, const float *x, int64_t n, uint8_t *zero);
int64_t dits_round_avx512(int32_t type, uint8_t *blocks, const float *x, int64_t n, uint8_t *zero);

// dits_plain_* set n blocks of 32 as quantisers without importances do, or if given only their quants, with
// the scales that they have. A block that takes more care is left as it is; its number is returned, n if none.
enum { DITS_Q4_0 = 2, DITS_Q4_1 = 3, DITS_Q5_0 = 6, DITS_Q5_1 = 7, DITS_Q8_0 = 8 };

int64_t dits_plain_avx2(int32_t type, uint8_t *blocks, const float *x, int64_t n, int given);
int64_t dits_plain_avx512(int32_t type, uint8_t *blocks, const float *x, int64_t n, int given);

// dits_nan_* say whether one of n numbers, a multiple of 32, is none.
int dits_nan_avx2(const float *x, int64_t n);
int dits_nan_avx512(const float *x, int64_t n);

#endif
