package explore

import (
	"io/fs"
	"os"
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
	for _, dir := range []string{"web/src", "web/test"} { // read, so that go knows that the result hangs on them
		require.NoError(t, fs.WalkDir(os.DirFS(dir), ".", func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			_, err = os.ReadFile(dir + "/" + path)
			return err
		}))
	}
	out, err := exec.Command(node, "--test", "web/test").CombinedOutput()
	require.NoError(t, err, "%s", out)
}
