#ifndef DITS_DIFF_KERNEL_H
#define DITS_DIFF_KERNEL_H

#include <stdint.h>

// Columns of a panel, as panel of product.go has them.
#define DITS_PANEL 8

// dits_product_avx2 adds x·y to c: n rows of a panel, each the sum over inner rows of y. Element (i, k) of x
// is x[i*row + k*col].
void dits_product_avx2(double *c, const double *x, int64_t row, int64_t col, const double *y, int64_t n, int64_t inner);

#endif
