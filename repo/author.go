package repo

import (
	"cmp"
	"context"
	"os"
	"os/exec"
	"os/user"
	"strings"
	"time"

	"dits/repo/refs"
)

// author returns who commits: as configured here, for the user, or for git; what none of them says is made of the
// login name and the host.
func (r *Repo) author() refs.Author {
	a := refs.Author{
		Name: cmp.Or(cleanAuthor(r.Config.User.Name), cleanAuthor(r.Settings.User.Name)),
		Mail: cmp.Or(cleanAuthor(r.Config.User.Email), cleanAuthor(r.Settings.User.Email)),
	}
	if a.Name == "" || a.Mail == "" {
		git := r.gitUser()
		a.Name, a.Mail = cmp.Or(a.Name, git.Name), cmp.Or(a.Mail, git.Mail)
	}
	if a.Name != "" && a.Mail != "" {
		return a
	}
	a.Default = true
	login, host := loginAndHost()
	a.Name, a.Mail = cmp.Or(a.Name, login), cmp.Or(a.Mail, login+"@"+host)
	return a
}

func loginAndHost() (login, host string) {
	if u, err := user.Current(); err == nil {
		login = cleanAuthor(u.Username[strings.LastIndexByte(u.Username, '\\')+1:]) // without the domain of Windows
	}
	host, err := os.Hostname()
	if host = cleanAuthor(host); err != nil {
		host = ""
	}
	return cmp.Or(login, "unknown"), cmp.Or(host, "localhost")
}

// gitPatience is how long git may take to say who its user is.
const gitPatience = 2 * time.Second

// gitUser asks git who its user is, in the working folder; nobody where there is no git, or no user.
func gitUser(dir string) (a refs.Author) {
	ctx, cancel := context.WithTimeout(context.Background(), gitPatience)
	defer cancel()
	cmd := exec.CommandContext(ctx, "git", "config", "--null", "--get-regexp", `^user\.(name|email)$`)
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		return a
	}
	for entry := range strings.SplitSeq(string(out), "\x00") {
		switch key, value, _ := strings.Cut(entry, "\n"); key { // the last of each counts, as for git
		case "user.name":
			a.Name = cleanAuthor(value)
		case "user.email":
			a.Mail = cleanAuthor(value)
		}
	}
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
