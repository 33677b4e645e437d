package catalog

import (
	"fmt"
	"strconv"
	"strings"

	"dits/tensorstore/digest"
)

// An idColumn scans a digest; NULL is the zero ID.
type idColumn digest.ID

// Scan implements [database/sql.Scanner].
func (c *idColumn) Scan(value any) error {
	b, ok := value.([]byte)
	if value != nil && (!ok || len(b) != digest.Size) {
		return fmt.Errorf("digest column: got %d bytes of %T, want %d bytes", len(b), value, digest.Size)
	}
	*c = idColumn{}
	copy(c[:], b)
	return nil
}

// scanner is what Rows.Scan takes for key.
func scanner(key any) any {
	if id, ok := key.(*digest.ID); ok {
		return (*idColumn)(id)
	}
	return key
}

// A shapeColumn scans what shapeText wrote; "" is nil, a scalar.
type shapeColumn []int64

// Scan implements [database/sql.Scanner].
func (c *shapeColumn) Scan(value any) error {
	text, ok := value.(string)
	if !ok {
		return fmt.Errorf("shape column: got %T, want text", value)
	}
	*c = nil
	if text == "" {
		return nil
	}
	for part := range strings.SplitSeq(text, ",") {
		n, err := strconv.ParseInt(part, 10, 64)
		if err != nil {
			return fmt.Errorf("shape column %q: %w", text, err)
		}
		*c = append(*c, n)
	}
	return nil
}

// shapeText is a shape as people write it: "4096,11008".
func shapeText(shape []int64) string {
	var b []byte
	for i, n := range shape {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, n, 10)
	}
	return string(b)
}
