//go:build !windows

package main

import (
	"os"
	"os/signal"
	"syscall"
)

// Collects children that other processes left behind, so that none stays as a zombie.
func reap() {
	died := make(chan os.Signal, 1)
	signal.Notify(died, syscall.SIGCHLD)
	for range died {
		for {
			pid, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil)
			if err != nil || pid <= 0 {
				break
			}
		}
	}
}
