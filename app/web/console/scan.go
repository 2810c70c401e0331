package console

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/photo"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/workflow"
)

// taken is how the desk took the appeal, nil where it came otherwise.
func taken(c *workflow.Case) *workflow.Taken {
	for i := range c.Events {
		if t := c.Events[i].Data.Taken; t != nil {
			return t
		}
	}
	return nil
}

// Scan gives a scanned letter to who may see the case, as a file to keep: what
// came from outside is never shown in our name.
func (h *Handlers) Scan(c echo.Context) error {
	found, err := h.find(c)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(c.Param("n"))
	t := taken(found)
	if err != nil || t == nil || n < 1 || n > len(t.Scans) {
		return fault.New(fault.NotFound, "error.not_found")
	}
	r, size, err := h.cfg.Photos.Open(edge.Ctx(c), t.Scans[n-1].Key)
	if err != nil {
		return err
	}
	defer r.Close()
	edge.Attachment(c, found.Appeal.Number+"-"+strconv.Itoa(n)+".pdf", photo.ScanType)
	c.Response().Header().Set(echo.HeaderContentLength, strconv.FormatInt(size, 10))
	return c.Stream(http.StatusOK, photo.ScanType, r)
}

func scanURL(appeal int64, n int) string { return cardURL(appeal) + "/scans/" + strconv.Itoa(n) }
