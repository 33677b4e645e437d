#ifndef DITS_DOT_H
#define DITS_DOT_H

#include <stdint.h>

// dits_dot sets sum to the scalar products of n columns of a with b, modulo 2^32.
// n is a multiple of 8, and so is rank, the length of b and of each column.
void dits_dot(int32_t *sum, const int16_t *a, const int16_t *b, int64_t n, int64_t rank);

#endif
