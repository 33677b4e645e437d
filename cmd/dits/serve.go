package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"dits/explore"
	"dits/hub"
	"dits/repo"
)

type serveOptions struct {
	addr      string
	tokenFile string
}

func newServe(g *globals) *cobra.Command {
	o := serveOptions{}
	cmd := &cobra.Command{
		Use:     "serve [[OWNER/NAME=]FOLDER]...",
		Short:   "Let hub clients download models from here",
		GroupID: content,
		Long: `Answers as a model hub does, for reading: unchanged clients download from it with
HF_ENDPOINT set to its address. Models are decoded as they are sent, and nothing is
copied. Each FOLDER is in a repository (by default the one at hand), which clients call
OWNER/NAME; by default local and the name of its folder.

It listens on this machine alone unless --addr says otherwise. Everybody who reaches it
can read all branches and tags, unless --token-file names a file with a token that
clients have to give (as HF_TOKEN). Requests are told on stderr. Ctrl-C ends it.`,
		Example: `  dits serve
  dits serve --addr 127.0.0.1:8080 acme/llama=~/models/llama-8b ~/models/qwen
  HF_ENDPOINT=http://127.0.0.1:7878 hf download local/llama-8b model.safetensors`,
		RunE: func(cmd *cobra.Command, args []string) error { return runServe(cmd, g, o, args) },
	}
	f := cmd.Flags()
	f.StringVar(&o.addr, "addr", "127.0.0.1:7878", "listen on `HOST:PORT`; port 0 is any that is free")
	f.StringVar(&o.tokenFile, "token-file", "", "want the token in `FILE` from clients")
	return cmd
}

func runServe(cmd *cobra.Command, g *globals, o serveOptions, args []string) error {
	options := hub.Options{Log: slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), nil))}
	if g.quiet {
		options.Log = nil
	}
	if o.tokenFile != "" {
		b, err := os.ReadFile(o.tokenFile)
		if err != nil {
			return err
		}
		if options.Token = strings.TrimSpace(string(b)); options.Token == "" {
			return fmt.Errorf("%s: is empty, want a token", o.tokenFile)
		}
	}
	models, closeAll, err := g.servedModels(args)
	defer closeAll()
	if err != nil {
		return err
	}
	options.Page = explore.New(explored(models)).Handler()
	server, err := hub.New(models, options)
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", o.addr)
	if err != nil {
		return err
	}
	for _, m := range models {
		fmt.Fprintf(cmd.OutOrStdout(), "%s  %s\n", m.Name, visible(m.Repo.Root))
	}
	fmt.Fprintf(cmd.OutOrStdout(), "HF_ENDPOINT=http://%s\n", l.Addr())
	return listen(cmd.Context(), server.HTTP(), l)
}

// listen answers until the command is told to end.
func listen(ctx context.Context, s *http.Server, l net.Listener) error {
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(l) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
		err := s.Close()
		if ended := <-ended; !errors.Is(ended, http.ErrServerClosed) {
			err = errors.Join(err, ended)
		}
		return err
	}
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
