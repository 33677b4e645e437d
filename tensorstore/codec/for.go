package codec

import "fmt"

// For returns the codec that e names, or an error that names its number.
func For(e Encoding) (Codec, error) {
	switch e {
	case Raw:
		return rawCodec{}, nil
	case Zstd:
		return zstdCodec{}, nil
	case Fields:
		return fieldsCodec{}, nil
	case Blocks:
		return blocksCodec{}, nil
	case Delta:
		return deltaCodec{}, nil
	}
	return nil, fmt.Errorf("encoding %d: not known to this version", e)
}
