package predict

import "dits/tensorstore/codec"

// alone is the rule of [Alone]: there is nothing to predict.
type alone struct{ plain }

func (alone) predict(*Prediction, []byte, int64, Opener) error { return nil }

func (alone) input(*codec.Input, *Prediction, int64, int, Opener) error { return nil }
