package repo

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/pelletier/go-toml/v2"

	"dits/repo/refs"
	"dits/tensorstore/disk"
)

// Settings are what a user sets for all repositories, in a file of their own; a repository's configuration wins.
type Settings struct {
	User struct {
		Name  string `toml:"name,omitempty"`
		Email string `toml:"email,omitempty"`
	} `toml:"user,omitempty"`
	Core struct {
		Editor string `toml:"editor,omitempty"`
	} `toml:"core,omitempty"`
}

// SettingsPath is the file of [Settings]: dits/config.toml in the user's folder for configuration.
func SettingsPath() (string, error) {
	dir, err := os.UserConfigDir()
	return filepath.Join(dir, "dits", "config.toml"), err
}

// ReadSettings reads the user's settings. Where there are none, or it is not known where they would be, or they are
// somebody else's, they are empty.
func ReadSettings() (Settings, error) {
	var s Settings
	path, err := SettingsPath()
	if err != nil {
		return s, nil
	}
	b, err := disk.ReadRegular(path, maxConfig)
	switch {
	case disk.IsNoFile(err), errors.Is(err, disk.ErrSpecial), errors.Is(err, fs.ErrPermission):
		return s, nil
	case err != nil:
		return s, err
	}
	if err := toml.Unmarshal(b, &s); err != nil {
		return Settings{}, fmt.Errorf("%s: %w", path, tomlError(err))
	}
	return s, nil
}

// SetSettings changes the user's settings by fn and saves them.
func SetSettings(fn func(*Settings)) error {
	path, err := SettingsPath()
	if err != nil {
		return err
	}
	old, err := os.ReadFile(path)
	if err != nil && !disk.IsNoFile(err) {
		return err
	}
	s, err := ReadSettings()
	if err != nil {
		return err
	}
	fn(&s)
	b, err := toml.Marshal(s)
	if err != nil {
		return err
	}
	dir := filepath.Dir(path)
	if err := disk.OS.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	return disk.WriteFileIf(disk.OS, dir, path, 0, func(w io.Writer) error {
		_, err := w.Write(b)
		return err
	}, func() error {
		now, err := os.ReadFile(path)
		if err != nil && !disk.IsNoFile(err) {
			return err
		}
		if !bytes.Equal(now, old) {
			return fmt.Errorf("%s: %w", path, refs.ErrChanged)
		}
		return nil
	})
}
