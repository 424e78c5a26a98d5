// One small program with three uses:
//
//	pause              the container that holds a pod's namespaces: reaps, waits for SIGTERM
//	pause init         process 1 of a bed's process namespace: reaps, and ends when its stdin closes,
//	                   whereupon the kernel ends everything else in that namespace
//	pause leash P A... runs P with arguments A and ends it when stdin closes, that is, when whoever
//	                   holds the other end is gone, however it went
package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
)

func main() {
	use := "pause"
	if len(os.Args) > 1 {
		use = os.Args[1]
	}
	switch {
	case use == "leash" && len(os.Args) > 2:
		os.Exit(leash(os.Args[2], os.Args[3:]))
	case use == "init":
		// The first line tells the other side that this process exists in its namespaces.
		fmt.Println("ready")
		go reap()
		_, _ = io.Copy(io.Discard, os.Stdin)
	default:
		go reap()
		asked := make(chan os.Signal, 1)
		signal.Notify(asked, syscall.SIGTERM, syscall.SIGINT)
		<-asked
	}
}

func leash(program string, arguments []string) int {
	command := exec.Command(program, arguments...)
	command.Stdout, command.Stderr = os.Stdout, os.Stderr
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGTERM, syscall.SIGINT)
	if err := command.Start(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 127
	}
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		_ = command.Process.Kill()
	}()
	go func() {
		for s := range asked {
			_ = command.Process.Signal(s)
		}
	}()
	if err := command.Wait(); err != nil && command.ProcessState == nil {
		fmt.Fprintln(os.Stderr, err)
		return 127
	}
	return command.ProcessState.ExitCode()
}
