package edge

import (
	"errors"
	"io"
	"net/http"
	"os"
	"path"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/document"
)

// Tables sends tables as the ending of the route says, .xlsx or .csv: a workbook
// with all of them, or the first alone. They are written to a temporary file
// first: what fails in the middle is an error page and no half of a table, and
// memory doesn't grow with the rows.
func Tables(c echo.Context, name string, zone *time.Location, sheets ...document.Sheet) error {
	return NotedTables(c, name, zone, func() error { return nil }, sheets...)
}

// NotedTables is Tables of what must not leave unnoted: note is called when the
// file is whole, and where it fails nothing is sent.
func NotedTables(c echo.Context, name string, zone *time.Location, note func() error, sheets ...document.Sheet) (err error) {
	f, err := os.CreateTemp("", "otklik-table-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close(), os.Remove(f.Name())) }()
	form := path.Ext(c.Path())
	media := document.TypeXLSX
	if form == ".csv" {
		media = document.TypeCSV
		err = document.WriteCSV(f, Lang(c), zone, sheets[0])
	} else {
		err = document.WriteXLSX(f, zone, sheets...)
	}
	if err != nil {
		return err
	}
	if err := note(); err != nil {
		return err
	}
	size, err := f.Seek(0, io.SeekCurrent)
	if err != nil {
		return err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	Attachment(c, name+form, media)
	c.Response().Header().Set(echo.HeaderContentLength, strconv.FormatInt(size, 10))
	return c.Stream(http.StatusOK, media, f)
}
