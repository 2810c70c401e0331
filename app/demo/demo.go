// Package demo owns the demo region: an invented place with its rubricator,
// agencies, people and a few hundred appeals in all stages. The appeals are not
// put into tables: each lives its life through the engine, with a clock that
// walks from the day it was sent to today, so that what one sees is what the
// product does.
package demo

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/importer"
	"github.com/otklik/otklik/app/store"
	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/workflow"
)

//go:embed data/*.yaml data/*.geojson data/*.csv
var data embed.FS

// Password is what every demo user signs in with.
const Password = "otklik-demo" //nolint:gosec // everybody is to know it: it opens the demo region alone

// SignIn is a demo user worth trying.
type SignIn struct {
	Login string
	Role  actor.Role
}

// SignIns are the demo users through whose hands one appeal goes, and those who
// stand beside.
var SignIns = []SignIn{
	{"coordinator", actor.Coordinator},
	{"executor", actor.Executor},
	{"head", actor.Head},
	{"moderator", actor.Moderator},
	{"supervisor", actor.Supervisor},
	{"executor2", actor.Executor},
	{"agency-admin", actor.AgencyAdmin},
	{"desk", actor.Desk},
	{"organiser", actor.Organiser},
	{"admin", actor.SystemAdmin},
}

// Region is the product that is to be filled.
type Region struct {
	Store      *store.Store
	Rubricator *rubricator.Rubricator
	// Engine returns an engine that lives by the clock.
	Engine func(clock.Clock) (*workflow.Engine, error)
	// Reload reads into memory what was imported.
	Reload func(context.Context) error
	Now    time.Time
	Log    *slog.Logger
}

// Seed fills an empty database with the demo region and says so on w. A
// database with other agencies, or with the whole demo region, is left as it
// is. A run that was cut off is gone on with where it ended.
func Seed(ctx context.Context, r Region, w io.Writer) error {
	lives, err := readLives()
	if err != nil {
		return fmt.Errorf("demo appeals: %w", err)
	}
	return seed(ctx, r, w, lives)
}

func seed(ctx context.Context, r Region, w io.Writer, lives []life) error {
	agencies, err := r.Store.ListAgencies(ctx)
	if err != nil {
		return err
	}
	if ours, err := areOurs(agencies); err != nil || len(agencies) > 0 && !ours {
		return err
	}
	_, err = r.Store.FindIDByKey(ctx, lastKey)
	if err == nil || !fault.Is(err, fault.NotFound) {
		return err
	}
	fmt.Fprintln(w, "Filling the demo region…")
	if len(agencies) == 0 {
		if err := r.importFiles(ctx); err != nil {
			return fmt.Errorf("demo region: %w", err)
		}
	}
	if err := r.hire(ctx); err != nil {
		return fmt.Errorf("demo people: %w", err)
	}
	if err := r.Reload(ctx); err != nil {
		return err
	}
	if err := r.play(ctx, lives); err != nil {
		return fmt.Errorf("demo appeals: %w", err)
	}
	return nil
}

// areOurs reports whether the agencies are those of the demo region.
func areOurs(agencies []identity.Agency) (bool, error) {
	raw, err := data.ReadFile("data/agencies.yaml")
	if err != nil {
		return false, err
	}
	var file struct {
		Agencies []struct {
			Code string `yaml:"code"`
		} `yaml:"agencies"`
	}
	if err := yaml.Unmarshal(raw, &file); err != nil {
		return false, fmt.Errorf("agencies.yaml: %w", err)
	}
	for _, f := range file.Agencies {
		if !slices.ContainsFunc(agencies, func(a identity.Agency) bool { return a.Code == f.Code }) {
			return false, nil
		}
	}
	return true, nil
}

// Settle brings in the places, topics, agencies and people, and no appeals.
func (r Region) Settle(ctx context.Context) error {
	if err := r.importFiles(ctx); err != nil {
		return fmt.Errorf("demo region: %w", err)
	}
	if err := r.hire(ctx); err != nil {
		return fmt.Errorf("demo people: %w", err)
	}
	return r.Reload(ctx)
}

func (r Region) importFiles(ctx context.Context) error {
	read := func(name string) (*bytes.Reader, error) {
		raw, err := data.ReadFile("data/" + name)
		return bytes.NewReader(raw), err
	}
	for _, name := range []string{"territories.yaml", "territories.geojson"} {
		file, err := read(name)
		if err != nil {
			return err
		}
		if _, err := importer.Territories(ctx, r.Store, name, file, false); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	file, err := read("addresses.csv")
	if err != nil {
		return err
	}
	if _, err := importer.Addresses(ctx, r.Store, "addresses.csv", file, false, func(int) {}); err != nil {
		return fmt.Errorf("addresses.csv: %w", err)
	}
	if file, err = read("landmarks.csv"); err != nil {
		return err
	}
	if _, err := importer.Landmarks(ctx, r.Store, "landmarks.csv", file, false); err != nil {
		return fmt.Errorf("landmarks.csv: %w", err)
	}
	file, err = read("rubricator.yaml")
	if err != nil {
		return err
	}
	if _, err := importer.Rubricator(ctx, r.Store, "rubricator.yaml", file, false); err != nil {
		return fmt.Errorf("rubricator.yaml: %w", err)
	}
	if file, err = read("agencies.yaml"); err != nil {
		return err
	}
	if _, err := importer.Agencies(ctx, r.Store, "agencies.yaml", file, Password, false); err != nil {
		return fmt.Errorf("agencies.yaml: %w", err)
	}
	return nil
}

func (r Region) dropOutbox(ctx context.Context) error {
	for {
		rows, err := r.Store.ClaimOutbox(ctx, r.Now.Add(time.Hour), time.Minute, 1000)
		if err != nil || len(rows) == 0 {
			return err
		}
		ids := make([]int64, len(rows))
		for i, row := range rows {
			ids[i] = row.ID
		}
		if err := r.Store.DoneOutbox(ctx, ids); err != nil {
			return err
		}
	}
}
