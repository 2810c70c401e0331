package api_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
)

func exit(code int) { os.Exit(code) }

// partial reports whether only some of the tests were asked for.
func partial() bool {
	for _, name := range []string{"test.run", "test.skip", "test.list", "test.bench"} {
		if f := flag.Lookup(name); f != nil && f.Value.String() != "" {
			return true
		}
	}
	return false
}

// unheld names good answers of the document that no test had.
func unheld() int {
	doc, err := described()
	if err != nil {
		fmt.Println(err)
		return 1
	}
	code := 0
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			for status := range op.Responses.Map() {
				if _, ok := seen.Load(method + " " + path + " " + status); !ok && (strings.HasPrefix(status, "2") || status == "304") {
					fmt.Printf("no test had the answer %s %s %s\n", method, path, status)
					code = 1
				}
			}
		}
	}
	return code
}
