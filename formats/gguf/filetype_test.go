package gguf_test

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/formats/formatstest"
	"dits/formats/gguf"
)

func TestFileType(t *testing.T) {
	for _, tt := range []struct {
		want string
		kvs  []kv
	}{
		{"Q4_K_M", []kv{pairOf("general.name", 8, "x"), pairOf("general.file_type", 4, uint32(15))}},
		{"", []kv{pairOf("general.file_type", 4, uint32(99))}}, // of the future
		{"", []kv{pairOf("general.file_type", 8, "Q4_K_M")}},
		{"", nil},
	} {
		for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
			file := formatstest.GGUF{Order: order, KVs: tt.kvs}.Build()
			require.Equal(t, tt.want, gguf.FileType(bytes.NewReader(file), int64(len(file))))
		}
	}
	require.Empty(t, gguf.FileType(bytes.NewReader([]byte("GGUF")), 4))
}
