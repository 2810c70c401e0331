package ui

import (
	"context"
	"strconv"
	"strings"

	"github.com/otklik/otklik/app/lang"
)

// Area is a part of the product with its own style sheet and frame.
type Area string

// The areas.
const (
	Portal  Area = "portal"  // for citizens, as light as can be
	Embed   Area = "embed"   // the same inside an iframe: no header, no cookies
	Console Area = "console" // for officers, supervisors and admins: dense
)

// Page is the frame around a screen.
type Page struct {
	Title    string    // without the product's name
	Lang     lang.Lang // empty: the language of the context
	Area     Area      // empty: the portal
	Path     string    // path and query of this page, for the language switch and the current mark
	User     *User     // nil: nobody is signed in
	Nav      []NavItem
	Footer   []NavItem // portal: links before those of every page
	Settings []Tab     // console: pages of the settings, for the palette
	Scripts  []string  // further entry scripts by their asset name; islands need none
	Wide     bool      // use the whole width (tables, maps)
	Invalid  bool      // the form came back with errors: the title says so
	Search   *Search   // search box of the console
	Back     string    // address of the «back» link, empty for none
	Origin   string    // embed only: exact origin of the page around us
	Agency   string    // embed only: name shown above the form
	HomeURL  string    // empty: "/" or "/console"
	SignOut  string    // address that the sign-out form posts to
	NoLayout bool      // draw the contents alone: an htmx fragment
	Live     *Live     // console: what moves by itself, nil for nothing
}

// Live is what a console page needs to be told of what changes.
type Live struct {
	After  string // place in the log up to which the page knows
	User   int64  // who looks, so that another's page is never gone on with
	Login  string
	Key    string // base64: the browser keeps typed words under it, "" for the tab only
	Appeal int64  // the card that is open, 0 for none
	Seen   int    // events of it that the page shows
	List   string // query of the list that the page shows, "" for none
}

// User is who is signed in.
type User struct {
	Name string
	Note string // agency and role, in words
	URL  string // own account
}

// NavItem is a link of the main navigation. Count is shown when it isn't
// zero; Most is where it stops, 0 where it doesn't.
type NavItem struct {
	Text    string
	URL     string
	Count   int
	Most    int
	Live    string // name under which the count is kept up to date, "" for none
	Current bool
	Wide    bool // a narrow screen has no room for it
}

func (n NavItem) counted() string {
	if n.Most > 0 && n.Count >= n.Most {
		return strconv.Itoa(n.Most) + "+"
	}
	return strconv.Itoa(n.Count)
}

// Search is the search box of the console's bar.
type Search struct {
	Action string
	Name   string // of the field; empty: q
	Value  string
	Wrong  bool   // what is in it can't be looked for: the page says why
	Help   string // address that is posted what is typed and tells how to go on; empty: none
}

func (p Page) language(ctx context.Context) lang.Lang {
	if p.Lang != "" {
		return p.Lang
	}
	return Lang(ctx)
}

func (p Page) area() Area {
	if p.Area == "" {
		return Portal
	}
	return p.Area
}

// sheet is the style sheet: what is embedded is the portal's.
func (p Page) sheet() string {
	if p.area() == Console {
		return "console.css"
	}
	return "portal.css"
}

// entry is the script of the same cut: the iframe's own part is an island.
func (p Page) entry() string {
	if p.area() == Console {
		return "console.js"
	}
	return "portal.js"
}

func (p Page) home() string {
	switch {
	case p.HomeURL != "":
		return p.HomeURL
	case p.area() == Console:
		return "/console"
	default:
		return "/"
	}
}

func (p Page) title(ctx context.Context) string {
	title := p.Title
	if p.Invalid {
		title = T(ctx, "page.error_prefix", "title", title)
	}
	if title == "" {
		return T(ctx, "product.name")
	}
	return title + " — " + T(ctx, "product.name")
}

func (p Page) container() string {
	if p.Wide {
		return "govuk-width-container otk-width--wide"
	}
	return "govuk-width-container"
}

func (s Search) name() string {
	if s.Name == "" {
		return "q"
	}
	return s.Name
}

// embedded is the page as the widget's iframe shows it.
func (p Page) embedded() Page {
	p.Area = Embed
	return p
}

func langCode(l lang.Lang) string { return strings.ToUpper(string(l)) }

func langName(ctx context.Context, l lang.Lang) string { return T(ctx, "lang."+string(l)) }

// zoneOffset is how far the region's clock is ahead of UTC now, in seconds.
func zoneOffset(ctx context.Context) string {
	_, seconds := Now(ctx).In(Zone(ctx)).Zone()
	return strconv.Itoa(seconds)
}
