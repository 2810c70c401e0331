package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/workflow"
	"github.com/otklik/otklik/workflow/conscience"
)

// eventRow leaves out xid, which PostgreSQL fills by itself.
type eventRow struct {
	Seq       int64 `gorm:"primaryKey"`
	AppealID  int64
	N         int
	At        instant
	ActorKind string
	ActorID   int64
	AgencyID  int64
	Action    string
	FromStage string
	ToStage   string
	Reason    string
	DueBefore instant
	DueAfter  instant
	Data      string
	PrevHash  string
	Hash      string
}

func (eventRow) TableName() string { return "events" }

var eventTable = newTable[eventRow]()

func newEventRow(e *workflow.Event) (*eventRow, error) {
	data, err := json.Marshal(e.Data)
	if err != nil {
		return nil, fmt.Errorf("event %d of appeal %d: %w", e.N, e.Appeal, err)
	}
	return &eventRow{
		AppealID: e.Appeal, N: e.N, At: instant(e.At), ActorKind: string(e.ActorKind), ActorID: e.Actor,
		AgencyID: e.Agency, Action: string(e.Action), FromStage: string(e.From), ToStage: string(e.To),
		Reason: e.Reason, DueBefore: instant(e.DueBefore), DueAfter: instant(e.DueAfter), Data: string(data),
		PrevHash: e.PrevHash, Hash: e.Hash,
	}, nil
}

func (r *eventRow) event() (workflow.Event, error) {
	e := workflow.Event{
		Seq: r.Seq, Appeal: r.AppealID, N: r.N, At: r.At.time(), ActorKind: actor.Kind(r.ActorKind), Actor: r.ActorID,
		Agency: r.AgencyID, Action: workflow.Action(r.Action), From: workflow.Stage(r.FromStage),
		To: workflow.Stage(r.ToStage), Reason: r.Reason, DueBefore: r.DueBefore.time(), DueAfter: r.DueAfter.time(),
		PrevHash: r.PrevHash, Hash: r.Hash,
	}
	if err := json.Unmarshal([]byte(r.Data), &e.Data); err != nil {
		return e, fmt.Errorf("event %d of appeal %d: %w", r.N, r.AppealID, err)
	}
	return e, nil
}

func listEvents(ctx context.Context, d dialect, q querier, query string, args ...any) ([]workflow.Event, error) {
	rows, err := list(ctx, d, q, eventTable, query, args...)
	if err != nil {
		return nil, translate(err)
	}
	out := make([]workflow.Event, len(rows))
	for i := range rows {
		if out[i], err = rows[i].event(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

type outboxRow struct {
	ID        int64 `gorm:"primaryKey"`
	Topic     string
	AppealID  int64
	EventN    int
	Payload   string
	Tries     int
	ReadyAt   instant
	LastError string
	Dead      bool
}

func (outboxRow) TableName() string { return "outbox" }

var outboxTable = newTable[outboxRow]()

func newOutboxRow(o workflow.Outbox, ready time.Time) outboxRow {
	return outboxRow{
		Topic: string(o.Topic), AppealID: o.Appeal, EventN: o.Event, Payload: o.Payload, Tries: o.Tries,
		ReadyAt: instant(ready),
	}
}

func (r *outboxRow) outbox() workflow.Outbox {
	return workflow.Outbox{
		ID: r.ID, Topic: workflow.Topic(r.Topic), Appeal: r.AppealID, Event: r.EventN, Payload: r.Payload, Tries: r.Tries,
	}
}

type answerRow struct {
	ID         int64 `gorm:"primaryKey"`
	AppealID   int64
	Round      int
	Body       string
	Outcome    string
	PromisedOn instant
	Ground     string
	State      string
	AuthorID   int64
	SignerID   int64
	CreatedAt  instant `gorm:"autoCreateTime:false"`
	UpdatedAt  instant `gorm:"autoUpdateTime:false"`
	SignedAt   instant
	Pattern    string
	SharedFrom int64
	Flags      string
	Reason     string
	Version    int
	Items      string
}

func (answerRow) TableName() string { return "answers" }

var answerTable = newTable[answerRow]()

func newAnswerRow(a *workflow.Answer) (*answerRow, error) {
	items, err := packList(a.Items)
	if err != nil {
		return nil, fmt.Errorf("items of answer %d: %w", a.ID, err)
	}
	return &answerRow{
		ID: a.ID, AppealID: a.Appeal, Round: a.Round, Body: a.Text, Outcome: string(a.Outcome),
		PromisedOn: instant(a.PromisedOn), Ground: a.Ground, State: string(a.State), AuthorID: a.Author,
		SignerID: a.Signer, CreatedAt: instant(a.CreatedAt), UpdatedAt: instant(a.UpdatedAt),
		SignedAt: instant(a.SignedAt), Pattern: a.Pattern, SharedFrom: a.SharedFrom, Flags: joinCodes(a.Flags), Reason: a.Reason,
		Version: a.Version,
		Items:   items,
	}, nil
}

func (r *answerRow) answer() (workflow.Answer, error) {
	a := workflow.Answer{
		ID: r.ID, Appeal: r.AppealID, Round: r.Round, Text: r.Body, Outcome: workflow.Outcome(r.Outcome),
		PromisedOn: r.PromisedOn.time(), Ground: r.Ground, State: workflow.AnswerState(r.State), Author: r.AuthorID,
		Signer: r.SignerID, CreatedAt: r.CreatedAt.time(), UpdatedAt: r.UpdatedAt.time(), SignedAt: r.SignedAt.time(),
		Pattern: r.Pattern, SharedFrom: r.SharedFrom, Flags: splitCodes(r.Flags), Reason: r.Reason,
		Version: r.Version,
	}
	if err := unpackList(r.Items, &a.Items); err != nil {
		return a, fmt.Errorf("items of answer %d: %w", r.ID, err)
	}
	return a, nil
}

func joinCodes(codes []conscience.Code) string {
	names := make([]string, len(codes))
	for i, c := range codes {
		names[i] = string(c)
	}
	return strings.Join(names, ",")
}

func splitCodes(s string) []conscience.Code {
	var out []conscience.Code
	for name := range strings.SplitSeq(s, ",") {
		if name != "" {
			out = append(out, conscience.Code(name))
		}
	}
	return out
}

type photoRow struct {
	ID        int64 `gorm:"primaryKey"`
	AppealID  int64
	AnswerID  int64
	FileKey   string
	Width     int
	Height    int
	Bytes     int64
	SHA256    string  `gorm:"column:sha256"`
	CreatedAt instant `gorm:"autoCreateTime:false"`
	Sent      string  `gorm:"column:sent_sha256"`
	Look      int64
	TakenAt   instant
	AwayM     *int
}

func (photoRow) TableName() string { return "photos" }

var photoTable = newTable[photoRow]()

func newPhotoRow(appeal int64, p workflow.Photo, at time.Time) photoRow {
	return photoRow{
		AppealID: appeal, AnswerID: p.Answer, FileKey: p.Key, Width: p.Width, Height: p.Height, Bytes: p.Bytes,
		SHA256: p.SHA256, CreatedAt: instant(at), Sent: p.Sent, Look: int64(p.Look), //nolint:gosec // the bits, as databases keep them
		TakenAt: instant(p.TakenAt), AwayM: p.Away,
	}
}

func (r *photoRow) photo() workflow.Photo {
	return workflow.Photo{
		ID: r.ID, Key: r.FileKey, Width: r.Width, Height: r.Height, Bytes: r.Bytes, SHA256: r.SHA256, Answer: r.AnswerID,
		Sent: r.Sent, Look: uint64(r.Look), TakenAt: r.TakenAt.time(), Away: r.AwayM, //nolint:gosec // as above
	}
}
