package participation

import (
	"context"
	"crypto/sha256"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
)

// The kinds in which people talk about a text instead of choosing. What is said
// there is owned by package discussion.
const (
	Discussion Kind = "discussion" // remarks on a text
	Hearing    Kind = "hearing"    // the same with the steps that the law asks for
)

// Talks reports whether the kind takes remarks and no ballots.
func (k Kind) Talks() bool { return k == Discussion || k == Hearing }

// Moderation is when a remark is looked at.
type Moderation string

// When a remark is looked at: before everybody sees it, or after.
const (
	Before Moderation = "before"
	After  Moderation = "after"
)

// The limits of a text that is discussed: characters and paragraphs.
const (
	MaxBody       = 200_000
	MaxParagraphs = 1000
)

// Talk is what a discussion or a hearing is about.
type Talk struct {
	// Body is the first version of the text, as it was typed.
	Body       string     `json:"body"`
	Moderation Moderation `json:"moderation"`
	Hearing    *Steps     `json:"hearing,omitempty"` // nil: no law sets dates
}

// TalkResult is what a discussion came to, in numbers, and the hash of all that
// was said and answered.
type TalkResult struct {
	People   int    `json:"people"` // who wrote or supported
	Remarks  int    `json:"remarks"`
	Replies  int    `json:"replies"`
	Merged   int    `json:"merged"` // remarks that were joined to another
	Hidden   int    `json:"hidden"`
	Entered  int    `json:"entered"` // on paper or at a meeting
	Supports int    `json:"supports"`
	Accepted int    `json:"accepted"`
	Partly   int    `json:"partly"`
	Declined int    `json:"declined"`
	Versions int    `json:"versions"` // of the text, by then
	Acts     int    `json:"acts"`     // of moderation, by then
	Data     string `json:"data"`     // SHA-256 of the published data
}

// talk is the pre-flight of a discussion or a hearing.
func (p *Preflight) talk(t *Terms, s Surroundings) {
	if t.Talk == nil {
		p.problem("body", "campaign.check.body")
		return
	}
	p.must(t.Talk.Body != "", "body", "campaign.check.body")
	p.must(utf8.RuneCountInString(t.Talk.Body) <= MaxBody, "body", "error.too_long", "max", MaxBody)
	p.must(strings.Count(t.Talk.Body, "\n") < MaxParagraphs, "body", "campaign.check.paragraphs", "max", MaxParagraphs)
	p.must(t.Talk.Moderation == Before || t.Talk.Moderation == After, "moderation", "campaign.check.moderation")
	p.must(t.Money == nil && len(t.Questions) == 0, "kind", "campaign.check.kind")
	p.must(t.Shown == WhenAnnounced, "shown", "campaign.check.kind")
	switch {
	case t.Talk.Hearing != nil:
		p.steps(t, s)
	case t.Kind == Hearing:
		p.problem("rule", "campaign.check.hearing_rule")
	}
}

// Conclude sums a discussion up: the step that counting is for a vote. version is
// that of the campaign from which the result was made: whatever is done to a
// remark raises it, and a result that somebody overtook is fault.Conflict.
func (s *Campaigns) Conclude(ctx context.Context, by actor.Actor, id int64, version int, r *TalkResult) (*Campaign, error) {
	return s.step(ctx, by, id, Count, "", func(c *Campaign, _ time.Time) error {
		if !c.Terms.Kind.Talks() {
			return fault.New(fault.Conflict, "campaign.not_now")
		}
		if c.Version != version {
			return fault.New(fault.Conflict, "campaign.changed_meanwhile")
		}
		none := HashText([sha256.Size]byte{}) // there is no log of ballots
		c.Result = &Result{Campaign: HashText(c.Hash), Root: none, Voters: r.People, Quorum: r.People >= c.Terms.Quorum, Talk: r}
		return nil
	})
}
