package main

// zstdOptions say how zstd compresses.
type zstdOptions struct {
	level  int
	long   bool   // long-distance matching and a window of 128 MiB, as --long=27
	prefix []byte // content to refer to, as --patch-from; nil: none
}

// zstdFile is the command line's zstd of a whole file, as -patch-from with the base
// where patch is set.
type zstdFile struct {
	options zstdOptions
	patch   bool
}

func (z zstdFile) encode(dst []byte, p piece) ([]byte, error) {
	o := z.options
	if z.patch {
		o.prefix = p.base
	}
	return zstdCompress(dst, p.data, o)
}

func (z zstdFile) decode(dst, enc []byte, p piece) error {
	if z.patch {
		return zstdDecompress(dst, enc, p.base)
	}
	return zstdDecompress(dst, enc, nil)
}
