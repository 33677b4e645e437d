package main

import (
	"github.com/spf13/pflag"

	"dits/repo"
)

// namesOptions list the files that commits changed.
type namesOptions struct{ only, status bool }

func (o *namesOptions) addFlags(f *pflag.FlagSet) {
	f.BoolVar(&o.only, "name-only", false, "also the paths of the files changed")
	f.BoolVar(&o.status, "name-status", false, "also the paths, each with its letter: A, M, D, T")
}

func (o namesOptions) wanted() bool { return o.only || o.status }

// bad says that the two make no sense together.
func (o namesOptions) bad() bool { return o.only && o.status }

// print prints the files of a commit.
func (o namesOptions) print(p *printer, h here, stat *repo.CommitStat) {
	for _, c := range stat.Files {
		if o.status {
			p.f("%s\t%s\n", letters[c.Status], h.path(c.Path))
		} else {
			p.f("%s\n", h.path(c.Path))
		}
	}
}
