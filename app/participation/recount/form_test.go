package recount_test

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/participation"
	"github.com/otklik/otklik/app/participation/recount"
	"github.com/otklik/otklik/app/participation/tally"
	"github.com/otklik/otklik/app/store/storetest"
)

// Every form of ballot, counted by every rule that fits it: the recount agrees, and
// so does a count of the exported file alone.
func TestVerify_every_form_of_a_budget_ballot(t *testing.T) {
	t.Parallel()
	rules := []string{"greedy", "greedy-no-skip", "equalshares", "equalshares/add1", "equalshares/add1u", "equalshares/add1u", "equalshares-comparison"}
	for _, form := range participation.Forms {
		t.Run(string(form), func(t *testing.T) {
			t.Parallel()
			h := storetest.NewHall(t, storetest.Open(t, storetest.SQLite), storetest.OnPaper, func(c *participation.Campaign) {
				c.Terms.Kind, c.Terms.Questions, c.Terms.Blank = participation.Budget, nil, true
				m := &participation.Money{Budget: 1000, Rule: "greedy", Most: 3, Support: 3}
				m.SetForm(form)
				if form == participation.FormCumulative {
					m.Points, m.PerProject = 12, 6
				}
				for i, cost := range []int64{300, 450, 500, 250, 600, 100} {
					m.Projects = append(m.Projects, participation.Project{ID: fmt.Sprintf("p%d", i+1), Name: lang.Text{RU: fmt.Sprintf("Проект; «%d»", i+1)}, Cost: cost})
				}
				c.Terms.Money = m
			})
			said := func(i int) participation.Answer {
				a := participation.Answer{Question: participation.Projects, Picks: []string{fmt.Sprintf("p%d", i%4+1)}}
				if second := fmt.Sprintf("p%d", (i*i+2)%5+1); second != a.Picks[0] && i%3 > 0 && (form != participation.FormKnapsack || i%4 == 3) {
					a.Picks = append(a.Picks, second)
				}
				if form == participation.FormCumulative {
					for n := range a.Picks {
						a.Points = append(a.Points, int64(4-n+i%3))
					}
				}
				return a
			}
			for i := range 20 {
				_, err := h.Send(t.Context(), h.Pass(t, fmt.Sprintf("v%d@example.org", i)), rand.Text(), said(i))
				require.NoError(t, err)
			}
			_, err := h.Send(t.Context(), h.Pass(t, "blank@example.org"), rand.Text())
			require.NoError(t, err)
			for i, code := range h.Sheets(t, 2) {
				require.NoError(t, h.Paper.Issue(t.Context(), storetest.Operator(11), h.ID, participation.Taker{Document: fmt.Sprintf("3604 %06d", i)}))
				for _, operator := range []int64{11, 12} {
					_, err := h.Paper.Enter(t.Context(), storetest.Operator(operator), h.ID, code, participation.Reading{Answers: []participation.Answer{said(i)}})
					require.NoError(t, err)
				}
			}
			c := h.Finish(t)
			require.Equal(t, 23, c.Result.Ballots)
			require.NotEmpty(t, c.Result.Projects.Winners)
			require.Contains(t, c.Result.Projects.Unsupported, "p6")
			files := published(t, h, c)
			r, err := recount.Verify(files, recount.Options{Key: c.Terms.LogKey})
			require.NoError(t, err)
			require.True(t, r.OK(), wrongs(r))
			require.Equal(t, 2, r.Paper)

			e, warnings, err := tally.Read(bytes.NewReader(files[participation.FilePabulib].Data))
			require.NoError(t, err)
			require.Empty(t, warnings)
			require.Len(t, e.Ballots, 23)
			var selected []string
			for _, p := range e.Projects {
				if p.Verdict == 1 {
					selected = append(selected, p.ID)
				}
			}
			require.ElementsMatch(t, c.Result.Projects.Winners, selected)
			// What is counted of the file is what is counted of the ballots, by any rule.
			terms, err := participation.Thaw(c.Frozen)
			require.NoError(t, err)
			counting := participation.NewCounting(terms)
			require.NoError(t, h.Store.EachBallot(t.Context(), h.ID, func(b participation.Ballot) error {
				choice, err := participation.Decode(terms, b.Choice)
				require.NoError(t, err)
				counting.Add(choice)
				return nil
			}))
			own := counting.Election(c.Result.Projects)
			require.Equal(t, own.Scores(), e.Scores())
			for _, name := range rules {
				rule, err := tally.ParseRule(name)
				require.NoError(t, err)
				if !form.Fits(&rule) {
					continue
				}
				ours, err := tally.Count(own, rule)
				require.NoError(t, err)
				theirs, err := tally.Count(e, rule)
				require.NoError(t, err)
				require.Equal(t, own.IDs(ours.Winners), e.IDs(theirs.Winners), name)
			}

			// A paper ballot that is passed off as sent online is found.
			raw := files[participation.FileBallots].Data
			files[participation.FileBallots].Data = bytes.Replace(raw, []byte(`,\"paper\":true`), nil, 1)
			require.NotEqual(t, raw, files[participation.FileBallots].Data)
			r, err = recount.Verify(files, recount.Options{Key: c.Terms.LogKey})
			require.NoError(t, err)
			require.Contains(t, wrongs(r), "the ballot was altered")
			require.Contains(t, wrongs(r), "ballots on paper")
		})
	}
}
