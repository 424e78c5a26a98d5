// A client with Go's net/http and its defaults. For each line of its input, "HOST PORT PEM-FILE", it prints "ok" or "error TEXT".
package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"
)

const limit = 8 * time.Second

func get(line string) string {
	fields := strings.Fields(line)
	pem, err := os.ReadFile(fields[2])
	if err != nil {
		return "error " + err.Error()
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	dialer := &net.Dialer{}
	client := &http.Client{
		Timeout: limit,
		Transport: &http.Transport{
			ForceAttemptHTTP2: true,
			TLSClientConfig:   &tls.Config{RootCAs: roots},
			DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
				return dialer.DialContext(ctx, network, "127.0.0.1:"+fields[1])
			},
		},
	}
	response, err := client.Get("https://" + fields[0] + ":" + fields[1] + "/")
	if err != nil {
		return "error " + strings.ReplaceAll(err.Error(), "\n", " ")
	}
	defer response.Body.Close()
	io.Copy(io.Discard, response.Body)
	return "ok"
}

func main() {
	lines := []string{}
	scanner := bufio.NewScanner(os.Stdin)
	for scanner.Scan() {
		lines = append(lines, scanner.Text())
	}
	answers := make([]string, len(lines))
	var group sync.WaitGroup
	slots := make(chan struct{}, 8)
	for index, line := range lines {
		group.Add(1)
		go func() {
			defer group.Done()
			slots <- struct{}{}
			answers[index] = get(line)
			<-slots
		}()
	}
	group.Wait()
	fmt.Println(strings.Join(answers, "\n"))
}
