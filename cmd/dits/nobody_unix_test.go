//go:build unix

package main

import (
	"os/exec"
	"syscall"
)

// nobody is a user who owns nothing.
const nobody = 65534

// asNobody makes a command one of a user who owns nothing.
func asNobody(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
}
