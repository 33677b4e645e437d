package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strings"
)

// defaultPager is used where the environment names none.
const defaultPager = "less"

// lessFlags is LESS where the environment has none, as git sets it: end where all fits
// on the screen, let colours through, leave the text there.
const lessFlags = "LESS=FRX"

// lessCharset is LESSCHARSET where the environment has none: what is printed is UTF-8 in any locale.
const lessCharset = "LESSCHARSET=utf-8"

// pagerCommand is the command line of the pager: DITS_PAGER, else PAGER, else less. ""
// is none: so does a variable that is set to that, or to "cat".
func pagerCommand(lookup func(string) (string, bool)) string {
	command := defaultPager
	for _, name := range []string{"DITS_PAGER", "PAGER"} {
		if value, set := lookup(name); set {
			command = strings.TrimSpace(value)
			break
		}
	}
	if command == "cat" {
		return ""
	}
	return command
}

// A pager is a process that shows what is written to it.
type pager struct {
	io.WriteCloser
	process    *exec.Cmd
	interrupts chan os.Signal
}

// startPager starts a command line with stdout and stderr of its own. While it runs, an
// interrupt does not end this process: the pager gets it too, and decides.
func startPager(command string, stdout, stderr io.Writer) (*pager, error) {
	cmd := pagerProcess(command)
	cmd.Stdout, cmd.Stderr = stdout, stderr
	cmd.Env = os.Environ()
	if _, set := os.LookupEnv("LESS"); !set {
		cmd.Env = append(cmd.Env, lessFlags)
	}
	if _, set := os.LookupEnv("LESSCHARSET"); !set {
		cmd.Env = append(cmd.Env, lessCharset)
	}
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("pager %q: %w", command, err)
	}
	p := &pager{WriteCloser: in, process: cmd, interrupts: make(chan os.Signal, 1)}
	signal.Notify(p.interrupts, os.Interrupt)
	return p, nil
}

// pagerProcess is the process of a command line: through the shell where that has to
// read it, else by its words.
func pagerProcess(command string) *exec.Cmd {
	if strings.ContainsAny(command, "|&;<>()$`\\\"'*?[#~=%") {
		return exec.Command("sh", "-c", command)
	}
	words := strings.Fields(command)
	return exec.Command(words[0], words[1:]...)
}

// wait tells the pager that there is no more and waits for its end. How it ends says
// nothing about what this command found.
func (p *pager) wait() {
	_ = p.Close()
	_ = p.process.Wait()
	signal.Stop(p.interrupts)
}
