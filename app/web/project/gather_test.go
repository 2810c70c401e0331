package project_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/participation"
	"github.com/otklik/otklik/app/participation/proposal"
	"github.com/otklik/otklik/app/store/storetest"
	"github.com/otklik/otklik/workflow"
)

// write sends appeals to agency 8 and returns their ids.
func (b *browser) write(n int) []string {
	b.t.Helper()
	var out []string
	for range n {
		id, err := b.yard.Store.NextID(b.t.Context())
		require.NoError(b.t, err)
		_, _, err = b.yard.Store.Intake(b.t.Context(), storetest.Sample(id, b.yard.Clock.Now(), 8))
		require.NoError(b.t, err)
		out = append(out, strconv.FormatInt(id, 10))
	}
	return out
}

// told are the appeals whose authors are to be told of a proposal.
func (b *browser) told() []string {
	b.t.Helper()
	rows, err := b.yard.Store.ClaimOutbox(b.t.Context(), storetest.Noon.AddDate(50, 0, 0), time.Minute, 1000)
	require.NoError(b.t, err)
	var out []string
	for _, r := range rows {
		if r.Topic == proposal.TopicAppeal {
			out = append(out, strconv.FormatInt(r.Appeal, 10))
		}
	}
	return out
}

var hidden = regexp.MustCompile(`<input type="hidden" name="id" value="(\d+)"`)

// pressed is the form of a page as it was filled in, with nothing changed.
func pressed(page string) url.Values {
	out := url.Values{}
	for _, m := range hidden.FindAllStringSubmatch(page, -1) {
		out.Add("id", m[1])
	}
	for name, field := range map[string]*regexp.Regexp{
		"title": regexp.MustCompile(`name="title" type="text" value="([^"]*)"`), "campaign": regexp.MustCompile(`<option value="(\d+)" selected`),
		"text": regexp.MustCompile(`(?s)<textarea[^>]*name="text"[^>]*>([^<]*)`),
	} {
		if m := field.FindStringSubmatch(page); m != nil {
			out.Set(name, m[1])
		}
	}
	return out
}

func TestGather_appeals_become_a_proposal_and_their_authors_hear_of_it(t *testing.T) {
	t.Parallel()
	b := open(t)
	b.hire("coordinator", actor.Membership{Agency: 8, Role: actor.Coordinator})
	coordinator, organiser := b.as("coordinator"), b.as("organiser")
	ids := b.write(4)
	const gather, office = "/console/proposals/gather", "/console/campaigns/1/proposals"

	coordinator.get(gather, http.StatusNotFound)
	b.as("executor").get(gather+"?id="+ids[0], http.StatusOK) // sees the appeal, but no vote to make a proposal for
	page := coordinator.get(gather+"?id="+ids[0]+"%3A1&id="+ids[1]+"&id="+ids[2], http.StatusOK)
	form := pressed(page)
	require.Equal(t, ids[:3], form["id"])
	require.Equal(t, "1", form.Get("campaign"), "there is one vote: it is chosen")
	require.Contains(t, form.Get("text"), "3 обращения")
	require.NotContains(t, page, "Ленина", "an address may be an applicant's")
	require.Contains(t, page, `value="51.730"`, "the middle of three")

	form.Set("place", "Сквер")
	page = coordinator.post(gather, form, http.StatusUnprocessableEntity)
	require.Contains(t, page, `href="#title"`)
	require.Contains(t, page, "Сквер")
	form.Set("title", "Дорога к скверу")
	for range 2 { // pressed twice
		require.Equal(t, gather+"ed", coordinator.post(gather, form, http.StatusSeeOther))
	}
	coordinator.get(gather+"ed", http.StatusOK)
	require.Empty(t, b.told(), "nobody can read it yet")
	require.Contains(t, coordinator.get(gather+"?id="+ids[0]+"&id="+ids[3], http.StatusOK), "Дорога к скверу", "the first is in a proposal")
	form.Set("title", "Ещё раз")
	page = coordinator.post(gather, form, http.StatusConflict)
	require.Contains(t, page, "Дорога к скверу")

	page = organiser.get(office+"/1", http.StatusOK)
	require.Contains(t, page, "3 обращения")
	require.NotContains(t, page, `value="return"`, "there is nobody to return it to")
	require.NotContains(t, page, "/console/appeals/", "they are another agency's")
	organiser.act(office+"/1", "accept", nil, http.StatusSeeOther)
	require.ElementsMatch(t, ids[:3], b.told())
	page = b.get("/campaigns/1/proposals/1", http.StatusOK)
	require.Contains(t, page, "3 обращения")
	require.NotContains(t, page, "Анна", "nothing of the applicants")

	require.Contains(t, organiser.get(office+"/1", http.StatusOK), `<option value="8" selected`, "who works on the appeals is offered to check")
	organiser.act(office+"/1", "send", with("agency", "8", "due", b.yard.Clock.Now().AddDate(0, 0, 3).Format("2006-01-02T15:04")), http.StatusSeeOther)
	estimate := with("verdict", "feasible", "lines", "Асфальт | 300 000")
	for _, point := range proposal.Points {
		estimate.Set("point-"+point, proposal.PointYes)
	}
	b.as("executor").act("/console/proposals/1", "", estimate, http.StatusSeeOther)
	organiser.act(office+"/1", "adopt", nil, http.StatusSeeOther)
	c, err := b.yard.Store.FindCampaign(context.WithoutCancel(t.Context()), 1)
	require.NoError(t, err)
	require.Len(t, c.Terms.Money.Projects, 1)
	require.EqualValues(t, 300_000, c.Terms.Money.Projects[0].Cost)

	_, err = b.yard.Store.ChangeCampaign(t.Context(), 1, func(c *participation.Campaign) (participation.Note, error) {
		n := participation.Note{At: b.yard.Clock.Now(), Action: participation.Publish, From: c.State, To: participation.Published}
		c.State = participation.Published
		return n, nil
	})
	require.NoError(t, err)
	require.NotContains(t, b.get("/campaigns/1/proposals", http.StatusOK), "/proposals/new", "published early, the vote takes no proposals")
	late := with("title", "Горка", "text", "Поставить", "place", "Двор", "name", "Иван", "email", "ivan@example.org", "do", "send")
	require.Contains(t, b.post("/campaigns/1/proposals/new", late, http.StatusGone), `value="Горка"`)
}

func TestForms_written_in_two_tabs_lose_nothing(t *testing.T) {
	t.Parallel()
	b := open(t)
	organiser := b.as("organiser")
	anna := b.propose("Скамьи", "anna@example.org")
	stale := version.FindStringSubmatch(b.get(anna, http.StatusOK))[1]
	mine := with("do", "save", "title", "Скамьи у пруда", "text", "Поставить", "place", "Во дворе", "name", "Анна П.", "version", stale)
	b.post(anna, mine, http.StatusSeeOther)
	mine.Set("title", "Лавки у пруда")
	page := b.post(anna, mine, http.StatusConflict)
	require.Contains(t, page, `value="Лавки у пруда"`, "what was typed stays")
	require.Regexp(t, `(?s)Что записано сейчас.*Скамьи у пруда.*</h1>`, page, "and what is kept is said")
	require.NotContains(t, strings.Split(page, "</h1>")[0], "Поставить", "only what differs")
	mine.Set("version", version.FindStringSubmatch(page)[1])
	b.post(anna, mine, http.StatusSeeOther)

	b.post(anna, with("do", "withdraw"), http.StatusSeeOther)
	page = b.post(anna, with("do", "withdraw"), http.StatusConflict)
	require.Contains(t, page, "Вы его отозвали", "the page as it is now, and no bare error")

	const phases = "/console/campaigns/1/phases"
	stale = version.FindStringSubmatch(organiser.get(phases, http.StatusOK))[1]
	settings := func(perPerson string) url.Values {
		at := func(days int) string { return storetest.Noon.AddDate(0, 0, days).Format("2006-01-02T15:04") }
		return with("do", "save", "version", stale, "propose_from", at(0), "propose_until", at(20), "check_until", at(40), "result_by", at(65),
			"reports_until", at(200), "per_person", perPerson, "answer_days", "5")
	}
	organiser.post(phases, settings("3"), http.StatusSeeOther)
	page = organiser.post(phases, settings("4"), http.StatusConflict)
	require.Contains(t, page, "Что записано сейчас")
	require.Contains(t, page, `name="per_person" type="text" value="4"`)

	late := with("title", "Горка", "text", "Поставить", "place", "Двор", "name", "Иван", "email", "ivan@example.org", "do", "send")
	b.yard.Clock.Advance(30 * 24 * time.Hour)
	require.Contains(t, b.post("/campaigns/1/proposals/new", late, http.StatusGone), `value="Горка"`, "too late, but not lost")
}

func TestReport_beside_another_is_asked_about(t *testing.T) {
	t.Parallel()
	b := open(t)
	organiser := b.as("organiser")
	p := b.yard.Judge(t, b.yard.Publish(t, "Скамьи", "anna@example.org"), storetest.Estimated(proposal.CanBeDone))
	_, err := b.yard.Proposals.AdoptAs(t.Context(), b.yard.Organiser, 1, p.ID, p.Version)
	require.NoError(t, err)
	b.announce()
	const built = "/console/campaigns/1/projects/s1"
	token := regexp.MustCompile(`name="token" value="([^"]+)"`)
	after := regexp.MustCompile(`name="after" value="(\d+)"`)
	form := func(page, text string) url.Values {
		return with("token", token.FindStringSubmatch(page)[1], "after", after.FindStringSubmatch(page)[1], "text", text, "percent", "30", "finish", "2026-03-01")
	}
	one, two := organiser.get(built, http.StatusOK), organiser.get(built, http.StatusOK)
	organiser.post(built, form(one, "Залит фундамент"), http.StatusSeeOther)
	page := organiser.post(built, form(two, "Завезены доски"), http.StatusConflict)
	require.Contains(t, page, "Завезены доски", "what was typed stays")
	require.Contains(t, page, "Залит фундамент", "beside what came meanwhile")
	organiser.post(built, form(page, "Завезены доски"), http.StatusSeeOther)
	page = b.get("/campaigns/1/projects/s1", http.StatusOK)
	require.Contains(t, page, "Завезены доски")
}

func TestGather_takes_all_that_wait_for_a_lead(t *testing.T) {
	t.Parallel()
	b := open(t)
	b.hire("coordinator", actor.Membership{Agency: 8, Role: actor.Coordinator})
	ids := b.write(4)
	lead, err := strconv.ParseInt(ids[1], 10, 64)
	require.NoError(t, err)
	for _, joined := range []string{ids[0], ids[3]} {
		id, err := strconv.ParseInt(joined, 10, 64)
		require.NoError(t, err)
		require.NoError(t, b.yard.Store.InTx(t.Context(), func(tx workflow.Tx) error {
			a, err := tx.FindAppeal(t.Context(), id)
			if err != nil {
				return err
			}
			a.Lead, a.LeadNumber, a.Events = lead, "26-000002-0", a.Events+1
			e := workflow.Event{Appeal: id, N: a.Events, At: storetest.Noon, ActorKind: actor.Officer, Agency: 8, Action: workflow.Join, From: a.Stage, To: a.Stage, PrevHash: a.Hash, Hash: "joined " + joined}
			a.Hash = e.Hash
			if err := tx.AppendEvent(t.Context(), &e); err != nil {
				return err
			}
			return tx.SaveAppeal(t.Context(), a)
		}))
	}
	form := pressed(b.as("coordinator").get("/console/proposals/gather?problem="+ids[1], http.StatusOK))
	require.Equal(t, []string{ids[0], ids[1], ids[3]}, form["id"], "the lead and those that wait for it, and no others")
}
