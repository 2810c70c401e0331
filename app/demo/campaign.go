package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/participation"
)

// Hall is where one vote is held, by a clock of its own.
type Hall struct {
	Campaigns *participation.Campaigns
	Voting    *participation.Voting
	Paper     *participation.Paperwork
	Log       *participation.Sequencing
}

// Votes are the votes and polls of the demo region. Each is made and published by
// its organiser, and its voters come day by day, as in any other.
type Votes struct {
	Region

	Zone *time.Location
	Open func(clock.Clock) Hall
}

// gathering is one vote of the file.
type gathering struct {
	Days        [2]int                        `yaml:"days"`
	Territories []string                      `yaml:"territories"`
	Voters      int                           `yaml:"voters"`
	Paper       int                           `yaml:"paper"` // sheets that are printed
	End         string                        `yaml:"end"`
	Taste       map[string]map[string]float64 `yaml:"taste"`
	Near        map[string]string             `yaml:"near"`
	Terms       map[string]any                `yaml:"terms"`

	n     int
	terms participation.Terms
}

func readGatherings() ([]gathering, error) {
	raw, err := data.ReadFile("data/campaigns.yaml")
	if err != nil {
		return nil, err
	}
	var file struct {
		Campaigns []gathering `yaml:"campaigns"`
	}
	dec := yaml.NewDecoder(bytes.NewReader(raw))
	dec.KnownFields(true)
	if err := dec.Decode(&file); err != nil {
		return nil, fmt.Errorf("campaigns.yaml: %w", err)
	}
	for i := range file.Campaigns {
		g := &file.Campaigns[i]
		g.n = i
		// The published file of terms is JSON: here they are written by the same names.
		text, err := json.Marshal(g.Terms)
		if err != nil {
			return nil, fmt.Errorf("campaigns.yaml: %w", err)
		}
		terms := json.NewDecoder(bytes.NewReader(text))
		terms.DisallowUnknownFields()
		if err := terms.Decode(&g.terms); err != nil {
			return nil, fmt.Errorf("campaigns.yaml: vote %d: %w", i+1, err)
		}
	}
	return file.Campaigns, nil
}

// Hold holds the votes of the demo region where they are missing. Other regions
// are left as they are; a run that was cut off is gone on with.
func (v Votes) Hold(ctx context.Context, w io.Writer) error {
	agencies, err := v.Store.ListAgencies(ctx)
	if err != nil {
		return err
	}
	if ours, err := areOurs(agencies); err != nil || !ours {
		return err
	}
	list, err := readGatherings()
	if err != nil {
		return err
	}
	people, err := v.people(ctx)
	if err != nil {
		return err
	}
	agency := people["organiser"].Memberships[0].Agency
	known, err := v.Store.ListCampaigns(ctx, []int64{agency})
	if err != nil {
		return err
	}
	held := func(g *gathering) *participation.Campaign {
		i := slices.IndexFunc(known, func(c participation.Campaign) bool { return c.Terms.Title == g.terms.Title })
		if i < 0 {
			return nil
		}
		return &known[i]
	}
	if last := held(&list[len(list)-1]); last != nil && last.State == participation.Announced {
		return nil
	}
	fmt.Fprintln(w, "Holding the votes of the demo region…")
	for i := range list {
		watch := clock.NewFake(v.Now)
		h := holding{Votes: v, Hall: v.Open(watch), gathering: &list[i], people: people, agency: agency, watch: watch, campaign: held(&list[i])}
		if err := h.hold(ctx); err != nil {
			return fmt.Errorf("demo vote «%s»: %w", list[i].terms.Title.RU, err)
		}
	}
	return nil
}

// people are the demo users whom a vote needs, by their logins.
func (v Votes) people(ctx context.Context) (map[string]actor.Actor, error) {
	users, err := v.Store.ListUsers(ctx, 0)
	if err != nil {
		return nil, err
	}
	out := map[string]actor.Actor{}
	for _, u := range users {
		out[u.Login] = u.Actor()
	}
	for _, login := range []string{"organiser", "desk", "admin"} {
		if len(out[login].Memberships) == 0 {
			return nil, fmt.Errorf("the demo region has no %s", login)
		}
	}
	return out, nil
}

// holding is one vote while it is held.
type holding struct {
	Votes
	Hall
	*gathering

	people   map[string]actor.Actor
	agency   int64
	watch    *clock.Fake
	campaign *participation.Campaign // nil before it is made
}

func (h *holding) hold(ctx context.Context) error {
	if err := h.publish(ctx); err != nil {
		return err
	}
	opens, ends := h.campaign.Terms.Opens, h.campaign.Closed
	if now := h.Now.Add(-10 * time.Minute); now.Before(ends) {
		ends = now
	}
	// Most come in the first days and in the last.
	var days []float64
	var all float64
	length := int(h.campaign.Closed.Sub(opens) / day)
	for at := opens; at.Before(ends); at = at.Add(day) {
		n := len(days)
		days = append(days, 1+4/float64(1+n)+3/float64(max(1, length-n)))
		all += days[n]
	}
	came := 0
	for n, weight := range days {
		h.watch.Set(earlier(opens.Add(time.Duration(n)*day+3*time.Hour), ends.Add(-time.Second)))
		until := came + int(float64(h.Voters)*weight/all)
		if n == len(days)-1 {
			until = h.Voters
		}
		if err := h.come(ctx, came, until); err != nil {
			return err
		}
		if n == min(2, len(days)-1) {
			if err := h.paper(ctx); err != nil {
				return err
			}
		}
		if err := h.work(ctx); err != nil {
			return err
		}
		came = until
	}
	if h.End == "" {
		return nil
	}
	return h.announce(ctx)
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// publish makes the campaign and publishes it two days before it opens.
func (h *holding) publish(ctx context.Context) error {
	by := h.people["organiser"]
	if h.campaign == nil {
		c, err := h.draft()
		if err != nil {
			return err
		}
		h.watch.Set(c.Terms.Opens.Add(-3 * day))
		if err := h.Campaigns.Create(ctx, by, c); err != nil {
			return err
		}
		h.campaign = c
	}
	if h.campaign.State != participation.Draft {
		return nil
	}
	h.watch.Set(h.campaign.Terms.Opens.Add(-2 * day))
	published, err := h.Campaigns.Act(ctx, by, h.campaign.ID, participation.Publish, "")
	h.campaign = published
	return err
}

func (h *holding) draft() (*participation.Campaign, error) {
	c := &participation.Campaign{Agency: h.agency, Terms: h.terms, Observers: []string{"observer@example.org"}}
	today := h.Now.In(h.Zone)
	at := func(days, hour int) time.Time {
		return time.Date(today.Year(), today.Month(), today.Day()+days, hour, 0, 0, 0, h.Zone).UTC()
	}
	t := &c.Terms
	t.Opens, t.Closes, t.Zone, t.Level = at(h.Days[0], 9), at(h.Days[1], 20), h.Zone.String(), participation.Contact
	if h.gathering.Paper > 0 {
		t.Paper = &participation.Paper{Until: t.Closes.Add(2 * day)}
	}
	places := h.Rubricator.Book().Places.All()
	for _, code := range h.Territories {
		for _, p := range places {
			if p.Code == code {
				t.Territories = append(t.Territories, participation.Named{ID: p.ID, Name: p.Name})
			}
		}
	}
	if len(t.Territories) != len(h.Territories) {
		return nil, fmt.Errorf("not all of the territories %v are there", h.Territories)
	}
	return c, nil
}

// work does what the background does: it opens and closes by the clock and brings
// ballots into the log.
func (h *holding) work(ctx context.Context) error {
	for range 3 {
		found, err := h.Store.FindCampaign(ctx, h.campaign.ID)
		if err != nil {
			return err
		}
		h.campaign = found
		if err := h.Campaigns.Tick(ctx, found); err != nil {
			return err
		}
	}
	_, err := h.Log.Sequence(ctx, h.campaign)
	return err
}

// announce counts and announces, on the days after the vote.
func (h *holding) announce(ctx context.Context) error {
	h.watch.Set(h.campaign.Ends().Add(participation.Grace))
	if err := h.work(ctx); err != nil {
		return err
	}
	log, err := h.Store.FindLog(ctx, h.campaign.ID)
	if err != nil {
		return err
	}
	by := h.people["organiser"]
	h.watch.Set(h.campaign.Ends().Add(14 * time.Hour))
	if h.campaign.State == participation.Closed {
		if h.campaign, err = h.Campaigns.Count(ctx, by, h.campaign.ID, log, ""); err != nil {
			return err
		}
	}
	h.watch.Set(h.campaign.Ends().Add(18 * time.Hour))
	_, err = h.Campaigns.Act(ctx, by, h.campaign.ID, participation.Announce, "")
	return err
}
