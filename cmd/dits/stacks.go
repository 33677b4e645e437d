package main

import (
	"slices"
	"strconv"
	"strings"
)

// stackWords are shorter names of what stacks of layers are in, where rows begin with them.
var stackWords = map[string]string{
	"down_blocks": "down", "mid_block": "mid", "up_blocks": "up", "transformer_blocks": "blocks",
}

// shortStack is "down.0.attentions.1.blocks" of "down_blocks.0.attentions.1.transformer_blocks".
func shortStack(stack string) string {
	parts := strings.Split(stack, ".")
	for i, part := range parts {
		if word, ok := stackWords[part]; ok {
			parts[i] = word
		}
	}
	if len(parts) < 2 { // a stack that is not in another keeps its name
		return stack
	}
	return strings.Join(parts, ".")
}

// alike is a stack with "*" for each number.
func alike(stack string) string {
	parts := strings.Split(stack, ".")
	for i := range parts {
		if _, err := strconv.Atoi(parts[i]); err == nil {
			parts[i] = "*"
		}
	}
	return strings.Join(parts, ".")
}

// stackRuns is stacks that are alike as one: "down.0–2.attentions.0–1.blocks"; "" where that would name others, too.
func stackRuns(stacks []string) string {
	var numbers [][]int // by part
	for _, stack := range stacks {
		for i, part := range strings.Split(stack, ".") {
			if i == len(numbers) {
				numbers = append(numbers, nil)
			}
			if n, err := strconv.Atoi(part); err == nil && !slices.Contains(numbers[i], n) {
				numbers[i] = append(numbers[i], n)
			}
		}
	}
	named := 1
	parts := strings.Split(shortStack(stacks[0]), ".")
	for i, all := range numbers {
		if len(all) > 0 {
			named *= len(all)
			parts[i] = runsText(runsOf(all))
		}
	}
	if named != len(stacks) {
		return ""
	}
	return strings.Join(parts, ".")
}

// runsOf makes runs of numbers.
func runsOf(numbers []int) (runs [][2]int) {
	slices.Sort(numbers)
	for _, n := range numbers {
		if k := len(runs) - 1; k >= 0 && runs[k][1]+1 == n {
			runs[k][1] = n
		} else {
			runs = append(runs, [2]int{n, n})
		}
	}
	return runs
}

// foldStacks puts what is the same of several stacks that are alike into one row, where the first of them is: same tells
// the rows apart but for their stacks, and join is called with the rows of one and what their stacks are called together.
func foldStacks[R any](rows []R, stack func(R) string, same func(R) string, join func(of []R, name string) R) (out []R) {
	groups := map[string][]R{}
	key := func(r R) string { return alike(stack(r)) + "\x00" + same(r) }
	for _, r := range rows {
		groups[key(r)] = append(groups[key(r)], r)
	}
	for _, r := range rows {
		of := groups[key(r)]
		stacks := make([]string, len(of))
		for i := range of {
			stacks[i] = stack(of[i])
		}
		name := stackRuns(stacks)
		switch {
		case name == "" || stack(r) == "":
			out = append(out, r)
		case stack(r) == stacks[0]:
			out = append(out, join(of, name))
		}
	}
	return out
}
