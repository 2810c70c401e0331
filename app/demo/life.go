package demo

import (
	"bytes"
	"fmt"
	"io"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/otklik/otklik/workflow"
)

// life is what becomes of one demo appeal.
type life struct {
	Text          string           `yaml:"text"`
	Rubric        string           `yaml:"rubric"`
	Territory     string           `yaml:"territory"`
	Address       string           `yaml:"address"`
	DaysAgo       int              `yaml:"days_ago"`
	Name          string           `yaml:"name"`
	Stage         string           `yaml:"stage"` // «reopened» is sent back and received again
	Answer        string           `yaml:"answer"`
	Outcome       workflow.Outcome `yaml:"outcome"`
	AnsweredAfter int              `yaml:"answered_after"` // days
	Rating        int              `yaml:"rating"`
	Comment       string           `yaml:"comment"`
	Reason        string           `yaml:"reason"`
}

func readLives() ([]life, error) {
	raw, err := data.ReadFile("data/appeals.yaml")
	if err != nil {
		return nil, err
	}
	var file struct {
		Appeals []life `yaml:"appeals"`
	}
	dec := yaml.NewDecoder(bytes.NewReader(raw))
	dec.KnownFields(true)
	if err := dec.Decode(&file); err != nil && err != io.EOF { //nolint:errorlint // the decoder gives this very value
		return nil, fmt.Errorf("appeals.yaml: %w", err)
	}
	return file.Appeals, nil
}

// Message is what somebody of the demo region wrote, and about what.
type Message struct{ Text, Rubric string }

// Messages are those of the demo region.
func Messages() ([]Message, error) {
	lives, err := readLives()
	out := make([]Message, len(lives))
	for i := range lives {
		out[i] = Message{lives[i].Text, lives[i].Rubric}
	}
	return out, err
}

// sent is when the appeal was sent: in the waking hours of its day, different
// for each.
func (l life) sent(n int, now time.Time) time.Time {
	day := now.AddDate(0, 0, -l.DaysAgo).Truncate(24 * time.Hour)
	t := day.Add(time.Duration(6+n*7%13)*time.Hour + time.Duration(n*37%60)*time.Minute)
	if t.After(now.Add(-time.Hour)) {
		t = now.Add(-time.Duration(1+n%5) * time.Hour)
	}
	return t
}

// act is one thing that somebody does, at a time.
type act struct {
	after time.Duration // after the appeal was sent
	by    who
	cmd   workflow.Command
}

// who acts: somebody of the agency that has the appeal, or its author.
type who int

const (
	author who = iota
	coordinator
	executor
	head
)

const day = 24 * time.Hour

// signedAnyway is why heads of the demo region sign what was flagged. Where
// nothing was, it isn't kept.
const signedAnyway = "Проверил по документам, работы приняты. Подробности дадим заявителю по телефону."

// acts is the life as steps; each happens at its time, or just before now.
func (l life) acts(moderated bool) []act {
	cmd := func(after time.Duration, by who, c workflow.Command) act { return act{after, by, c} }
	answered := time.Duration(max(1, l.AnsweredAfter)) * day
	var out []act
	if moderated {
		switch l.Stage {
		case "new", "moderation":
			return nil
		case "clarification":
			return []act{cmd(time.Hour, coordinator, workflow.Command{Action: workflow.Ask, Reason: l.reason()})}
		case "rejected":
			return []act{cmd(5*time.Hour, coordinator, workflow.Command{Action: workflow.Reject, Reason: l.reason()})}
		}
		out = append(out, cmd(4*time.Hour, coordinator, workflow.Command{Action: workflow.Accept}))
	}
	switch l.Stage {
	case "new", "moderation", "received", "clarification", "rejected":
		return out
	case "withdrawn":
		return append(out, cmd(30*time.Hour, author, workflow.Command{Action: workflow.Withdraw}))
	}
	early := min(20*time.Hour, answered/4)
	out = append(out, cmd(early, coordinator, workflow.Command{Action: workflow.Assign}))
	if l.Stage == "assigned" {
		return out
	}
	out = append(out, cmd(early+3*time.Hour, executor, workflow.Command{Action: workflow.Start}))
	if l.Stage == "in_work" {
		return out
	}
	answer := workflow.Command{Action: workflow.SubmitAnswer, Text: l.Answer, Outcome: l.Outcome}
	if l.Outcome == workflow.Refused {
		answer.Ground = "п. 5 ст. 11 Федерального закона № 59-ФЗ"
	}
	out = append(out, cmd(answered-4*time.Hour, executor, answer))
	if l.Stage == "on_sign" {
		return out
	}
	out = append(out, cmd(answered, head, workflow.Command{Action: workflow.Sign, Reason: signedAnyway}))
	rated := answered + 28*time.Hour
	switch {
	case l.Stage == "reopened":
		out = append(out, cmd(rated, author, workflow.Command{
			Action: workflow.ReReview, Rating: l.Rating, NotFixed: l.Outcome == workflow.Solved, Reason: l.comment(), Text: l.comment(),
		}))
	case l.Stage == "closed" && l.Rating > 0:
		out = append(out, cmd(rated, author, workflow.Command{
			Action: workflow.Rate, Rating: l.Rating, Reason: l.comment(), Text: l.comment(),
		}))
	}
	return out
}

func (l life) reason() string {
	if l.Reason != "" {
		return l.Reason
	}
	return "Уточните, пожалуйста, адрес: номер дома или ближайший ориентир."
}

func (l life) comment() string {
	if l.Comment != "" {
		return l.Comment
	}
	return "Спасибо."
}
