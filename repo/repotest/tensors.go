package repotest

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"strings"
)

// A Tensor is one tensor of a safetensors file made by a test.
type Tensor struct {
	Name  string
	DType string
	Shape []int64
	Data  []byte
}

// TensorsFile is a file of those tensors, in that order. Its metadata holds note.
func TensorsFile(note string, tensors ...Tensor) string {
	var header, data bytes.Buffer
	fmt.Fprintf(&header, `{"__metadata__":{"note":%s}`, quoted(note))
	for _, t := range tensors {
		shape := strings.ReplaceAll(fmt.Sprint(t.Shape), " ", ",")
		fmt.Fprintf(&header, `,%s:{"dtype":%q,"shape":%s,"data_offsets":[%d,%d]}`, quoted(t.Name), t.DType, shape, data.Len(), data.Len()+len(t.Data))
		data.Write(t.Data)
	}
	header.WriteString("}")
	for header.Len()%8 != 0 {
		header.WriteByte(' ')
	}
	return string(binary.LittleEndian.AppendUint64(nil, uint64(header.Len()))) + header.String() + data.String()
}

// quoted is a string in JSON.
func quoted(s string) []byte {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return b
}

// F32Tensor is a vector.
func F32Tensor(name string, values ...float32) Tensor {
	return Tensor{name, "F32", []int64{int64(len(values))}, F32s(values...)}
}

// F32s are the bytes of float32.
func F32s(v ...float32) []byte {
	var p []byte
	for _, x := range v {
		p = binary.LittleEndian.AppendUint32(p, math.Float32bits(x))
	}
	return p
}
