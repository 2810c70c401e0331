package app

import (
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/workflow"
)

func TestOfficials_a_letter_stays_as_it_was_signed(t *testing.T) {
	t.Parallel()
	base, err := url.Parse("https://otklik.example.org")
	require.NoError(t, err)
	d := newDirectory(nil)
	office := func(name, position string) {
		d.book.Store(&directoryBook{
			agencies: []identity.Agency{{ID: 1, Name: lang.Text{RU: name}, Address: lang.Text{RU: "ул. Мира, 1"}, Phone: "+7 900 000-00-01"}},
			users:    []identity.User{{ID: 5, Name: "Егор Заозерин", Position: position}, {ID: 6, Name: "Глеб Подгорин"}},
		})
	}
	o := officials{base: base, zone: time.UTC, stamp: workflow.NewStamp([]byte("key")), directory: d, topics: rubricator.New(nil, nil)}
	ctx := ui.WithNow(ui.WithZone(ui.WithLang(t.Context(), lang.RU), time.UTC), time.Time{})
	a := &workflow.Appeal{ID: 1, Number: "26-000001-9", Rubric: "roads.pit"}
	signed := workflow.Signature{
		N: 1, Signer: 5, At: time.Date(2026, 5, 12, 9, 0, 0, 0, time.UTC), Whole: true,
		Event:  workflow.Event{Agency: 1, Hash: "of the event"},
		Answer: workflow.Answer{ID: 7, Author: 6, Text: "Сделали.", Outcome: workflow.Solved},
	}
	office("Комитет дорог", "Председатель")
	before := signed // as it was signed before letterheads were kept
	head, ok := d.Letterhead(1, 5, 6)
	require.True(t, ok)
	signed.Event.Data.Letterhead = &head
	pdf := func(s workflow.Signature) []byte {
		out, err := o.paper(ctx, a, s, workflow.Applicant{Name: "Ольга"}).PDF()
		require.NoError(t, err)
		return out
	}
	then := pdf(signed)
	require.Equal(t, then, pdf(before))

	office("Департамент транспорта", "Начальник")
	require.Equal(t, then, pdf(signed), "to the byte")
	l := o.paper(ctx, a, signed, workflow.Applicant{})
	require.Equal(t, []string{"Комитет дорог", "Егор Заозерин", "Председатель"}, []string{l.Agency, l.Signer, l.Position})
	require.Equal(t, "+7 900 000-00-01", l.Executor[1], "the agency's telephone where who wrote has none")
	require.Equal(t, "Департамент транспорта", o.paper(ctx, a, before, workflow.Applicant{}).Agency, "an old answer has today's")
}
