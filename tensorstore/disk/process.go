package disk

import (
	"os"
	"strings"
	"sync"
)

// thisProcess is the process that asks, as a card names it.
var thisProcess = sync.OnceValue(func() holder {
	host, _ := os.Hostname()
	start, _ := startOf(os.Getpid())
	namespace, _ := os.Readlink("/proc/self/ns/pid")
	return holder{
		Host: host, Machine: line("/etc/machine-id"), Boot: line("/proc/sys/kernel/random/boot_id"),
		Namespace: namespace, PID: os.Getpid(), Start: start,
	}
})

// line is a file of one line, "" if there is none.
func line(path string) string {
	b, _ := os.ReadFile(path)
	return strings.TrimSpace(string(b))
}
