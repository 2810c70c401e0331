package portal

import (
	"bytes"
	"compress/gzip"
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/document"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/report/opendata"
	"github.com/otklik/otklik/app/web/edge"
	"github.com/otklik/otklik/app/web/ui"
)

// openDataView is the page of open data.
type openDataView struct {
	Page     ui.Page
	Off      bool
	Editions []opendata.Edition
	Fields   []opendata.Field
	site     site
}

// OpenData lists what may be downloaded and says what is in it.
func (h *Handlers) OpenData(c echo.Context) (err error) {
	s, ctx := h.site(c), edge.Ctx(c)
	view := openDataView{Page: s.page(ctx, ui.T(ctx, "opendata.title")), Fields: h.Dictionary, site: s}
	if view.Off, err = h.Published.OpenDataOff(ctx); err != nil {
		return err
	}
	if !view.Off {
		if view.Editions, err = h.Published.ListEditions(ctx); err != nil {
			return err
		}
	}
	return edge.Render(c, http.StatusOK, openDataPage(view))
}

// openPeriod is «июль 2026 года» for 2026-07 and «3 квартал 2026 года» for
// 2026-q3.
func openPeriod(ctx context.Context, key string) string {
	if month, err := time.Parse("2006-01", key); err == nil {
		return ui.T(ctx, "atlas.month."+month.Format("01"), "year", month.Format("2006"))
	}
	year, n, _ := strings.Cut(key, "-q")
	return ui.T(ctx, "atlas.quarter", "n", n, "year", year)
}

// OpenFile sends a file of a month.
func (h *Handlers) OpenFile(c echo.Context) error {
	ctx := edge.Ctx(c)
	off, err := h.Published.OpenDataOff(ctx)
	if err == nil && off {
		err = fault.New(fault.NotFound, "error.not_found")
	}
	if err != nil {
		return err
	}
	f, err := h.Published.FindFile(ctx, c.Param("month"), c.Param("file"))
	if err != nil {
		return err
	}
	body, err := gzip.NewReader(bytes.NewReader(f.Body))
	if err != nil {
		return err
	}
	media := document.TypeCSV
	if strings.HasSuffix(f.Name, ".json") {
		media = "application/json"
	}
	edge.Attachment(c, f.Name, media)
	head := c.Response().Header()
	head.Set(echo.HeaderCacheControl, "public, max-age=3600")
	head.Set(echo.HeaderAccessControlAllowOrigin, "*")
	head.Set("ETag", `"`+f.SHA256+`"`)
	head.Set(echo.HeaderContentLength, strconv.Itoa(f.Size))
	return c.Stream(http.StatusOK, media, body)
}
