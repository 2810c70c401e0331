package discussion

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"time"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/participation"
)

// Data is all that was said, answered and done, as it is published. The order of
// fields is that of the file.
type Data struct {
	Format   int           `json:"format"`
	Campaign string        `json:"campaign"` // SHA-256 of the terms
	Versions []DataVersion `json:"versions"`
	Remarks  []DataRemark  `json:"remarks"`
	Acts     []DataAct     `json:"acts"`
}

// DataVersion is a version of the text.
type DataVersion struct {
	N          int         `json:"n"`
	At         time.Time   `json:"at"`
	Note       string      `json:"note,omitempty"`
	Paragraphs []Paragraph `json:"paragraphs"`
}

// DataRemark is a remark. The text of a hidden one is left out.
type DataRemark struct {
	ID         int64     `json:"id"`
	At         time.Time `json:"at"`
	Version    int       `json:"version"`
	Paragraph  string    `json:"paragraph,omitempty"`
	ReplyTo    int64     `json:"reply_to,omitempty"`
	MergedInto int64     `json:"merged_into,omitempty"`
	Source     Source    `json:"source"`
	Name       string    `json:"name"`
	Text       string    `json:"text,omitempty"`
	State      State     `json:"state"`
	Reason     Reason    `json:"reason,omitempty"`
	Words      string    `json:"words,omitempty"`
	Supports   int       `json:"supports"`
	Verdict    Verdict   `json:"verdict,omitempty"`
	Because    string    `json:"because,omitempty"`
}

// DataAct is a line of the journal.
type DataAct struct {
	N      int       `json:"n"`
	At     time.Time `json:"at"`
	Action Action    `json:"action"`
	Remark int64     `json:"remark,omitempty"`
	Other  int64     `json:"other,omitempty"`
	Reason string    `json:"reason,omitempty"`
	Words  string    `json:"words,omitempty"`
}

// dataFormat is the version of the published data.
const dataFormat = 1

// Encode writes the data as they are published and hashed.
func (d *Data) Encode() []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(d); err != nil { // plain structs: it can't fail
		panic(fmt.Sprintf("discussion: encode: %v", err))
	}
	return b.Bytes()
}

func newData(c *participation.Campaign, texts []Version, remarks []Remark, acts []Act) *Data {
	d := &Data{Format: dataFormat, Campaign: participation.HashText(c.Hash), Versions: []DataVersion{}, Remarks: []DataRemark{}, Acts: []DataAct{}}
	for _, v := range texts {
		d.Versions = append(d.Versions, DataVersion{N: v.N, At: v.At.UTC(), Note: v.Note, Paragraphs: v.Paragraphs})
	}
	for _, r := range remarks {
		one := DataRemark{
			ID: r.ID, At: r.At.UTC(), Version: r.Version, Paragraph: r.Paragraph, ReplyTo: r.ReplyTo, MergedInto: r.Lead, Source: r.Source, Name: r.Name,
			Text: r.Text, State: r.State, Reason: r.Reason, Words: r.Words, Supports: r.Supports, Verdict: r.Verdict, Because: r.Because,
		}
		if r.State != Shown {
			one.Name, one.Text = "", ""
		}
		if r.Lead != 0 { // the lead is answered for it
			one.Verdict, one.Because = "", ""
		}
		d.Remarks = append(d.Remarks, one)
	}
	for _, a := range acts {
		d.Acts = append(d.Acts, DataAct{N: a.N, At: a.At.UTC(), Action: a.Action, Remark: a.Remark, Other: a.Other, Reason: a.Reason, Words: a.Words})
	}
	return d
}

// Summary is a discussion that was summed up, with its data.
type Summary struct {
	*participation.TalkResult
	Texts   []Version
	Remarks []Remark
	Acts    []Act
	Data    []byte
}

// Sum answers the discussion: nothing in it changes from then on. Remarks that
// wait for a moderator or for an answer stand against it.
func (t *Talks) Sum(ctx context.Context, by actor.Actor, campaign int64) (*participation.Campaign, error) {
	c, err := t.Campaigns.Store.FindCampaign(ctx, campaign)
	if err != nil {
		return nil, err
	}
	if !participation.MayOrganise(by, c.Agency) {
		return nil, fault.New(fault.Forbidden, "error.forbidden")
	}
	s, err := t.collect(ctx, c)
	if err != nil {
		return nil, err
	}
	waiting, open := 0, 0
	for i := range s.Remarks {
		r := &s.Remarks[i]
		if r.State == Waiting {
			waiting++
		}
		if r.Answerable() && r.Verdict == "" {
			open++
		}
	}
	if waiting > 0 {
		return nil, fault.New(fault.Conflict, "remark.waiting_left").With("n", waiting)
	}
	if open > 0 {
		return nil, fault.New(fault.Conflict, "remark.unanswered_left").With("n", open)
	}
	return t.Campaigns.Conclude(ctx, by, campaign, c.Version, s.TalkResult)
}

// Summary collects what was summed up, as it was then.
func (t *Talks) Summary(ctx context.Context, c *participation.Campaign) (*Summary, error) {
	if c.Result == nil || c.Result.Talk == nil {
		return nil, fault.New(fault.NotFound, "error.not_found")
	}
	return t.collect(ctx, c)
}

func (t *Talks) collect(ctx context.Context, c *participation.Campaign) (*Summary, error) {
	texts, err := t.Texts(ctx, c)
	if err != nil {
		return nil, err
	}
	remarks, _, err := t.Store.ListRemarks(ctx, Query{Campaign: c.ID, Flat: true, Order: Oldest})
	if err != nil {
		return nil, err
	}
	acts, err := t.Store.ListActs(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	counts, err := t.Store.CountRemarks(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	if c.Result != nil && c.Result.Talk != nil { // versions that came later are not part of it
		texts, acts = texts[:c.Result.Talk.Versions], acts[:c.Result.Talk.Acts]
	}
	r := &participation.TalkResult{People: counts.People, Versions: len(texts), Acts: len(acts)}
	for i := range remarks {
		count(r, &remarks[i])
	}
	data := newData(c, texts, remarks, acts).Encode()
	r.Data = participation.HashText(sha256.Sum256(data))
	return &Summary{TalkResult: r, Texts: texts, Remarks: remarks, Acts: acts, Data: data}, nil
}

func count(sum *participation.TalkResult, r *Remark) {
	if r.Source != Web {
		sum.Entered++
	}
	switch {
	case r.State == Hidden:
		sum.Hidden++
		return
	case r.ReplyTo != 0:
		sum.Replies++
		return
	}
	sum.Remarks++
	if r.Lead != 0 {
		sum.Merged++
		return
	}
	sum.Supports += r.Supports
	switch r.Verdict {
	case Accepted:
		sum.Accepted++
	case Partly:
		sum.Partly++
	case Declined:
		sum.Declined++
	}
}
