package demo

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/participation"
	"github.com/otklik/otklik/app/participation/discussion"
	"github.com/otklik/otklik/app/participation/proposal"
)

// Forum is where people propose and discuss, by a clock of its own.
type Forum struct {
	Hall
	Talks     *discussion.Talks
	Proposals *proposal.Proposals
}

// Talks are the gathering of proposals, the public discussion and the hearing of
// the demo region. Whatever was said there somebody said, through the product.
type Talks struct {
	Region

	Zone *time.Location
	Open func(clock.Clock) Forum
}

// talkFile is what talks.yaml says.
type talkFile struct {
	Gathering  proposing `yaml:"gathering"`
	Discussion talk      `yaml:"discussion"`
	Hearing    talk      `yaml:"hearing"`
}

// Hold holds them where they are missing. Other regions are left as they are.
func (t Talks) Hold(ctx context.Context) error {
	agencies, err := t.Store.ListAgencies(ctx)
	if err != nil {
		return err
	}
	if ours, err := areOurs(agencies); err != nil || !ours {
		return err
	}
	raw, err := data.ReadFile("data/talks.yaml")
	if err != nil {
		return err
	}
	var file talkFile
	dec := yaml.NewDecoder(bytes.NewReader(raw))
	dec.KnownFields(true)
	if err := dec.Decode(&file); err != nil {
		return fmt.Errorf("talks.yaml: %w", err)
	}
	users, err := t.Store.ListUsers(ctx, 0)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(users, func(u identity.User) bool { return u.Login == "organiser" })
	if i < 0 || len(users[i].Memberships) == 0 {
		return errors.New("the demo region has no organiser")
	}
	organiser := users[i].Actor()
	known, err := t.Store.ListCampaigns(ctx, []int64{organiser.Memberships[0].Agency})
	if err != nil {
		return err
	}
	missing := func(title lang.Text) bool {
		return !slices.ContainsFunc(known, func(c participation.Campaign) bool { return c.Terms.Title == title })
	}
	for _, one := range []struct {
		title lang.Text
		hold  func(*assembly) error
	}{
		{file.Hearing.Title, func(a *assembly) error { return a.discuss(ctx, &file.Hearing) }},
		{file.Gathering.Title, func(a *assembly) error { return a.gather(ctx, &file.Gathering) }},
		{file.Discussion.Title, func(a *assembly) error { return a.discuss(ctx, &file.Discussion) }},
	} {
		if !missing(one.title) {
			continue
		}
		watch := clock.NewFake(t.Now)
		a := &assembly{Talks: t, Forum: t.Open(watch), watch: watch, users: users, agencies: agencies, organiser: organiser}
		if err := one.hold(a); err != nil {
			return fmt.Errorf("demo «%s»: %w", one.title.RU, err)
		}
	}
	return nil
}

// assembly is one of them while it is held.
type assembly struct {
	Talks
	Forum

	watch     *clock.Fake
	users     []identity.User
	agencies  []identity.Agency
	organiser actor.Actor
	people    int
}

// at is an hour of a day from today.
func (a *assembly) at(days, hour int) time.Time {
	today := a.Now.In(a.Zone)
	return time.Date(today.Year(), today.Month(), today.Day()+days, hour, 0, 0, 0, a.Zone).UTC()
}

// goTo lets time pass up to an hour of a day; the clock never goes back.
func (a *assembly) goTo(days, hour int) {
	if at := a.at(days, hour); at.After(a.watch.Now()) {
		a.watch.Set(at)
	}
}

// mailbox is an address that nobody has.
func (a *assembly) mailbox() string {
	a.people++
	return fmt.Sprintf("resident%d@example.org", a.people)
}

// digits are those of a code's letter.
func (a *assembly) digits(ctx context.Context, code string) (string, error) {
	sent, err := a.Store.FindCode(ctx, code, a.watch.Now())
	if err != nil {
		return "", err
	}
	return sent.Digits, nil
}

func (a *assembly) agency(code string) (int64, error) {
	i := slices.IndexFunc(a.agencies, func(one identity.Agency) bool { return one.Code == code })
	if i < 0 {
		return 0, fmt.Errorf("there is no agency %q", code)
	}
	return a.agencies[i].ID, nil
}

// draft begins a campaign of the organiser's agency.
func (a *assembly) draft(ctx context.Context, title, text lang.Text, opens, closes time.Time, fill func(*participation.Terms)) (*participation.Campaign, error) {
	c := &participation.Campaign{Agency: a.organiser.Memberships[0].Agency, Terms: participation.Terms{
		Title: title, Text: text, Opens: opens, Closes: closes, Zone: a.Zone.String(), Level: participation.Contact,
	}}
	fill(&c.Terms)
	return c, a.Campaigns.Create(ctx, a.organiser, c)
}

// talk is a discussion or a hearing.
type talk struct {
	Kind       participation.Kind       `yaml:"kind"`
	Title      lang.Text                `yaml:"title"`
	Text       lang.Text                `yaml:"text"`
	Moderation participation.Moderation `yaml:"moderation"`
	Days       [2]int                   `yaml:"days"` // on which remarks are taken
	Body       string                   `yaml:"body"`
	Hearing    *struct {
		Rule         string `yaml:"rule"`
		Notice       int    `yaml:"notice"`
		Posted       int    `yaml:"posted"`
		ShownTo      int    `yaml:"shown_to"`
		Place        string `yaml:"place"`
		Meeting      int    `yaml:"meeting"`
		MeetingPlace string `yaml:"meeting_place"`
		Protocol     int    `yaml:"protocol"`
		Conclusion   int    `yaml:"conclusion"`
	} `yaml:"hearing"`
	Revision *struct {
		Day     int         `yaml:"day"`
		Note    string      `yaml:"note"`
		Replace [][2]string `yaml:"replace"`
	} `yaml:"revision"`
	Remarks []said `yaml:"remarks"`
}

// said is a remark and what becomes of it.
type said struct {
	Day      int                `yaml:"day"`
	On       string             `yaml:"on"` // anchor, empty for the whole text
	Name     string             `yaml:"name"`
	Text     string             `yaml:"text"`
	Source   discussion.Source  `yaml:"source"` // of what the desk entered
	Supports int                `yaml:"supports"`
	Hide     discussion.Reason  `yaml:"hide"`
	Words    string             `yaml:"words"`
	Verdict  discussion.Verdict `yaml:"verdict"`
	Because  string             `yaml:"because"`
	Reply    *struct {
		Name string `yaml:"name"`
		Text string `yaml:"text"`
	} `yaml:"reply"`
}

func (a *assembly) discuss(ctx context.Context, in *talk) error {
	announced := in.Days[0] - 2
	if in.Hearing != nil {
		announced = in.Hearing.Notice
	}
	a.watch.Set(a.at(announced, 8))
	c, err := a.draft(ctx, in.Title, in.Text, a.at(in.Days[0], 9), a.at(in.Days[1], 18), func(t *participation.Terms) { a.fill(t, in) })
	if err != nil {
		return err
	}
	if c, err = a.Campaigns.Act(ctx, a.organiser, c.ID, participation.Publish, ""); err != nil {
		return err
	}
	version := 1
	revise := func() error {
		a.goTo(in.Revision.Day, 9)
		body := in.Body
		for _, r := range in.Revision.Replace {
			body = strings.ReplaceAll(body, r[0], r[1])
		}
		_, err := a.Forum.Talks.ReviseText(ctx, a.organiser, c.ID, version, body, in.Revision.Note)
		version++
		return err
	}
	for i := range in.Remarks {
		r := &in.Remarks[i]
		if in.Revision != nil && version == 1 && r.Day > in.Revision.Day {
			if err := revise(); err != nil {
				return err
			}
		}
		a.goTo(r.Day, 13)
		if err := a.tick(ctx, c.ID); err != nil {
			return err
		}
		if err := a.say(ctx, c.ID, version, r); err != nil {
			return fmt.Errorf("%s: %w", r.Name, err)
		}
	}
	if in.Hearing == nil {
		return nil
	}
	return a.conclude(ctx, c, in.Hearing.Protocol)
}

// fill writes the terms of a discussion.
func (a *assembly) fill(t *participation.Terms, in *talk) {
	t.Kind, t.Shown = in.Kind, participation.WhenAnnounced
	t.Talk = &participation.Talk{Body: in.Body, Moderation: in.Moderation}
	h := in.Hearing
	if h == nil {
		return
	}
	day := func(n int) string { return a.at(n, 12).In(a.Zone).Format(time.DateOnly) }
	rule, _ := participation.FindRule(a.Campaigns.Hearings, h.Rule) // pre-flight tells of one that is unknown
	t.Talk.Hearing = &participation.Steps{
		Rule: rule, Notice: day(h.Notice), Posted: day(h.Posted), ShownTo: day(h.ShownTo), Place: h.Place,
		Meetings: []participation.Meeting{{At: a.at(h.Meeting, 18), Place: h.MeetingPlace}}, Protocol: day(h.Protocol), Conclusion: day(h.Conclusion),
	}
}

// tick opens and closes by the clock, as the background does.
func (a *assembly) tick(ctx context.Context, campaign int64) error {
	for range 3 {
		c, err := a.Store.FindCampaign(ctx, campaign)
		if err != nil {
			return err
		}
		if err := a.Campaigns.Tick(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

// enter recognises somebody new.
func (a *assembly) enter(ctx context.Context, campaign int64) (pass string, err error) {
	in := participation.Introduction{Email: a.mailbox(), Lang: lang.RU, Band: participation.NoBand}
	code, err := a.Forum.Talks.Introduce(ctx, campaign, in)
	if err != nil {
		return "", err
	}
	digits, err := a.digits(ctx, code)
	if err != nil {
		return "", err
	}
	return a.Forum.Talks.Recognise(ctx, campaign, code, digits)
}

// say writes a remark, lets others support it and reply, and does with it what
// the file says.
func (a *assembly) say(ctx context.Context, campaign int64, version int, in *said) error {
	w := discussion.Writing{
		Campaign: campaign, Once: rand.Text(), Version: version, Paragraph: in.On, Name: in.Name, Text: in.Text, Arrived: a.watch.Now(), Source: in.Source,
	}
	var r *discussion.Remark
	var err error
	if in.Source != "" {
		r, err = a.Forum.Talks.EnterRemark(ctx, a.organiser, w)
	} else if r, err = a.write(ctx, w); err == nil && r.State == discussion.Waiting {
		err = a.Forum.Talks.AcceptRemark(ctx, a.organiser, campaign, r.ID)
	}
	if err != nil {
		return err
	}
	for range in.Supports {
		pass, err := a.enter(ctx, campaign)
		if err != nil {
			return err
		}
		if err := a.Forum.Talks.Support(ctx, campaign, r.ID, pass, true, a.watch.Now()); err != nil {
			return err
		}
	}
	if in.Reply != nil {
		w.Once, w.ReplyTo, w.Name, w.Text = rand.Text(), r.ID, in.Reply.Name, in.Reply.Text
		if _, err := a.write(ctx, w); err != nil {
			return err
		}
	}
	if in.Hide != "" {
		return a.Forum.Talks.HideRemark(ctx, a.organiser, campaign, r.ID, in.Hide, in.Words)
	}
	if in.Verdict != "" {
		return a.Forum.Talks.AnswerRemark(ctx, a.organiser, campaign, r.ID, in.Verdict, in.Because)
	}
	return nil
}

func (a *assembly) write(ctx context.Context, w discussion.Writing) (*discussion.Remark, error) {
	pass, err := a.enter(ctx, w.Campaign)
	if err != nil {
		return nil, err
	}
	return a.Forum.Talks.Write(ctx, pass, w)
}

// conclude sums up and announces, on the day of the protocol.
func (a *assembly) conclude(ctx context.Context, c *participation.Campaign, protocol int) error {
	a.watch.Set(c.Closed)
	if err := a.tick(ctx, c.ID); err != nil {
		return err
	}
	a.watch.Set(c.Ends().Add(participation.Grace))
	if err := a.tick(ctx, c.ID); err != nil {
		return err
	}
	a.goTo(protocol, 11)
	if _, err := a.Forum.Talks.Sum(ctx, a.organiser, c.ID); err != nil {
		return err
	}
	a.goTo(protocol+1, 11)
	_, err := a.Campaigns.Act(ctx, a.organiser, c.ID, participation.Announce, "")
	return err
}
