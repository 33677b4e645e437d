package hub

import (
	"encoding/json"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"dits/repo"
)

// mirror starts olah, a mirror of model hubs, before a server, and is its address.
func mirror(t *testing.T, python, of string) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	at := l.Addr().String()
	require.NoError(t, l.Close())
	host, port, err := net.SplitHostPort(at)
	require.NoError(t, err)
	from, dir := strings.TrimPrefix(of, "http://"), t.TempDir()
	cmd := exec.Command(filepath.Join(filepath.Dir(python), "olah-cli"), "--host", host, "--port", port,
		"--hf-scheme", "http", "--hf-netloc", from, "--hf-lfs-netloc", from,
		"--mirror-scheme", "http", "--mirror-netloc", at, "--mirror-lfs-netloc", at,
		"--repos-path", filepath.Join(dir, "cache"), "--log-path", filepath.Join(dir, "logs"))
	cmd.Dir = dir
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	require.Eventually(t, func() bool {
		a, err := http.Get("http://" + at + "/api/models/local/llama")
		if err == nil {
			a.Body.Close()
		}
		return err == nil && a.StatusCode == 200
	}, time.Minute, 100*time.Millisecond, "the mirror does not answer")
	return "http://" + at
}

// A mirror that clients ask in place of the server has from it what they get.
func TestMirror(t *testing.T) {
	python := os.Getenv("DITS_OLAH_PYTHON")
	if python == "" {
		t.Skip("DITS_OLAH_PYTHON is unset: no Python with scripts/oracle/olah-requirements.txt to serve")
	}
	s := listen(t, Limits{})
	_, err := s.repo.CreateTag("v1", "", repo.TagOptions{})
	require.NoError(t, err)
	at := mirror(t, python, s.url)
	want := sums(t, "base.safetensors")
	for range 2 { // the second time from what the mirror keeps
		cmd := exec.Command(python, "../scripts/oracle/mirror_client.py", at, t.TempDir())
		var said strings.Builder
		cmd.Stderr = &said
		out, err := cmd.Output()
		require.NoError(t, err, "%s", &said)
		var got struct {
			SHA       string
			Tree      []string
			Main, Tag map[string]string
		}
		require.NoError(t, json.Unmarshal(out, &got), "%s", out)
		require.Equal(t, s.tip("main"), got.SHA)
		require.Equal(t, []string{"config.json", "model.safetensors", "quants", "quants/model-Q8_0.gguf"}, got.Tree)
		require.Equal(t, want, got.Main)
		require.Equal(t, want, got.Tag)
	}
}
