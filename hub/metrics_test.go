package hub

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// What happened is counted.
func TestMetrics(t *testing.T) {
	s := serve(t, Options{})
	for range 3 {
		a, _ := s.do("GET", llama+"main/config.json")
		require.Equal(t, 200, a.StatusCode)
	}
	a, b := s.do("GET", llama+"main/model.safetensors", "Range: bytes=0-999999")
	require.Equal(t, 206, a.StatusCode)
	require.Len(t, b, 1_000_000)
	s.do("GET", llama+"main/none")
	s.do("GET", "/api/models/local/llama")
	s.do("GET", "/api/models/local/llama/tree/main/quants")
	s.do("GET", "/nothing/at/all")
	s.do("GET", "/")
	a, b = s.do("GET", "/metrics")
	require.Equal(t, 200, a.StatusCode)
	for _, line := range []string{
		`dits_hub_requests_total{kind="resolve",status="200"} 3`, `dits_hub_requests_total{kind="resolve",status="206"} 1`,
		`dits_hub_requests_total{kind="resolve",status="404"} 1`, `dits_hub_requests_total{kind="models",status="200"} 1`,
		`dits_hub_requests_total{kind="tree",status="200"} 1`, `dits_hub_requests_total{kind="other",status="404"} 1`,
		`dits_hub_request_seconds_count{kind="resolve"} 5`, "dits_hub_decodes_running 0", "dits_hub_decodes_waiting 0",
		"dits_hub_memory_used_bytes 0", "dits_hub_memory_limit_bytes 2.01326592e+08", "dits_hub_repositories 1",
	} {
		require.Contains(t, string(b), line+"\n")
	}
	for _, name := range []string{"dits_hub_sent_bytes_total 1.", "dits_hub_cache_bytes ", "dits_hub_cache_misses_total ",
		"dits_hub_cache_hits_total ", "go_goroutines ", "process_open_fds "} {
		require.Contains(t, string(b), "\n"+name)
	}
	require.NotContains(t, string(b), "dits_hub_cache_misses_total 0\n")
	require.Less(t, strings.Count(string(b), "dits_hub_requests_total{"), 12)
}

// All that is told is for who has the token.
func TestMetricsToken(t *testing.T) {
	s := serve(t, Options{Token: "secret"})
	a, _ := s.do("GET", "/metrics")
	require.Equal(t, 401, a.StatusCode)
	a, _ = s.do("GET", "/metrics", "Authorization: Bearer secret")
	require.Equal(t, 200, a.StatusCode)
}
