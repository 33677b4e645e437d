#ifndef DITS_NUMBER_KERNEL_H
#define DITS_NUMBER_KERNEL_H

#include <stdint.h>

// The sums that dits_sums_avx2 takes of a, b and d = b - a, in the order of Go's sums.
typedef struct {
	double aa, bb, ab, dd, d;
	double max; // of |d| by its bits, which order as the numbers do
} dits_sums;

// Element types, as kernelElem of kernel.go numbers them.
enum { DITS_F64 = 0, DITS_BF16 = 1, DITS_F16 = 2, DITS_F32 = 3 };

// dits_sums_avx2 sums n elements, a multiple of 4, in four lanes: element i in lane i mod 4.
void dits_sums_avx2(dits_sums *s, const uint8_t *a, const uint8_t *b, int64_t n, int32_t elem);

#endif
