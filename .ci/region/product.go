package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // driver «pgx»
	"github.com/redis/go-redis/v9"
)

// product is the built binary with a database of its own.
type product struct {
	bin, dir, base string
	flags          []string
	running        []*exec.Cmd
	undo           []func() error
}

func newProduct(ctx context.Context, o options, dir string) (*product, error) {
	bin, err := filepath.Abs(o.bin)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(bin); err != nil {
		return nil, fmt.Errorf("%w (make build)", err)
	}
	port, err := freePort(ctx)
	if err != nil {
		return nil, err
	}
	p := &product{bin: bin, dir: dir, base: "http://" + port}
	p.flags = []string{
		"--data", filepath.Join(dir, "data"), "--listen", port, "--rate-limit=false", "--log-level", "warn",
	}
	if o.postgres == "" {
		return p, nil
	}
	err = p.production(ctx, o)
	if err != nil {
		err = errors.Join(err, p.close())
	}
	return p, err
}

func freePort(ctx context.Context) (string, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// production makes a database and takes a Redis database that nobody uses.
func (p *product) production(ctx context.Context, o options) error {
	server, err := sql.Open("pgx", o.postgres)
	if err != nil {
		return err
	}
	p.undo = append(p.undo, server.Close)
	name := "otklik_region_" + strings.ToLower(rand.Text()[:10])
	if _, err := server.ExecContext(ctx, "CREATE DATABASE "+name); err != nil {
		return fmt.Errorf("make a database: %w", err)
	}
	p.undo = append(p.undo, func() error {
		_, err := server.ExecContext(context.WithoutCancel(ctx), "DROP DATABASE "+name+" WITH (FORCE)")
		return err
	})
	database, err := url.Parse(o.postgres)
	if err != nil {
		return err
	}
	database.Path = "/" + name
	queue, err := p.freeRedis(ctx, o.redis)
	if err != nil {
		return err
	}
	key := make([]byte, 32)
	_, _ = rand.Read(key)
	keyFile := filepath.Join(p.dir, "secret.key")
	if err := os.WriteFile(keyFile, []byte(base64.StdEncoding.EncodeToString(key)), 0o600); err != nil {
		return err
	}
	p.flags = append(p.flags, "--database", database.String(), "--redis", queue, "--key-file", keyFile)
	_, err = p.run(ctx, "migrate")
	return err
}

// freeRedis finds an empty database, the last first, and empties it in the end.
func (p *product) freeRedis(ctx context.Context, server string) (string, error) {
	opt, err := redis.ParseURL(server)
	if err != nil {
		return "", err
	}
	for db := 63; db >= 0; db-- {
		opt.DB = db
		client := redis.NewClient(opt)
		n, err := client.DBSize(ctx).Result()
		if err != nil || n > 0 {
			_ = client.Close()
			continue // not so many databases, or in use
		}
		p.undo = append(p.undo, client.Close, func() error { return client.FlushDB(context.WithoutCancel(ctx)).Err() })
		u, err := url.Parse(server)
		if err != nil {
			return "", err
		}
		u.Path = fmt.Sprintf("/%d", db)
		return u.String(), nil
	}
	return "", errors.New("redis: no database of the server is free")
}

func (p *product) embedded() bool { return len(p.undo) == 0 }

func (p *product) profile() string {
	if p.embedded() {
		return "embedded (SQLite, background work in the process)"
	}
	return "production (PostgreSQL, Redis, one web node, one worker)"
}

// run runs a command of the product to its end and returns what it printed.
func (p *product) run(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, p.bin, append(args, p.flags...)...) //nolint:gosec // the operator names it
	cmd.Dir = p.dir
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("otklik %s: %w\n%s%s", strings.Join(args, " "), err, out.String(), errs.String())
	}
	return strings.TrimSpace(out.String()), nil
}

// start starts the server, and the worker where there is one, and waits until
// the server is ready.
func (p *product) start(ctx context.Context) error {
	commands := []string{"serve"}
	if !p.embedded() {
		commands = append(commands, "worker")
	}
	for _, command := range commands {
		cmd := exec.Command(p.bin, append([]string{command}, p.flags...)...) //nolint:gosec,noctx // stopped by a signal
		cmd.Dir, cmd.Stderr = p.dir, os.Stderr
		if err := cmd.Start(); err != nil {
			return err
		}
		p.running = append(p.running, cmd)
	}
	return wait(ctx, 30*time.Second, "the server is not ready", func() (bool, error) {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.base+"/readyz", nil)
		if err != nil {
			return false, err
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			return false, nil //nolint:nilerr // not yet
		}
		return resp.StatusCode == http.StatusOK, resp.Body.Close()
	})
}

func wait(ctx context.Context, most time.Duration, otherwise string, done func() (bool, error)) error {
	for end := time.Now().Add(most); time.Now().Before(end); {
		ok, err := done()
		if ok || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
	return errors.New(otherwise + " after " + most.String())
}

// close stops what was started and removes what was made.
func (p *product) close() error {
	var errs []error
	for _, cmd := range p.running {
		errs = append(errs, stop(cmd))
	}
	for i := len(p.undo) - 1; i >= 0; i-- {
		errs = append(errs, p.undo[i]())
	}
	p.running, p.undo = nil, nil
	return errors.Join(errs...)
}

func stop(cmd *exec.Cmd) error {
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return fmt.Errorf("stop: %w", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err := <-ended:
		return err
	case <-time.After(20 * time.Second):
		return errors.Join(fmt.Errorf("%s did not end when asked", cmd.Args[1]), cmd.Process.Kill())
	}
}
