package workflow_test

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"sync"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/workflow"
)

// memStore is a second, small implementation of the store: one unit of work at
// a time, undone whole when it fails. Rows are kept as JSON, as a database
// would: nobody shares memory with them.
type memStore struct {
	mu   sync.Mutex
	rows memRows
	last int64
}

type memRows struct {
	appeals    map[int64][]byte
	applicants map[int64][]byte
	events     map[int64][][]byte // by appeal
	answers    map[int64][]byte
	photos     map[int64][][]byte // by appeal
	outbox     []workflow.Outbox
	keys       map[string]int64
}

func newMemStore() *memStore {
	return &memStore{rows: memRows{
		appeals: map[int64][]byte{}, applicants: map[int64][]byte{}, events: map[int64][][]byte{},
		answers: map[int64][]byte{}, photos: map[int64][][]byte{}, keys: map[string]int64{},
	}}
}

// clone is deep enough: rows are replaced, never changed.
func (r memRows) clone() memRows {
	c := memRows{
		appeals: maps.Clone(r.appeals), applicants: maps.Clone(r.applicants), events: maps.Clone(r.events),
		answers: maps.Clone(r.answers), photos: maps.Clone(r.photos), outbox: slices.Clone(r.outbox), keys: maps.Clone(r.keys),
	}
	for id := range c.events {
		c.events[id] = slices.Clone(c.events[id])
	}
	for id := range c.photos {
		c.photos[id] = slices.Clone(c.photos[id])
	}
	return c
}

func pack(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return data
}

func unpack[T any](data []byte) T {
	var v T
	if err := json.Unmarshal(data, &v); err != nil {
		panic(err)
	}
	return v
}

func (m *memStore) InTx(_ context.Context, fn func(workflow.Tx) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	before := m.rows.clone()
	if err := fn(memTx{m}); err != nil {
		m.rows = before
		return err
	}
	return nil
}

func (m *memStore) NextID(context.Context) (int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.last++
	return m.last, nil
}

func (m *memStore) Intake(_ context.Context, in workflow.Intake) (id int64, fresh bool, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	keys := []string{"key:" + in.Key, "draft:" + in.Draft}
	for _, key := range keys {
		if was, ok := m.rows.keys[key]; ok {
			return was, false, nil
		}
	}
	id = in.Appeal.ID
	m.rows.appeals[id] = pack(in.Appeal)
	m.rows.applicants[id] = pack(in.Applicant)
	for _, e := range in.Events {
		m.rows.events[id] = append(m.rows.events[id], pack(e))
	}
	for _, p := range in.Photos {
		m.rows.photos[id] = append(m.rows.photos[id], pack(p))
	}
	m.rows.outbox = append(m.rows.outbox, in.Outbox...)
	for i, key := range keys {
		if (i == 0 && in.Key != "") || (i == 1 && in.Draft != "") {
			m.rows.keys[key] = id
		}
	}
	return id, true, nil
}

// find loads a whole case.
func (m *memStore) find(id int64) *workflow.Case {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := &workflow.Case{Appeal: unpack[workflow.Appeal](m.rows.appeals[id])}
	for _, e := range m.rows.events[id] {
		c.Events = append(c.Events, unpack[workflow.Event](e))
	}
	for _, data := range m.rows.answers {
		if a := unpack[workflow.Answer](data); a.Appeal == id {
			c.Answers = append(c.Answers, a)
		}
	}
	slices.SortFunc(c.Answers, func(a, b workflow.Answer) int { return int(a.ID - b.ID) })
	for _, p := range m.rows.photos[id] {
		c.Photos = append(c.Photos, unpack[workflow.Photo](p))
	}
	return c
}

// told lists the rows of the outbox that one event caused.
func (m *memStore) told(appeal int64, event int) []workflow.Outbox {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []workflow.Outbox
	for _, row := range m.rows.outbox {
		if row.Appeal == appeal && row.Event == event {
			out = append(out, row)
		}
	}
	return out
}

type memTx struct{ m *memStore }

func (t memTx) FindAppeal(_ context.Context, id int64) (*workflow.Appeal, error) {
	data, ok := t.m.rows.appeals[id]
	if !ok {
		return nil, fault.New(fault.NotFound, "error.not_found")
	}
	a := unpack[workflow.Appeal](data)
	if events := t.m.rows.events[id]; len(events) > 0 {
		a.LastAt = unpack[workflow.Event](events[len(events)-1]).At
	}
	return &a, nil
}

func (t memTx) SaveAppeal(_ context.Context, a *workflow.Appeal) error {
	if was := unpack[workflow.Appeal](t.m.rows.appeals[a.ID]); was.Version != a.Version {
		return fault.New(fault.Conflict, "error.conflict")
	}
	a.Version++
	t.m.rows.appeals[a.ID] = pack(a)
	return nil
}

func (t memTx) FindAppeals(ctx context.Context, ids []int64) ([]*workflow.Appeal, error) {
	var out []*workflow.Appeal
	for _, id := range slices.Sorted(slices.Values(ids)) {
		if a, err := t.FindAppeal(ctx, id); err == nil {
			out = append(out, a)
		}
	}
	return out, nil
}

func (t memTx) SaveSteps(ctx context.Context, steps []workflow.Step) error {
	for _, s := range steps {
		if err := errors.Join(t.SaveAppeal(ctx, s.Appeal), t.AppendEvent(ctx, s.Event), t.AddOutbox(ctx, s.Outbox...)); err != nil {
			return err
		}
	}
	return nil
}

func (t memTx) AppendEvent(_ context.Context, e *workflow.Event) error {
	if e.N != len(t.m.rows.events[e.Appeal])+1 {
		return fault.New(fault.Conflict, "error.conflict")
	}
	t.m.rows.events[e.Appeal] = append(t.m.rows.events[e.Appeal], pack(e))
	return nil
}

func (t memTx) AddOutbox(_ context.Context, rows ...workflow.Outbox) error {
	t.m.rows.outbox = append(t.m.rows.outbox, rows...)
	return nil
}

func (t memTx) FindAnswer(_ context.Context, appeal int64, round int) (*workflow.Answer, error) {
	for _, data := range t.m.rows.answers {
		a := unpack[workflow.Answer](data)
		if a.Appeal == appeal && a.Round == round && a.State != workflow.AnswerSigned {
			return &a, nil
		}
	}
	return nil, nil //nolint:nilnil // the contract: nothing is drafted
}

func (t memTx) SaveAnswer(_ context.Context, a *workflow.Answer) error {
	if a.ID == 0 {
		for _, data := range t.m.rows.answers {
			if was := unpack[workflow.Answer](data); was.Appeal == a.Appeal && was.State != workflow.AnswerSigned {
				return fault.New(fault.Conflict, "error.conflict")
			}
		}
		a.ID = int64(len(t.m.rows.answers)) + 1
	} else {
		was := unpack[workflow.Answer](t.m.rows.answers[a.ID])
		if was.Version != a.Version || was.State == workflow.AnswerSigned {
			return fault.New(fault.Conflict, "error.conflict")
		}
	}
	a.Version++
	t.m.rows.answers[a.ID] = pack(a)
	return nil
}

func (t memTx) ListEvents(_ context.Context, appeal int64) ([]workflow.Event, error) {
	var out []workflow.Event
	for _, data := range t.m.rows.events[appeal] {
		out = append(out, unpack[workflow.Event](data))
	}
	return out, nil
}

func (t memTx) ListPhotos(_ context.Context, appeal int64) ([]workflow.Photo, error) {
	var out []workflow.Photo
	for _, data := range t.m.rows.photos[appeal] {
		out = append(out, unpack[workflow.Photo](data))
	}
	return out, nil
}

func (t memTx) ListJoined(_ context.Context, lead int64) ([]int64, error) {
	var out []int64
	for id, data := range t.m.rows.appeals {
		a := unpack[workflow.Appeal](data)
		if a.Lead == lead && workflow.Can(actor.Job, &a, workflow.Share) == nil {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out, nil
}

func (t memTx) FindSigned(_ context.Context, id int64) (*workflow.Answer, error) {
	data, ok := t.m.rows.answers[id]
	if a := unpack[workflow.Answer](data); ok && a.State == workflow.AnswerSigned {
		return &a, nil
	}
	return nil, fault.New(fault.NotFound, "error.not_found")
}

func (t memTx) Shared(_ context.Context, appeal, answer int64) (bool, error) {
	for _, data := range t.m.rows.answers {
		if a := unpack[workflow.Answer](data); a.Appeal == appeal && a.SharedFrom == answer {
			return true, nil
		}
	}
	return false, nil
}

func (t memTx) CreatePart(_ context.Context, in workflow.Intake, of int64) error {
	id := in.Appeal.ID
	if t.m.rows.appeals[of] == nil || t.m.rows.appeals[id] != nil {
		return fault.New(fault.Conflict, "error.duplicate")
	}
	t.m.rows.appeals[id], t.m.rows.applicants[id] = pack(in.Appeal), t.m.rows.applicants[of]
	for _, e := range in.Events {
		t.m.rows.events[id] = append(t.m.rows.events[id], pack(e))
	}
	for _, p := range in.Photos {
		p.ID = 0
		t.m.rows.photos[id] = append(t.m.rows.photos[id], pack(p))
	}
	t.m.rows.outbox = append(t.m.rows.outbox, in.Outbox...)
	return nil
}

func (t memTx) AddPhotos(_ context.Context, appeal int64, photos []workflow.Photo) error {
	for _, p := range photos {
		t.m.rows.photos[appeal] = append(t.m.rows.photos[appeal], pack(p))
	}
	return nil
}

// EndBulkItem knows no bulks: the suite of the real store tries them.
func (t memTx) EndBulkItem(context.Context, int64, workflow.BulkItem) (bool, error) {
	return false, nil
}
