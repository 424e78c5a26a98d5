// Prints, for each URL on standard input, the proxy that net/http uses with this process's environment: a URL, "direct", or
// "invalid" where Go cannot parse the URL. http.ProxyFromEnvironment reads the environment once in the life of a process.
package main

import (
	"bufio"
	"fmt"
	"net/http"
	"net/url"
	"os"
)

func main() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		target, err := url.Parse(lines.Text())
		if err != nil {
			fmt.Println("invalid")
			continue
		}
		proxy, err := http.ProxyFromEnvironment(&http.Request{URL: target})
		switch {
		case err != nil:
			fmt.Println("error")
		case proxy == nil:
			fmt.Println("direct")
		default:
			fmt.Println(proxy)
		}
	}
}
