package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// raceOptions take away the second that the race detector sleeps at the end of each
// process, of which these tests start hundreds.
const raceOptions = "atexit_sleep_ms=0"

// TestMain makes the test binary the command dits when it is run by that name.
func TestMain(m *testing.M) {
	os.Setenv("GORACE", raceOptions)
	testscript.Main(m, map[string]func(){"dits": func() { os.Exit(run()) }, "unprivileged": unprivileged})
}

// family is the folder of real weights, as an absolute path.
func family(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../../testdata/family")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestScripts runs the stories in testdata/script against the real command. FAMILY is
// the folder of real weights; the commands that are not testscript's own are in
// scriptcmds_test.go and scriptjson_test.go.
func TestScripts(t *testing.T) {
	dir := family(t)
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			env.Setenv("FAMILY", dir)
			env.Setenv("HOME", filepath.Join(env.WorkDir, "home"))
			env.Setenv("TZ", "UTC")
			env.Setenv("GIT_CONFIG_NOSYSTEM", "1")
			env.Setenv("ESC", "\x1b")
			env.Setenv("GORACE", raceOptions)
			env.Values[treesKey] = map[string]string{}
			env.Values[serverKey] = &scriptServer{}
			return nil
		},
		Cmds:      scriptCommands,
		Condition: scriptCondition,
	})
}
