package identity

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"
)

// Entry is one line of the journal of those who work: who read an applicant's
// data and why, and who changed whose rights. Lines are chained: Hash covers
// the line and the hash before it, so that none can be changed or taken out
// unseen.
type Entry struct {
	ID      int64     `json:"-"` // in the order of the chain
	At      time.Time `json:"at"`
	By      int64     `json:"by"` // user
	Kind    EntryKind `json:"kind"`
	Appeal  int64     `json:"appeal,omitempty"`  // whose applicant was read
	Subject int64     `json:"subject,omitempty"` // user who was changed
	Detail  string    `json:"detail,omitempty"`  // the purpose, the roles after the change, the name of a template
	Rows    int       `json:"rows,omitempty"`    // of a list that was taken away
	Prev    string    `json:"prev"`
	Hash    string    `json:"-"` // hex SHA-256, "" for lines from before the chain
}

// EntryKind says what the line is about.
type EntryKind string

// The kinds.
const (
	ReadApplicant EntryKind = "read"
	ExportList    EntryKind = "export" // Detail: which list and what it was narrowed by
	LookUpCaller  EntryKind = "caller" // appeals by a phone; Detail: why, and their numbers
	CreateUser    EntryKind = "user.create"
	ChangeUser    EntryKind = "user.change"
	DisableUser   EntryKind = "user.disable"
	EnableUser    EntryKind = "user.enable"
	NewPassword   EntryKind = "user.password"
	PublishTree   EntryKind = "rubricator.publish" // version=N and the counts of rubricator.Sum
	ActivateModel EntryKind = "model.activate"     // By is 0 where it came into force by itself

	CreateTemplate  EntryKind = "template.create"
	ChangeTemplate  EntryKind = "template.change"
	RetireTemplate  EntryKind = "template.retire"
	RestoreTemplate EntryKind = "template.restore"
)

// EntryGroups are the kinds by what they are about, in the order of the screen.
var EntryGroups = []struct {
	Name  string
	Kinds []EntryKind
}{
	{"data", []EntryKind{ReadApplicant}},
	{"export", []EntryKind{ExportList}},
	{"staff", []EntryKind{CreateUser, ChangeUser, DisableUser, EnableUser, NewPassword}},
	{"template", []EntryKind{CreateTemplate, ChangeTemplate, RetireTemplate, RestoreTemplate}},
	{"rubricator", []EntryKind{PublishTree, ActivateModel}},
}

// Sum is the hash that the line must have after the one before it.
func (e Entry) Sum() string {
	e.At = e.At.UTC().Truncate(time.Microsecond)
	data, err := json.Marshal(e)
	if err != nil { // numbers and strings: it can't be
		panic(fmt.Sprintf("identity: %v", err))
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// VerifyJournal reports the first line, in order of ids, that is not as it was
// written or does not follow the one before; prev is the hash before the first.
// It returns the hash of the last.
func VerifyJournal(prev string, entries []Entry) (last string, err error) {
	for _, e := range entries {
		switch {
		case e.Hash == "" && prev == "":
			continue // from before the chain
		case e.Prev != prev:
			return prev, fmt.Errorf("line %d does not follow the one before it", e.ID)
		case e.Sum() != e.Hash:
			return prev, fmt.Errorf("line %d is not as it was written", e.ID)
		}
		prev = e.Hash
	}
	return prev, nil
}

// JournalQuery asks for a page of the journal, latest first.
type JournalQuery struct {
	Agencies []int64     // only lines of people with a role in one of them; nil: all
	By       int64       // only of this person, 0 for all
	Appeal   int64       // only about this appeal, 0 for all
	Kinds    []EntryKind // only of these, nil for all
	Before   int64       // only lines with a smaller id, 0 for the first page
	Limit    int
}
