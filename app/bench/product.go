package bench

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/otklik/otklik/app"
	"github.com/otklik/otklik/app/config"
	"github.com/otklik/otklik/app/demo"
)

// product is the real application over a scratch database.
type product struct {
	app      *app.App
	database string // URL
	address  string // HOST:PORT, "" before it serves
	stop     func() error
}

// openProduct opens the product as `otklik serve` does, without limits on how
// often one address may send. The environment changes nothing.
func openProduct(ctx context.Context, s *scratch, opts ...app.Option) (*product, error) {
	database, err := s.database(ctx)
	if err != nil {
		return nil, err
	}
	dir, err := s.folder()
	if err != nil {
		return nil, err
	}
	given := map[string]string{}
	for _, setting := range config.Settings {
		given[setting.Key] = setting.Default
	}
	given["database"], given["data"], given["rate_limit"] = database, dir, "false"
	cfg, err := config.Load("", given)
	if err != nil {
		return nil, err
	}
	a, err := app.Open(ctx, cfg, append(opts, app.WithLog(slog.New(slog.DiscardHandler)))...)
	if err != nil {
		return nil, err
	}
	return &product{app: a, database: database, stop: func() error { return nil }}, nil
}

// settle brings in the places, topics, agencies and people of the demo region.
func (p *product) settle(ctx context.Context) error {
	return p.region().Settle(ctx)
}

func (p *product) region() demo.Region {
	return demo.Region{
		Store: p.app.Store, Rubricator: p.app.Rubricator, Engine: p.app.EngineAt, Reload: p.app.Reload,
		Now: p.app.Clock.Now(), Log: p.app.Log,
	}
}

// serve serves on a port of the loopback. With background it does all the work
// of `otklik serve`: deadlines, letters and notices, and the index.
func (p *product) serve(ctx context.Context, background bool) error {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	p.address = l.Addr().String()
	handler, err := p.app.Handler() //nolint:contextcheck // opens the index; requests have contexts of their own
	if err != nil {
		return errors.Join(err, l.Close())
	}
	ctx, cancel := context.WithCancel(ctx)
	failed := make(chan error, 1)
	if background {
		go func() { failed <- p.app.Serve(ctx, l) }()
		p.stop = func() error {
			cancel()
			return <-failed
		}
		return nil
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	go func() { failed <- server.Serve(l) }()
	p.stop = func() error {
		cancel()
		err := server.Close()
		if err := <-failed; !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return err
	}
	return nil
}

func (p *product) close() error { return errors.Join(p.stop(), p.app.Close()) }

// catchUp is how long the background work may take to catch up.
const catchUp = 5 * time.Minute

// quiet waits until the background work has caught up: nothing waits to be
// told, and all is in the index.
func (p *product) quiet(ctx context.Context) error {
	deadline := time.Now().Add(catchUp)
	for {
		waiting, dead, err := p.app.Store.CountOutbox(ctx)
		if err != nil {
			return err
		}
		sent, err := p.app.Store.CountAppeals(ctx)
		if err != nil {
			return err
		}
		indexed, err := p.app.Indexed(ctx)
		if err != nil {
			return err
		}
		switch {
		case dead > 0:
			return fmt.Errorf("%d notices could not be delivered", dead)
		case waiting == 0 && indexed == sent:
			return nil
		case time.Now().After(deadline):
			return fmt.Errorf("after %s %d notices wait and %d of %d appeals are in the index", catchUp, waiting, indexed, sent)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}
