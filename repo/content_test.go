package repo

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/repo/object"
)

// Content of many pieces comes out in order, and in bounded memory.
func TestCopyContentPieces(t *testing.T) {
	f := newFixture(t)
	var b strings.Builder
	for i := 0; b.Len() < 3*(8<<20)+12345; i++ {
		b.WriteString(strings.Repeat(string(rune('a'+i%26)), 1000+i%777))
	}
	f.put("big", b.String())
	f.save("first")
	var seen counter
	var out bytes.Buffer
	require.NoError(t, f.CopyContent(context.Background(), &out, mustFile(t, f, idOf(b.String())), &seen))
	require.Equal(t, b.String(), out.String())
	require.Equal(t, int64(b.Len()), seen.n)

	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	require.ErrorIs(t, f.CopyContent(ctx, &out, mustFile(t, f, idOf(b.String())), object.NoProgress), context.Canceled)
	full := errors.New("disk full")
	require.ErrorIs(t, f.CopyContent(context.Background(), failing{full}, mustFile(t, f, idOf(b.String())), object.NoProgress), full)
}

type counter struct {
	object.Quiet
	n int64
}

func (c *counter) Add(n int64) { c.n += n }

type failing struct{ err error }

func (w failing) Write([]byte) (int, error) { return 0, w.err }
