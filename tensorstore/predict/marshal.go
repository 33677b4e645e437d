package predict

import (
	"encoding/binary"
	"errors"
	"fmt"

	"dits/tensorstore/codec"
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

// Marshal is the stored form of p.
func (p *Prediction) Marshal() []byte {
	b := []byte{version, byte(p.Kind), byte(p.Elem), byte(p.From)}
	b = binary.AppendUvarint(b, uint64(p.Elements))
	b = binary.AppendUvarint(b, uint64(p.Width))
	b = binary.AppendUvarint(b, uint64(len(p.Sources)))
	for _, s := range p.Sources {
		b = append(b, s[:]...)
	}
	var of, act []byte
	if p.Of != nil {
		of = p.Of.Marshal()
	}
	if p.Activity != nil {
		act = p.Activity.Append(nil)
	}
	b = appendBlock(appendBlock(b, of), act)
	if p.By != nil {
		b = p.By.append(b)
	}
	return b
}

// Unmarshal reads what [Prediction.Marshal] wrote. Everything is checked: a
// prediction that it returns can be used without further care.
func Unmarshal(b []byte) (*Prediction, error) { return unmarshal(b, maxNested) }

// unmarshal reads a prediction that may have others in it, nested levels deep.
func unmarshal(b []byte, nested int) (*Prediction, error) {
	r := &reader{rest: b}
	if v := r.uvarint(255); r.err == nil && v != version {
		return nil, fmt.Errorf("prediction: version %d, want %d", v, version)
	}
	p := &Prediction{Kind: Kind(r.uvarint(255))}
	k := p.Kind.row()
	if r.err == nil && k.name == "" {
		return nil, fmt.Errorf("prediction: kind %d is not known to this version of dits", p.Kind)
	}
	p.Elem = codec.Elem(r.uvarint(255))
	p.From = codec.Elem(r.uvarint(255))
	p.Elements = int64(r.uvarint(maxElements))
	p.Width = int64(r.uvarint(maxElements))
	p.Sources = r.sources()
	of, act := r.block(), r.block()
	if r.err != nil {
		return nil, r.err
	}
	if err := p.parseOf(of, nested); err != nil {
		return nil, err
	}
	if err := p.check(k); err != nil {
		return nil, err
	}
	if err := p.parseActivity(act); err != nil {
		return nil, err
	}
	var err error
	p.By, err = k.parse(r, p)
	if err != nil {
		return nil, err
	}
	return p, nil
}

// check holds the rules between the fields that all kinds have.
func (p *Prediction) check(k *kind) error {
	least, most := k.least, k.most
	if p.Of != nil {
		least, most = 0, 0
	}
	switch {
	case len(p.Sources) < least || len(p.Sources) > most:
		return fmt.Errorf("prediction of kind %d: %d sources, want %d to %d", p.Kind, len(p.Sources), least, most)
	case !p.Elem.Known() || !p.From.Known():
		return fmt.Errorf("prediction: element types %d and %d are not known to this version of dits", p.Elem, p.From)
	case p.From != p.Elem && k.traits&converts == 0:
		return fmt.Errorf("prediction of kind %d: source has element type %d, want %d", p.Kind, p.From, p.Elem)
	case p.Width > p.Elements:
		return fmt.Errorf("prediction: rows of %d elements in a tensor of %d", p.Width, p.Elements)
	case !HasScales(p.values(), p.columns()):
		return fmt.Errorf("prediction: %d elements in rows of %d: rows and columns are more than %d",
			p.Elements, p.Width, maxScales)
	}
	return k.check(p)
}

func (p *Prediction) parseActivity(b []byte) error {
	if len(b) == 0 {
		return nil
	}
	if p.Width == 0 {
		return errors.New("prediction: scales of rows and columns without a row length")
	}
	var err error
	p.Activity, err = codec.ParseActivity(b, p.rows(), p.columns())
	return err
}
