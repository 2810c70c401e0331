package intake_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/web/intake"
	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/rubricator/territory"
	"github.com/otklik/otklik/workflow"
)

// wrong maps the wrong fields to their keys.
func wrong(check *fault.Check) map[string]string {
	out := map[string]string{}
	var e *fault.Error
	if errors.As(check.Err(), &e) {
		for _, f := range e.Fields {
			out[f.Name] = f.Key
		}
	}
	return out
}

func TestPhone(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"8 (900) 123-45-67": "+79001234567",
		"+7 900 123 45 67":  "+79001234567",
		"7-900-123-45-67":   "+79001234567",
		"9001234567":        "+79001234567",
		"+375 29 123-45-67": "+375291234567",
		"+7 900 123":        "",
		"0001234567":        "",
		"+1":                "",
		"12345":             "",
		"+7 900 123-45-6x":  "",
		"++79001234567":     "",
	} {
		got, ok := intake.Phone(typed)
		require.Equal(t, want != "", ok, typed)
		if ok {
			require.Equal(t, want, got, typed)
		}
	}
}

func TestEmail(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]bool{
		"anna@example.org": true, "a.b+c@почта.рф": true, "": false, "anna": false, "anna@localhost": false,
		"Анна <anna@example.org>": false, "anna@example.org\nBcc: all@example.org": false, "anna@[127.0.0.1]": false,
		"anna@example.": false, strings.Repeat("a", 250) + "@example.org": false,
	} {
		require.Equal(t, want, intake.Email(typed), typed)
	}
}

func TestContacts_asks_for_as_much_as_the_topic_needs(t *testing.T) {
	t.Parallel()
	anonymous := &rubricator.Rubric{Identity: "anonymous", RuleSet: "message"}
	contact := &rubricator.Rubric{Identity: "contact", RuleSet: "message"}
	formal := &rubricator.Rubric{Identity: "anonymous", RuleSet: "fz59"}
	for name, c := range map[string]struct {
		leaf    *rubricator.Rubric
		who     workflow.Applicant
		consent bool
		want    map[string]string
	}{
		"nobody, about a topic that asks nothing": {anonymous, workflow.Applicant{}, true, map[string]string{}},
		"nobody, about a topic that asks":         {contact, workflow.Applicant{}, true, map[string]string{"name": "workflow.name_required", "email": "workflow.contact_required"}},
		"nobody, formally":                        {formal, workflow.Applicant{}, true, map[string]string{"name": "workflow.name_required", "email": "workflow.contact_required"}},
		"a name and a phone":                      {contact, workflow.Applicant{Name: "Анна", Phone: "8 900 123-45-67"}, true, map[string]string{}},
		"no consent, a name of spaces":            {contact, workflow.Applicant{Name: " \n", Email: "a@example.org"}, false, map[string]string{"name": "workflow.name_required", "consent": "error.consent"}},
		"nonsense": {anonymous, workflow.Applicant{Name: strings.Repeat("а", 151), Email: "x", Phone: "y"}, true, map[string]string{
			"name": "error.too_long", "email": "error.bad_email", "phone": "error.bad_phone",
		}},
	} {
		var check fault.Check
		got := intake.Contacts(&check, c.leaf, c.who, c.consent)
		require.Equal(t, c.want, wrong(&check), name)
		if c.who.Phone == "8 900 123-45-67" {
			require.Equal(t, "+79001234567", got.Phone)
		}
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": "workflow.text_required", "девять зн": "error.too_short", "десять зна": "", strings.Repeat("ж", workflow.MaxText): "",
		strings.Repeat("ж", workflow.MaxText+1): "error.too_long",
	} {
		var check fault.Check
		intake.Text(&check, text)
		require.Equal(t, want, wrong(&check)["text"])
	}
	require.Equal(t, "а\nб\uFFFD", intake.Tidy(" \x00а\r\nб\xff\t "))
}

func square(west, south string) string {
	return `{"type":"Polygon","coordinates":[[[` + west + `,` + south + `],[` + west + `.9,` + south + `],[` + west + `.9,` + south + `.9],[` + west + `,` + south + `.9],[` + west + `,` + south + `]]]}`
}

func TestPlace(t *testing.T) {
	t.Parallel()
	mapped, err := territory.NewIndex([]territory.Territory{
		{ID: 1, Kind: "region", Name: lang.Text{RU: "Край"}},
		{ID: 2, Parent: 1, Kind: "town", Name: lang.Text{RU: "Белогривск"}, Boundary: square("36", "51")},
		{ID: 3, Parent: 1, Kind: "district", Name: lang.Text{RU: "Луговой район"}, Boundary: square("37", "51")},
	})
	require.NoError(t, err)
	at := func(lat, lon float64) *workflow.Point { return &workflow.Point{Lat: lat, Lon: lon} }
	for name, c := range map[string]struct {
		in   workflow.Place
		want int64
		says map[string]string
	}{
		"nothing":                      {workflow.Place{}, 0, map[string]string{"territory": "error.place_required"}},
		"a point in a town":            {workflow.Place{Point: at(51.5, 36.5)}, 2, nil},
		"a point and its town":         {workflow.Place{Point: at(51.5, 36.5), Territory: 2}, 2, nil},
		"a point and its region":       {workflow.Place{Point: at(51.5, 36.5), Territory: 1}, 2, nil},
		"a point and another district": {workflow.Place{Point: at(51.5, 36.5), Territory: 3}, 0, map[string]string{"territory": "portal.place_mismatch"}},
		"a point outside":              {workflow.Place{Point: at(10, 10), Territory: 2}, 0, map[string]string{"point": "error.outside_region"}},
		"a point off the earth":        {workflow.Place{Point: at(91, 0)}, 0, map[string]string{"point": "workflow.bad_point"}},
		"a chosen district":            {workflow.Place{Territory: 3}, 3, nil},
		"an unknown one":               {workflow.Place{Territory: 9}, 0, map[string]string{"territory": "error.unknown_choice"}},
		"an address with a town":       {workflow.Place{Address: "г. Белогривск, ул. Мира, 3"}, 2, nil},
		"an address in another case":   {workflow.Place{Address: "в Белогривске у рынка"}, 2, nil},
		"an address without a town":    {workflow.Place{Address: "ул. Мира, 3"}, 0, map[string]string{"territory": "portal.place_unclear"}},
		"an address that names two":    {workflow.Place{Address: "Белогривск, Луговой район"}, 0, map[string]string{"territory": "portal.place_unclear"}},
		"a very long address":          {workflow.Place{Address: strings.Repeat("а", 301), Territory: 2}, 0, map[string]string{"address": "error.too_long"}},
	} {
		var check fault.Check
		got := intake.Place(&check, mapped, c.in, lang.RU)
		if c.says == nil {
			require.NoError(t, check.Err(), name)
			require.Equal(t, c.want, got.Territory, name)
			continue
		}
		require.Equal(t, c.says, wrong(&check), name)
	}

	bare, err := territory.NewIndex([]territory.Territory{{ID: 1, Kind: "region"}})
	require.NoError(t, err)
	var check fault.Check
	require.Equal(t, int64(1), intake.Place(&check, bare, workflow.Place{Address: "ул. Мира"}, lang.RU).Territory)
	require.NoError(t, check.Err())
}
