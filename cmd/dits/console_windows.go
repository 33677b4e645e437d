package main

import (
	"os"

	"golang.org/x/sys/windows"
)

// readyConsole makes a console of Windows take renditions, which older ones print as text unless asked.
func readyConsole() {
	for _, f := range []*os.File{os.Stdout, os.Stderr} {
		var mode uint32
		if h := windows.Handle(f.Fd()); windows.GetConsoleMode(h, &mode) == nil {
			_ = windows.SetConsoleMode(h, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING)
		}
	}
}
