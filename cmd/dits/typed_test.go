package main

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTyped(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]string{
		"model.safetensors":        "model.safetensors",
		"main~1:d/model-Q4_K.gguf": "main~1:d/model-Q4_K.gguf",
		"モデル.gguf":                 "モデル.gguf",
		"my model.safetensors":     "'my model.safetensors'",
		"it's":                     `'it'\''s'`,
		`a"b`:                      `'a"b'`,
		"-q.gguf":                  "./-q.gguf",
		"- q":                      "'./- q'",
		"~x":                       "'~x'",
		"a$b`c`*":                  "'a$b`c`*'",
		"":                         "''",
	} {
		require.Equal(t, want, typed(word), word)
	}
	require.Equal(t, "a 'b c'", typedAll([]string{"a", "b c"}))
}

// What is typed reaches a command as it was.
func TestTypedByShell(t *testing.T) {
	t.Parallel()
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip(err)
	}
	for c := rune(1); c < 0x80; c++ {
		word := "x" + string(c) + "y"
		out, err := exec.Command(sh, "-c", "printf %s "+typed(word)).Output()
		require.NoError(t, err, word)
		require.Equal(t, word, string(out))
		word = word[1:]
		out, err = exec.Command(sh, "-c", "printf %s "+typed(word)).Output()
		require.NoError(t, err, word)
		require.Equal(t, word, strings.TrimPrefix(string(out), "./"))
	}
}
