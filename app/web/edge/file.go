package edge

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/document"
	"github.com/otklik/otklik/app/fault"
)

// Attach sends a file to be kept, not shown: nothing in it runs in our name.
func Attach(c echo.Context, f document.File) error {
	Attachment(c, f.Name, f.Type)
	c.Response().Header().Set(echo.HeaderContentLength, strconv.Itoa(len(f.Body)))
	return c.Blob(http.StatusOK, f.Type, f.Body)
}

// Attachment sets the headers of a file that is written afterwards.
func Attachment(c echo.Context, name, media string) {
	head := c.Response().Header()
	head.Set(echo.HeaderContentDisposition, disposition(name))
	head.Set(echo.HeaderContentSecurityPolicy, "default-src 'none'; sandbox")
	head.Set(echo.HeaderCacheControl, "no-store")
	head.Set(echo.HeaderContentType, media)
}

// disposition names a file in both ways of RFC 6266: as ASCII for old programs,
// and in any letters by RFC 5987. Signs that mean something to a file system or
// a header are left out of both.
func disposition(name string) string {
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || strings.ContainsRune(`/\:*?"<>|%;`, r) {
			return '_'
		}
		return r
	}, name)
	plain := strings.Map(func(r rune) rune {
		if r > '~' {
			return '_'
		}
		return r
	}, name)
	return `attachment; filename="` + plain + `"; filename*=UTF-8''` + strings.ReplaceAll(url.QueryEscape(name), "+", "%20")
}

// letterParam is the name that the router gives to the last part of an address
// like /answers/1.pdf.
const letterParam = "n.pdf"

// LetterN is the number of the letter in such an address.
func LetterN(c echo.Context) (int, error) {
	digits, ok := strings.CutSuffix(c.Param(letterParam), ".pdf")
	n, err := strconv.Atoi(digits)
	if !ok || err != nil || n < 1 {
		return 0, fault.New(fault.NotFound, "error.not_found")
	}
	return n, nil
}
