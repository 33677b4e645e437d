package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"dits/repo/repotest"
)

// What a command may take for any input, however hostile.
const (
	mostMemory = 512 << 20
	mostTime   = 30 * time.Second // of processors
)

// A hostile is a repository with a model, and files that no tool of ours would write.
type hostile struct {
	t    *testing.T
	dits string
	dir  string
}

// newHostile makes the repository that all cases begin with.
func newHostile(t *testing.T, files ...string) *hostile {
	dits, err := exec.LookPath("dits")
	if err != nil {
		t.Fatal(err)
	}
	h := &hostile{t, dits, t.TempDir()}
	h.must("init", "-q")
	for _, name := range files {
		h.copy(name, "model"+filepath.Ext(name))
		h.must("add", "-q", ".")
		h.must("commit", "-q", "-m", name)
	}
	return h
}

// again is a copy of the repository for one case.
func (h *hostile) again(t *testing.T) *hostile {
	to := &hostile{t, h.dits, t.TempDir()}
	if err := os.CopyFS(to.dir, os.DirFS(h.dir)); err != nil {
		t.Fatal(err)
	}
	return to
}

// copy puts a file of the family into the working folder.
func (h *hostile) copy(name, as string) {
	b, err := os.ReadFile(filepath.Join(family(h.t), name))
	if err != nil {
		h.t.Fatal(err)
	}
	h.write(as, b)
}

func (h *hostile) write(name string, b []byte) {
	path := filepath.Join(h.dir, name)
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, b, 0o644)); err != nil {
		h.t.Fatal(err)
	}
}

// run runs a command, which may say no, but not take too much, nor end in any other way.
func (h *hostile) run(args ...string) (out string, code int) {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*mostTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, h.dits, args...)
	cmd.Dir = h.dir
	var b bytes.Buffer
	cmd.Stdout, cmd.Stderr = &b, &b
	if err := cmd.Start(); err != nil {
		h.t.Fatal(err)
	}
	peak := watchMemory(cmd.Process.Pid)
	err := cmd.Wait()
	took := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	what := "dits " + strings.Join(args, " ")
	if most := <-peak; most > mostMemory {
		h.t.Errorf("%s: %d MiB of memory, want at most %d", what, most>>20, mostMemory>>20)
	}
	if took > slower*mostTime {
		h.t.Errorf("%s: took %v, want at most %v", what, took, mostTime)
	}
	code = cmd.ProcessState.ExitCode()
	if !slices.Contains([]int{exitOK, exitDifferent, exitUsage, exitError}, code) || strings.Contains(b.String(), "goroutine ") {
		h.t.Errorf("%s: %v\n%.4000s", what, err, b.String())
	}
	if code > exitDifferent && b.Len() > 100<<10 {
		h.t.Errorf("%s: an error of %d bytes:\n%.400s", what, b.Len(), b.String())
	}
	return b.String(), code
}

// watchMemory tells the most memory that a process has had, once it has ended. What the system says of its children
// includes what this process had when it made them.
func watchMemory(pid int) <-chan int64 {
	peak := make(chan int64, 1)
	go func() {
		var most int64
		for ; ; time.Sleep(5 * time.Millisecond) {
			status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
			_, after, alive := strings.Cut(string(status), "VmHWM:")
			if err != nil || !alive { // a zombie has none
				peak <- most
				return
			}
			var kib int64
			fmt.Sscan(after, &kib)
			most = max(most, kib<<10)
		}
	}()
	return peak
}

func (h *hostile) must(args ...string) {
	h.t.Helper()
	if out, code := h.run(args...); code != exitOK {
		h.t.Fatalf("dits %s: exit status %d\n%s", strings.Join(args, " "), code, out)
	}
}

// inFull says that all cases are tried, at their full size: in torture.
func inFull() bool {
	_, torture := os.LookupEnv("DITS_KILLS")
	return torture
}

// cases are those of a table that are run: some, unless in full.
func cases[V any](t *testing.T, all map[string]V, run func(t *testing.T, c V)) {
	for i, name := range slices.Sorted(maps.Keys(all)) {
		if inFull() || i%12 == 0 {
			t.Run(name, func(t *testing.T) { run(t, all[name]) })
		}
	}
}

// atMost is n in full, and else a hundredth.
func atMost(n int) int {
	if inFull() {
		return n
	}
	return n / 100
}

// pair are the two halves of an adapter of one matrix, by their shapes, all values 1.
func pair(module string, a, b []int64) []repotest.Tensor {
	return []repotest.Tensor{ones(module+".lora_A.weight", a), ones(module+".lora_B.weight", b)}
}

func ones(name string, shape []int64) repotest.Tensor {
	n := int64(1)
	for _, d := range shape {
		n *= d
	}
	return repotest.Tensor{Name: name, DType: "BF16", Shape: shape, Data: bytes.Repeat([]byte{0x80, 0x3f}, int(n))}
}

// as gives a tensor other bytes, and maybe another dtype.
func as(t repotest.Tensor, dtype string, element ...byte) repotest.Tensor {
	t.Data = bytes.Repeat(element, len(t.Data)/2)
	t.DType = dtype
	return t
}

const (
	adapterModule = "base_model.model.model.layers.0.self_attn.q_proj"
	side          = 256 // of the matrix of that
)

// Adapters whatever they are: a merged model is stored and read beside them, or there is an error.
func TestHostileAdapters(t *testing.T) {
	config := func(s string) []byte {
		return []byte(`{"peft_type":"LORA","r":16,"lora_alpha":32,"target_modules":["q_proj","v_proj"]` + s + `}`)
	}
	file := func(tensors ...repotest.Tensor) []byte { return []byte(repotest.TensorsFile("adapter", tensors...)) }
	many := func(n int, of func(i int) string) string {
		var s []string
		for i := range n {
			s = append(s, of(i))
		}
		return strings.Join(s, ",")
	}
	nan, inf := []byte{0xc0, 0x7f}, []byte{0x80, 0x7f}
	good := pair(adapterModule, []int64{16, side}, []int64{side, 16})
	var layers []repotest.Tensor
	for i := range atMost(20_000) {
		layers = append(layers, pair(fmt.Sprintf("base_model.model.model.layers.%d.self_attn.q_proj", i), []int64{1, 1}, []int64{1, 1})...)
	}
	base := newHostile(t, "base.safetensors")
	cases(t, map[string]struct {
		config  []byte // nil: the right one
		weights []byte // nil: the right ones
	}{
		"as it is":                  {nil, nil},
		"ones":                      {config(""), file(good...)},
		"rank 2^62":                 {config(`,"r":4611686018427387904`), nil},
		"rank 0":                    {config(`,"r":0`), nil},
		"rank of another":           {config(`,"r":8`), nil},
		"rank -1":                   {config(`,"r":-1`), nil},
		"alpha 0":                   {config(`,"lora_alpha":0`), nil},
		"alpha 1e308":               {config(`,"lora_alpha":1e308`), nil},
		"alpha 1e999":               {config(`,"lora_alpha":1e999`), nil},
		"alpha NaN":                 {config(`,"lora_alpha":NaN`), nil},
		"alpha a text":              {config(`,"lora_alpha":"NaN"`), nil},
		"no configuration":          {[]byte{}, nil},
		"a broken configuration":    {[]byte(`{"r":16,`), nil},
		"100 MB of blanks":          {append(bytes.Repeat([]byte{' '}, 100<<20), config("")...), nil},
		"nested lists":              {[]byte(strings.Repeat("[", 1<<20)), nil},
		"nested objects":            {[]byte(strings.Repeat(`{"r":`, 200_000)), nil},
		"nested in a field":         {config(`,"x":` + strings.Repeat("[", 500_000) + strings.Repeat("]", 500_000)), nil},
		"a regular expression":      {config(`,"target_modules":"` + strings.Repeat("(a?){500}", 50) + `"`), nil},
		"a long expression":         {config(`,"target_modules":".*(q_proj|` + strings.Repeat("a|", 400_000) + `b)"`), nil},
		"a long expression, layers": {config(`,"r":1,"target_modules":".*(q_proj|` + strings.Repeat("a|", 400_000) + `b)"`), file(layers...)},
		"50,000 targets, layers":    {config(`,"r":1,"target_modules":[` + many(50_000, func(i int) string { return fmt.Sprintf(`"t%d"`, i) }) + `,"q_proj"]`), file(layers...)},
		"10,000 patterns, layers":   {config(`,"r":1,"rank_pattern":{` + many(atMost(10_000), func(i int) string { return fmt.Sprintf(`"t%d.*x":4`, i) }) + `}`), file(layers...)},
		"20,000 layers":             {config(`,"r":1`), file(layers...)},
		"DoRA without magnitudes":   {config(`,"use_dora":true`), nil},
		"a huge rank":               {config(`,"r":100000`), file(pair(adapterModule, []int64{100_000, side}, []int64{side, 100_000})...)},
		"columns of another":        {config(""), file(pair(adapterModule, []int64{16, side + 1}, []int64{side, 16})...)},
		"rows of another":           {config(""), file(pair(adapterModule, []int64{16, side}, []int64{side * 1000, 16})...)},
		"a long half":               {config(`,"r":1`), file(pair(adapterModule, []int64{1, 5_000_000}, []int64{side, 1})...)},
		"no rank":                   {config(""), file(pair(adapterModule, []int64{0, side}, []int64{side, 0})...)},
		"ranks that differ":         {config(""), file(pair(adapterModule, []int64{16, side}, []int64{side, 8})...)},
		"one half":                  {config(""), file(good[0])},
		"the other half":            {config(""), file(good[1])},
		"vectors":                   {config(""), file(pair(adapterModule, []int64{16 * side}, []int64{side * 16})...)},
		"three dimensions":          {config(""), file(pair(adapterModule, []int64{16, side, 1}, []int64{side, 16, 1})...)},
		"one role twice":            {config(""), file(append(pair("model.layers.0.self_attn.q_proj", []int64{16, side}, []int64{side, 16}), good...)...)},
		"not numbers":               {config(""), file(as(good[0], "BF16", nan...), as(good[1], "BF16", nan...))},
		"without end":               {config(""), file(as(good[0], "BF16", inf...), as(good[1], "BF16", inf...))},
		"zeros":                     {config(""), file(as(good[0], "BF16", 0, 0), as(good[1], "BF16", 0, 0))},
		"integers":                  {config(""), file(as(good[0], "I16", 1, 2), as(good[1], "I16", 1, 2))},
		"truths":                    {config(""), file(as(good[0], "BOOL", 1), as(good[1], "BOOL", 0))},
		"FP8 and FP64":              {config(""), file(as(good[0], "F8_E4M3", 0x7f), as(good[1], "F64", 0, 0, 0, 0, 0, 0, 0xf0, 0x7f))},
		"halves of two types":       {config(""), file(good[0], as(good[1], "F16", 0, 0x3c))},
		"a broken file":             {config(""), file(good...)[:5000]},
	}, func(t *testing.T, c struct{ config, weights []byte }) {
		h := base.again(t)
		h.copy("adapter_model.safetensors", "adapter/adapter_model.safetensors")
		h.copy("adapter_config.json", "adapter/adapter_config.json")
		if c.config != nil {
			h.write("adapter/adapter_config.json", c.config)
		}
		if c.weights != nil {
			h.write("adapter/adapter_model.safetensors", c.weights)
		}
		h.copy("merged-lora.safetensors", "model.safetensors")
		h.must("add", "-f", "adapter", "model.safetensors")
		h.must("commit", "-q", "-m", "merged")
		h.run("diff", "HEAD~1", "HEAD", "--expect-lora", "adapter", "--", "model.safetensors")
		h.run("diff", "HEAD~1", "HEAD", "--expect-lora", "HEAD:adapter", "--", "model.safetensors")
		h.run("lineage", "model.safetensors")
		h.run("lineage", "adapter/adapter_model.safetensors")
		h.run("export", "--lora", "HEAD~1:adapter/adapter_model.safetensors", "HEAD:model.safetensors", "-o", "../"+filepath.Base(h.dir)+"-out")
		h.run("diff", "--tensors", "HEAD:adapter/adapter_model.safetensors", "HEAD:model.safetensors")
		h.must("fsck")
	})
}

// weightName is a tensor of the quantised model; columns are those of it.
const (
	weightName = "blk.0.attn_q.weight"
	columns    = 256
)

// legacy is an importance matrix in the older form.
type legacy struct{ b []byte }

func (l *legacy) number(n int) *legacy {
	l.b = binary.LittleEndian.AppendUint32(l.b, uint32(n))
	return l
}

// entry adds one of so many values, all the same.
func (l *legacy) entry(name string, calls, values int, value float32) *legacy {
	l.number(len(name)).b = append(l.b, name...)
	l.number(calls).number(values)
	for range values {
		l.b = binary.LittleEndian.AppendUint32(l.b, math.Float32bits(value))
	}
	return l
}

// gguf is a file of so many keys, and of vectors of float32.
func gguf(keys int, add uint32, tensors ...repotest.Tensor) []byte {
	word, long := binary.LittleEndian.AppendUint32, binary.LittleEndian.AppendUint64
	text := func(b []byte, s string) []byte { return append(long(b, uint64(len(s))), s...) }
	b := word([]byte("GGUF"), 3)
	b = long(long(b, uint64(len(tensors))), uint64(keys))
	for i := range keys {
		b = word(word(text(b, fmt.Sprintf("some.key.of.many.%07d", i)), 4), uint32(i)+add)
	}
	var data []byte
	for _, t := range tensors {
		b = word(text(b, t.Name), uint32(len(t.Shape)))
		for _, n := range t.Shape {
			b = long(b, uint64(n))
		}
		b = long(word(b, 0), uint64(len(data)))
		data = append(data, t.Data...)
		data = append(data, make([]byte, -len(data)&31)...)
	}
	return append(append(b, make([]byte, -len(b)&31)...), data...)
}

func floats(name string, n int, value float32) repotest.Tensor {
	b := binary.LittleEndian.AppendUint32(nil, math.Float32bits(value))
	return repotest.Tensor{Name: name, Shape: []int64{int64(n)}, Data: bytes.Repeat(b, n)}
}

// Importance matrices whatever they are: the quants are stored and read beside them, or there is an error.
func TestHostileImportance(t *testing.T) {
	start := func(entries int) *legacy { return new(legacy).number(entries) }
	one := func(value float32) []byte { return start(1).entry(weightName, 1, columns, value).b }
	calls := func(n int) []byte { return start(1).entry(weightName, n, columns, 1).b }
	twice, others := start(1<<17), start(1<<17)
	for i := range 1 << 17 {
		twice.entry(weightName, i, 1, 1)
		others.entry(fmt.Sprint("blk.", i, ".attn_q.weight"), i, 1, 1)
	}
	pairOf := func(sums, counts repotest.Tensor) []byte { return gguf(0, 0, sums, counts) }
	sums, counts := weightName+".in_sum2", weightName+".counts"
	count := func(value float32) []byte { return pairOf(floats(sums, columns, 2), floats(counts, 1, value)) }
	var experts []repotest.Tensor
	for i := range atMost(10_000) {
		name := fmt.Sprint("blk.", i, ".attn_q.weight")
		experts = append(experts, floats(name+".in_sum2", 1, 1), floats(name+".counts", 1, 1))
	}
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	base := newHostile(t, "base.safetensors")
	cases(t, map[string][]byte{
		"as it should be":          one(1),
		"nothing":                  {},
		"no entries":               start(0).b,
		"-1 entries":               start(-1).b,
		"2^31 entries":             start(math.MaxInt32).b,
		"2^17 entries of one name": twice.b,
		"2^17 entries":             others.b,
		"an entry twice":           start(2).entry(weightName, 1, columns, 1).entry(weightName, 1, columns, 2).b,
		"a name of -1 bytes":       start(1).number(-1).b,
		"a name of no bytes":       start(1).entry("", 1, columns, 1).b,
		"a name of 2^31 bytes":     start(1).number(math.MaxInt32).b,
		"a name of no characters":  start(1).entry("\xff\x00\n", 1, columns, 1).b,
		"-1 values":                append(one(1)[:4+4+len(weightName)+4], 0xff, 0xff, 0xff, 0xff),
		"2^31 values":              append(one(1)[:4+4+len(weightName)+4], 0xff, 0xff, 0xff, 0x7f),
		"too few values":           start(1).entry(weightName, 1, columns-1, 1).b,
		"too many values":          start(1).entry(weightName, 1, 10_000_000, 1).b,
		"cut off":                  one(1)[:500],
		"0 calls":                  calls(0),
		"-1 calls":                 calls(-1),
		"least calls":              calls(math.MinInt32),
		"not numbers":              one(nan),
		"without end":              one(inf),
		"zeros":                    one(0),
		"negative":                 one(-1),
		"denormal":                 one(1e-45),
		"GGUF as it should be":     count(1),
		"GGUF, not a count":        count(nan),
		"GGUF, counts without end": count(inf),
		"GGUF, 0 counts":           count(0),
		"GGUF, -1 counts":          count(-1),
		"GGUF, denormal counts":    count(1e-45),
		"GGUF, not numbers":        pairOf(floats(sums, columns, nan), floats(counts, 1, 1)),
		"GGUF, too few values":     pairOf(floats(sums, columns-1, 1), floats(counts, 1, 1)),
		"GGUF, too many values":    pairOf(floats(sums, 10_000_000, 1), floats(counts, 1, 1)),
		"GGUF, no values":          pairOf(floats(sums, 0, 1), floats(counts, 0, 1)),
		"GGUF, many counts":        pairOf(floats(sums, columns, 1), floats(counts, 1000, 1)),
		"GGUF, no counts":          gguf(0, 0, floats(sums, columns, 1)),
		"GGUF, a name twice":       gguf(0, 0, floats(sums, columns, 1), floats(sums, columns, 1), floats(counts, 1, 1)),
		"GGUF, 10,000 matrices":    gguf(0, 0, experts...),
		"GGUF, cut off":            count(1)[:1000],
		"GGUF, 900,000 keys":       gguf(900_000, 0, floats(sums, columns, 1), floats(counts, 1, 1)),
	}, func(t *testing.T, matrix []byte) {
		for _, name := range []string{"imatrix.dat", "imatrix.gguf"} {
			if bytes.HasPrefix(matrix, []byte("GGUF")) != (filepath.Ext(name) == ".gguf") {
				continue
			}
			h := base.again(t)
			h.write("../"+filepath.Base(h.dir)+"-"+name, matrix)
			h.copy("base-Q4_K_M.gguf", "model.gguf")
			h.run("add", "--imatrix", "../"+filepath.Base(h.dir)+"-"+name, "model.gguf")
			h.must("fsck")
			h = base.again(t)
			h.write(name, matrix)
			h.must("add", "-f", name)
			h.copy("base-Q4_K_M.gguf", "model.gguf")
			h.must("add", "model.gguf")
			h.must("commit", "-q", "-m", "quants")
			h.run("lineage", "model.gguf")
			h.must("repack")
			h.must("gc", "--grace", "0")
			h.must("fsck")
		}
	})
}

// Headers of nearly a million keys are compared in little memory.
func TestHostileKeys(t *testing.T) {
	keys := atMost(900_000)
	h := newHostile(t, "config.json")
	h.write("many.gguf", gguf(keys, 0))
	h.must("add", ".")
	h.must("commit", "-q", "-m", "keys")
	h.write("many.gguf", gguf(keys, 1))
	h.must("diff", "--json")
	h.must("commit", "-q", "-a", "-m", "other values")
	h.must("diff", "--json", "HEAD~1", "HEAD")
}
