package storetest

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/participation"
	"github.com/otklik/otklik/app/participation/proposal"
	"github.com/otklik/otklik/app/store"
)

// Yard is a budget vote that takes proposals.
type Yard struct {
	Store     *store.Store
	Clock     *clock.Fake
	Proposals *proposal.Proposals
	Campaigns *participation.Campaigns
	Organiser actor.Actor
	Officer   actor.Actor // of agency 8, which checks
	ID        int64
}

// NewYard announces a campaign of agency 7 and lets a day pass.
func NewYard(t *testing.T, s *store.Store) *Yard {
	t.Helper()
	now := clock.NewFake(Noon)
	officer := func(user, agency int64, role actor.Role) actor.Actor {
		return actor.Actor{Kind: actor.Officer, User: user, Name: "О. Фицер", Memberships: []actor.Membership{{Agency: agency, Role: role}}}
	}
	y := &Yard{Store: s, Clock: now, Organiser: officer(5, 7, actor.Organiser), Officer: officer(6, 8, actor.Executor)}
	y.Proposals = &proposal.Proposals{Store: s, Campaigns: s, Codes: s, Clock: now, Key: []byte("a key of persons")}
	y.Campaigns = &participation.Campaigns{
		Store: s, Box: s, Clock: now, Holds: func(int64) (string, bool) { return "city", true }, Levels: []participation.Level{participation.Contact},
	}
	at := func(days int) time.Time { return Noon.Add(time.Duration(days) * 24 * time.Hour) }
	c := &participation.Campaign{Agency: 7, Terms: participation.Terms{
		Kind: participation.Budget, Title: lang.Text{RU: "Двор", EN: "Yard"}, Text: lang.Text{RU: "Миллион на дворы"}, Opens: at(50), Closes: at(60),
		Zone: "Europe/Moscow", Level: participation.Contact, Shown: participation.WhenCounted, Ties: participation.TieOrder,
		Money: &participation.Money{Budget: 1_000_000, Rule: "greedy"},
	}}
	require.NoError(t, y.Campaigns.Create(t.Context(), y.Organiser, c))
	y.ID = c.ID
	require.NoError(t, y.Proposals.SavePhases(t.Context(), y.Organiser, &proposal.Phases{
		Campaign: c.ID, Announced: true, ProposeFrom: Noon, ProposeUntil: at(20), CheckUntil: at(40), ResultBy: at(65), ReportsUntil: at(200),
		PerPerson: 2, AnswerDays: 5,
	}))
	now.Advance(24 * time.Hour)
	return y
}

// Typed is a proposal that can be sent.
func Typed(title, email string) proposal.Typed {
	return proposal.Typed{Body: proposal.Body{Title: title, Text: "Поставить и покрасить", Place: "Во дворе"}, Name: "Анна П.", Email: email}
}

// Submit writes a proposal, enters the code, and returns what the organiser gets.
func (y *Yard) Submit(t *testing.T, title, email string) (*proposal.Proposal, error) {
	t.Helper()
	p, code, err := y.Proposals.Keep(t.Context(), y.ID, Typed(title, email), lang.RU, true)
	require.NoError(t, err)
	sent, err := y.Store.FindCode(t.Context(), code, y.Clock.Now())
	require.NoError(t, err)
	return y.Proposals.Confirm(t.Context(), y.ID, p.ID, 0, code, sent.Digits)
}

// Publish submits a proposal and lets the organiser accept it.
func (y *Yard) Publish(t *testing.T, title, email string) *proposal.Proposal {
	t.Helper()
	p, err := y.Submit(t, title, email)
	require.NoError(t, err)
	p, err = y.Proposals.Decide(t.Context(), y.Organiser, y.ID, p.ID, p.Version, proposal.Accept, "")
	require.NoError(t, err)
	return p
}

// Judge sends a proposal to agency 8 and gives its verdict.
func (y *Yard) Judge(t *testing.T, p *proposal.Proposal, e proposal.Estimate) *proposal.Proposal {
	t.Helper()
	p, err := y.Proposals.SendToCheck(t.Context(), y.Organiser, y.ID, p.ID, p.Version, proposal.Send,
		proposal.Sending{Agency: 8, Due: y.Clock.Now().Add(time.Hour)})
	require.NoError(t, err)
	p, err = y.Proposals.JudgeAs(t.Context(), y.Officer, y.ID, p.ID, p.Version, e)
	require.NoError(t, err)
	return p
}

// Estimated is a verdict with a cost of 500 000.
func Estimated(v proposal.Verdict) proposal.Estimate {
	e := proposal.Estimate{Verdict: v, Lines: []proposal.CostLine{{Name: "Скамьи", Cost: 200_000}, {Name: "Плитка", Cost: 300_000}}, Points: map[string]string{}}
	for _, point := range proposal.Points {
		e.Points[point] = proposal.PointYes
	}
	if v != proposal.CanBeDone {
		e.Reason, e.Ground = "Под землёй газопровод", proposal.Technical
	}
	return e
}

func testProposals(t *testing.T, open Opener) {
	t.Run("a proposal lives from draft to project, and its terms carry it", func(t *testing.T) {
		t.Parallel()
		y := NewYard(t, open(t))
		p := y.Publish(t, "Скамьи", "anna@example.org")
		require.Equal(t, proposal.Published, p.State)

		_, err := y.Proposals.JudgeAs(t.Context(), y.Officer, y.ID, p.ID, p.Version, Estimated(proposal.CanBeDone))
		require.True(t, fault.Is(err, fault.Forbidden), "nobody asked this agency")
		p, err = y.Proposals.SendToCheck(t.Context(), y.Organiser, y.ID, p.ID, p.Version, proposal.Send,
			proposal.Sending{Agency: 8, Due: y.Clock.Now().Add(time.Hour)})
		require.NoError(t, err)
		stranger := y.Officer
		stranger.Memberships = []actor.Membership{{Agency: 9, Role: actor.Head}, {Agency: 8, Role: actor.Moderator}}
		for name, by := range map[string]actor.Actor{"another agency": stranger, "the organiser": y.Organiser} {
			_, err = y.Proposals.JudgeAs(t.Context(), by, y.ID, p.ID, p.Version, Estimated(proposal.CanBeDone))
			require.True(t, fault.Is(err, fault.Forbidden), name)
		}
		wrong := Estimated(proposal.CanBeDone)
		wrong.Points["land"] = proposal.PointNo
		_, err = y.Proposals.JudgeAs(t.Context(), y.Officer, y.ID, p.ID, p.Version, wrong)
		require.True(t, fault.Is(err, fault.Invalid))
		_, err = y.Proposals.WithdrawAs(t.Context(), y.ID, p.ID, 0, p.Version)
		require.True(t, fault.Is(err, fault.Conflict), "its check has begun")
		require.False(t, p.Overdue(y.Clock.Now()))
		y.Clock.Advance(2 * time.Hour)
		require.True(t, p.Overdue(y.Clock.Now()))
		p, err = y.Proposals.JudgeAs(t.Context(), y.Officer, y.ID, p.ID, p.Version, Estimated(proposal.WithChange))
		require.NoError(t, err)
		require.Equal(t, proposal.Changes, p.State)

		p, err = y.Proposals.Consent(t.Context(), y.ID, p.ID, 0, proposal.Yes)
		require.NoError(t, err)
		require.Equal(t, proposal.Feasible, p.State)
		_, err = y.Proposals.Consent(t.Context(), y.ID, p.ID, 0, proposal.No)
		require.True(t, fault.Is(err, fault.Conflict), "an answer is given once")
		p, err = y.Proposals.AdoptAs(t.Context(), y.Organiser, y.ID, p.ID, p.Version)
		require.NoError(t, err)
		c, err := y.Store.FindCampaign(t.Context(), y.ID)
		require.NoError(t, err)
		project, ok := c.Terms.Project(p.ProjectID())
		require.True(t, ok)
		require.Equal(t, p.ID, project.Proposal)
		require.Equal(t, int64(500_000), project.Cost)
		require.Contains(t, project.Text.RU, "газопровод", "people vote on it as it was changed")

		p, err = y.Proposals.TakeOutOf(t.Context(), y.Organiser, y.ID, p.ID, p.Version, "Двор продан")
		require.NoError(t, err)
		c, err = y.Store.FindCampaign(t.Context(), y.ID)
		require.NoError(t, err)
		require.Empty(t, c.Terms.Money.Projects)
		notes, err := y.Store.ListProposalNotes(t.Context(), p.ID)
		require.NoError(t, err)
		var did []proposal.Action
		for _, n := range notes {
			did = append(did, n.Action)
		}
		require.Equal(t, []proposal.Action{
			proposal.Create, proposal.Submit, proposal.Accept, proposal.Send, proposal.Judge, proposal.Agree, proposal.Adopt, proposal.TakeOut,
		}, did)
		require.Equal(t, int64(500_000), notes[4].More.Estimate.Total())
	})

	t.Run("a refusal has a reason, and a changed text is read again", func(t *testing.T) {
		t.Parallel()
		y := NewYard(t, open(t))
		p, err := y.Submit(t, "Скамьи", "anna@example.org")
		require.NoError(t, err)
		_, err = y.Proposals.Decide(t.Context(), y.Organiser, y.ID, p.ID, p.Version, proposal.Reject, " ")
		require.True(t, fault.Is(err, fault.Invalid))
		p, err = y.Proposals.Decide(t.Context(), y.Organiser, y.ID, p.ID, p.Version, proposal.Return, "Где это?")
		require.NoError(t, err)
		p, err = y.Proposals.Change(t.Context(), y.ID, p.ID, 0, p.Version, Typed("Скамьи у пруда", ""), true)
		require.NoError(t, err)
		require.Equal(t, proposal.Moderation, p.State)
		p, err = y.Proposals.Decide(t.Context(), y.Organiser, y.ID, p.ID, p.Version, proposal.Accept, "")
		require.NoError(t, err)
		_, err = y.Proposals.Change(t.Context(), y.ID, p.ID, 0, p.Version-1, Typed("Две вкладки", ""), false)
		require.True(t, fault.Is(err, fault.Conflict))
		p, err = y.Proposals.Change(t.Context(), y.ID, p.ID, 0, p.Version, Typed("Скамьи у реки", ""), false)
		require.NoError(t, err)
		require.Equal(t, proposal.Moderation, p.State)
		y.Clock.Advance(30 * 24 * time.Hour)
		_, _, err = y.Proposals.Keep(t.Context(), y.ID, Typed("Поздно", "ivan@example.org"), lang.RU, true)
		require.True(t, fault.Is(err, fault.Gone))
	})

	t.Run("of many proposals of one person at once the limit holds", func(t *testing.T) {
		t.Parallel()
		y := NewYard(t, open(t))
		codes := map[int64]string{}
		for i := range participation.MaxCodes {
			p, code, err := y.Proposals.Keep(t.Context(), y.ID, Typed(fmt.Sprint("Скамья ", i), "Anna+"+fmt.Sprint(i)+"@example.org"), lang.RU, true)
			require.NoError(t, err)
			codes[p.ID] = code
		}
		var mu sync.Mutex
		var wg sync.WaitGroup
		taken, refused := 0, 0
		for id, code := range codes {
			known, err := y.Store.FindCode(t.Context(), code, y.Clock.Now())
			require.NoError(t, err)
			for range 4 {
				wg.Go(func() {
					_, err := y.Proposals.Confirm(context.WithoutCancel(t.Context()), y.ID, id, 0, code, known.Digits)
					mu.Lock()
					defer mu.Unlock()
					if err == nil {
						taken++
					} else if fault.Is(err, fault.Conflict) {
						refused++
					}
				})
			}
		}
		wg.Wait()
		require.Equal(t, 8, taken, "two proposals, each confirmed four times")
		require.Equal(t, 4, refused)
		all, err := y.Store.ListProposals(t.Context(), proposal.Filter{Campaign: y.ID, States: []proposal.State{proposal.Moderation}})
		require.NoError(t, err)
		require.Len(t, all, 2)
	})

	t.Run("a merge needs every author, silence is no, and it can be undone", func(t *testing.T) {
		t.Parallel()
		y := NewYard(t, open(t))
		a, b := y.Publish(t, "Скамьи", "anna@example.org"), y.Publish(t, "Лавки", "boris@example.org")
		body := proposal.Body{Title: "Скамьи и лавки", Text: "Всё вместе", Place: "Двор"}
		ask := func() *proposal.Merge {
			m, err := y.Proposals.AskMerge(t.Context(), y.Organiser, y.ID, []int64{a.ID, b.ID}, body, "Об одном")
			require.NoError(t, err)
			return m
		}
		m := ask()
		_, err := y.Proposals.AskMerge(t.Context(), y.Organiser, y.ID, []int64{a.ID, b.ID}, body, "Об одном")
		require.True(t, fault.Is(err, fault.Conflict))
		_, err = y.Proposals.AnswerMerge(t.Context(), y.ID, m.ID, a.ID, 0, proposal.Yes)
		require.NoError(t, err)
		y.Clock.Advance(5 * 24 * time.Hour)
		_, err = y.Proposals.AnswerMerge(t.Context(), y.ID, m.ID, b.ID, 0, proposal.Yes)
		require.True(t, fault.Is(err, fault.Gone))
		_, err = y.Proposals.Work(t.Context())
		require.NoError(t, err)
		m, err = y.Store.FindMerge(t.Context(), m.ID)
		require.NoError(t, err)
		require.Equal(t, proposal.Lapsed, m.State)

		m = ask()
		var wg sync.WaitGroup
		for _, id := range []int64{a.ID, b.ID, a.ID, b.ID} {
			wg.Go(func() {
				_, err := y.Proposals.AnswerMerge(context.WithoutCancel(t.Context()), y.ID, m.ID, id, 0, proposal.Yes)
				if err != nil {
					t.Errorf("answer of %d: %v", id, err)
				}
			})
		}
		wg.Wait()
		m, err = y.Store.FindMerge(t.Context(), m.ID)
		require.NoError(t, err)
		require.Equal(t, proposal.Done, m.State)
		made, err := y.Store.FindProposal(t.Context(), m.Made)
		require.NoError(t, err)
		require.Len(t, made.Authors, 2)
		require.Equal(t, []int64{a.ID, b.ID}, made.Body.Parts)
		_, err = y.Proposals.WithdrawAs(t.Context(), y.ID, made.ID, 0, made.Version)
		require.True(t, fault.Is(err, fault.Conflict), "it isn't one author's alone")

		made = y.Judge(t, made, Estimated(proposal.WithChange))
		made, err = y.Proposals.Consent(t.Context(), y.ID, made.ID, 0, proposal.Yes)
		require.NoError(t, err)
		require.Equal(t, proposal.Changes, made.State, "the other has not answered")
		y.Clock.Advance(5 * 24 * time.Hour)
		_, err = y.Proposals.Work(t.Context())
		require.NoError(t, err)
		made, err = y.Store.FindProposal(t.Context(), made.ID)
		require.NoError(t, err)
		require.Equal(t, proposal.Infeasible, made.State)

		_, err = y.Proposals.UndoMerge(t.Context(), y.Organiser, y.ID, m.ID, "Дворы разные")
		require.NoError(t, err)
		for id, want := range map[int64]proposal.State{a.ID: proposal.Published, b.ID: proposal.Published, made.ID: proposal.Dissolved} {
			p, err := y.Store.FindProposal(t.Context(), id)
			require.NoError(t, err)
			require.Equal(t, want, p.State)
			require.Zero(t, p.MergedInto)
		}
	})

	t.Run("appeals become a proposal without a word of who wrote them", func(t *testing.T) {
		t.Parallel()
		y := NewYard(t, open(t))
		body := proposal.Body{Title: "Свет", Text: "Поставить фонари", Place: "Аллея"}
		coordinator := actor.Actor{Kind: actor.Officer, User: 9, Memberships: []actor.Membership{{Agency: 8, Role: actor.Coordinator}}}
		_, err := y.Proposals.Gather(t.Context(), y.Officer, y.ID, body, []int64{11})
		require.True(t, fault.Is(err, fault.Forbidden))
		p, err := y.Proposals.Gather(t.Context(), coordinator, y.ID, body, []int64{12, 11, 12})
		require.NoError(t, err)
		require.Equal(t, proposal.Moderation, p.State, "the organiser reads a coordinator's first")
		require.Empty(t, p.Authors)
		require.Equal(t, 2, p.Body.Appeals)
		ids, err := y.Store.ListProposalAppeals(t.Context(), p.ID)
		require.NoError(t, err)
		require.Equal(t, []int64{11, 12}, ids)
		told := func() (appeals []int64) {
			rows, err := y.Store.ClaimOutbox(t.Context(), Noon.AddDate(50, 0, 0), time.Minute, 100)
			require.NoError(t, err)
			for _, r := range rows {
				if r.Topic == proposal.TopicAppeal {
					appeals = append(appeals, r.Appeal)
				}
			}
			return appeals
		}
		require.Empty(t, told(), "nobody could read it yet")
		again, err := y.Proposals.Gather(t.Context(), coordinator, y.ID, body, []int64{11, 12})
		require.NoError(t, err)
		require.Equal(t, p.ID, again.ID, "pressed twice it is one")
		body.Title = "Другое"
		_, err = y.Proposals.Gather(t.Context(), coordinator, y.ID, body, []int64{11, 12})
		require.True(t, fault.Is(err, fault.Conflict), "an appeal is a part of one proposal")
		other, err := y.Proposals.Gather(t.Context(), y.Organiser, y.ID, body, []int64{12, 13})
		require.NoError(t, err)
		require.Equal(t, proposal.Published, other.State)
		require.Equal(t, 1, other.Body.Appeals)
		require.Equal(t, []int64{13}, told())
		links, err := y.Store.ListAppealProposals(t.Context(), []int64{11, 13, 14})
		require.NoError(t, err)
		require.Equal(t, []proposal.Link{{Appeal: 11, Campaign: y.ID, Proposal: p.ID}, {Appeal: 13, Campaign: y.ID, Proposal: other.ID}}, links)

		require.NotContains(t, proposal.Allowed(y.Organiser, &participation.Campaign{Agency: 7, State: participation.Draft}, p), proposal.Return, "there is nobody to return it to")
		_, err = y.Proposals.Decide(t.Context(), y.Organiser, y.ID, p.ID, p.Version, proposal.Return, "Поправьте")
		require.True(t, fault.Is(err, fault.Conflict))
		_, err = y.Proposals.Decide(t.Context(), y.Organiser, y.ID, p.ID, p.Version, proposal.Accept, "")
		require.NoError(t, err)
		require.Equal(t, []int64{11, 12}, told())
		_, err = y.Proposals.Decide(t.Context(), y.Organiser, y.ID, other.ID, other.Version, proposal.Reject, "Не то")
		require.NoError(t, err)
		links, err = y.Store.ListAppealProposals(t.Context(), []int64{13})
		require.NoError(t, err)
		require.Empty(t, links, "nothing comes of it: the appeal may become another")
	})

	t.Run("what was never sent is removed in the end, with its picture alone", func(t *testing.T) {
		t.Parallel()
		y := NewYard(t, open(t))
		keep := func(title, photo string) *proposal.Proposal {
			in := Typed(title, "anna@example.org")
			in.Photo = photo
			p, _, err := y.Proposals.Keep(t.Context(), y.ID, in, lang.RU, false)
			require.NoError(t, err)
			return p
		}
		sent := y.Publish(t, "Скамьи", "anna@example.org")
		_, err := y.Proposals.WithdrawAs(t.Context(), y.ID, sent.ID, 0, sent.Version)
		require.NoError(t, err)
		keep("Первый", "proposal-1-A/one.jpg")
		shown := keep("Второй", "proposal-1-B/two.jpg")
		gone := keep("Третий", "proposal-1-C/three.jpg")
		_, err = y.Proposals.WithdrawAs(t.Context(), y.ID, gone.ID, 0, gone.Version)
		require.NoError(t, err)
		y.Clock.Advance(time.Hour)
		fresh := keep("Четвёртый", "proposal-1-B/two.jpg")

		photos, n, err := y.Store.PurgeProposals(t.Context(), shown.CreatedAt, 10)
		require.NoError(t, err)
		require.Zero(t, n)
		require.Empty(t, photos)
		photos, n, err = y.Store.PurgeProposals(t.Context(), y.Clock.Now(), 10)
		require.NoError(t, err)
		require.Equal(t, 3, n)
		require.ElementsMatch(t, []string{"proposal-1-A/one.jpg", "proposal-1-C/three.jpg"}, photos, "another draft shows the second")
		left, err := y.Store.ListProposals(t.Context(), proposal.Filter{Campaign: y.ID})
		require.NoError(t, err)
		require.Len(t, left, 2)
		for _, p := range left {
			require.Contains(t, []int64{sent.ID, fresh.ID}, p.ID, "what the organiser has read stays")
		}
		used, err := y.Store.ShowsPhoto(t.Context(), y.ID, "proposal-1-B/two.jpg")
		require.NoError(t, err)
		require.True(t, used)
	})

	t.Run("authors hear once what the vote came to, and a report beside another is asked about", func(t *testing.T) {
		t.Parallel()
		y := NewYard(t, open(t))
		var ids []string
		for _, title := range []string{"Скамьи", "Горка"} {
			p := y.Judge(t, y.Publish(t, title, "anna@example.org"), Estimated(proposal.CanBeDone))
			p, err := y.Proposals.AdoptAs(t.Context(), y.Organiser, y.ID, p.ID, p.Version)
			require.NoError(t, err)
			ids = append(ids, p.ProjectID())
		}
		_, err := y.Store.ChangeCampaign(t.Context(), y.ID, func(c *participation.Campaign) (participation.Note, error) {
			n := participation.Note{At: y.Clock.Now(), Action: participation.Announce, From: c.State, To: participation.Announced, Tell: participation.TopicResult}
			c.State, c.Result = participation.Announced, &participation.Result{Projects: &participation.ProjectsResult{Winners: ids[:1]}}
			return n, nil
		})
		require.NoError(t, err)
		letters := func() map[string]int {
			rows, err := y.Store.ClaimOutbox(t.Context(), Noon.AddDate(50, 0, 0), time.Minute, 100)
			require.NoError(t, err)
			out := map[string]int{}
			for _, r := range rows {
				var m proposal.Message
				require.NoError(t, json.Unmarshal([]byte(r.Payload), &m))
				out[string(r.Topic)+" "+m.Key]++
			}
			return out
		}
		require.Equal(t, 1, letters()[participation.TopicResult+" "])
		for range 2 { // delivered twice
			require.NoError(t, y.Proposals.Tell(t.Context(), y.ID))
		}
		told := letters()
		require.Equal(t, 2, told["proposal.letter won"], "the author and those who follow")
		require.Equal(t, 2, told["proposal.letter lost"])

		report := func(token, text string, after int64) (*proposal.Report, error) {
			r := &proposal.Report{Campaign: y.ID, Project: ids[0], Token: token, Text: text, Percent: 10, Finish: Noon.AddDate(0, 1, 0), After: after}
			return r, y.Proposals.Report(t.Context(), y.Organiser, r)
		}
		first, err := report("a", "Начали", 0)
		require.NoError(t, err)
		_, err = report("a", "Начали", 0)
		require.NoError(t, err, "pressed twice")
		_, err = report("b", "Тоже начали", 0)
		require.True(t, fault.Is(err, fault.Conflict), "its writer has not seen the first")
		_, err = report("b", "Продолжили", first.ID)
		require.NoError(t, err)
		all, err := y.Store.ListReports(t.Context(), y.ID, ids[0])
		require.NoError(t, err)
		require.Len(t, all, 2)
	})

	t.Run("interest counts once, and who follows can stop", func(t *testing.T) {
		t.Parallel()
		y := NewYard(t, open(t))
		p := y.Publish(t, "Скамьи", "anna@example.org")
		person := sha256.Sum256([]byte("somebody"))
		var wg sync.WaitGroup
		for range 16 {
			wg.Go(func() {
				_, err := y.Store.Interest(context.WithoutCancel(t.Context()), p.ID, person, &proposal.Contact{Email: "x@example.org", Lang: "ru"})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		found, err := y.Store.ListProposals(t.Context(), proposal.Filter{Campaign: y.ID, Words: "СКАМ двор", Sort: proposal.Popular})
		require.NoError(t, err)
		require.Len(t, found, 1)
		require.Equal(t, 1, found[0].Interested)
		followers, err := y.Store.ListFollowers(t.Context(), p.ID)
		require.NoError(t, err)
		require.Equal(t, "x@example.org", followers[0].Email)
		require.NoError(t, y.Store.Unfollow(t.Context(), p.ID, person))
		followers, err = y.Store.ListFollowers(t.Context(), p.ID)
		require.NoError(t, err)
		require.Empty(t, followers)
	})
}
