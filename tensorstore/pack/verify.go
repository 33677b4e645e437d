package pack

import (
	"errors"
	"fmt"

	"dits/tensorstore/digest"
)

// Verify reads the whole file and checks every byte of it. It returns nil,
// [ErrTorn], or all damaged parts joined: a [*CorruptError] each, with entries
// in file order. It takes as much memory as the largest payload, and does not
// decode, so it cannot tell a content that was wrong when it was written.
func (r *Reader) Verify() error {
	if err := r.VerifyFrame(); err != nil {
		return fmt.Errorf("%s: %w", r.path, err)
	}
	var errs []error
	var buf []byte
	for _, e := range r.info.Entries {
		b, err := r.Read(e, buf)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		buf = b
	}
	return errors.Join(errs...)
}

// VerifyFrame reads again what Open read, which may have changed since: all but the payloads.
func (r *Reader) VerifyFrame() error {
	st, err := r.file.Stat()
	if err != nil {
		return err
	}
	f, err := readFrame(r.file, st.Size(), r.info.Name)
	if err != nil {
		return err
	}
	if got := digest.Sum(f.index).String(); got != r.info.Name {
		return fmt.Errorf("index: name %s, want %s", got, r.info.Name)
	}
	return nil
}
