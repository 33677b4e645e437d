package main

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"dits/formats"
	"dits/formats/gguf"
	"dits/formats/safetensors"
	"dits/tensorstore/digest"
)

// A blob is the bytes of one segment of a file, or a made matrix.
type blob struct {
	data  []byte
	align int  // bytes of an element or quant block
	row   int  // bytes; 0 when unknown
	head  bool // it is no tensor
}

// load returns the distinct blobs of all files below dir, in the order of their paths.
func load(dir string) (blobs []blob, err error) {
	if dir == "" {
		return nil, nil
	}
	seen := map[digest.ID]bool{}
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		return segments(f, path, func(b blob) {
			if id := digest.Sum(b.data); !seen[id] {
				seen[id] = true
				blobs = append(blobs, b)
			}
		})
	})
	return blobs, err
}

// segments hands every segment of a file to add.
func segments(f *os.File, path string, add func(blob)) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	layout, err := formats.Parse(f, info.Size(), path, safetensors.Parser{}, gguf.Parser{})
	if err != nil {
		return err
	}
	for _, s := range layout.Segments {
		b := blob{data: make([]byte, s.Len), align: 1, head: s.Kind != formats.Data}
		if _, err := f.ReadAt(b.data, s.Off); err != nil && err != io.EOF {
			return err
		}
		if s.Kind == formats.Data {
			if _, size, ok := layout.Tensors[s.Tensor].DType.Block(); ok {
				b.align = int(size)
			}
		}
		add(b)
	}
	return nil
}
