// Command dits is version control for model weights. Each command has a file of its
// own: flags in, a call of package repo, output.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
)

// memoryLimit is what the Go runtime tries to stay below, in bytes. What is live is a
// fraction of it whatever a file's size is; without a limit, garbage doubles it. Less than the
// 512 MiB that are promised, because SQLite and the binary itself are not counted.
const memoryLimit = 384 << 20

func main() { os.Exit(run()) }

// run runs the command line of this process and returns its exit status.
func run() int {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
	}
	readyConsole()
	ctx, stop := interruptible()
	defer stop()
	cmd := newRoot()
	args := os.Args[1:]
	if err := unknownCommand(cmd, args); err != nil {
		return report(cmd.ErrOrStderr(), cmd, err)
	}
	cmd.SetArgs(spelledOut(cmd, args))
	ran, err := cmd.ExecuteContextC(ctx)
	return report(cmd.ErrOrStderr(), ran, err)
}

// interruptible is a context that ends with errInterrupted on the first interrupt; a
// second one ends the process as usual.
func interruptible() (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		if _, ok := <-signals; ok {
			signal.Stop(signals)
			cancel(errInterrupted)
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		close(signals)
		cancel(nil)
	}
}
