package admin_test

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/store/storetest"
	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/rubricator/territory"
	"github.com/otklik/otklik/workflow"
)

// sent puts an appeal into the store as if it was sent then.
func (o *office) sent(ago time.Duration, topic string, agency, place int64, answers ...workflow.Reply) string {
	o.t.Helper()
	id, err := o.store.NextID(o.t.Context())
	require.NoError(o.t, err)
	in := storetest.Sample(id, o.clock.Now().Add(-ago), agency, func(in *workflow.Intake) {
		in.Appeal.Rubric, in.Appeal.Replies, in.Appeal.Place.Territory = topic, answers, place
	})
	_, _, err = o.store.Intake(o.t.Context(), in)
	require.NoError(o.t, err)
	return in.Appeal.Number
}

func TestSimulation_replays_what_was_sent_against_the_draft(t *testing.T) {
	t.Parallel()
	for _, dialect := range storetest.Dialects() {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t, dialect)
			o.editor.Bodies = o.takers
			cityID, fedID := settleRoutes(t, o)
			city, _ := strconv.ParseInt(cityID, 10, 64)
			fed, _ := strconv.ParseInt(fedID, 10, 64)
			town := o.places()[1].ID
			federal := workflow.Reply{Question: "class", Asked: "Чья дорога?", Value: "federal", Shown: "федеральная"}
			const page = "/admin/rubricator/simulation"

			status, body, _ := o.do("supervisor", http.MethodGet, page, "", nil)
			require.Equal(t, http.StatusForbidden, status, body)
			require.Contains(t, o.page("admin", page), "Пробовать пока нечего")

			day := 24 * time.Hour
			first := o.sent(2*day, "roads.pit", fed, town, federal)
			o.sent(3*day, "roads.pit", city, town, federal)
			o.sent(3*day, "roads.pit", city, town)
			o.sent(20*day, "roads.pit", city, 0, federal)
			o.sent(80*day, "roads.pit", city, town, federal)
			by := actor.Actor{Kind: actor.Officer, User: 1, Memberships: []actor.Membership{{Role: actor.SystemAdmin}}}
			_, err := o.editor.Begin(t.Context(), by)
			require.NoError(t, err)
			_, err = o.editor.Change(t.Context(), by, func(d *rubricator.Draft) error {
				d.Rules = append(d.Rules, rubricator.Rule{Rubric: "roads.pit", When: rubricator.Condition{Question: "class", Answer: "federal"}, Agency: fed})
				return nil
			})
			require.NoError(t, err)
			require.Contains(t, o.page("admin", page+"?days=7"), "иначе пошли бы 2 обращения из 3")
			require.Contains(t, o.page("admin", page), "иначе пошли бы 3 обращения из 4")
			whole := o.page("admin", page+"?days=90")
			for _, s := range []string{
				"иначе пошли бы 4 обращения из 5", "1 пришлось передать вручную", "3 остались там, куда их направили", first,
				"Сейчас ↓ по черновику → Федеральные дороги Мэрия 4", // the matrix
				"Правило: любая тема, везде", "Правило: Дороги → Яма, везде, если «Чья дорога? — федеральная»",
			} {
				require.Contains(t, whole, s)
			}
			narrow := o.page("admin", page+"?days=90&topic=roads.pit&place="+strconv.FormatInt(town, 10)+"&from="+cityID+"&to="+fedID)
			require.Contains(t, narrow, "иначе пошли бы 3 обращения из 5")
			require.Contains(t, narrow, "Территория: Город.")
			require.Contains(t, o.page("admin", page+"?days=90&to="+cityID), "иначе пошли бы 0 обращений из 5")

			// Whoever administers one agency sees what concerns it.
			require.Contains(t, o.page("agency-admin", page+"?days=90"), "Вас касаются 0 обращений")
			o.signInAs("fed-admin", actor.Membership{Agency: fed, Role: actor.AgencyAdmin})
			theirs := o.page("fed-admin", page+"?days=90")
			require.Contains(t, theirs, "Вас касаются 4 обращения")
			require.NotContains(t, theirs, "из 5")

			// A topic that is retired in favour of one counts as that one, of two as none.
			_, err = o.editor.Change(t.Context(), by, func(d *rubricator.Draft) error {
				pit, _ := d.Find("roads.pit")
				for _, code := range []string{"roads.one", "roads.two"} {
					fresh := *pit
					fresh.Code = code
					roads, _ := d.Find("roads")
					roads.Children = append(roads.Children, &fresh)
				}
				d.Rules[1].Rubric = "roads.one"
				return d.Retire(rubricator.Retirement{Codes: []string{"roads.pit"}, Successors: []string{"roads.one"}})
			})
			require.NoError(t, err)
			require.Contains(t, o.page("admin", page+"?days=90"), "иначе пошли бы 4 обращения из 5")
			_, err = o.editor.Change(t.Context(), by, func(d *rubricator.Draft) error {
				return d.Retire(rubricator.Retirement{Codes: []string{"roads.pit"}, Successors: []string{"roads.one", "roads.two"}})
			})
			require.NoError(t, err)
			lost := o.page("admin", page+"?days=90")
			require.Contains(t, lost, "иначе пошли бы 0 обращений из 5")
			require.Contains(t, lost, "Про 5 сказать нельзя")
			require.Contains(t, lost, "Яма (5)")

			// A draft that is wrong is not tried.
			_, err = o.editor.Change(t.Context(), by, func(d *rubricator.Draft) error {
				d.Rules = append(d.Rules, d.Rules[0])
				return nil
			})
			require.NoError(t, err)
			require.Contains(t, o.page("admin", page), "исправьте их на странице «Маршруты»")
		})
	}
}

func (o *office) places() []territory.Territory {
	o.t.Helper()
	list, err := o.store.ListTerritories(o.t.Context())
	require.NoError(o.t, err)
	return list
}
