package proposal

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/otklik/otklik/app/fault"
)

// Proposal is what somebody wants to have built.
type Proposal struct {
	ID       int64
	Campaign int64
	State    State
	Body     Body
	Authors  []Author // empty: officers made it of appeals
	Agency   int64    // that checks it, 0 before it was sent there
	CheckDue time.Time
	AnswerBy time.Time // until when the authors answer to changes
	// MergedInto is the proposal that this one became a part of, 0 for none.
	MergedInto int64
	Interested int // people who said so; no vote
	Version    int
	CreatedAt  time.Time
	ChangedAt  time.Time
}

// Body is what everybody may read of a proposal that is public.
type Body struct {
	Title     string    `json:"title"`
	Text      string    `json:"text"`
	Place     string    `json:"place"` // in words
	Territory int64     `json:"territory,omitempty"`
	Point     *Point    `json:"point,omitempty"`
	Cost      int64     `json:"cost,omitempty"`  // the author's own guess, whole units of the currency
	Photo     string    `json:"photo,omitempty"` // key of the picture
	Estimate  *Estimate `json:"estimate,omitempty"`
	Appeals   int       `json:"appeals,omitempty"` // of which it was made
	Merge     int64     `json:"merge,omitempty"`   // that made it
	Parts     []int64   `json:"parts,omitempty"`   // proposals that were merged into it
}

// Point is a place in degrees.
type Point struct {
	Lat float64 `json:"lat"`
	Lon float64 `json:"lon"`
}

// Author is somebody whose proposal it is. The name is public, the rest is not.
type Author struct {
	Person [sha256.Size]byte `json:"person"`
	Name   string            `json:"name"`
	Email  string            `json:"email"`
	Lang   string            `json:"lang"`
	Agreed Answer            `json:"agreed,omitempty"` // to the changes that the agency asks for
}

// Answer is what an author says when asked.
type Answer string

// The answers; empty is none yet.
const (
	Yes Answer = "yes"
	No  Answer = "no"
)

// The limits of what is typed, in characters.
const (
	MaxTitle  = 120
	MaxText   = 5000
	MaxPlace  = 300
	MaxName   = 80
	MaxReason = 2000
	mostMoney = 1_000_000_000_000
)

// Typed is a proposal as its form has it.
type Typed struct {
	Body
	Name  string
	Email string
}

// Check says what is wrong with a proposal that is to be sent.
func (t *Typed) Check(ceiling int64) error {
	var check fault.Check
	t.limits(&check)
	check.That(t.Title != "", "title", "proposal.title_needed")
	check.That(t.Text != "", "text", "proposal.text_needed")
	check.That(t.Place != "" || t.Point != nil, "place", "proposal.place_needed")
	check.That(t.Name != "", "name", "proposal.name_needed")
	check.That(ceiling == 0 || t.Cost <= ceiling, "cost", "proposal.cost_ceiling", "max", ceiling)
	return check.Err()
}

// CheckDraft says what can't even be kept.
func (t *Typed) CheckDraft() error {
	var check fault.Check
	t.limits(&check)
	return check.Err()
}

func (t *Typed) limits(check *fault.Check) {
	short := func(s, field string, limit int) {
		check.That(utf8.RuneCountInString(s) <= limit, field, "error.too_long", "max", limit)
	}
	short(t.Title, "title", MaxTitle)
	short(t.Text, "text", MaxText)
	short(t.Place, "place", MaxPlace)
	short(t.Name, "name", MaxName)
	check.That(t.Cost >= 0 && t.Cost <= mostMoney, "cost", "proposal.cost_wrong")
	if p := t.Point; p != nil {
		check.That(p.Lat >= -90 && p.Lat <= 90 && p.Lon >= -180 && p.Lon <= 180, "place", "proposal.point_wrong")
	}
}

// Words is what a proposal is found by.
func (b *Body) Words() string {
	return strings.ToLower(strings.Join(strings.Fields(b.Title+" "+b.Text+" "+b.Place), " "))
}

// Cost is what the agency says it costs, 0 before that.
func (p *Proposal) Cost() int64 {
	if p.Body.Estimate == nil {
		return 0
	}
	return p.Body.Estimate.Total()
}

// Names are the authors' public names.
func (p *Proposal) Names() []string {
	out := make([]string, len(p.Authors))
	for i, a := range p.Authors {
		out[i] = a.Name
	}
	return out
}

// Overdue reports whether the agency should have answered.
func (p *Proposal) Overdue(now time.Time) bool {
	return p.State == Checking && !p.CheckDue.IsZero() && !now.Before(p.CheckDue)
}

// ProjectID is its id among the projects of the vote.
func (p *Proposal) ProjectID() string { return "s" + strconv.FormatInt(p.ID, 10) }

// Person is the mark of somebody among proposals. It is another than the mark of
// the same person among voters: who proposed something can't be looked for there.
func Person(key []byte, campaign int64, mailbox string) [sha256.Size]byte {
	return sum(key, "proposal person", strconv.FormatInt(campaign, 10), mailbox)
}

// Secret opens the page of an author, counted from 0.
func Secret(key []byte, proposal int64, author int) string {
	s := sum(key, "proposal author", strconv.FormatInt(proposal, 10), strconv.Itoa(author))
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(s[:])[:26]
}

// FollowerSecret ends the letters to somebody who follows a proposal.
func FollowerSecret(key []byte, proposal int64, person [sha256.Size]byte) string {
	s := sum(key, "proposal follower", strconv.FormatInt(proposal, 10), string(person[:]))
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(s[:])[:26]
}

func sum(key []byte, parts ...string) [sha256.Size]byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(strings.Join(parts, "\n")))
	var out [sha256.Size]byte
	mac.Sum(out[:0])
	return out
}

// AuthorOf finds the author to whom a secret belongs.
func (p *Proposal) AuthorOf(key []byte, secret string) (int, bool) {
	for n := range p.Authors {
		if hmac.Equal([]byte(Secret(key, p.ID, n)), []byte(strings.ToUpper(secret))) {
			return n, true
		}
	}
	return 0, false
}
