// The search of symmetric (symmetric.go), group by lane.

typedef struct {
	values x, w, wx;
	V extreme[DEPTH], size[DEPTH];
	M flat[DEPTH];
	int odd; // a value is NaN or infinite
} symmetric_groups;

// symmetric_widest sets extreme and size as widest does.
F void symmetric_widest(symmetric_groups *g, int size) {
	uint32_t finite = ((uint32_t)1 << LANES) - 1;
	EACH g->extreme[d] = g->size[d] = all(0);
	for (int i = 0; i < size; i++)
		EACH {
			V v = g->x[i][d], a = size_of(v);
			M more = below(g->size[d], a);
			g->extreme[d] = choose(more, v, g->extreme[d]);
			g->size[d] = choose(more, a, g->size[d]);
			finite &= bits(within(a, all(3.40282347e38f)));
		}
	EACH g->flat[d] = below(g->size[d], all(1e-15f));
	g->odd = finite != ((uint32_t)1 << LANES) - 1;
}

F void symmetric_weigh(symmetric_groups *g, int given, int size) {
	for (int i = 0; i < size; i++)
		EACH {
			V v = g->x[i][d];
			if (!given)
				g->w[i][d] = mul(v, v);
			g->wx[i][d] = mul(g->w[i][d], v);
		}
}

F void symmetric_sums_how(const symmetric_groups *g, const V *inverse, float top, V *lx, V *l2, int size, int exact) {
	V s[DEPTH], t[DEPTH];
	EACH s[d] = t[d] = all(0);
	for (int i = 0; i < size; i++)
		EACH {
			V l = quant(mul(inverse[d], g->x[i][d]), -top, 2 * top - 1, exact);
			s[d] = add(s[d], mul(g->wx[i][d], l));
			t[d] = add(t[d], mul(mul(g->w[i][d], l), l));
		}
	EACH lx[d] = s[d], l2[d] = t[d];
}

// symmetric_sums sets the sums of what the step of each group gives. Values are no larger than extreme, so that
// none is far from 0 if all are finite.
F void symmetric_sums(const symmetric_groups *g, const V *step, float top, V *lx, V *l2, int size) {
	V inverse[DEPTH];
	EACH inverse[d] = choose(g->flat[d], all(0), over(step[d], g->extreme[d]));
	if (!g->odd)
		symmetric_sums_how(g, inverse, top, lx, l2, size, 0);
	else
		symmetric_sums_how(g, inverse, top, lx, l2, size, 1);
}

// symmetric_first sets scale and best as first does.
F void symmetric_first(const dits_symmetric *a, const symmetric_groups *g, V *scale, V *best, int size) {
	V step[DEPTH], lx[DEPTH], l2[DEPTH];
	EACH step[d] = all(a->steps[0]);
	symmetric_sums(g, step, a->top, lx, l2, size);
	EACH {
		scale[d] = choose(differ(l2[d], all(0)), over(lx[d], l2[d]), all(0));
		best[d] = mul(scale[d], lx[d]);
	}
}

F void symmetric_find(const dits_symmetric *a, const symmetric_groups *g, V *scale, uint64_t *accepted, int size) {
	V step[DEPTH], lx[DEPTH], l2[DEPTH], best[DEPTH];
	symmetric_first(a, g, scale, best, size);
	for (int64_t i = 1; i < a->count; i++) {
		EACH step[d] = all(a->steps[i]);
		symmetric_sums(g, step, a->top, lx, l2, size);
		EACH {
			M better = both(below(all(0), l2[d]), below(mul(best[d], l2[d]), mul(lx[d], lx[d])));
			if (bits(better)) {
				scale[d] = choose(better, over(lx[d], l2[d]), scale[d]);
				best[d] = choose(better, mul(scale[d], lx[d]), best[d]);
				record(accepted + d * LANES, bits(better), i - 1);
			}
		}
	}
}

// symmetric_follow computes the last of the accepted candidates.
F void symmetric_follow(const dits_symmetric *a, const symmetric_groups *g, V *scale, const uint64_t *accepted, int size) {
	V step[DEPTH], lx[DEPTH], l2[DEPTH];
	M none[DEPTH];
	EACH {
		float steps[LANES];
		uint32_t first = 0;
		for (int i = 0; i < LANES; i++) {
			uint64_t bits = accepted[d * LANES + i] & (((uint64_t)1 << (a->count - 1)) - 1);
			steps[i] = a->steps[bits ? 64 - __builtin_clzll(bits) : 0];
			first |= (uint32_t)!bits << i;
		}
		step[d] = load(steps), none[d] = mask(first);
	}
	symmetric_sums(g, step, a->top, lx, l2, size);
	EACH {
		scale[d] = over(lx[d], l2[d]);
		scale[d] = choose(without(none[d], differ(l2[d], all(0))), all(0), scale[d]);
	}
}

F void symmetric_batch(const dits_symmetric *a, const float *x, const float *w, int64_t n, float *scale, float *sum, uint64_t *accepted, int size) {
	symmetric_groups g;
	uint64_t bits_of[GROUPS] = {0};
	V found[DEPTH], total[DEPTH];
	gather(g.x, x, n, size);
	if (w)
		gather(g.w, w, n, size);
	symmetric_widest(&g, size);
	symmetric_weigh(&g, w != 0, size);
	if (a->given) {
		memcpy(bits_of, accepted, (n < GROUPS ? n : GROUPS) * sizeof *accepted);
		symmetric_follow(a, &g, found, bits_of, size);
	} else {
		symmetric_find(a, &g, found, bits_of, size);
		memcpy(accepted, bits_of, (n < GROUPS ? n : GROUPS) * sizeof *accepted);
	}
	EACH found[d] = choose(g.flat[d], all(0), found[d]); // it may be NaN
	scatter(scale, found, n);
	if (!w || !sum)
		return;
	EACH total[d] = all(0);
	for (int i = 0; i < size; i++)
		EACH total[d] = add(total[d], g.w[i][d]);
	scatter(sum, total, n);
}

F void symmetric_any(const dits_symmetric *a, const float *x, const float *w, int64_t n, float *scale, float *sum, uint64_t *accepted, int size) {
	for (int64_t at = 0; at < n; at += GROUPS)
		symmetric_batch(a, x + at * size, w ? w + at * size : w, n - at, scale + at, sum ? sum + at : sum, accepted + at, size);
}

TARGET void NAME(dits_symmetric)(const dits_symmetric *a, const float *x, const float *w, int64_t n, float *scale, float *sum, uint64_t *accepted) {
	if (a->size == 32)
		symmetric_any(a, x, w, n, scale, sum, accepted, 32);
	else
		symmetric_any(a, x, w, n, scale, sum, accepted, 16);
}

// refine_move tries to move quant i of each group, and returns the lanes where it did.
F uint32_t refine_move(V *l, V v, V *sumlx, V *suml2) {
	V w = mul(v, v), wv = mul(w, v), q = *l;
	V lx = sub(*sumlx, mul(wv, q)), l2 = sub(*suml2, mul(mul(w, q), q));
	V next = floats(nearest(over(mul(v, l2), lx), -4, 7));
	M try = both(below(all(0), lx), differ(next, q));
	lx = add(lx, mul(wv, next));
	l2 = add(l2, mul(mul(w, next), next));
	M better = below(mul(mul(*sumlx, *sumlx), l2), mul(mul(lx, lx), *suml2));
	better = both(both(try, below(all(0), l2)), better);
	*l = choose(better, next, q);
	*sumlx = choose(better, lx, *sumlx);
	*suml2 = choose(better, l2, *suml2);
	return bits(better);
}

F void refine_batch(const float *x, int64_t n, float *scale) {
	symmetric_groups g;
	V lx[DEPTH], l2[DEPTH], found[DEPTH];
	gather(g.x, x, n, 16);
	symmetric_widest(&g, 16);
	EACH lx[d] = l2[d] = all(0);
	for (int i = 0; i < 16; i++)
		EACH {
			V v = g.x[i][d], w = mul(v, v);
			V inverse = choose(g.flat[d], all(0), over(all(-4), g.extreme[d]));
			V q = quant(mul(inverse, v), -4, 7, 1);
			g.w[i][d] = q; // no weights are kept
			lx[d] = add(lx[d], mul(mul(w, v), q));
			l2[d] = add(l2[d], mul(mul(w, q), q));
		}
	for (int pass = 0; pass < 5; pass++) {
		uint32_t changed = 0;
		for (int i = 0; i < 16; i++)
			EACH changed |= refine_move(&g.w[i][d], g.x[i][d], &lx[d], &l2[d]);
		if (!changed)
			break;
	}
	EACH {
		found[d] = choose(below(all(0), l2[d]), over(lx[d], l2[d]), all(0));
		found[d] = choose(g.flat[d], all(0), found[d]);
	}
	scatter(scale, found, n);
}

TARGET void NAME(dits_refine)(const float *x, int64_t n, float *scale) {
	for (int64_t at = 0; at < n; at += GROUPS)
		refine_batch(x + at * 16, n - at, scale + at);
}
