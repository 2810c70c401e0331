package app

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/workflow"
)

// finder looks for news of saved searches as the list of officers does.
type finder struct{ *App }

// Matching implements jobs.Finder.
func (f finder) Matching(ctx context.Context, u *identity.User, v workflow.View, limit int) ([]workflow.InboxRow, error) {
	return f.officers.Matching(ui.WithZone(ctx, f.Config.Zone), u, v, limit)
}

// matches puts news of saved searches into words.
type matches struct {
	base *url.URL
	zone *time.Location
	tree *rubricator.Rubricator
}

// MatchesLetter implements jobs.SubscriptionComposer: numbers, topics and links.
// What people wrote stays in the product.
func (m matches) MatchesLetter(ctx context.Context, l lang.Lang, v workflow.View, cases []workflow.Case) (subject, body string) {
	ctx = ui.WithZone(ui.WithLang(ctx, l), m.zone)
	var b strings.Builder
	b.WriteString(ui.T(ctx, "letter.matches", "name", v.Name) + "\n\n")
	tree := m.tree.Book().Tree
	for i := range cases {
		a := &cases[i].Appeal
		topic := a.Rubric
		if r, ok := tree.Find(a.Rubric); ok {
			topic = r.Name.In(ui.Lang(ctx))
		}
		b.WriteString(a.Number + " · " + topic + " · " + ui.T(ctx, "stage."+string(a.Stage)) + "\n")
		b.WriteString(m.base.JoinPath("console", "appeals", strconv.FormatInt(a.ID, 10)).String() + "\n\n")
	}
	b.WriteString(ui.T(ctx, "letter.matches_stop", "link", m.base.JoinPath("console", "views").String()) + "\n")
	return ui.Plural(ctx, "letter.matches_subject", len(cases), "name", v.Name), b.String()
}
