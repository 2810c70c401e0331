package app

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/importer"
	"github.com/otklik/otklik/app/store"
	"github.com/otklik/otklik/rubricator"
)

// Inspect looks for what is wrong with the routes in force.
func (a *App) Inspect(ctx context.Context) ([]rubricator.Finding, error) {
	return inspect(ctx, a.Store)
}

func inspect(ctx context.Context, s *store.Store) ([]rubricator.Finding, error) {
	r := rubricator.New(s, nil)
	version, roots, err := s.LatestVersion(ctx)
	if err != nil {
		return nil, err
	}
	tree, err := rubricator.NewTree(version, roots)
	if err != nil {
		return nil, err
	}
	rules, err := s.ListRules(ctx)
	if err != nil {
		return nil, err
	}
	if err := r.Reload(ctx); err != nil {
		return nil, err
	}
	bodies, err := bodiesOf(ctx, s)
	if err != nil {
		return nil, err
	}
	return rubricator.Inspect(tree, rules, r.Book().Places, bodies), nil
}

// InspectFiles looks for what is wrong with the routes of a region's files, in
// a database that is gone afterwards. A file that holds nothing of a region is
// an error of type fault.Lines.
func InspectFiles(ctx context.Context, names []string) (found []rubricator.Finding, err error) {
	dir, err := os.MkdirTemp("", "otklik-check-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	s, err := store.Open(ctx, store.Config{URL: filepath.Join(dir, "check.db"), Seal: make([]byte, 32)})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if _, err := s.Migrate(ctx); err != nil {
		return nil, err
	}
	files := make([]regionFile, len(names))
	for i, name := range names {
		if files[i], err = recognise(name); err != nil {
			return nil, fault.Lines{{Reason: err.Error()}}
		}
	}
	slices.SortStableFunc(files, func(a, b regionFile) int { return cmp.Compare(a.kind, b.kind) })
	for _, f := range files {
		if err := f.load(ctx, s); err != nil {
			return nil, fmt.Errorf("%s:\n%w", filepath.Base(f.name), err)
		}
	}
	return inspect(ctx, s)
}

// fileKind is what a file of a region holds, in the order in which they come in.
type fileKind int

const (
	ofPlaces fileKind = iota
	ofTopics
	ofAgencies
	ofRoutes
)

type regionFile struct {
	name string
	kind fileKind
}

// recognise tells what a file holds by its first words.
func recognise(name string) (regionFile, error) {
	f, err := os.Open(name)
	if err != nil {
		return regionFile{}, err
	}
	defer f.Close()
	if ext := filepath.Ext(name); ext == ".geojson" || ext == ".json" {
		return regionFile{name, ofPlaces}, nil
	}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		line := strings.TrimPrefix(lines.Text(), "\ufeff")
		for _, k := range []struct {
			begins string
			kind   fileKind
		}{
			{"territories:", ofPlaces},
			{"region:", ofPlaces},
			{"rubrics:", ofTopics},
			{"code,", ofTopics},
			{"agencies:", ofAgencies},
			{"users:", ofAgencies},
			{"templates:", ofAgencies},
			{"routes:", ofRoutes},
			{"rubric,", ofRoutes},
		} {
			if strings.HasPrefix(line, k.begins) {
				return regionFile{name, k.kind}, nil
			}
		}
	}
	return regionFile{}, errors.Join(fmt.Errorf("%s holds neither territories, a rubricator, agencies nor routes", name), lines.Err())
}

func (f regionFile) load(ctx context.Context, s *store.Store) error {
	r, err := os.Open(f.name)
	if err != nil {
		return err
	}
	defer r.Close()
	switch f.kind {
	case ofPlaces:
		_, err = importer.Territories(ctx, s, f.name, r, false)
	case ofTopics:
		_, err = importer.Rubricator(ctx, s, f.name, r, false)
	case ofAgencies:
		_, err = importer.Agencies(ctx, s, f.name, r, "", false)
	case ofRoutes:
		_, err = importer.Routes(ctx, s, f.name, r, false)
	}
	return err
}
