// Package portal is the citizen's side: describing a problem step by step, on
// the portal or inside the widget's frame, and following what becomes of it.
// Everything but the map works without JavaScript.
package portal

import (
	"context"
	"net/url"
	"time"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/document"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/photo"
	"github.com/otklik/otklik/app/report/opendata"
	"github.com/otklik/otklik/app/web/near"
	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/workflow"
	"github.com/otklik/otklik/workflow/calendar"
)

// Engine performs what a citizen does; see [workflow.Engine].
type Engine interface {
	Submit(ctx context.Context, in workflow.Submission) (workflow.Receipt, error)
	Act(ctx context.Context, by actor.Actor, appeal int64, cmd workflow.Command) (*workflow.Appeal, error)
	AttachPhotos(ctx context.Context, by actor.Actor, appeal int64, photos []workflow.Photo) (*workflow.Appeal, error)
	Secret(id int64) string
	CheckSecret(id int64, secret string) bool
}

// Agencies knows the bodies that answer.
type Agencies interface {
	Agency(id int64) (identity.Agency, bool)
	AgencyByCode(code string) (identity.Agency, bool)
	// Agencies lists all, in the order in which people look for them.
	Agencies() []identity.Agency
}

// Usual knows how long answers take.
type Usual interface {
	// UsualDays is how many days the answer of the agency on the topic usually
	// takes; agency 0 is any. False: nobody knows.
	UsualDays(ctx context.Context, rubric string, agency int64) (days int, known bool)
}

// Letters makes official letters of signed answers.
type Letters interface {
	// Letter makes the n-th letter of a case; where there is none it is
	// fault.NotFound.
	Letter(ctx context.Context, c *workflow.Case, n int, by actor.Actor) (document.File, error)
}

// Config is what the portal is made of.
type Config struct {
	Engine Engine
	Reader workflow.Reader
	Drafts workflow.Drafts
	Topics *rubricator.Rubricator
	// Addresses finds places by words; nil finds none.
	Addresses  Addresses
	Agencies   Agencies
	Duplicates near.Duplicates // nil: nobody is told what others told near by
	Usual      Usual           // nil: only the law's terms are told
	Letters    Letters
	Stamp      workflow.Stamp // of the letters' check codes
	Published  opendata.Store
	Dictionary []opendata.Field // of open data
	Photos     *photo.Bucket
	Limits     photo.Limits              // the zero value is photo.Default
	Calendar   func() *calendar.Calendar // in force
	Clock      clock.Clock
	Zone       *time.Location
	Base       *url.URL // address under which people reach us
	Rates      Rates    // the zero value is DefaultRates
	// Votes reports whether there are votes to be seen; nil: there are none.
	Votes func(context.Context) bool
	// Unlimited lets every address send as often as it likes.
	Unlimited bool
	// Tiles is the template of a tile server's address for the map, Attribution
	// what that server wants to be said; without them the map shows boundaries.
	Tiles, Attribution string
	// Map says that there is a heat map for everybody.
	Map bool
}

// MaxPhotos is how many pictures a form takes.
const MaxPhotos = workflow.MaxPhotos

// Handlers are the pages of citizens.
type Handlers struct {
	Config
	slow brakes
}

// New makes the pages.
func New(cfg Config) *Handlers {
	if cfg.Limits == (photo.Limits{}) {
		cfg.Limits = photo.Default
	}
	if cfg.Rates == (Rates{}) {
		cfg.Rates = DefaultRates
	}
	return &Handlers{Config: cfg, slow: newBrakes(cfg.Rates, cfg.Unlimited)}
}
