package api

import (
	"context"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/web/edge"
)

// waitParam asks a search to wait until the index has what was done before it,
// so many seconds at most.
const (
	waitParam = "wait"
	longWait  = 10
)

// waiting reads how long a search may wait.
func waiting(c echo.Context, check *fault.Check) time.Duration {
	s := c.QueryParam(waitParam)
	if s == "" {
		return 0
	}
	n, err := strconv.Atoi(s)
	check.That(err == nil && n >= 1 && n <= longWait, waitParam, "api.range", "min", 1, "max", longWait)
	return time.Duration(n) * time.Second
}

// settle waits for the index. One that is still behind is fault.Unavailable: who
// asked to wait would take what is missing for what isn't there.
func (h *Handlers) settle(c echo.Context, most time.Duration) error {
	if most == 0 || h.Settle == nil {
		return nil
	}
	ctx, stop := context.WithTimeout(edge.Ctx(c), most)
	defer stop()
	err := h.Settle(ctx)
	if err != nil && ctx.Err() != nil {
		return fault.Wrap(fault.Unavailable, "api.index_behind", err)
	}
	return err
}
