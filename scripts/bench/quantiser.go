package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A quantiser is the command of a real quantiser: it is called with --time --threads N [--imatrix FILE]
// SOURCE OUT TYPE, and its last line is {"seconds": …, "processor_seconds": …}, as scripts/family/quantise.py
// does it. Without words it is none.
type quantiser []string

// A quantising is what making a quant took; zero when it was not tried.
type quantising struct {
	wall  time.Duration
	cpu   time.Duration
	other bool // than the bytes of the file that was there
}

// withImatrix ends the name of a quant that was made with model.imatrix, beside the source.
const withImatrix = "-imatrix"

// parseQuant takes apart the name of a file made by llama.cpp's users: model-Q4_K_M.gguf, or
// model-Q4_K_M-imatrix.gguf.
func parseQuant(path string) (model, kind string, imatrix bool) {
	stem, imatrix := strings.CutSuffix(strings.TrimSuffix(filepath.Base(path), ".gguf"), withImatrix)
	i := strings.LastIndexByte(stem, '-')
	return stem[:max(i, 0)], stem[i+1:], imatrix
}

// make quantises source to what path is. Where path is there already, its bytes are
// compared with the quantiser's: one that was made from something else is not timed.
func (q quantiser) make(source, path, work string, threads int) (quantising, error) {
	_, err := os.Stat(path)
	missing := os.IsNotExist(err)
	if err != nil && !missing {
		return quantising{}, err
	}
	model, kind, imatrix := parseQuant(path)
	args := []string{"--time", "--threads", strconv.Itoa(threads)}
	if imatrix {
		args = append(args, "--imatrix", filepath.Join(filepath.Dir(source), model+".imatrix"))
	}
	if of, _, _ := parseQuant(source); len(q) == 0 || of != model {
		if missing {
			return quantising{}, fmt.Errorf("%s: not there, and no -quantise to make it from %s", path, source)
		}
		return quantising{}, nil
	}
	out := path
	if !missing {
		out = filepath.Join(work, "made.gguf")
		defer os.Remove(out)
	}
	made, err := q.run(append(args, source, out, kind)...)
	if err != nil || missing {
		return made, err
	}
	same, err := sameFiles(out, path)
	made.other = !same
	return made, err
}

// run calls the quantiser and reads how long it took.
func (q quantiser) run(args ...string) (quantising, error) {
	b, err := query("", q[0], slices.Concat(q[1:], args)...)
	if err != nil {
		return quantising{}, err
	}
	text := strings.TrimSpace(string(b))
	var took struct {
		Seconds   float64 `json:"seconds"`
		Processor float64 `json:"processor_seconds"`
	}
	if err := json.Unmarshal([]byte(text[strings.LastIndexByte(text, '\n')+1:]), &took); err != nil {
		return quantising{}, fmt.Errorf("%s: last line: %w", q[0], err)
	}
	return quantising{wall: seconds(took.Seconds), cpu: seconds(took.Processor)}, nil
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
