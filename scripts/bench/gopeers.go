//go:build !cpeers

package main

import (
	"fmt"

	"github.com/klauspost/compress/s2"
	"github.com/klauspost/compress/zstd"
)

// canPatch says that zstdOptions.prefix is of use.
const canPatch = false

// compressors names the libraries that peers use.
func compressors() string {
	return "klauspost's zstd and, in place of LZ4, s2: both in Go, both worse on weights than the C libraries that peers have (install libzstd and liblz4, headers too)"
}

// zstdCompress appends one frame to dst; long and prefix are not looked at.
func zstdCompress(dst, src []byte, o zstdOptions) ([]byte, error) {
	e, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.EncoderLevelFromZstd(o.level)), zstd.WithEncoderConcurrency(1))
	if err != nil {
		return nil, err
	}
	defer e.Close()
	return e.EncodeAll(src, dst), nil
}

// zstdDecompress fills dst from one frame.
func zstdDecompress(dst, src, prefix []byte) error {
	d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1))
	if err != nil {
		return err
	}
	defer d.Close()
	got, err := d.DecodeAll(src, dst[:0])
	if err == nil && len(got) != len(dst) {
		err = fmt.Errorf("zstd: got %d bytes, want %d", len(got), len(dst))
	}
	copy(dst, got) // onto itself, unless the decoder wanted more room
	return err
}

// lz4Compress is one block, of s2.
func lz4Compress(src []byte) ([]byte, error) { return s2.Encode(nil, src), nil }

func lz4Decompress(dst, src []byte) error {
	got, err := s2.Decode(dst, src)
	if err == nil && len(got) != len(dst) {
		err = fmt.Errorf("s2: got %d bytes, want %d", len(got), len(dst))
	}
	copy(dst, got)
	return err
}
