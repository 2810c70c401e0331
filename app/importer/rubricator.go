package importer

import (
	"context"
	"errors"
	"io"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/store"
	"github.com/otklik/otklik/rubricator"
)

// Rubricator publishes a tree from .yaml or .csv as the new version. A topic
// that was published must be in the file, if only as a retired one: appeals may
// be about it.
func Rubricator(ctx context.Context, s *store.Store, name string, r io.Reader, dry bool) (Result, error) {
	var tree *rubricator.Tree
	var err error
	switch form(name) {
	case "yaml":
		tree, err = rubricator.ParseYAML(withoutMark(r))
	case "csv":
		tree, err = rubricator.ParseCSV(withoutMark(r))
	default:
		err = wrongForm(name, "yaml", "csv")
	}
	if err != nil {
		return Result{}, err
	}
	there := map[string]bool{}
	var codes []string
	for _, l := range tree.Leaves() {
		codes = append(codes, l.Code)
	}
	err = inTx(ctx, s, dry, func(tx *store.Import) error {
		_, roots, err := tx.LatestVersion()
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		if len(roots) > 0 {
			old, err := rubricator.NewTree(0, roots)
			if err != nil {
				return errors.Join(errors.New("the present version"), err)
			}
			if err := tree.Keeps(old); err != nil {
				return err
			}
			for _, l := range old.Leaves() {
				there[l.Code] = true
			}
		}
		_, err = tx.PublishVersion(tree.Roots, name)
		return err
	})
	return counted("topics", there, codes), err
}
