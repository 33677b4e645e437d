package mount

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/formats"
	"dits/formats/gguf"
	"dits/formats/safetensors"
	"dits/repo/repotest"
)

const oracleEnv = "DITS_ORACLE_PYTHON"

// The real libraries load models from a mount, tensor by tensor through mmap.
func TestLibrariesLoad(t *testing.T) {
	python := os.Getenv(oracleEnv)
	if python == "" {
		t.Skipf("%s is unset: no Python with scripts/oracle/requirements.txt to load with", oracleEnv)
	}
	f := newFixture(t)
	var floats []repotest.Tensor
	for i := range 3 {
		n := 300_000 * (i + 1)
		floats = append(floats, repotest.Tensor{Name: fmt.Sprintf("layers.%d.weight", i), DType: "F32", Shape: []int64{int64(n), 1},
			Data: randomBytes(4 * n)})
	}
	f.put("floats.safetensors", []byte(repotest.TensorsFile("", floats...)))
	f.commit("floats")
	m := f.mount(Options{Rev: "main"})
	for name, parser := range map[string]formats.Parser{"floats.safetensors": safetensors.Parser{}, "quants/model-Q4_K_M.gguf": gguf.Parser{}} {
		content := f.files[name]
		layout, err := parser.Parse(bytes.NewReader(content), int64(len(content)))
		require.NoError(t, err)
		want := map[string]string{}
		for _, tensor := range layout.Tensors {
			sum := sha256.Sum256(content[tensor.Off : tensor.Off+tensor.Len])
			want[tensor.Name] = hex.EncodeToString(sum[:])
		}
		require.NotEmpty(t, want)
		var stderr bytes.Buffer
		cmd := exec.Command(python, filepath.Join("..", "scripts", "oracle", "mapped.py"))
		cmd.Stdin, cmd.Stderr = strings.NewReader(filepath.Join(m.dir, name)+"\n"), &stderr
		out, err := cmd.Output()
		require.NoError(t, err, stderr.String())
		got := map[string]string{}
		require.NoError(t, json.Unmarshal(out, &got))
		require.Equal(t, want, got, name)
	}
	require.Empty(t, m.failed)
}
