package upkeep

import "slices"

// A climb moves the members of a valid pick one by one. It knows how deep each lies and who needs it, so that a move
// costs what it touches and not a look at all members.
type climb struct {
	*forest
	pick   []int
	levels []int
	users  [][]int // members whose option needs the one
}

// climb starts from a pick and its levels.
func (f *forest) climb(pick, levels []int) *climb {
	c := &climb{f, pick, levels, make([][]int, len(pick))}
	for i := range pick {
		for _, s := range c.picked(i).sources {
			c.users[s] = append(c.users[s], i)
		}
	}
	return c
}

func (c *climb) picked(i int) *option { return &c.options[i][c.pick[i]] }

// move gives member i option o, unless something would need itself or lie too deep.
func (c *climb) move(i, o int) bool {
	to := &c.options[i][o]
	for _, s := range to.sources {
		if c.needs(s, i) {
			return false
		}
	}
	if !c.fits(i, c.levelBy(to)) {
		return false
	}
	for _, s := range c.picked(i).sources {
		k := slices.Index(c.users[s], i)
		c.users[s] = slices.Delete(c.users[s], k, k+1)
	}
	c.pick[i] = o
	for _, s := range to.sources {
		c.users[s] = append(c.users[s], i)
	}
	c.settle(i)
	return true
}

// needs says that member i is j or needs it. What needs j lies deeper.
func (c *climb) needs(i, j int) bool {
	if i == j {
		return true
	}
	if c.levels[i] <= c.levels[j] {
		return false
	}
	return slices.ContainsFunc(c.picked(i).sources, func(s int) bool { return c.needs(s, j) })
}

// levelBy is how deep a member lies that is stored by an option.
func (c *climb) levelBy(o *option) int {
	level := o.floor
	for _, s := range o.sources {
		level = max(level, c.levels[s]+1)
	}
	return level
}

// fits says that member i may lie at a level, and whoever needs it so much deeper.
func (c *climb) fits(i, level int) bool {
	if level > c.limits[i] {
		return false
	}
	return level <= c.levels[i] || !slices.ContainsFunc(c.users[i], func(u int) bool {
		return level+1 > c.levels[u] && !c.fits(u, level+1)
	})
}

// settle puts right the level of member i and of all that need it.
func (c *climb) settle(i int) {
	level := c.levelBy(c.picked(i))
	if level == c.levels[i] {
		return
	}
	c.levels[i] = level
	for _, u := range c.users[i] {
		c.settle(u)
	}
}
