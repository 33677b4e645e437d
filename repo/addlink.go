package repo

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"dits/repo/object"
	"dits/repo/work"
	"dits/tensorstore/disk"
)

// errDangling means that a link whose file is asked for leads to none: to nothing, a folder, a device.
var errDangling = errors.New("leads to no file")

// file stores one file or link of the working folder.
func (a *adding) file(ctx context.Context, path string) (Added, error) {
	full := a.repo.WorkPath(path)
	info, err := os.Lstat(full)
	if err != nil {
		return Added{}, err
	}
	if info.Mode()&os.ModeSymlink == 0 {
		return a.regular(ctx, path, full, false)
	}
	target, err := os.Readlink(full)
	if err != nil {
		return Added{}, err
	}
	was, outside := a.index.Find(path), leadsOut(path, target)
	if a.follows(was, outside) {
		to, err := os.Stat(full)
		if disk.IsNoFile(err) || err == nil && !to.Mode().IsRegular() {
			return Added{}, fmt.Errorf("link to %s %w%s", target, errDangling, asStagedBefore(was))
		}
		return a.regular(ctx, path, full, true)
	}
	e := work.IndexEntry{Path: path, Mode: object.ModeLink, Size: int64(len(target)), Stat: work.StatOf(info)}
	done, err := a.content(ctx, &e, strings.NewReader(target))
	if err == nil {
		done.Warning = linkWarning(was, outside, target)
	}
	return done, err
}

// follows says that a link is staged as the file it leads to: where it is asked for, and where it was before.
func (a *adding) follows(was *work.IndexEntry, outside bool) bool {
	return a.options.Dereference && outside || was != nil && was.Dereferenced && !a.options.KeepLinks
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

// leadsOut says that the link at path, with that target, leads out of the working folder.
func leadsOut(path, target string) bool {
	to := filepath.Join(filepath.Dir(filepath.FromSlash(path)), target)
	return filepath.IsAbs(target) || !filepath.IsLocal(to)
}
