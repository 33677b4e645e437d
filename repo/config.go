package repo

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"dits/repo/object"
	"dits/repo/refs"
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
	Core    struct {
		Editor string `toml:"editor,omitempty"`
	} `toml:"core,omitempty"`
}

// A Remote is a repository elsewhere.
type Remote struct {
	URL string `toml:"url"`
}

func configPath(dir string) string { return filepath.Join(dir, "config.toml") }

// readConfig reads and checks the configuration in the folder .dits.
func readConfig(dir string) (Config, error) {
	var c Config
	b, err := disk.ReadRegular(configPath(dir), maxConfig)
	if disk.IsNoFile(err) || errors.Is(err, disk.ErrSpecial) {
		return c, &refs.BrokenError{Path: configPath(dir), Err: err}
	}
	if err != nil {
		return c, err
	}
	if err := toml.Unmarshal(b, &c); err != nil {
		return c, &refs.BrokenError{Path: configPath(dir), Err: tomlError(err)}
	}
	err = c.check()
	if errors.Is(err, object.ErrVersion) {
		return c, fmt.Errorf("%s: %w", configPath(dir), err)
	}
	if err != nil {
		return c, &refs.BrokenError{Path: configPath(dir), Err: err}
	}
	return c, nil
}

// maxConfig bounds config.toml in bytes.
const maxConfig = 1 << 20

// tomlError says where a file is no configuration, in words of that file: the decoder's are those of Go where a
// value has the wrong type.
func tomlError(err error) error {
	var at *toml.DecodeError
	if !errors.As(err, &at) {
		return errors.New("not a configuration")
	}
	line, column := at.Position()
	if key := at.Key(); len(key) > 0 {
		return fmt.Errorf("line %d: %s has a value of another type", line, strings.Join(key, "."))
	}
	return fmt.Errorf("line %d, column %d: %s", line, column, strings.TrimPrefix(at.Error(), "toml: "))
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
