package explore

import (
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"
)

// What of the page needs no browser is tested by node, where there is one.
func TestPageModules(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("no node")
	}
	out, err := exec.Command(node, "--test", "web/test").CombinedOutput()
	require.NoError(t, err, "%s", out)
}
