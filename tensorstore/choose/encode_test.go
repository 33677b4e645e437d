package choose

import (
	"testing"

	"github.com/stretchr/testify/require"

	"dits/tensorstore/buffer"
	"dits/tensorstore/codec"
	"dits/tensorstore/storetest"
)

// An idleCodec decodes to whatever is there.
type idleCodec struct{ codec.Codec }

func (idleCodec) Decode([]byte, []byte, codec.Input) error { return nil }

// TestUsedBuffersProveNothing: what a decoder does not write is not taken for decoded because a buffer had it from
// before.
func TestUsedBuffersProveNothing(t *testing.T) {
	src := storetest.Weights(1, 64<<10)
	for range 20 {
		b := buffer.Get(len(src))
		copy(*b, src)
		buffer.Put(b)
		require.False(t, decodesTo(idleCodec{}, src, nil, codec.Input{}))
	}
}
