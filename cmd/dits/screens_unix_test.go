//go:build unix

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/stretchr/testify/require"
)

// A scene is a model, the versions of it that are committed one after the other, and what is typed to look at it.
type scene struct {
	name     string
	versions []map[string]string // path to content; "" is gone
	changed  map[string]string   // what is not committed in the end
	looks    []string            // commands; the ones that write, and log --stat, lineage and stats are typed in all scenes
}

// scenes are those whose screens are kept.
func scenes(t *testing.T) []scene {
	llama, unet, flux := llamaTensors(40), unetTensors(), fluxTensors()
	sharded := llamaTensors(16)
	tuned := movedBy(0.04, ".1.", ".2.", "v_proj", "q_proj")
	resharded := inShards(2, sharded, tuned)
	for name := range inShards(3, sharded, unmoved) {
		if _, ok := resharded[name]; !ok {
			resharded[name] = ""
		}
	}
	odd := []shaped{{"模型.层.0.权重", []int64{32, 32}}, {"layer\x1b[31m.0.weight", []int64{32, 32}}, {"größe", []int64{32, 32}}}
	real := realFamily(t)
	return []scene{{
		name: "llama",
		versions: []map[string]string{
			{
				"model.safetensors": weightsOf(llama, unmoved),
				"config.json":       llamaConfig, "tokenizer.json": `{"model":{"type":"BPE"}}`,
			},
			{"model.safetensors": weightsOf(llama, tuned)},
		},
		changed: map[string]string{
			"model.safetensors": weightsOf(llama, movedBy(0.2, "down_proj", "gate_proj", ".39.", "embed")),
			"config.json":       "", "notes.txt": "x",
		},
		looks: []string{
			"diff HEAD~1 HEAD", "diff --tensors HEAD~1 HEAD", "diff --tensors --rank --sort changed HEAD~1 HEAD", "diff",
			"inspect model.safetensors", "inspect --tensors model.safetensors", "ls", "ls model.safetensors",
			"blame model.safetensors", "blame --tensors model.safetensors", "lineage model.safetensors",
			"why model.safetensors", "estimate .", "log -p -1",
		},
	}, {
		name: "unet",
		versions: []map[string]string{
			{"unet/diffusion_pytorch_model.safetensors": weightsOf(unet, unmoved), "unet/config.json": `{"_class_name": "UNet2DConditionModel"}`},
			{"unet/diffusion_pytorch_model.safetensors": weightsOf(unet, movedBy(0.3, "mid_block", "attn2.to_k", "attn2.to_v", "conv_in"))},
		},
		looks: []string{
			"diff HEAD~1 HEAD", "diff --tensors HEAD~1 HEAD", "inspect unet", "ls HEAD unet/diffusion_pytorch_model.safetensors",
			"blame unet/diffusion_pytorch_model.safetensors", "why unet/diffusion_pytorch_model.safetensors",
		},
	}, {
		name: "flux",
		versions: []map[string]string{
			{"flux1-dev.safetensors": weightsOf(flux, unmoved)},
			{"flux1-style.safetensors": weightsOf(flux, movedBy(0.1, "single_blocks.7.", "qkv", "linear1", "final_layer"))},
		},
		looks: []string{
			"diff flux1-dev.safetensors flux1-style.safetensors", "diff --tensors flux1-dev.safetensors flux1-style.safetensors",
			"inspect flux1-style.safetensors", "ls flux1-style.safetensors", "blame flux1-style.safetensors", "why flux1-style.safetensors",
		},
	}, {
		name:     "sharded",
		versions: []map[string]string{inShards(3, sharded, unmoved), inShards(3, sharded, tuned), resharded},
		looks: []string{
			"diff HEAD~2 HEAD~1", "diff HEAD~1 HEAD", "diff --stat HEAD~2 HEAD", "diff --tensors HEAD~2 HEAD", "inspect .", "ls", "ls model.safetensors",
			"blame model.safetensors", "lineage model.safetensors", "why model-00001-of-00002.safetensors",
		},
	}, {
		name: "family",
		versions: []map[string]string{
			real("base.safetensors"), real("ft-customer.safetensors"),
			real("adapter_model.safetensors", "adapter_config.json", "merged-lora.safetensors", "base-Q4_K_M.gguf", "base-Q8_0.gguf"),
		},
		looks: []string{
			"diff base.safetensors ft-customer.safetensors", "diff base.safetensors base-Q4_K_M.gguf", "diff --tensors base.safetensors base-Q4_K_M.gguf",
			"diff base.safetensors merged-lora.safetensors --expect-lora adapter_model.safetensors",
			"verify-merge base.safetensors merged-lora.safetensors adapter_model.safetensors",
			"inspect adapter_model.safetensors", "inspect base-Q4_K_M.gguf", "ls", "ls HEAD merged-lora.safetensors", "ls base-Q4_K_M.gguf", "ls adapter_model.safetensors",
			"lineage merged-lora.safetensors", "lineage base-Q8_0.gguf", "derive --list", "why merged-lora.safetensors", "why base-Q4_K_M.gguf", "stats -v",
		},
	}, {
		name: "names",
		versions: []map[string]string{
			{"模型.safetensors": weightsOf(odd, unmoved), "分词器.json": "{}", "clear\x1b[2J\n.json": "{}"},
			{"模型.safetensors": weightsOf(odd, movedBy(0.1, "层", "layer"))},
		},
		changed: map[string]string{"分词器.json": `{"a":1}`, "clear\x1b[2J\n.json": `{"b":1}`, "new\r.txt": "x"},
		looks: []string{
			"diff HEAD~1 HEAD", "diff --tensors HEAD~1 HEAD", "diff", "inspect 模型.safetensors", "inspect --tensors 模型.safetensors", "ls", "ls 模型.safetensors",
			"blame --tensors 模型.safetensors", "lineage 模型.safetensors", "why 模型.safetensors",
		},
	}}
}

const llamaConfig = `{"architectures": ["LlamaForCausalLM"], "model_type": "llama", "num_hidden_layers": 40}`

// realFamily reads files of testdata/family.
func realFamily(t *testing.T) func(...string) map[string]string {
	dir := family(t)
	return func(names ...string) map[string]string {
		files := map[string]string{}
		for _, name := range names {
			b, err := os.ReadFile(filepath.Join(dir, name))
			require.NoError(t, err)
			files[name] = string(b)
		}
		return files
	}
}

// progressLine is what long work says every five seconds where stderr is no terminal: how long it takes is no matter here.
var progressLine = regexp.MustCompile(`(?m)^.*: [0-9.]+ [KMG]?i?B of [0-9.]+ [KMG]?i?B(, .*)?\n`)

// TestScreens types commands into terminals of two sizes, and compares what is on them with testdata/screens.
func TestScreens(t *testing.T) {
	sizes := []pty.Winsize{{Cols: 80, Rows: 24}, {Cols: 200, Rows: 50}}
	if slower > 1 { // the race detector finds in one what it finds in both
		sizes = sizes[:1]
	}
	for _, s := range scenes(t) {
		for _, size := range sizes {
			t.Run(fmt.Sprintf("%s-%dx%d", s.name, size.Cols, size.Rows), func(t *testing.T) {
				t.Parallel()
				term := newTerminal(t, size)
				term.play(s)
				golden(t, filepath.Base(t.Name())+".golden", term.transcript())
			})
		}
	}
}

// TestHeatMapScreen: the colours of the table of layers.
func TestHeatMapScreen(t *testing.T) {
	a, b := llamaTensors(8), movedBy(0.5, ".1.", ".2.", "down_proj", "v_proj", "q_proj")
	term := newTerminal(t, pty.Winsize{Cols: 80, Rows: 24})
	term.write(map[string]string{"a.safetensors": weightsOf(a, unmoved), "b.safetensors": weightsOf(a, b)})
	term.colours = true
	term.see("diff a.safetensors b.safetensors")
	golden(t, "heat-80x24.golden", term.transcript())
}

// golden compares text with a file in testdata/screens.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "screens", name)
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	seen, kept := strings.Split(got, "\n"), strings.Split(string(want), "\n")
	for i := range max(len(seen), len(kept)) {
		if a, b := lineOf(kept, i), lineOf(seen, i); a != b {
			t.Fatalf("%s:%d: got\n%s\nwant\n%s\n(-update writes the file anew)", path, i+1, b, a)
		}
	}
}

func lineOf(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return "no more lines"
}

// A terminal is one of a size, in a folder of its own.
type terminal struct {
	t       *testing.T
	size    pty.Winsize
	dir     string
	env     []string
	colours bool // are shown as <31:text>
	text    strings.Builder
	commits []string // ids, the first commit first
}

func newTerminal(t *testing.T, size pty.Winsize) *terminal {
	home := t.TempDir()
	return &terminal{t: t, size: size, dir: t.TempDir(), env: append(os.Environ(), "HOME="+home, "XDG_CONFIG_HOME="+home,
		"TZ=UTC", "GIT_CONFIG_NOSYSTEM=1", "TERM=xterm-256color", "NO_COLOR=", "DITS_PAGER=")}
}

// play types all commands of a scene.
func (m *terminal) play(s scene) {
	m.run("init")
	m.run("config", "user.name", "Ada")
	m.run("config", "user.email", "ada@example.org")
	for i, files := range s.versions {
		if i > 0 { // commits of one second have no order
			time.Sleep(time.Until(time.Now().Truncate(time.Second).Add(time.Second)))
		}
		m.write(files)
		m.see("status")
		m.see("add -A")
		m.see("status")
		m.see(fmt.Sprintf("commit -m version-%d", i+1))
		out, _ := m.run("log", "--json", "-1")
		m.commits = append(m.commits, regexp.MustCompile(`"id":"([0-9a-f]+)"`).FindStringSubmatch(out)[1])
	}
	m.see("log --stat")
	m.see("lineage")
	m.see("stats")
	if s.changed != nil {
		m.write(s.changed)
		m.see("status")
	}
	for _, look := range s.looks {
		m.see(look)
	}
}

// write makes files, and takes away those without content.
func (m *terminal) write(files map[string]string) {
	for name, content := range files {
		path := filepath.Join(m.dir, name)
		if content == "" {
			require.NoError(m.t, os.Remove(path))
			continue
		}
		require.NoError(m.t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(m.t, os.WriteFile(path, []byte(content), 0o644))
	}
}

// see types a command, and takes down what is on the screen when it has ended: no line is wider.
func (m *terminal) see(line string) {
	out, complaints := m.run(strings.Fields(line)...)
	plain := rendition.ReplaceAllString(out, "")
	for l := range strings.Lines(plain) {
		if l = strings.TrimSuffix(l, "\n"); textWidth(l) > int(m.size.Cols) {
			m.t.Errorf("%s: %d columns of %d: %s", line, textWidth(l), m.size.Cols, l)
		}
		if visible(l) != l {
			m.t.Errorf("%s: control characters: %q", line, l)
		}
	}
	if m.colours {
		plain = marked(out)
	}
	fmt.Fprintf(&m.text, "$ dits %s\n%s\n", line, m.firstScreen(complaints+plain))
}

// firstScreen is what fits on the screen below the line that was typed.
func (m *terminal) firstScreen(text string) string {
	lines := strings.SplitAfter(text, "\n")
	if more := len(lines) - int(m.size.Rows); more > 0 {
		return strings.Join(lines[:m.size.Rows-1], "") + fmt.Sprintf("[%s]\n", plural(more, "more line", "more lines"))
	}
	return text
}

// run runs the program with the terminal as its stdout. Progress, which is drawn again and again, goes elsewhere.
func (m *terminal) run(args ...string) (out, complaints string) {
	ours, theirs, err := pty.Open()
	require.NoError(m.t, err)
	defer ours.Close()
	require.NoError(m.t, pty.Setsize(ours, &m.size))
	cmd := exec.Command("dits", args...)
	var stderr bytes.Buffer
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = m.dir, m.env, theirs, &stderr
	require.NoError(m.t, cmd.Start())
	require.NoError(m.t, theirs.Close())
	var shown bytes.Buffer
	_, err = io.Copy(&shown, ours)
	if err != nil && !errors.Is(err, syscall.EIO) { // Linux: the other end is closed
		require.NoError(m.t, err)
	}
	require.LessOrEqual(m.t, exitCode(cmd.Wait()), 1, "%v: %s", args, &stderr)
	return strings.ReplaceAll(shown.String(), "\r\n", "\n"), progressLine.ReplaceAllString(stderr.String(), "")
}

// What is not the same from run to run: times, and the size of what can be made again.
var (
	logDate   = regexp.MustCompile(`(?m)^Date:   .*`)
	shortDate = regexp.MustCompile(`\b20\d\d-\d\d-\d\d\b`)
	catalogOf = regexp.MustCompile(`a catalog of [0-9.]+ [KM]iB`)
)

// transcript is all that was seen, ids of commits as c1c1….
func (m *terminal) transcript() string {
	text := m.text.String()
	for i, id := range m.commits {
		name := strings.Repeat(fmt.Sprintf("c%d", i+1), len(id)/2)
		text = strings.ReplaceAll(strings.ReplaceAll(text, id, name), id[:10], name[:10])
	}
	text = logDate.ReplaceAllString(text, "Date:   Fri Jan 2 15:04:05 2026 +0000")
	text = shortDate.ReplaceAllString(text, "2026-01-02")
	return catalogOf.ReplaceAllString(text, "a catalog of 96 KiB")
}
