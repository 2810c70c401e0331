package app

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/otklik/otklik/app/config"
	"github.com/otklik/otklik/app/demo"
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/store"
	"github.com/otklik/otklik/app/web/ui"
)

// SeedDemo fills an empty database with the demo region.
func (a *App) SeedDemo(ctx context.Context, w io.Writer) error {
	if err := demo.Seed(ctx, a.demoRegion(), w); err != nil {
		return err
	}
	return a.Reload(ctx)
}

func (a *App) demoRegion() demo.Region {
	return demo.Region{
		Store: a.Store, Rubricator: a.Rubricator, Engine: a.EngineAt, Reload: a.Reload, Now: a.Clock.Now(), Log: a.Log,
	}
}

// HoldDemo holds the votes of the demo region where they are missing.
func (a *App) HoldDemo(ctx context.Context, w io.Writer) error {
	return demo.Votes{Region: a.demoRegion(), Zone: a.Config.Zone, Open: a.hallAt}.Hold(ctx, w)
}

// TalkDemo lets the demo region propose and discuss, where it has not.
func (a *App) TalkDemo(ctx context.Context) error {
	return demo.Talks{Region: a.demoRegion(), Zone: a.Config.Zone, Open: a.forumAt}.Hold(ctx)
}

// Welcome says where everything is, for the person who started the server.
func (a *App) Welcome() string {
	var b strings.Builder
	at := func(what, path string) { fmt.Fprintf(&b, "  %-22s %s\n", what, a.Config.Base.JoinPath(path)) }
	b.WriteString("\nOtklik is running:\n")
	at("citizens", "/")
	at("officers", "/sign-in")
	at("supervisors", "/dashboard")
	at("API", "/api/v1/openapi.json")
	if a.Config.Demo {
		fmt.Fprintf(&b, "\nDemo sign-ins, each with the password %s:\n", demo.Password)
		ctx := ui.WithLang(context.Background(), lang.EN)
		for _, s := range demo.SignIns {
			fmt.Fprintf(&b, "  %-22s %s\n", s.Login, ui.T(ctx, "role."+string(s.Role)))
		}
	}
	b.WriteString("\nCtrl-C ends it.\n")
	return b.String()
}

// Migrate brings the database of the configuration up to date and returns the
// migrations that it applied.
func Migrate(ctx context.Context, cfg config.Config) ([]string, error) {
	// The schema knows nothing of the key, and a key must not be made here.
	s, err := store.Open(ctx, store.Config{URL: cfg.Database, Seal: make([]byte, keySize)})
	if err != nil {
		return nil, fmt.Errorf("database: %w", err)
	}
	defer s.Close()
	return s.Migrate(ctx)
}
