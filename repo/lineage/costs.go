package lineage

import (
	"dits/catalog"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

// costs are what the tensors of a file take.
type costs struct {
	storage     []catalog.Storage
	predictions map[digest.ID][]catalog.Record // those that are not counted yet
}

// costs reads what predictions take.
func (k *Namer) costs(storage []catalog.Storage) (*costs, error) {
	ids := make([]digest.ID, 0, len(storage))
	for _, s := range storage {
		if !s.Prediction.IsZero() {
			ids = append(ids, s.Prediction)
		}
	}
	records, err := k.Files.History.Catalog.RecordsOf(pack.Prediction, ids)
	return &costs{storage, records}, err
}

// of is the payload of tensor i: its chunks and, the first time, its prediction.
func (c *costs) of(i int) int64 {
	n, id := c.storage[i].Stored, c.storage[i].Prediction
	if records := c.predictions[id]; len(records) > 0 {
		n += records[0].Len
		delete(c.predictions, id)
	}
	return n
}
