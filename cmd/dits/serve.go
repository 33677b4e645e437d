package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"dits/explore"
	"dits/hub"
	"dits/repo"
)

type serveOptions struct {
	addr      string
	tokenFile string
	logJSON   bool
}

func newServe(g *globals) *cobra.Command {
	o := serveOptions{}
	cmd := &cobra.Command{
		Use:     "serve [[OWNER/NAME=]FOLDER]...",
		Short:   "Show models in a browser, and let hub clients download them",
		GroupID: content,
		Long: `Answers as a model hub does, for reading: unchanged clients download from it with
HF_ENDPOINT set to its address, as in

    HF_ENDPOINT=http://127.0.0.1:7878 hf download local/llama-8b

Models are decoded as they are sent, and nothing is copied. Each FOLDER is in a
repository (by default the one at hand), which clients call OWNER/NAME; by default local
and the name of its folder.

It listens on this machine alone unless --addr says otherwise. Everybody who reaches it
can read all branches and tags, unless --token-file names a file with a token that
clients have to give (as HF_TOKEN; browsers, as the password). Each request is a line on
stderr. A browser that opens the address sees what the models share. Ctrl-C ends it.`,
		Example: `  dits serve
  dits serve --addr 0.0.0.0:7878 --token-file token
  dits serve acme/llama-8b=. ../models/qwen`,
		ValidArgsFunction: folders,
		RunE:              func(cmd *cobra.Command, args []string) error { return runServe(cmd, g, o, args) },
	}
	f := cmd.Flags()
	f.StringVar(&o.addr, "addr", "127.0.0.1:7878", "listen on `HOST:PORT`; port 0 is any that is free")
	f.StringVar(&o.tokenFile, "token-file", "", "want the token in `FILE` from clients")
	f.BoolVar(&o.logJSON, "log-json", false, "write requests to stderr as JSON")
	_ = cmd.RegisterFlagCompletionFunc("addr", cobra.NoFileCompletions)
	return cmd
}

// folders completes names of folders.
func folders(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveFilterDirs
}

func runServe(cmd *cobra.Command, g *globals, o serveOptions, args []string) error {
	options := hub.Options{Log: o.log(g, cmd.ErrOrStderr())}
	var err error
	if options.Token, err = readToken(o.tokenFile); err != nil {
		return err
	}
	models, closeAll, err := g.servedModels(args)
	defer closeAll()
	if err != nil {
		return err
	}
	page := explore.New(explored(models))
	defer page.Close() // before the repositories that it reads
	page.Log, options.Page = options.Log, page.Handler()
	server, err := hub.New(models, options)
	if err != nil {
		return usageError{err}
	}
	l, err := listenOn(o.addr)
	if err != nil {
		return err
	}
	if options.Token == "" && !hub.IsLoopback(l.Addr()) {
		tell(cmd.ErrOrStderr(), "dits: warning: whoever reaches %s can read all branches and tags. "+
			"With --token-file only who has a token can.", l.Addr())
	}
	if err := tellServed(cmd.OutOrStdout(), g, models, l.Addr(), options.Token != ""); err != nil {
		return errors.Join(err, l.Close())
	}
	return server.Serve(cmd.Context(), l)
}

// tellServed prints what is served and the address, for scripts too, and then what to do with it.
func tellServed(w io.Writer, g *globals, models []*hub.Model, at net.Addr, token bool) error {
	p := printer{w: w}
	for _, m := range models {
		p.f("%s  %s\n", m.Name, visible(m.Repo.Root))
	}
	address := "http://" + reachable(at)
	p.f("HF_ENDPOINT=%s\n", address)
	if g.quiet {
		return p.err
	}
	password, and := "", ""
	if token {
		password, and = " (any name, and the token as password)", " and HF_TOKEN to the token"
	}
	p.f("In a browser: %s%s\n", address, password)
	p.f("To download:  set HF_ENDPOINT%s, then `hf download %s`\n", and, models[0].Name)
	if host, err := os.Hostname(); err == nil && isEverywhere(at) {
		p.f("From other machines it is http://%s, if they know this one by that name.\n",
			net.JoinHostPort(visible(host), strconv.Itoa(at.(*net.TCPAddr).Port)))
	}
	p.f("Ctrl-C ends it.\n")
	return p.err
}

// readToken reads the token in a file, "" where none is named.
func readToken(file string) (string, error) {
	if file == "" {
		return "", nil
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	token := strings.TrimSpace(string(b))
	if token == "" || strings.ContainsAny(token, " \t\r\n") {
		return "", fmt.Errorf("%s: want a token, one word, and nothing else", visible(file))
	}
	return token, nil
}

// listenOn listens on HOST:PORT.
func listenOn(addr string) (net.Listener, error) {
	if _, _, err := net.SplitHostPort(addr); err != nil {
		return nil, usagef("--addr %s: want HOST:PORT, as in 127.0.0.1:7878", addr)
	}
	l, err := net.Listen("tcp", addr)
	var invalid *net.AddrError
	var unknown *net.DNSError
	switch {
	case errors.As(err, &invalid), errors.As(err, &unknown) && strings.Contains(unknown.Err, "port"):
		return nil, usagef("--addr %s: no such port, want a number from 0 to 65535", addr)
	case errors.As(err, &unknown):
		return nil, fmt.Errorf("--addr %s: no machine of that name: name an address of this one, or 0.0.0.0 for all", addr)
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("--addr %s: another program listens there: name another port, or 0 for any that is free", addr)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return nil, fmt.Errorf("--addr %s: this machine has no such address", addr)
	case errors.Is(err, fs.ErrPermission):
		return nil, fmt.Errorf("--addr %s: not permitted: ports below 1024 are for root, name another", addr)
	case err != nil:
		return nil, fmt.Errorf("--addr %s: %w", addr, errors.Unwrap(err))
	}
	return l, nil
}

// reachable is an address as clients on this machine can use it: one that means all of them is this machine's own.
func reachable(a net.Addr) string {
	if isEverywhere(a) {
		return net.JoinHostPort("127.0.0.1", strconv.Itoa(a.(*net.TCPAddr).Port))
	}
	return a.String()
}

// isEverywhere says that an address means all that the machine has.
func isEverywhere(a net.Addr) bool {
	tcp, ok := a.(*net.TCPAddr)
	return ok && tcp.IP.IsUnspecified()
}

// servedModels opens the repositories that words name, to be closed by closeAll.
func (g *globals) servedModels(words []string) (models []*hub.Model, closeAll func(), err error) {
	closeAll = func() {
		for _, m := range models {
			m.Repo.Close()
		}
	}
	dir, err := g.cwd()
	if err != nil {
		return nil, closeAll, err
	}
	if len(words) == 0 {
		words = []string{"."}
	}
	for _, word := range words {
		name, folder, named := strings.Cut(word, "=")
		if !named {
			name, folder = "", word
		}
		if !filepath.IsAbs(folder) {
			folder = filepath.Join(dir, folder)
		}
		r, err := repo.Find(folder)
		if err != nil {
			return models, closeAll, err
		}
		if !named {
			name = "local/" + nameFor(filepath.Base(r.Root))
		}
		models = append(models, &hub.Model{Name: name, Repo: r})
	}
	return models, closeAll, nil
}

// notInNames are what names of models cannot have.
var notInNames = regexp.MustCompile(`[^A-Za-z0-9._-]+`)

// nameFor makes a name of that of a folder.
func nameFor(folder string) string {
	if name := strings.Trim(notInNames.ReplaceAllString(folder, "-"), ".-"); name != "" {
		return name
	}
	return "model"
}
