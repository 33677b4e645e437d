// The search of affineSearch (affine.go, fit.go), group by lane.

typedef struct {
	values x, w, l;
	V low[DEPTH], high[DEPTH];
	V sumw[DEPTH], sumx[DEPTH];
} affine_groups;

typedef struct {
	V scale[DEPTH], low[DEPTH];
} affine_line;

typedef struct {
	V l[DEPTH], l2[DEPTH], xl[DEPTH];
} affine_sums;

// affine_weigh sets the weights that follow from x.
F void affine_weigh(affine_groups *g, int weights, int size) {
	V mean[DEPTH];
	EACH mean[d] = all(0);
	if (weights == DITS_MEAN) {
		for (int i = 0; i < size; i++)
			EACH mean[d] = add(mean[d], mul(g->x[i][d], g->x[i][d]));
		EACH mean[d] = root(over(mean[d], all(size)));
	}
	for (int i = 0; i < size; i++)
		EACH {
			V a = size_of(g->x[i][d]);
			g->w[i][d] = weights == DITS_MEAN ? add(mean[d], a) : a;
		}
}

// affine_range sets what newGroup does.
F void affine_range(affine_groups *g, int size) {
	EACH {
		V low = g->x[0][d], high = low, sumw = g->w[0][d], sumx = mul(sumw, low);
		for (int i = 1; i < size; i++) {
			V v = g->x[i][d], w = g->w[i][d];
			low = least(v, low);
			high = most(v, high);
			sumw = add(sumw, w);
			sumx = add(sumx, mul(w, v));
		}
		g->low[d] = choose(below(all(0), low), all(0), low);
		g->high[d] = high, g->sumw[d] = sumw, g->sumx[d] = sumx;
	}
}

F void affine_quantise_how(affine_groups *g, affine_sums *s, const V *low, const V *inverse, float top, int size, int exact) {
	affine_sums t;
	EACH t.l[d] = t.l2[d] = t.xl[d] = all(0);
	for (int i = 0; i < size; i++)
		EACH {
			V v = g->x[i][d];
			V l = quant(mul(inverse[d], sub(v, low[d])), 0, top, exact);
			V wl = mul(g->w[i][d], l);
			g->l[i][d] = l;
			t.l[d] = add(t.l[d], wl);
			t.l2[d] = add(t.l2[d], mul(wl, l));
			t.xl[d] = add(t.xl[d], mul(wl, v));
		}
	*s = t;
}

// affine_quantise sets the quants and their sums. Where the ends of a group are near enough, all its numbers are;
// NaNs become 0 either way.
F void affine_quantise(affine_groups *g, affine_sums *s, const V *low, const V *inverse, float top, int size) {
	uint32_t near = ~(uint32_t)0;
	EACH {
		V a = mul(inverse[d], sub(g->low[d], low[d])), b = mul(inverse[d], sub(g->high[d], low[d]));
		near &= bits(both(within(size_of(a), all(FAR)), within(size_of(b), all(FAR))));
	}
	if (near == ((uint32_t)1 << LANES) - 1)
		affine_quantise_how(g, s, low, inverse, top, size, 0);
	else
		affine_quantise_how(g, s, low, inverse, top, size, 1);
}

// affine_solve sets the line of the sums; it returns the lanes that have one.
F M affine_solve(const affine_groups *g, const affine_sums *s, int d, V *scale, V *low) {
	V det = sub(mul(g->sumw[d], s->l2[d]), mul(s->l[d], s->l[d]));
	*scale = over(sub(mul(g->sumw[d], s->xl[d]), mul(s->l[d], g->sumx[d])), det);
	*low = over(sub(mul(s->l2[d], g->sumx[d]), mul(s->l[d], s->xl[d])), det);
	M above = below(all(0), *low);
	if (bits(above)) {
		*scale = choose(above, over(s->xl[d], s->l2[d]), *scale);
		*low = choose(above, all(0), *low);
	}
	return below(all(0), det);
}

F void affine_distance(const affine_groups *g, const affine_line *a, V *sum, int size, int mad) {
	V t[DEPTH];
	EACH t[d] = all(0);
	for (int i = 0; i < size; i++)
		EACH {
			V diff = sub(add(mul(a->scale[d], g->l[i][d]), a->low[d]), g->x[i][d]);
			t[d] = add(t[d], mul(g->w[i][d], mad ? size_of(diff) : mul(diff, diff)));
		}
	EACH sum[d] = t[d];
}

// affine_inverse sets the inverse scales of one step a group. Where all values are equal it is 0, so that all quants
// are 0, no line goes through them, and they are near.
F void affine_inverse(const affine_groups *g, V *inverse, const V *step, const V *low, const M *flat) {
	EACH inverse[d] = choose(flat[d], all(0), over(step[d], sub(g->high[d], low[d])));
}

// affine_find is the search.
F void affine_find(const dits_affine *a, affine_groups *g, affine_line *best, const M *flat, uint64_t *accepted, int size, int mad) {
	affine_line try;
	affine_sums s;
	V inverse[DEPTH], step[DEPTH], error[DEPTH], least_error[DEPTH];
	EACH step[d] = all(a->top);
	affine_inverse(g, inverse, step, best->low, flat);
	affine_quantise(g, &s, best->low, inverse, a->top, size);
	affine_distance(g, best, least_error, size, mad);
	for (int64_t i = 0; i < a->count; i++) {
		EACH step[d] = all(a->steps[i]);
		affine_inverse(g, inverse, step, best->low, flat);
		affine_quantise(g, &s, best->low, inverse, a->top, size);
		M ok[DEPTH];
		EACH ok[d] = affine_solve(g, &s, d, &try.scale[d], &try.low[d]);
		affine_distance(g, &try, error, size, mad);
		EACH {
			M better = both(ok[d], below(error[d], least_error[d]));
			least_error[d] = choose(better, error[d], least_error[d]);
			best->scale[d] = choose(better, try.scale[d], best->scale[d]);
			best->low[d] = choose(better, try.low[d], best->low[d]);
			record(accepted + d * LANES, bits(better), i);
		}
	}
}

// affine_follow is find where the accepted candidates are known.
F void affine_follow(const dits_affine *a, affine_groups *g, affine_line *best, const M *flat, uint64_t *rest, int size) {
	for (int i = 0; i < GROUPS; i++)
		rest[i] &= ((uint64_t)1 << a->count) - 1;
	for (;;) {
		uint32_t had[DEPTH], any = 0;
		V step[DEPTH], inverse[DEPTH];
		EACH {
			float steps[LANES];
			had[d] = next_steps(steps, rest + d * LANES, a->steps, a->top);
			any |= had[d];
			step[d] = load(steps);
		}
		if (!any)
			return;
		affine_sums s;
		affine_inverse(g, inverse, step, best->low, flat);
		affine_quantise(g, &s, best->low, inverse, a->top, size);
		EACH {
			V scale, low;
			M ok = both(affine_solve(g, &s, d, &scale, &low), mask(had[d]));
			best->scale[d] = choose(ok, scale, best->scale[d]);
			best->low[d] = choose(ok, low, best->low[d]);
		}
	}
}

// affine_batch does at most GROUPS groups.
F void affine_batch(const dits_affine *a, const float *x, const float *w, int64_t n, float *scale, float *offset, float *sum, uint64_t *accepted, int size, int mad) {
	affine_groups g;
	affine_line best;
	M flat[DEPTH];
	uint64_t bits_of[GROUPS] = {0};
	gather(g.x, x, n, size);
	if (w)
		gather(g.w, w, n, size);
	else
		affine_weigh(&g, a->weights, size);
	affine_range(&g, size);
	EACH {
		flat[d] = within(g.high[d], g.low[d]);
		best.scale[d] = over(all(1), over(all(a->top), sub(g.high[d], g.low[d]))); // 0 if flat
		best.low[d] = g.low[d];
	}
	if (a->given) {
		memcpy(bits_of, accepted, (n < GROUPS ? n : GROUPS) * sizeof *accepted);
		affine_follow(a, &g, &best, flat, bits_of, size);
	} else {
		affine_find(a, &g, &best, flat, bits_of, size, mad);
		memcpy(accepted, bits_of, (n < GROUPS ? n : GROUPS) * sizeof *accepted);
	}
	EACH best.low[d] = minus(best.low[d]);
	scatter(scale, best.scale, n);
	scatter(offset, best.low, n);
	scatter(sum, g.sumw, n);
}

F void affine_any(const dits_affine *a, const float *x, const float *w, int64_t n, float *scale, float *offset, float *sum, uint64_t *accepted, int size, int mad) {
	for (int64_t at = 0; at < n; at += GROUPS)
		affine_batch(a, x + at * size, w ? w + at * size : w, n - at, scale + at, offset + at, sum + at, accepted + at, size, mad);
}

TARGET void NAME(dits_affine)(const dits_affine *a, const float *x, const float *w, int64_t n, float *scale, float *offset, float *sum, uint64_t *accepted) {
	if (a->size == 32)
		affine_any(a, x, w, n, scale, offset, sum, accepted, 32, 0);
	else if (a->mad)
		affine_any(a, x, w, n, scale, offset, sum, accepted, 16, 1);
	else
		affine_any(a, x, w, n, scale, offset, sum, accepted, 16, 0);
}
