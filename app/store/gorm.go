package store

import (
	"context"
	"log/slog"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

// gormConfig is how gorm is used here: no statement cache of its own (pgx has
// one), no transaction unless asked for, silent.
func gormConfig() *gorm.Config {
	return &gorm.Config{
		TranslateError:         true,
		PrepareStmt:            false,
		SkipDefaultTransaction: true,
		DisableAutomaticPing:   true,
		Logger:                 slowLog{},
	}
}

// slowQuery is how long a statement may take unmentioned.
const slowQuery = 200 * time.Millisecond

// slowLog tells slow statements to slog at level debug, without their
// parameters, which may be personal data. Errors are returned, not logged.
type slowLog struct{}

func (l slowLog) LogMode(logger.LogLevel) logger.Interface    { return l }
func (slowLog) Info(context.Context, string, ...any)          {}
func (slowLog) Warn(context.Context, string, ...any)          {}
func (slowLog) Error(context.Context, string, ...interface{}) {}

// Trace implements logger.Interface.
func (slowLog) Trace(ctx context.Context, begin time.Time, fc func() (string, int64), _ error) {
	took := time.Since(begin)
	if took < slowQuery || !slog.Default().Enabled(ctx, slog.LevelDebug) {
		return
	}
	sql, rows := fc()
	slog.DebugContext(ctx, "slow query", "took", took, "rows", rows, "sql", sql)
}

// ParamsFilter implements gorm.ParamsFilter: statements are logged bare.
func (slowLog) ParamsFilter(_ context.Context, sql string, _ ...any) (string, []any) {
	return sql, nil
}
