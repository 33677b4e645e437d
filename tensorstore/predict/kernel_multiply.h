// Products of float32 matrices with 48 columns: those of the search for directions. The file that
// includes this defines the vectors: LANES float32 each, TARGET, ROWS that are computed at once,
// and the functions used below. A processor always gives the same result; others may give
// another, as they fuse or not, but only what is made of it is stored.

#define INLINE static inline __attribute__((always_inline))
#define COLUMNS 48
#define VECTORS (COLUMNS / LANES)

// block adds nrows rows.
INLINE TARGET void block(float *c, const float *x, int64_t row, int64_t col, int nrows, const float *y, int64_t inner) {
	floats s[ROWS][VECTORS];
	for (int r = 0; r < nrows; r++)
		for (int v = 0; v < VECTORS; v++)
			s[r][v] = load(c + r * COLUMNS + v * LANES);
	for (int64_t k = 0; k < inner; k++) {
		floats a[VECTORS];
		for (int v = 0; v < VECTORS; v++)
			a[v] = load(y + k * COLUMNS + v * LANES);
		for (int r = 0; r < nrows; r++) {
			floats b = all(x[r * row + k * col]);
			for (int v = 0; v < VECTORS; v++)
				s[r][v] = fused(a[v], b, s[r][v]);
		}
	}
	for (int r = 0; r < nrows; r++)
		for (int v = 0; v < VECTORS; v++)
			store(c + r * COLUMNS + v * LANES, s[r][v]);
}

// multiply goes along the inner dimension in pieces for which y stays in the first cache.
INLINE TARGET void multiply(float *c, const float *x, int64_t row, int64_t col, const float *y, int64_t n, int64_t inner) {
	enum { PIECE = 128 };
	for (int64_t k = 0; k < inner; k += PIECE) {
		int64_t len = inner - k < PIECE ? inner - k : PIECE, i = 0;
		const float *at = x + k * col;
		for (; i + ROWS <= n; i += ROWS)
			block(c + i * COLUMNS, at + i * row, row, col, ROWS, y + k * COLUMNS, len);
		for (; i < n; i++)
			block(c + i * COLUMNS, at + i * row, row, col, 1, y + k * COLUMNS, len);
	}
}
