package predict

import (
	"encoding/binary"
	"errors"
	"fmt"

	"dits/tensorstore/codec"
	"dits/tensorstore/digest"
)

const version = 1

// maxElements bounds sizes computed from untrusted counts: 2^50 elements are a
// petabyte and do not overflow when multiplied by an element's width.
const maxElements = 1 << 50

// maxScales bounds rows and columns together, and so what their scales take in memory: 2 or 3
// bytes each, whatever few bytes claim to hold them.
const maxScales = 1 << 22

// HasScales says that a tensor of that many elements in rows of width may have a prediction that
// knows its rows; one of width 0 does not.
func HasScales(elements, width int64) bool {
	return width == 0 || (elements+width-1)/width+width <= maxScales
}

var errShort = errors.New("prediction: truncated")

// Marshal is the stored form of p.
func (p *Prediction) Marshal() []byte {
	b := []byte{version, byte(p.Kind), byte(p.Elem), byte(p.From)}
	b = binary.AppendUvarint(b, uint64(p.Elements))
	b = binary.AppendUvarint(b, uint64(p.Width))
	b = binary.AppendUvarint(b, uint64(len(p.Sources)))
	for _, s := range p.Sources {
		b = append(b, s[:]...)
	}
	var of []byte
	if p.Of != nil {
		of = p.Of.Marshal()
	}
	b = binary.AppendUvarint(b, uint64(len(of)))
	b = append(b, of...)
	var act []byte
	if p.Activity != nil {
		act = p.Activity.Append(nil)
	}
	b = binary.AppendUvarint(b, uint64(len(act)))
	b = append(b, act...)
	switch p.Kind {
	case LowRank:
		return append(b, p.Factors.marshal()...)
	case Combined:
		return append(b, p.Combination.marshal()...)
	case Rows:
		return appendRuns(b, p.Runs)
	case Arranged:
		return p.Arrangement.append(b)
	case Quantised:
		return p.Recipe.append(b)
	case Scales, Scaled:
		return p.Scaling.append(b)
	case Adapted:
		return p.Adapter.append(b)
	}
	return b
}

// Unmarshal reads what [Prediction.Marshal] wrote. Everything is checked: a
// prediction that it returns can be used without further care.
func Unmarshal(b []byte) (*Prediction, error) { return unmarshal(b, maxNested) }

// unmarshal reads a prediction that may have others in it, nested levels deep.
func unmarshal(b []byte, nested int) (*Prediction, error) {
	r := reader{rest: b}
	if v := r.uvarint(255); r.err == nil && v != version {
		return nil, fmt.Errorf("prediction: version %d, want %d", v, version)
	}
	p := &Prediction{Kind: Kind(r.uvarint(255))}
	if r.err == nil && (p.Kind < Alone || p.Kind > Adapted) {
		return nil, fmt.Errorf("prediction: kind %d is not known to this version of dits", p.Kind)
	}
	p.Elem = codec.Elem(r.uvarint(255))
	p.From = codec.Elem(r.uvarint(255))
	p.Elements = int64(r.uvarint(maxElements))
	p.Width = int64(r.uvarint(maxElements))
	p.Sources = r.sources()
	of := r.bytes(r.uvarint(uint64(len(b))))
	act := r.bytes(r.uvarint(uint64(len(b))))
	if r.err != nil {
		return nil, r.err
	}
	if err := p.parseOf(of, nested); err != nil {
		return nil, err
	}
	if err := p.check(); err != nil {
		return nil, err
	}
	if err := p.parseActivity(act); err != nil {
		return nil, err
	}
	if err := p.parseKind(r.rest); err != nil {
		return nil, err
	}
	return p, nil
}

// sourceCount is how many sources a kind has, at least and at most.
func (k Kind) sourceCount() (least, most int) {
	switch k {
	case Alone:
		return 0, 0
	case Combined:
		return 2, MaxSources
	case Arranged:
		return 1, MaxStacked
	}
	return 1, 1
}

// check holds the rules between fields.
func (p *Prediction) check() error {
	least, most := p.Kind.sourceCount()
	if p.Of != nil {
		least, most = 0, 0
	}
	switch {
	case len(p.Sources) < least || len(p.Sources) > most:
		return fmt.Errorf("prediction of kind %d: %d sources, want %d to %d", p.Kind, len(p.Sources), least, most)
	case !p.Elem.Known() || !p.From.Known():
		return fmt.Errorf("prediction: element types %d and %d are not known to this version of dits", p.Elem, p.From)
	case p.Kind != Cast && p.Kind != Combined && (p.Kind < Quantised || p.Kind > Scaled) && p.From != p.Elem:
		return fmt.Errorf("prediction of kind %d: source has element type %d, want %d", p.Kind, p.From, p.Elem)
	case p.Kind == Scaled && !HasScaled(p.From, p.Elem), p.Kind == Scales && !(readable(p.From) && HasLowRank(p.Elem)):
		return fmt.Errorf("prediction of kind %d: from element type %d to %d", p.Kind, p.From, p.Elem)
	case p.Kind == Cast && !CanCast(p.From, p.Elem):
		return fmt.Errorf("prediction: no cast from element type %d to %d", p.From, p.Elem)
	case p.Kind == LowRank && (!HasLowRank(p.Elem) || p.Width == 0):
		return fmt.Errorf("prediction: low rank for element type %d in rows of %d", p.Elem, p.Width)
	case p.Kind == Combined && !HasCombination(p.From, p.Elem):
		return fmt.Errorf("prediction: no combination of element type %d to %d", p.From, p.Elem)
	case p.Kind == Rows && (p.Elem == codec.Bytes || p.Width == 0 || p.Elements%p.Width != 0):
		return fmt.Errorf("prediction: rows of %d for %d elements of type %d", p.Width, p.Elements, p.Elem)
	case p.Width > p.Elements:
		return fmt.Errorf("prediction: rows of %d elements in a tensor of %d", p.Width, p.Elements)
	case !HasScales(p.values(), p.columns()):
		return fmt.Errorf("prediction: %d elements in rows of %d: rows and columns are more than %d", p.Elements, p.Width, maxScales)
	}
	return nil
}

func (p *Prediction) parseActivity(b []byte) error {
	if len(b) == 0 {
		return nil
	}
	if p.Width == 0 {
		return errors.New("prediction: scales of rows and columns without a row length")
	}
	var err error
	p.Activity, err = codec.ParseActivity(b, (p.Elements+p.Width-1)/p.Width, p.columns())
	return err
}

// parseKind reads what follows in predictions of some kinds.
func (p *Prediction) parseKind(b []byte) (err error) {
	switch p.Kind {
	case LowRank:
		p.Factors, err = unmarshalFactors(b, (p.Elements+p.Width-1)/p.Width, p.Width)
	case Combined:
		p.Combination, err = unmarshalCombination(b, len(p.Sources))
	case Rows:
		p.Runs, err = unmarshalRuns(b, p.Elements/p.Width, p.Width)
	case Arranged:
		p.Arrangement, err = unmarshalArrangement(b, p)
	case Scales, Scaled:
		p.Scaling, err = unmarshalScaling(b, p)
	case Adapted:
		p.Adapter, err = unmarshalAdapter(b, p)
	case Quantised:
		p.Recipe, err = unmarshalRecipe(b, p)
	default:
		if len(b) != 0 {
			err = fmt.Errorf("prediction: %d bytes after its end", len(b))
		}
	}
	return err
}

// A reader takes varints and bytes off untrusted input and remembers its first error.
type reader struct {
	rest []byte
	err  error
}

func (r *reader) uvarint(max uint64) uint64 {
	if r.err != nil {
		return 0
	}
	v, n := binary.Uvarint(r.rest)
	switch {
	case n <= 0:
		r.err = errShort
		return 0
	case v > max:
		r.err = fmt.Errorf("prediction: number %d, want at most %d", v, max)
		return 0
	}
	r.rest = r.rest[n:]
	return v
}

func (r *reader) byte() byte {
	if b := r.bytes(1); b != nil {
		return b[0]
	}
	return 0
}

func (r *reader) bytes(n uint64) []byte {
	if r.err == nil && n > uint64(len(r.rest)) {
		r.err = errShort
	}
	if r.err != nil {
		return nil
	}
	b := r.rest[:n]
	r.rest = r.rest[n:]
	return b
}

func (r *reader) digest() (id digest.ID) {
	copy(id[:], r.bytes(digest.Size))
	return id
}

func (r *reader) sources() []digest.ID {
	n := r.uvarint(uint64(len(r.rest)) / digest.Size)
	var ids []digest.ID
	for range n {
		ids = append(ids, r.digest())
	}
	return ids
}
