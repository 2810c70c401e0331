package workflow

import "github.com/otklik/otklik/app/lang"

// AnswerTemplate is a text from which an executor begins an answer.
type AnswerTemplate struct {
	ID      int64
	Code    string
	Agency  int64  // 0 for every agency
	Rubric  string // code of a leaf, "" for every topic
	Name    lang.Text
	Outcome Outcome
	Body    string
	Version int
}
