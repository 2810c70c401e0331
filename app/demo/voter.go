package demo

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/otklik/otklik/app/participation"
)

// come lets voters vote, several at once. Who voted before a run was cut off sends
// the same ballot again.
func (h *holding) come(ctx context.Context, from, until int) error {
	g, all := errgroup.WithContext(ctx)
	g.SetLimit(32)
	for n := from; n < until; n++ {
		g.Go(func() error {
			if err := h.vote(all, n); err != nil {
				return fmt.Errorf("voter %d: %w", n+1, err)
			}
			return nil
		})
	}
	return g.Wait()
}

func (h *holding) vote(ctx context.Context, n int) error {
	v := h.voter(n)
	now := h.watch.Now()
	t := &h.campaign.Terms
	var band int // none of them
	if many := len(t.Bands()); many > 0 {
		band = 1 + v.IntN(many)
	}
	pass, err := h.Voting.Issue(participation.Pass{
		Campaign: h.campaign.ID, Person: participation.Person(h.Voting.Key, h.campaign.ID, fmt.Sprintf("email:demo-%d@example.org", n)),
		Territory: v.place.ID, Band: band, Until: now.Add(participation.PassLife),
	})
	if err != nil {
		return err
	}
	mark := sha256.Sum256(fmt.Appendf(nil, "demo ballot %d %d", h.n, n))
	_, err = h.Voting.Send(ctx, participation.Sending{
		Campaign: h.campaign.ID, Pass: pass, Arrived: now, Answers: v.answers(),
		Secret: base32.StdEncoding.EncodeToString(mark[:])[:participation.SecretSize],
	})
	return err
}

// voter is somebody who votes as the file says people do: always the same for the
// same number.
type voter struct {
	*rand.Rand
	*holding

	place participation.Named
	code  string // of the territory
}

func (h *holding) voter(n int) *voter {
	v := &voter{Rand: rand.New(rand.NewPCG(uint64(h.n), uint64(n))), holding: h} //nolint:gosec // the same votes in every run
	if all := h.campaign.Terms.Territories; len(all) > 0 {
		i := min(v.IntN(len(all)), v.IntN(len(all))) // the first are the greatest
		v.place, v.code = all[i], h.Territories[i]
	}
	return v
}

func (v *voter) answers() []participation.Answer {
	t := &v.campaign.Terms
	if t.Money != nil {
		return []participation.Answer{{Question: participation.Projects, Picks: v.projects()}}
	}
	var out []participation.Answer
	for i := range t.Questions {
		if a := v.answer(&t.Questions[i]); len(a.Picks) > 0 || a.Words != "" {
			out = append(out, a)
		}
	}
	return out
}

// projects are those that the voter supports, one at least.
func (v *voter) projects() []string {
	taste := v.Taste[participation.Projects]
	var out []string
	best, most := "", 0.0
	for _, p := range v.campaign.Terms.Money.Projects {
		percent := taste[p.ID]
		switch near := v.Near[p.ID]; {
		case near == v.code:
			percent = min(90, percent*1.8)
		case near != "":
			percent *= 0.6
		}
		drawn := percent / max(0.1, 100*v.Float64())
		if drawn > most {
			best, most = p.ID, drawn
		}
		if drawn >= 1 {
			out = append(out, p.ID)
		}
	}
	if len(out) == 0 {
		return []string{best}
	}
	return out
}

func (v *voter) answer(q *participation.Question) participation.Answer {
	a := participation.Answer{Question: q.ID}
	if !q.Required && v.IntN(10) == 0 {
		return a
	}
	switch q.Ask {
	case participation.YesNo, participation.One, participation.Scale:
		a.Picks = v.draw(v.Taste[q.ID], 1)
	case participation.Some:
		a.Picks = v.draw(v.Taste[q.ID], 1+v.IntN(cmp.Or(q.Most, len(q.Options))))
	case participation.Ranking:
		a.Picks = v.draw(v.Taste[q.ID], len(q.Options))
	case participation.Matrix:
		for _, row := range q.Rows {
			for _, option := range v.draw(v.Taste[q.ID+":"+row.ID], 1) {
				a.Picks = append(a.Picks, row.ID+":"+option)
			}
		}
	case participation.Words:
		if v.IntN(4) == 0 {
			a.Words = strings.Join(v.draw(v.Taste[q.ID], 1), "")
		}
	}
	return a
}

// draw takes so many by their weights, none twice, in the order in which they are
// drawn.
func (v *voter) draw(weights map[string]float64, many int) []string {
	left := maps.Clone(weights)
	var out []string
	for len(out) < many && len(left) > 0 {
		var sum float64
		names := slices.Sorted(maps.Keys(left))
		for _, name := range names {
			sum += left[name]
		}
		at := v.Float64() * sum
		i := 0
		for i < len(names)-1 && at >= left[names[i]] {
			at -= left[names[i]]
			i++
		}
		out = append(out, names[i])
		delete(left, names[i])
	}
	return out
}
