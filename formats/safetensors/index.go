package safetensors

import (
	"io"
	"strings"

	"dits/formats"
)

const weightMapKey = "weight_map"

// ParseIndex reads the index of a sharded model, model.safetensors.index.json,
// and returns the file that holds each tensor, by the tensor's name. File names
// are relative to the index and stay below its folder. At most 100 MB are read;
// more, or anything else that is wrong, is a *formats.Error. The shards are not
// opened: whether they hold what the index says is for the caller to find out.
func ParseIndex(r io.Reader) (map[string]string, error) {
	limited := &io.LimitedReader{R: r, N: maxHeader + 1}
	s := newScanner(limited, 0)
	var files map[string]string
	err := s.object(uniqueKeys(), func(key string, _ int64) (err error) {
		if key != weightMapKey {
			return s.skip()
		}
		files, err = weightMap(s)
		return err
	})
	if err == nil {
		err = s.end()
	}
	switch {
	case limited.N == 0:
		return nil, formats.Damaged(maxHeader, "index length: got more than %d bytes", maxHeader)
	case err != nil:
		return nil, err
	case files == nil:
		return nil, formats.Damaged(0, "index has no %q", weightMapKey)
	}
	return files, nil
}

func weightMap(s *scanner) (map[string]string, error) {
	files := make(map[string]string)
	err := s.object(uniqueKeys(), func(tensor string, _ int64) error {
		file, at, err := s.text()
		if err != nil {
			return inTensor(err, tensor)
		}
		if !isLocal(file) {
			return formats.Damaged(at, "file: got %.80q, want a path below the index's folder", file).In(tensor)
		}
		files[tensor] = file
		return nil
	})
	return files, err
}

// isLocal reports whether a slash-separated path stays below its folder on every
// platform.
func isLocal(file string) bool {
	if strings.ContainsAny(file, "\\:\x00") {
		return false
	}
	for part := range strings.SplitSeq(file, "/") {
		if part == "" || part == "." || part == ".." {
			return false
		}
	}
	return true
}
