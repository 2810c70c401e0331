package rubricator

import (
	"context"
	"time"

	"github.com/otklik/otklik/rubricator/classifier"
)

// Model is one training of what suggests topics: what it learned from, how often
// it was right on the last weeks, and whether it is in force. Its file is kept
// apart.
type Model struct {
	ID        int64
	State     ModelState
	Cause     Cause
	Step      string // of a training that is on its way: reading, learning, measuring
	Verdict   string // why it is in its state, a key
	Tree      int64  // version of the rubricator whose topics it knows
	Known     int    // worked appeals that there were when it began
	Examples  int    // that it learned from
	Corrected int    // of those, whose topic an officer changed
	Tested    int    // texts of the last weeks that it was measured on
	From      time.Time
	Until     time.Time // of its latest example; zero where none has a date
	Figures   Figures
	Size      int // bytes of its file, 0 where that is gone or never was

	CreatedBy   int64 // user, 0: by itself
	CreatedAt   time.Time
	TouchedAt   time.Time // sign of life of a training
	ActivatedBy int64     // user, 0: because it was not worse
	ActivatedAt time.Time
	Version     int
}

// Figures say how often a model and its rival, the one in force then, were right
// on the same texts.
type Figures struct {
	Own   *classifier.Report `json:"own,omitempty"`
	Rival *classifier.Report `json:"rival,omitempty"`
	// Versus is the rival: 0 stands for the names and words of the tree alone.
	Versus int64 `json:"versus,omitempty"`
	// Compared is on how many of the texts the two were compared: those that the
	// rival had not learned from.
	Compared int `json:"compared,omitempty"`
	// Gained and Lost count the texts whose topic only the model, or only its
	// rival, put first.
	Gained int    `json:"gained,omitempty"`
	Lost   int    `json:"lost,omitempty"`
	Error  string `json:"error,omitempty"`
}

// ModelState is where a training stands.
type ModelState string

// The states.
const (
	ModelWaiting   ModelState = "waiting" // somebody asked for it
	ModelTraining  ModelState = "training"
	ModelCandidate ModelState = "candidate" // measured and not in force
	ModelActive    ModelState = "active"
	ModelRetired   ModelState = "retired" // was in force
	ModelFailed    ModelState = "failed"
)

// Busy reports whether the training is still to be done. At most one is.
func (s ModelState) Busy() bool { return s == ModelWaiting || s == ModelTraining }

// InForce reports whether the model suggests.
func (s ModelState) InForce() bool { return s == ModelActive }

// Cause is why a model was trained.
type Cause string

// The causes.
const (
	CauseNight    Cause = "night"    // once a night
	CauseExamples Cause = "examples" // there were many new examples
	CauseTree     Cause = "tree"     // another version of the rubricator was published
	CausePerson   Cause = "person"   // an administrator asked
	CauseCommand  Cause = "command"  // `otklik rubricator train`
)

// Worked is an appeal that was answered, and whose topic thereby stood before an
// officer's eyes.
type Worked struct {
	Text      string
	Topic     string
	Territory int64
	Agency    int64 // that signed
	At        time.Time
	// Chosen: an officer set the topic, at splitting or by changing it. Else
	// the citizen's was let stand.
	Chosen bool
}

// ModelStore keeps the models.
type ModelStore interface {
	// CreateModel adds one and sets its ID. It is fault.Conflict with key
	// "model.busy" where it is to be trained and another is on its way.
	CreateModel(ctx context.Context, m *Model) error
	// SaveModel writes all but the file, expecting m.Version; fault.Conflict where
	// another was faster.
	SaveModel(ctx context.Context, m *Model) error
	// TouchModel is a sign of life of a training. It changes no version.
	TouchModel(ctx context.Context, id int64, at time.Time) error
	// SaveModelFile keeps the file of a model.
	SaveModelFile(ctx context.Context, id int64, file []byte) error
	// ReadModelFile returns the file; fault.NotFound where there is none.
	ReadModelFile(ctx context.Context, id int64) ([]byte, error)
	FindModel(ctx context.Context, id int64) (*Model, error)
	// FindBusyModel returns the one that waits or is trained, nil where none is.
	FindBusyModel(ctx context.Context) (*Model, error)
	// ActiveModel returns the id of the one in force, 0 where none is.
	ActiveModel(ctx context.Context) (int64, error)
	// ListModels lists them, the latest first.
	ListModels(ctx context.Context, limit int) ([]Model, error)
	// Activate puts one in force and retires the former, in one unit of work with
	// the line of the journal. It is fault.Conflict with key "model.no_file"
	// where its file is gone.
	Activate(ctx context.Context, id, by int64, at time.Time, verdict string) error
	// PruneModels drops the files of all but the one in force and the latest so
	// many that can be put in force again, and lines older than the latest so many.
	PruneModels(ctx context.Context, files, lines int) error
	// ListWorked lists the latest worked appeals, the latest first.
	ListWorked(ctx context.Context, limit int) ([]Worked, error)
	CountWorked(ctx context.Context) (int, error)
}
