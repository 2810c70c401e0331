package edge

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
// Burst at once. The zero value doesn't limit.
type Rate struct {
	PerMinute float64
	Burst     int
}

// Brake slows down an address that asks too often.
type Brake struct {
	store *middleware.RateLimiterMemoryStore
	every time.Duration // until one more is allowed
}

// NewBrake makes a brake; the zero Rate makes one that lets everybody through.
func NewBrake(r Rate) Brake {
	if r == (Rate{}) {
		return Brake{}
	}
	perSecond := r.PerMinute / 60
	return Brake{
		store: middleware.NewRateLimiterMemoryStoreWithConfig(middleware.RateLimiterMemoryStoreConfig{
			Rate: rate.Limit(perSecond), Burst: r.Burst, ExpiresIn: time.Duration(float64(r.Burst) / perSecond * 2 * float64(time.Second)),
		}),
		every: time.Duration(float64(time.Second) / perSecond),
	}
}

// Pass lets the request through, or says when to try again: in the header
// Retry-After, and as fault.TooMany.
func (b Brake) Pass(c echo.Context) error {
	if b.store == nil {
		return nil
	}
	ok, err := b.store.Allow(network(c.RealIP()))
	if err != nil || ok {
		return err
	}
	seconds := max(1, int(math.Ceil(b.every.Seconds())))
	c.Response().Header().Set(echo.HeaderRetryAfter, strconv.Itoa(seconds))
	return fault.New(fault.TooMany, "error.slow_down").With("seconds", seconds)
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
