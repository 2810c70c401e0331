// Command region brings a real region into Otklik and works in it, as people
// would: by the command line and the HTTP API alone. It takes the municipalities
// and the messages of a data folder, imports them, routes, deadlines and indexes
// every message, and leads some of them through officers' hands to signed
// answers and ratings. It prints what it did and fails where a number doesn't
// add up. What it starts it stops, and nothing stays.
//
//	go run ./.ci/region --data ../shared/data
//	go run ./.ci/region --data ../shared/data --postgres URL --redis URL
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

// options is what was asked for.
type options struct {
	data     string
	postgres string
	redis    string
	bin      string
	work     int
}

func main() {
	var o options
	flag.StringVar(&o.data, "data", filepath.Join("..", "shared", "data"), "folder with the municipalities and the messages")
	flag.StringVar(&o.postgres, "postgres", "", "PostgreSQL server on which a database may be made; empty runs the embedded profile")
	flag.StringVar(&o.redis, "redis", "", "Redis server, with --postgres")
	flag.StringVar(&o.bin, "bin", filepath.Join("bin", "otklik"), "the product")
	flag.IntVar(&o.work, "work", 300, "messages to work to a signed answer")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "region:", err)
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) (err error) {
	if (o.postgres == "") != (o.redis == "") {
		return errors.New("--postgres and --redis go together")
	}
	dir, err := os.MkdirTemp("", "otklik-region-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if o.data, err = filepath.Abs(o.data); err != nil { // the product runs elsewhere
		return err
	}
	began := time.Now()
	d, err := readData(o.data)
	if err != nil {
		return err
	}
	files, err := d.convert(dir)
	if err != nil {
		return err
	}
	p, err := newProduct(ctx, o, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	r := &report{}
	r.line("profile: %s", p.profile())
	r.line("data: %d messages, %d topics in %d categories, %d agencies, %d municipalities",
		len(d.messages), len(d.topics), len(d.categories), len(d.agencies), len(d.places))
	r.line("place of a message: named by its agency %d, by its text %d, taken to be %s %d",
		d.byAgency, d.byText, mainTown, len(d.messages)-d.byAgency-d.byText)
	w := &worker{product: p, data: d, files: files, report: r, work: min(o.work, len(d.messages))}
	if err := w.all(ctx); err != nil {
		return err
	}
	r.line("took %s", time.Since(began).Round(100*time.Millisecond))
	return r.err()
}

// report prints what was done and remembers what doesn't add up.
type report struct{ wrong []error }

func (r *report) line(format string, args ...any) { fmt.Printf(format+"\n", args...) }

// equal notes two numbers that ought to be the same.
func (r *report) equal(what string, got, want int) {
	if got != want {
		r.wrong = append(r.wrong, fmt.Errorf("%s: %d, expected %d", what, got, want))
	}
}

func (r *report) err() error { return errors.Join(r.wrong...) }
