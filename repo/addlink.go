package repo

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"dits/repo/object"
	"dits/repo/work"
	"dits/tensorstore/disk"
)

// errDangling means that a link whose file is asked for leads to none: to nothing, a folder, a device.
var errDangling = errors.New("leads to no file")

// file stores one file or link of the working folder.
func (a *adding) file(ctx context.Context, name string) (Added, error) {
	full := a.repo.WorkPath(name)
	info, err := os.Lstat(full)
	if err != nil {
		return Added{}, err
	}
	if info.Mode()&os.ModeSymlink == 0 {
		return a.regular(ctx, name, full, false)
	}
	target, err := os.Readlink(full)
	if err != nil {
		return Added{}, err
	}
	was, outside := a.index.Find(name), leadsOut(name, target)
	cached := outside && isHubBlob(target)
	if a.follows(was, outside, cached) {
		to, err := os.Stat(full)
		if disk.IsNoFile(err) || err == nil && !to.Mode().IsRegular() {
			return Added{}, fmt.Errorf("link to %s %w%s", target, errDangling, asStagedBefore(was))
		}
		done, err := a.regular(ctx, name, full, true)
		done.FromCache = cached
		return done, err
	}
	e := work.IndexEntry{Path: name, Mode: object.ModeLink, Size: int64(len(target)), Stat: work.StatOf(info)}
	done, err := a.content(ctx, &e, strings.NewReader(target))
	if err == nil {
		done.Warning = linkWarning(was, outside, target)
	}
	return done, err
}

// follows says that a link is staged as the file it leads to: where it is asked for, where it was before, and out of a
// snapshot of a hub's cache, whose user thinks of it as the model.
func (a *adding) follows(was *work.IndexEntry, outside, cached bool) bool {
	if a.options.Dereference && outside {
		return true
	}
	return !a.options.KeepLinks && (was != nil && was.Dereferenced || was == nil && cached)
}

// isHubBlob says that a link leads to where Hugging Face's client keeps what it downloads: a file in a folder blobs that
// has the digest of its content for a name, SHA-1 as git has it or SHA-256 (huggingface_hub, "Understand caching").
func isHubBlob(target string) bool {
	dir, name := path.Split(filepath.ToSlash(target))
	return path.Base(dir) == "blobs" && (len(name) == 40 || len(name) == 64) && strings.Trim(name, "0123456789abcdef") == ""
}

func asStagedBefore(was *work.IndexEntry) string {
	if was != nil {
		return ": stays as it was staged"
	}
	return ": not added"
}

// linkWarning is what to say of a link that is staged as one; was is what the index had, or nil.
func linkWarning(was *work.IndexEntry, outside bool, target string) string {
	switch {
	case was != nil && was.Mode != object.ModeLink:
		return "was a file, and is a link to " + target + " now (--dereference stages what a link out of the folder leads to)"
	case outside:
		return "link out of the folder to " + target + ", committed as a link (--dereference commits what it leads to)"
	}
	return ""
}

// leadsOut says that the link called name, with that target, leads out of the working folder.
func leadsOut(name, target string) bool {
	to := filepath.Join(filepath.Dir(filepath.FromSlash(name)), target)
	return filepath.IsAbs(target) || !filepath.IsLocal(to)
}
