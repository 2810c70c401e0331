package importer

import (
	"context"
	"io"
	"slices"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/store"
	"github.com/otklik/otklik/rubricator/address"
	"github.com/otklik/otklik/rubricator/territory"
)

// Addresses imports streets and houses from .csv. The file replaces all that
// its territories had, so that it may be imported again. read is told how many
// rows were read so far.
func Addresses(ctx context.Context, s *store.Store, name string, r io.Reader, dry bool, read func(rows int)) (Result, error) {
	places, err := placesFor(ctx, s, name)
	if err != nil {
		return Result{}, err
	}
	streets, err := address.ParseStreets(withoutMark(r), places, read)
	if err != nil {
		return Result{}, err
	}
	territories := make([]int64, len(streets))
	for i := range streets {
		territories[i] = streets[i].Territory
	}
	result := Result{What: "streets"}
	err = inTx(ctx, s, dry, func(tx *store.Import) error {
		before, err := tx.ReplaceStreets(once(territories), streets, name)
		result.Changed = min(before, len(streets))
		result.Added = len(streets) - result.Changed
		return err
	})
	return result, err
}

// Landmarks imports named objects from .csv, as [Addresses] does.
func Landmarks(ctx context.Context, s *store.Store, name string, r io.Reader, dry bool) (Result, error) {
	places, err := placesFor(ctx, s, name)
	if err != nil {
		return Result{}, err
	}
	landmarks, err := address.ParseLandmarks(withoutMark(r), places)
	if err != nil {
		return Result{}, err
	}
	territories := make([]int64, len(landmarks))
	for i := range landmarks {
		territories[i] = landmarks[i].Territory
	}
	result := Result{What: "landmarks"}
	err = inTx(ctx, s, dry, func(tx *store.Import) error {
		before, err := tx.ReplaceLandmarks(once(territories), landmarks, name)
		result.Changed = min(before, len(landmarks))
		result.Added = len(landmarks) - result.Changed
		return err
	})
	return result, err
}

func once(ids []int64) []int64 {
	slices.Sort(ids)
	return slices.Compact(ids)
}

// placesFor are the territories that a table speaks of.
func placesFor(ctx context.Context, s *store.Store, name string) (*territory.Index, error) {
	if form(name) != "csv" {
		return nil, wrongForm(name, "csv")
	}
	all, err := s.ListTerritories(ctx)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, fault.Lines{{Reason: "there are no territories yet: import them first"}}
	}
	return territory.NewIndex(all)
}
