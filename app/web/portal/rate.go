package portal

import (
	"math"
	"net/netip"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
	"golang.org/x/time/rate"

	"github.com/otklik/otklik/app/fault"
)

// Rate is how often one address may do something: PerMinute in the long run,
// Burst at once.
type Rate struct {
	PerMinute float64
	Burst     int
}

// Rates are the limits per address. They are generous: a school or an office
// shares one.
type Rates struct {
	Drafts  Rate // forms begun
	Uploads Rate // photos sent
	Submits Rate // appeals sent, and actions on their pages
	Asks    Rate // suggestions while typing, and look-ups by number
}

// DefaultRates is what the product ships with.
var DefaultRates = Rates{
	Drafts:  Rate{PerMinute: 30, Burst: 60},
	Uploads: Rate{PerMinute: 60, Burst: 60},
	Submits: Rate{PerMinute: 20, Burst: 40},
	Asks:    Rate{PerMinute: 240, Burst: 120},
}

type brakes struct{ drafts, uploads, submits, asks brake }

// brake slows one address down; the zero value lets everything pass.
type brake struct {
	store *middleware.RateLimiterMemoryStore
	every time.Duration // until one more is allowed
}

func newBrakes(r Rates, unlimited bool) brakes {
	if unlimited {
		return brakes{}
	}
	return brakes{newBrake(r.Drafts), newBrake(r.Uploads), newBrake(r.Submits), newBrake(r.Asks)}
}

func newBrake(r Rate) brake {
	perSecond := r.PerMinute / 60
	return brake{
		store: middleware.NewRateLimiterMemoryStoreWithConfig(middleware.RateLimiterMemoryStoreConfig{
			Rate: rate.Limit(perSecond), Burst: r.Burst, ExpiresIn: time.Duration(float64(r.Burst)/perSecond*2) * time.Second,
		}),
		every: time.Duration(float64(time.Second) / perSecond),
	}
}

// pass lets the request through, or says when to try again.
func (b brake) pass(c echo.Context) error {
	if b.store == nil {
		return nil
	}
	ok, err := b.store.Allow(network(c.RealIP()))
	if err != nil {
		return err
	}
	if ok {
		return nil
	}
	seconds := max(1, int(math.Ceil(b.every.Seconds())))
	c.Response().Header().Set(echo.HeaderRetryAfter, strconv.Itoa(seconds))
	return fault.New(fault.TooMany, "portal.slow_down").With("seconds", seconds)
}

// network is whom an address belongs to: of IPv6 a household has a whole /64.
func network(ip string) string {
	a, err := netip.ParseAddr(ip)
	if err != nil || a.Unmap().Is4() {
		return ip
	}
	p, err := a.Prefix(64)
	if err != nil {
		return ip
	}
	return p.String()
}
