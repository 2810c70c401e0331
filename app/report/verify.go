package report

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

func compareKeys(a, b Key) int {
	return cmp.Or(
		cmp.Compare(a.Cube, b.Cube), cmp.Compare(a.Grain, b.Grain), cmp.Compare(a.Day, b.Day), cmp.Compare(a.Agency, b.Agency),
		cmp.Compare(a.Territory, b.Territory), cmp.Compare(a.Person, b.Person), cmp.Compare(a.Topic, b.Topic))
}

// cubeNames are shown to who operates the platform.
var cubeNames = map[Cube]string{
	Whole: "whole", ByAgency: "agency", ByTerritory: "territory", ByAgencyTerritory: "agency and territory", ByPerson: "executor",
	ByTopic: "topic", ByAgencyTopic: "agency and topic", ByTerritoryTopic: "territory and topic", ByAgencyCategory: "agency and category",
	Stages: "stage", Standings: "standing at stage", StandingByAgency: "standing at stage of agency",
	StandingByTerritory: "standing at stage in territory", Flags: "flags",
	StageByAgency: "stage of agency", StageByTerritory: "stage in territory", RedirectPairs: "redirects",
	FlagByAgency: "flags of agency", FlagByTerritory: "flags in territory",
}

// String names the cell.
func (k Key) String() string {
	grain := "day"
	if k.Grain == ByMonth {
		grain = "month"
	}
	return fmt.Sprintf("%s, %s %s, agency %d, territory %d, executor %d, topic %q",
		cubeNames[k.Cube], grain, k.Day, k.Agency, k.Territory, k.Person, k.Topic)
}

// Verification is what [Keeper.Verify] found.
type Verification struct {
	Appeals, Cells int
	Wrong          int
	Findings       []string // the first of them
}

// mostFindings bounds what is named.
const mostFindings = 50

func (v *Verification) find(format string, args ...any) {
	if v.Wrong++; len(v.Findings) < mostFindings {
		v.Findings = append(v.Findings, fmt.Sprintf(format, args...))
	}
}

// mostVerifications is how often what changes meanwhile is looked at again.
const mostVerifications = 5

// Verify follows the log to its end, counts every appeal anew and compares its
// portion with the one kept, and the sum of all with every cell. Where something
// differs and the log went on meanwhile, it looks again.
func (k *Keeper) Verify(ctx context.Context, progress func(appeals int)) (*Verification, error) {
	for tries := 1; ; tries++ {
		v, at, err := k.verify(ctx, progress)
		// Who was killed while making them anew may have a last word on the wire.
		behind := errors.Is(err, ErrBehind)
		if err != nil && !behind || !behind && v.Wrong == 0 || tries == mostVerifications {
			return v, err
		}
		// On PostgreSQL the end of the log is below the oldest transaction that
		// runs, whatever that does: it is given a moment.
		select {
		case <-ctx.Done():
			return v, ctx.Err()
		case <-time.After(time.Second):
		}
		if end, err := k.Ledger.LogEnd(ctx); err != nil || end == at && !behind {
			return v, err
		}
	}
}

// verify looks once; at is how far the sums had come.
func (k *Keeper) verify(ctx context.Context, progress func(appeals int)) (_ *Verification, at string, _ error) {
	for more := true; more; {
		var err error
		if more, err = k.Step(ctx); err != nil {
			return nil, "", err
		}
	}
	s, err := k.Ledger.KPIState(ctx)
	if err != nil {
		return nil, "", err
	}
	if !s.Ready {
		return nil, "", ErrBehind
	}
	v := &Verification{}
	cells := tally{}
	portions := map[int64][]byte{}
	err = k.each(ctx, func(stories []Story) error {
		for i := range stories {
			p := stories[i].Portion(k.Zone)
			cells.add(p, 1)
			portions[stories[i].Appeal] = p.Encode()
		}
		v.Appeals += len(stories)
		progress(v.Appeals)
		return nil
	})
	if err != nil {
		return nil, "", err
	}
	err = k.Ledger.EachKPI(ctx, func(key Key, kept *Sums) error {
		v.Cells++
		want := cells[key]
		if want == nil {
			want = &Sums{}
		}
		if want.N != kept.N || !slices.Equal(want.Hours, kept.Hours) {
			v.find("cell %s: kept %v, the appeals make %v", key, *kept, *want)
		}
		delete(cells, key)
		return nil
	}, func(appeal int64, body []byte) error {
		if want, ok := portions[appeal]; !ok || !bytes.Equal(want, body) {
			v.find("appeal %d: its portion is not what it has put into the sums", appeal)
		}
		delete(portions, appeal)
		return nil
	})
	for key, want := range cells {
		if !want.Zero() {
			v.find("cell %s: missing, the appeals make %v", key, *want)
		}
	}
	for appeal := range portions {
		v.find("appeal %d: has no portion", appeal)
	}
	return v, s.Position, err
}
