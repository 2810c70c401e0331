package app

import (
	"context"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/fault"
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
	staff := staffed{}
	d := newDirectory(staff)
	office := func(name, position string) {
		d.book.Store(&directoryBook{
			agencies: []identity.Agency{{ID: 1, Name: lang.Text{RU: name}, Address: lang.Text{RU: "ул. Мира, 1"}, Phone: "+7 900 000-00-01"}},
		})
		staff[5] = identity.User{ID: 5, Name: "Егор Заозерин", Position: position} // memory hasn't heard of them
		staff[6] = identity.User{ID: 6, Name: "Глеб Подгорин"}
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
	signed.Event.Data.Letterhead, err = d.Letterhead(ctx, 1, 5, 6)
	require.NoError(t, err)
	unknown, err := d.Letterhead(ctx, 1, 7, 6)
	require.NoError(t, err)
	require.Nil(t, unknown)
	pdf := func(s workflow.Signature) []byte {
		paper, err := o.paper(ctx, a, s, workflow.Applicant{Name: "Ольга"})
		require.NoError(t, err)
		out, err := paper.PDF()
		require.NoError(t, err)
		return out
	}
	then := pdf(signed)
	require.Equal(t, then, pdf(before))

	office("Департамент транспорта", "Начальник")
	require.Equal(t, then, pdf(signed), "to the byte")
	l, err := o.paper(ctx, a, signed, workflow.Applicant{})
	require.NoError(t, err)
	require.Equal(t, []string{"Комитет дорог", "Егор Заозерин", "Председатель"}, []string{l.Agency, l.Signer, l.Position})
	require.Equal(t, "+7 900 000-00-01", l.Executor[1], "the agency's telephone where who wrote has none")
	l, err = o.paper(ctx, a, before, workflow.Applicant{})
	require.NoError(t, err)
	require.Equal(t, "Департамент транспорта", l.Agency, "an old answer has today's")
}

// staffed is a store of people alone.
type staffed map[int64]identity.User

func (s staffed) FindUser(_ context.Context, id int64) (*identity.User, error) {
	if u, ok := s[id]; ok {
		return &u, nil
	}
	return nil, fault.New(fault.NotFound, "error.not_found")
}

func (staffed) ListAgencies(context.Context) ([]identity.Agency, error)   { return nil, nil }
func (staffed) ListUsers(context.Context, int64) ([]identity.User, error) { return nil, nil }
