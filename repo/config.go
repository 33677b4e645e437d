package repo

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/pelletier/go-toml/v2"

	"dits/repo/object"
	"dits/tensorstore/disk"
)

// formatVersion is the version of the repository's files that this dits writes,
// and the newest that it reads.
const formatVersion = 1

// knownFeatures are those that a repository may require of its readers.
var knownFeatures = []string{}

// Config is .dits/config.toml.
type Config struct {
	Format   int      `toml:"format"`
	Features []string `toml:"features"` // a reader that does not know one stops

	Shared disk.Sharing `toml:"shared,omitempty"` // "group", "all", or "" for what the umask says

	User struct {
		Name  string `toml:"name,omitempty"`
		Email string `toml:"email,omitempty"`
	} `toml:"user"`
	Store struct {
		Path string `toml:"path,omitempty"` // absolute; "" is .dits/store
	} `toml:"store"`
	Remotes map[string]Remote `toml:"remotes,omitempty"`
}

// A Remote is a repository elsewhere.
type Remote struct {
	URL string `toml:"url"`
}

func configPath(dir string) string { return filepath.Join(dir, "config.toml") }

// readConfig reads and checks the configuration in the folder .dits.
func readConfig(dir string) (Config, error) {
	var c Config
	b, err := os.ReadFile(configPath(dir))
	if errors.Is(err, fs.ErrNotExist) {
		return c, fmt.Errorf("%s: missing: %w", configPath(dir), object.ErrCorrupt)
	}
	if err != nil {
		return c, err
	}
	if err := toml.Unmarshal(b, &c); err != nil {
		return c, fmt.Errorf("%s: %w", configPath(dir), err)
	}
	if err := c.check(); err != nil {
		return c, fmt.Errorf("%s: %w", configPath(dir), err)
	}
	return c, nil
}

func (c *Config) check() error {
	if c.Format > formatVersion {
		return fmt.Errorf("format %d, want at most %d: %w", c.Format, formatVersion, object.ErrVersion)
	}
	if c.Format < 1 {
		return fmt.Errorf("format %d, want %d", c.Format, formatVersion)
	}
	for _, f := range c.Features {
		if !slices.Contains(knownFeatures, f) {
			return fmt.Errorf("required feature %q is unknown: %w", f, object.ErrVersion)
		}
	}
	if err := c.Shared.Check(); err != nil {
		return err
	}
	if c.Store.Path != "" && !filepath.IsAbs(c.Store.Path) {
		return fmt.Errorf("store.path %q: want an absolute path", c.Store.Path)
	}
	return nil
}

// encode is the configuration as its file has it.
func (c Config) encode() ([]byte, error) {
	if c.Features == nil {
		c.Features = []string{}
	}
	return toml.Marshal(c)
}

// SetConfig changes the configuration by fn and saves it.
func (r *Repo) SetConfig(fn func(*Config)) error {
	l, err := r.Lock()
	if err != nil {
		return err
	}
	defer l.Unlock()
	old, err := os.ReadFile(configPath(r.Dir))
	if err != nil {
		return err
	}
	c, err := readConfig(r.Dir)
	if err != nil {
		return err
	}
	fn(&c)
	if err := c.check(); err != nil {
		return err
	}
	b, err := c.encode()
	if err != nil {
		return err
	}
	if err := r.ReplaceFile(configPath(r.Dir), old, b); err != nil {
		return err
	}
	if c.Shared != r.Config.Shared {
		r.FS = disk.Keep(r.FS, c.Shared)
	}
	r.Config = c
	return nil
}
