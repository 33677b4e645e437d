package tensorstore

import (
	"dits/cdc"
	"dits/tensorstore/choose"
)

// chunking is how a blob is cut of which k is known; coarse is how tensors are.
func chunking(k choose.Known, coarse cdc.Params) cdc.Params {
	if k.Fine {
		return cdc.Fine
	}
	p := coarse
	if p.Align = align(k); p.Validate() != nil {
		p.Align = 1
	}
	return p
}

// align is what cut points are multiples of: the bytes of an element or quant block.
func align(k choose.Known) int {
	if _, bytes, ok := k.DType.Block(); ok {
		return int(bytes)
	}
	return 1
}
