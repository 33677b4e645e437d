package main

import "strings"

// typed is a word of a command line as a POSIX shell reads it, for hints that are to be typed: a name with what the shell
// takes for its own is quoted, and one that would be a flag begins with "./".
func typed(word string) string {
	if strings.HasPrefix(word, "-") {
		word = "./" + word
	}
	if word != "" && !strings.HasPrefix(word, "~") && !strings.ContainsFunc(word, isShells) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// typedAll are words as [typed] has them, with spaces between them.
func typedAll(words []string) string {
	out := make([]string, len(words))
	for i, word := range words {
		out[i] = typed(word)
	}
	return strings.Join(out, " ")
}

// isShells says that a shell may take a character for its own; letters of any language are none of these.
func isShells(c rune) bool {
	return c <= ' ' || c == 0x7f || strings.ContainsRune("!\"#$&'()*;<>?[\\]^`{|}", c)
}
