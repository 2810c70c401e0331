package workflow

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/workflow/calendar"
	"github.com/otklik/otklik/workflow/deadline"
)

// Leaf is what the workflow needs to know of the chosen leaf at the place of
// the problem.
type Leaf struct {
	Version  int64
	Code     string
	Category string
	RuleSet  RuleSet
	Order    Order
	Review   calendar.Amount
	Agency   int64      // who answers
	Rule     string     // which routing rule said so, in codes
	Lost     []LostRule // rules that were considered and didn't decide
	Contact  bool       // a name and an e-mail or a phone are needed
}

// Catalog answers which leaf a code means and who answers for it at a
// territory when its questions were answered so. Unknown or retired leaves, emergencies that take no appeal and
// leaves out of season are fault.Invalid with the field «rubric».
type Catalog interface {
	Leaf(ctx context.Context, code string, territory int64, answers []Reply) (Leaf, error)
}

// Submission is a finished form. Its content was checked by the form; the
// engine checks again what must hold for any door.
type Submission struct {
	By        actor.Actor // desk operator or importer; the zero value is the citizen
	Text      string
	Rubric    string
	Against   int64 // agency complained about, 0 for none
	Replies   []Reply
	Place     Place
	Applicant Applicant
	Photos    []Photo
	// SameAs is an appeal that the applicant was shown and said to be about the
	// same, 0 for none. Whoever takes the form checks that it was shown.
	SameAs       int64
	Source       Source
	SourceAgency int64
	Key          string // idempotency key of the API, "" for none
	Draft        string // token of the draft, "" for none
	Taken        Taken  // by the desk
}

// Longest text of an appeal, in characters. Another system may have taken
// longer ones: an import cuts nothing.
const (
	MaxText     = 4000
	MaxImported = 20_000
)

// Receipt is what the citizen gets: the number and the secret of the link, and
// who answers by when.
type Receipt struct {
	ID     int64
	Number string
	Secret string
	Fresh  bool // false where the key or the draft was already submitted
	Stage  Stage
	Agency int64
	DueAt  time.Time // zero while no review runs
}

// Directory answers who works where.
type Directory interface {
	// Holds reports whether a user who may sign in has the role in the agency.
	Holds(ctx context.Context, user int64, role Role, agency int64) (bool, error)
	// Answers reports whether the agency exists and takes appeals.
	Answers(ctx context.Context, agency int64) (bool, error)
	// Letterhead is what stands on a letter of the agency now that the signer
	// signs and the author wrote; nil where the agency or the signer is unknown.
	Letterhead(ctx context.Context, agency, signer, author int64) (*Letterhead, error)
}

// Config is what an engine is made of.
type Config struct {
	Store     Store
	Catalog   Catalog
	Directory Directory // nil believes every executor and agency of a command
	Witness   Witness   // nil weighs no answer: every one is signed as it is
	Clock     clock.Clock
	Calendar  *calendar.Calendar
	Rules     map[string]deadline.RuleSet // by rule set; nil is deadline.Seed
	Secret    []byte                      // key of the links' secrets
}

// Engine performs every change of an appeal. It is safe for concurrent use.
type Engine struct {
	store     Store
	catalog   Catalog
	directory Directory
	witness   Witness
	clock     clock.Clock
	calendar  atomic.Pointer[calendar.Calendar]
	rules     map[string]deadline.RuleSet
	secret    []byte
}

// minSecret is the shortest key of the links, in bytes.
const minSecret = 16

// NewEngine checks the parts and makes an engine of them.
func NewEngine(c Config) (*Engine, error) {
	if c.Store == nil || c.Catalog == nil || c.Clock == nil || c.Calendar == nil {
		return nil, fault.Wrap(fault.Internal, "error.internal",
			errors.New("workflow: an engine needs a store, a catalog, a clock and a calendar"))
	}
	if len(c.Secret) < minSecret {
		return nil, fault.Wrap(fault.Internal, "error.internal",
			fmt.Errorf("workflow: the secret has %d bytes, needs %d", len(c.Secret), minSecret))
	}
	if c.Rules == nil {
		c.Rules = deadline.Seed()
	}
	for _, name := range []RuleSet{Message, FZ59} {
		set, ok := c.Rules[string(name)]
		if !ok {
			return nil, fault.New(fault.Invalid, "workflow.no_rules").With("rules", string(name))
		}
		if err := set.Check(); err != nil {
			return nil, err
		}
	}
	e := &Engine{
		store: c.Store, catalog: c.Catalog, directory: c.Directory, witness: c.Witness, clock: c.Clock, rules: c.Rules, secret: c.Secret,
	}
	e.calendar.Store(c.Calendar)
	return e, nil
}

// Calendar returns the calendar in force.
func (e *Engine) Calendar() *calendar.Calendar { return e.calendar.Load() }

// SetCalendar puts another calendar in force, for what is counted from now on.
// It must be kept under its version first. What is counted already moves by
// [Engine.Recount] alone.
func (e *Engine) SetCalendar(c *calendar.Calendar) { e.calendar.Store(c) }

// Secret returns the secret of an appeal's link: 26 characters from a MAC over
// its id, so that it needs no storage, can be put into later letters, and can't
// be guessed without the key.
func (e *Engine) Secret(id int64) string {
	mac := hmac.New(sha256.New, e.secret)
	mac.Write([]byte("appeal:" + strconv.FormatInt(id, 10)))
	sum := mac.Sum(nil)[:16]
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum))
}

// CheckSecret reports whether the secret opens the appeal, in constant time.
func (e *Engine) CheckSecret(id int64, secret string) bool {
	return subtle.ConstantTimeCompare([]byte(e.Secret(id)), []byte(secret)) == 1
}
