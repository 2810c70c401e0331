package api

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/rubricator"
)

type rubricsOut struct {
	Version int64       `json:"version"`
	Rubrics []rubricOut `json:"rubrics"`
}

// rubricOut is a node of the tree; Topic is set on the leaves.
type rubricOut struct {
	Code     string      `json:"code"`
	Name     lang.Text   `json:"name"`
	Children []rubricOut `json:"children,omitempty"`
	Topic    *topicOut   `json:"topic,omitempty"`
}

// topicOut is what a form needs to know of a leaf.
type topicOut struct {
	Order     string        `json:"order"`
	RuleSet   string        `json:"rule_set"`
	Days      int           `json:"days"`
	Unit      string        `json:"unit"`
	Identity  string        `json:"identity"`
	Photo     string        `json:"photo"`
	Season    *seasonOut    `json:"season,omitempty"`
	Help      *lang.Text    `json:"help,omitempty"`
	Emergency *lang.Text    `json:"emergency,omitempty"`
	Questions []questionOut `json:"questions,omitempty"`
	// A retired topic takes no appeals; these took its place.
	Retired    bool     `json:"retired,omitempty"`
	Successors []string `json:"successors,omitempty"`
}

type seasonOut struct {
	From string `json:"from"`
	To   string `json:"to"`
}

type questionOut struct {
	Code     string     `json:"code"`
	Type     string     `json:"type"`
	Name     lang.Text  `json:"name"`
	Hint     *lang.Text `json:"hint,omitempty"`
	Required bool       `json:"required"`
	Options  []ref      `json:"options,omitempty"`
	When     *whenOut   `json:"when,omitempty"`
}

// whenOut: the question is asked only if an earlier one was answered so.
type whenOut struct {
	Question string   `json:"question"`
	Is       []string `json:"is"`
}

// Rubrics is the tree that appeals are sent under now.
func (h *Handlers) Rubrics(c echo.Context) error {
	tree := h.Topics.Book().Tree
	return kept(c, fmt.Sprintf("v%d", tree.Version), rubricsOut{Version: tree.Version, Rubrics: rubrics(tree.Roots)})
}

func rubrics(nodes []*rubricator.Rubric) []rubricOut {
	out := make([]rubricOut, 0, len(nodes))
	for _, n := range nodes {
		one := rubricOut{Code: n.Code, Name: n.Name}
		if n.Leaf() {
			one.Topic = topicOf(n)
		} else {
			one.Children = rubrics(n.Children)
		}
		out = append(out, one)
	}
	return out
}

func topicOf(n *rubricator.Rubric) *topicOut {
	out := &topicOut{
		Order: n.Order, RuleSet: n.RuleSet, Days: n.Days, Unit: n.Unit, Identity: n.Identity, Photo: n.Photo,
		Help: some(n.Help), Emergency: some(n.Emergency), Retired: n.Retired, Successors: n.Successors,
	}
	if n.Season != nil {
		out.Season = &seasonOut{From: n.Season.From, To: n.Season.To}
	}
	for _, q := range n.Questions {
		one := questionOut{Code: q.Code, Type: q.Type, Name: q.Name, Hint: some(q.Hint), Required: q.Required}
		for _, o := range q.Options {
			one.Options = append(one.Options, ref{Code: o.Code, Name: o.Name})
		}
		if q.When != nil {
			one.When = &whenOut{Question: q.When.Question, Is: q.When.Is}
		}
		out.Questions = append(out.Questions, one)
	}
	return out
}

// some is nil for no text.
func some(t lang.Text) *lang.Text {
	if t.Empty() {
		return nil
	}
	return &t
}

type territoriesOut struct {
	Territories []territoryOut `json:"territories"`
}

type territoryOut struct {
	Code       string    `json:"code"`
	Parent     string    `json:"parent,omitempty"`
	Kind       string    `json:"kind"`
	Name       lang.Text `json:"name"`
	Short      lang.Text `json:"short"`
	OKTMO      string    `json:"oktmo,omitempty"`
	Population int       `json:"population,omitempty"`
	Lat        float64   `json:"lat,omitempty"`
	Lon        float64   `json:"lon,omitempty"`
	Grid       []int     `json:"grid,omitempty"` // column and row on the tile grid
}

// Territories are the places of the region.
func (h *Handlers) Territories(c echo.Context) error {
	places := h.Topics.Book().Places
	out := territoriesOut{Territories: []territoryOut{}}
	for _, t := range places.All() {
		above, _ := places.Find(t.Parent)
		one := territoryOut{
			Code: t.Code, Parent: above.Code, Kind: t.Kind, Name: t.Name, Short: t.Short, OKTMO: t.OKTMO,
			Population: t.Population, Lat: t.Lat, Lon: t.Lon,
		}
		if t.Col >= 0 && t.Row >= 0 {
			one.Grid = []int{t.Col, t.Row}
		}
		out.Territories = append(out.Territories, one)
	}
	return kept(c, "", out)
}

type agenciesOut struct {
	Agencies []agencyOut `json:"agencies"`
}

type agencyOut struct {
	agencyRef
	Parent       string     `json:"parent,omitempty"`
	Short        *lang.Text `json:"short,omitempty"`
	Territory    string     `json:"territory,omitempty"`
	Address      *lang.Text `json:"address,omitempty"`
	Hours        *lang.Text `json:"hours,omitempty"`
	Capabilities []string   `json:"capabilities"`
}

// Agencies are the bodies that answer.
func (h *Handlers) Agencies(c echo.Context) error {
	places := h.Topics.Book().Places
	out := agenciesOut{Agencies: []agencyOut{}}
	for _, a := range h.Directory.Agencies() {
		t, _ := places.Find(a.Territory)
		out.Agencies = append(out.Agencies, agencyOut{
			agencyRef: agencyRef{Code: a.Code, Name: a.Name, Phone: a.Phone, Email: a.Email, Site: a.Site},
			Parent:    h.agencyCode(a.Parent), Short: some(a.Short), Territory: t.Code, Address: some(a.Address),
			Hours: some(a.Hours), Capabilities: append([]string{}, a.Capabilities...),
		})
	}
	return kept(c, "", out)
}

// kept answers with what changes seldom: a client that has this version is told
// so. The version is made of the content where none is given.
func kept(c echo.Context, version string, value any) error {
	body, err := json.Marshal(value)
	if err != nil {
		return err
	}
	if version == "" {
		sum := sha256.Sum256(body)
		version = hex.EncodeToString(sum[:8])
	}
	tag := `W/"` + version + `"` // weak: it is sent packed and not
	head := c.Response().Header()
	head.Set("ETag", tag)
	head.Set("Cache-Control", "no-cache") // keep it, and ask
	for have := range strings.SplitSeq(c.Request().Header.Get("If-None-Match"), ",") {
		if strings.TrimPrefix(strings.TrimSpace(have), "W/") == tag[len("W/"):] || strings.TrimSpace(have) == "*" {
			return c.NoContent(http.StatusNotModified)
		}
	}
	return c.JSONBlob(http.StatusOK, body)
}
