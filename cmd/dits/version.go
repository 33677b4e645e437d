package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

func newVersion() *cobra.Command {
	asJSON := false
	cmd := &cobra.Command{
		Use:     "version",
		Short:   "Say which dits this is",
		Long:    "Prints the version of this program, the commit that it was built from, and for which system.",
		GroupID: upkeep,
		Example: "  dits version\n  dits version --json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if asJSON {
				return writeJSON(cmd, readBuild())
			}
			_, err := fmt.Fprintln(cmd.OutOrStdout(), readBuild())
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "JSON")
	return cmd
}

// A build is what this program was made of. Revision is that of its sources, "" where
// it was built from an archive.
type build struct {
	Version  string `json:"version"`
	Revision string `json:"revision"`
	Time     string `json:"time"`
	Modified bool   `json:"modified"`
	Go       string `json:"go"`
	OS       string `json:"os"`
	Arch     string `json:"arch"`
}

// readBuild reads what the linker noted.
func readBuild() build {
	b := build{Version: "(devel)", Go: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	if info.Main.Version != "" {
		b.Version = info.Main.Version
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Revision = s.Value
		case "vcs.time":
			b.Time = s.Value
		case "vcs.modified":
			b.Modified = s.Value == "true"
		}
	}
	return b
}

// String is "dits v0.1.0 (3f2c1a9b04, modified) go1.26.8 linux/amd64".
func (b build) String() string {
	revision := ""
	if b.Revision != "" {
		revision = " (" + b.Revision[:min(10, len(b.Revision))]
		if b.Modified {
			revision += ", modified"
		}
		revision += ")"
	}
	return fmt.Sprintf("dits %s%s %s %s/%s", b.Version, revision, b.Go, b.OS, b.Arch)
}
