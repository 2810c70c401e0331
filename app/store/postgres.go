package store

import (
	"context"
	"fmt"
	"math"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"

	"github.com/otklik/otklik/app/fault"
)

// defaultConns is the most connections to PostgreSQL unless told otherwise.
const defaultConns = 24

func (s *Store) openPostgres(ctx context.Context, cfg Config) error {
	s.dialect = postgresDialect
	var err error
	if s.pool, err = openPool(ctx, cfg.URL, cfg.Conns); err != nil {
		return err
	}
	s.writeDB = stdlib.OpenDBFromPool(s.pool)
	if s.write, err = gorm.Open(postgres.New(postgres.Config{Conn: s.writeDB}), gormConfig()); err != nil {
		return err
	}
	s.freshDB, s.fresh = s.writeDB, s.write
	s.readPool, s.readDB, s.read = s.pool, s.writeDB, s.write
	if cfg.ReadURL == "" {
		return nil
	}
	if s.readPool, err = openPool(ctx, cfg.ReadURL, cfg.Conns); err != nil {
		return err
	}
	s.readDB = stdlib.OpenDBFromPool(s.readPool)
	s.read, err = gorm.Open(postgres.New(postgres.Config{Conn: s.readDB}), gormConfig())
	return err
}

func openPool(ctx context.Context, url string, conns int) (*pgxpool.Pool, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, "store.open", fmt.Errorf("database URL: %w", err))
	}
	if config.MaxConns = defaultConns; conns > 0 {
		config.MaxConns = int32(min(conns, math.MaxInt32))
	}
	// Instants are UTC in storage, whatever the server's zone.
	config.ConnConfig.RuntimeParams["timezone"] = "UTC"
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, err
	}
	return pool, nil
}
