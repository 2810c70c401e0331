// Package api is the JSON API under /api/v1, described by openapi.yaml. It knows
// no cookies: officers and systems carry a bearer token, citizens the secret of
// their appeal. Rights are decided by workflow alone.
package api

import (
	"context"
	"net/url"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/document"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/photo"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/near"
	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/search"
	"github.com/otklik/otklik/workflow"
)

// Engine changes appeals; see [workflow.Engine].
type Engine interface {
	Submit(ctx context.Context, in workflow.Submission) (workflow.Receipt, error)
	Act(ctx context.Context, by actor.Actor, appeal int64, cmd workflow.Command) (*workflow.Appeal, error)
	CheckSecret(id int64, secret string) bool
}

// Directory names agencies and people, from memory.
type Directory interface {
	Agency(id int64) (identity.Agency, bool)
	AgencyByCode(code string) (identity.Agency, bool)
	Agencies() []identity.Agency
	User(id int64) (identity.User, bool)
	// Staff lists who has a role in the agency and may sign in.
	Staff(agency int64) []identity.User
}

// Users finds people by the name with which they sign in.
type Users interface {
	FindUserByLogin(ctx context.Context, login string) (*identity.User, error)
}

// Photos keeps cleaned pictures.
type Photos interface {
	Put(ctx context.Context, owner string, p photo.Picture) (key string, err error)
	Delete(ctx context.Context, key string) error
}

// Letters makes official letters of signed answers.
type Letters interface {
	// Letter makes the n-th letter of a case, and notes which officer has read
	// who it goes to; where there is none it is fault.NotFound.
	Letter(ctx context.Context, c *workflow.Case, n int, by actor.Actor) (document.File, error)
}

// Rates are the limits per address; the zero value is [DefaultRates].
type Rates struct {
	Submits edge.Rate // appeals sent
	Acts    edge.Rate // actions by a secret
	Asks    edge.Rate // suggestions, and heat maps without a token
}

// DefaultRates suit a street terminal or an office behind one address. Who
// carries a token isn't limited.
var DefaultRates = Rates{
	Submits: edge.Rate{PerMinute: 20, Burst: 40},
	Acts:    edge.Rate{PerMinute: 20, Burst: 40},
	Asks:    edge.Rate{PerMinute: 240, Burst: 120},
}

// Config is what the API is made of.
type Config struct {
	Addresses Addresses // finds places in texts; nil finds none
	// Duplicates finds what others told near by; nil finds nothing.
	Duplicates near.Duplicates
	Accounts   *identity.Accounts
	Engine     Engine
	Reader     workflow.Reader
	Topics     *rubricator.Rubricator
	Directory  Directory
	Users      Users
	Photos     Photos
	Letters    Letters
	Limits     photo.Limits // the zero value is photo.Default
	Index      search.Index
	Settle     func(context.Context) error // waits until the index has all that was done; nil: it always has
	Clock      clock.Clock
	Zone       *time.Location
	Base       *url.URL // address under which people reach us
	// Keys turns Idempotency-Keys into what is stored: 32 secret bytes.
	Keys      []byte
	Rates     Rates
	Maps      Maps // published heat maps, nil: there are none for everybody
	Unlimited bool // every address may send as often as it likes
}

// Handlers answer the addresses of the API.
type Handlers struct {
	Config
	slow struct{ submits, acts, asks edge.Brake }
}

// New makes the API of its parts.
func New(cfg Config) *Handlers {
	if cfg.Limits == (photo.Limits{}) {
		cfg.Limits = photo.Default
	}
	if cfg.Rates == (Rates{}) {
		cfg.Rates = DefaultRates
	}
	h := &Handlers{Config: cfg}
	if !cfg.Unlimited {
		h.slow.submits, h.slow.acts = edge.NewBrake(cfg.Rates.Submits), edge.NewBrake(cfg.Rates.Acts)
		h.slow.asks = edge.NewBrake(cfg.Rates.Asks)
	}
	return h
}

// brake slows down strangers.
func brake(c echo.Context, b edge.Brake) error {
	if edge.User(edge.Ctx(c)) != nil {
		return nil
	}
	return b.Pass(c)
}

// ref names something by its stable code, with its name for people.
type ref struct {
	Code string    `json:"code"`
	Name lang.Text `json:"name"`
}

func (h *Handlers) rubricRef(code string) ref {
	r, ok := h.Topics.Book().Tree.Find(code)
	if !ok { // of an earlier version
		return ref{Code: code, Name: lang.Text{RU: code}}
	}
	return ref{Code: code, Name: r.Name}
}

// territoryRef is nil for a place that is gone.
func (h *Handlers) territoryRef(id int64) *ref {
	t, ok := h.Topics.Book().Places.Find(id)
	if !ok {
		return nil
	}
	return &ref{Code: t.Code, Name: t.Name}
}

// territoryByCode finds a place by its code.
func territoryByCode(book *rubricator.Book, code string) (int64, bool) {
	for _, t := range book.Places.All() {
		if t.Code == code {
			return t.ID, true
		}
	}
	return 0, false
}

// agencyRef is who answers and how to reach them.
type agencyRef struct {
	Code  string    `json:"code"`
	Name  lang.Text `json:"name"`
	Phone string    `json:"phone,omitempty"`
	Email string    `json:"email,omitempty"`
	Site  string    `json:"site,omitempty"`
}

func (h *Handlers) agencyRef(id int64) *agencyRef {
	a, ok := h.Directory.Agency(id)
	if !ok {
		return nil
	}
	return &agencyRef{Code: a.Code, Name: a.Name, Phone: a.Phone, Email: a.Email, Site: a.Site}
}

func (h *Handlers) agencyCode(id int64) string {
	a, _ := h.Directory.Agency(id)
	return a.Code
}

// lastDay is the day that ends at the instant, YYYY-MM-DD in the region.
func (h *Handlers) lastDay(end time.Time) string {
	if end.IsZero() {
		return ""
	}
	return end.Add(-time.Nanosecond).In(h.Zone).Format(time.DateOnly)
}
