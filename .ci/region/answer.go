package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// tally counts what was done.
type tally struct {
	mu    sync.Mutex
	steps map[string]int
	marks map[int]int
}

func (t *tally) add(step string, mark int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.steps[step]++
	if mark > 0 {
		t.marks[mark]++
	}
}

// answer leads messages through officers' hands to signed answers, and lets
// their authors say what they think of them.
func (w *worker) answer(ctx context.Context) error {
	var chosen []message
	for i := range w.work {
		chosen = append(chosen, w.data.messages[i*len(w.data.messages)/w.work])
	}
	people := map[string]bool{}
	for _, m := range chosen {
		for _, role := range roles {
			people[login(w.routed[w.secrets[m.id].number], role)] = true
		}
	}
	if len(people) > 0 {
		if err := w.issue(ctx, slices.Sorted(maps.Keys(people))...); err != nil {
			return err
		}
	}
	began := time.Now()
	done := &tally{steps: map[string]int{}, marks: map[int]int{}}
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(atOnce)
	for i, m := range chosen {
		g.Go(func() error {
			if err := w.one(gctx, i, m, done); err != nil {
				return fmt.Errorf("message %s: %w", m.id, err)
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for step, n := range done.steps {
		if step != "sign with a reason" { // a second try of the same
			w.actions += n
		}
	}
	w.line("work: %d appeals to signed answers by %d officers of %d agencies; actions: %s",
		len(chosen), len(people), len(people)/len(roles), rate(w.actions, time.Since(began)))
	for _, step := range []string{"accept", "assign", "start", "submit_answer", "sign", "sign with a reason", "rate", "re_review"} {
		w.line("  %-18s %d", step, done.steps[step])
	}
	w.line("  marks: %s", marks(done.marks))
	return w.check(ctx, done)
}

func marks(by map[int]int) string {
	s, sum, n := "", 0, 0
	for mark := 1; mark <= 5; mark++ {
		s += fmt.Sprintf("%d × %d, ", by[mark], mark)
		sum, n = sum+mark*by[mark], n+by[mark]
	}
	if n == 0 {
		return "none"
	}
	return s + fmt.Sprintf("mean %.2f", float64(sum)/float64(n))
}

// state is how an appeal stands after an action.
type state struct {
	Stage   string   `json:"stage"`
	Allowed []string `json:"allowed"`
}

// one works on one message.
func (w *worker) one(ctx context.Context, i int, m message, done *tally) error {
	s := w.secrets[m.id]
	agency := w.routed[s.number]
	by := func(role string) client { return w.as(w.tokens[login(agency, role)]) }
	act := func(who client, action object, mark int) (state, error) {
		var now state
		err := who.call(ctx, "POST", "/appeals/"+s.number+"/actions", action, &now)
		if err == nil {
			done.add(action["action"].(string), mark)
		}
		return now, err
	}
	var now state
	if err := w.author(s.secret).call(ctx, "GET", "/appeals/"+s.number, nil, &now); err != nil {
		return err
	}
	if now.Stage == "moderation" {
		if _, err := act(by("coordinator"), object{"action": "accept"}, 0); err != nil {
			return err
		}
	}
	for _, step := range []struct {
		role   string
		action object
	}{
		{"coordinator", object{"action": "assign", "executor": login(agency, "executor")}},
		{"executor", object{"action": "start"}},
		{"executor", answers[i%len(answers)]},
		{"head", object{"action": "sign"}},
	} {
		var err error
		if now, err = act(by(step.role), step.action, 0); step.role == "head" && err != nil && strings.Contains(err.Error(), warned) {
			// Such answers say little: the head signs with a reason, as a person would have to.
			done.add("sign with a reason", 0)
			now, err = act(by("head"), object{"action": "sign", "reason": "Проверено по акту, он приложен к делу."}, 0)
		}
		if err != nil {
			return err
		}
	}
	if now.Stage != "answered" {
		return fmt.Errorf("it is %s after the signature", now.Stage)
	}
	opinion := opinions[i%len(opinions)]
	if opinion == nil {
		return nil // says nothing
	}
	_, err := act(w.author(s.secret), opinion, opinion["rating"].(int))
	return err
}

// warned is the answer to a signature against which something speaks.
const warned = "workflow.flags_reason_required"

// answers are what agencies say, in turn.
var answers = []object{
	{"action": "submit_answer", "outcome": "solved", "text": "Работы выполнены, результат проверен на месте."},
	{"action": "submit_answer", "outcome": "explained", "text": "Разъясняем порядок: работы идут по графику, он опубликован на сайте."},
	{"action": "submit_answer", "outcome": "supported", "text": "Меры приняты: подрядчику выдано предписание."},
	{"action": "submit_answer", "outcome": "solved", "text": "Выезжали по адресу, неисправность устранена в тот же день."},
	{"action": "submit_answer", "outcome": "not_supported", "text": "Обследование провели, оснований для работ не нашли."},
	{"action": "submit_answer", "outcome": "refused", "text": "Ответить по существу нельзя, причина указана ниже.", "ground": "ч. 5 ст. 11 Федерального закона № 59-ФЗ"},
}

// opinions are what authors say, in turn; nil is silence. Seven of ten rate, two
// send it back.
var opinions = []object{
	{"action": "rate", "rating": 5},
	{"action": "rate", "rating": 4},
	{"action": "rate", "rating": 5},
	{"action": "rate", "rating": 3},
	{"action": "re_review", "rating": 2, "not_fixed": true, "text": "Ничего не сделано, приезжайте и посмотрите."},
	{"action": "rate", "rating": 4},
	{"action": "rate", "rating": 1, "text": "Отписка."},
	{"action": "re_review", "rating": 3, "text": "Сделано наполовину."},
	{"action": "rate", "rating": 5},
	nil,
}

// check counts the stages anew: they must be what the actions make of them.
func (w *worker) check(ctx context.Context, done *tally) error {
	rows, err := w.list(ctx)
	if err != nil {
		return err
	}
	stages := map[string]int{}
	for _, r := range rows {
		stages[r.Stage]++
	}
	signed, rated, again := done.steps["sign"], done.steps["rate"], done.steps["re_review"]
	w.equal("signed answers", signed, w.work)
	w.equal("closed", stages["closed"], rated)
	w.equal("answered and not rated", stages["answered"], signed-rated-again)
	w.equal("sent back", stages["received"], again)
	w.equal("not yet moderated", stages["moderation"], len(w.data.messages)-done.steps["accept"])
	w.equal("appeals in the list", len(rows), len(w.data.messages))
	w.line("stages: %v", stages)
	total, err := w.heat(ctx)
	w.equal("heat map", total, len(w.data.messages))
	return err
}
