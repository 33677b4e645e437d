package repo

import (
	"os"
	"os/user"
	"strings"

	"dits/repo/refs"
)

// author returns the configured author, or a default for what is not configured.
func (r *Repo) author() refs.Author {
	a := refs.Author{Name: cleanAuthor(r.Config.User.Name), Mail: cleanAuthor(r.Config.User.Email)}
	if a.Name != "" && a.Mail != "" {
		return a
	}
	login := "unknown"
	if u, err := user.Current(); err == nil && cleanAuthor(u.Username) != "" {
		login = cleanAuthor(u.Username)
	}
	host, err := os.Hostname()
	if host = cleanAuthor(host); err != nil || host == "" {
		host = "localhost"
	}
	if a.Name == "" {
		a.Name = login
	}
	if a.Mail == "" {
		a.Mail = login + "@" + host
	}
	a.Default = true
	return a
}

// cleanAuthor drops what the author line of a commit cannot hold, as git does.
func cleanAuthor(s string) string {
	s = strings.Map(func(c rune) rune {
		if c < 0x20 || c == '<' || c == '>' || c == 0xfffd {
			return -1
		}
		return c
	}, s)
	return strings.TrimSpace(s)
}
