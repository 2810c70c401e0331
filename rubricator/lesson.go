package rubricator

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/otklik/otklik/rubricator/classifier"
)

// Lesson is what a training learns from and is measured on.
type Lesson struct {
	Learn, Test []classifier.Example
	From, Until time.Time // of Learn; zero where the examples have no dates
	// since is the date of each text of Test, nil where there is none: what the
	// rival learned from is not compared.
	since []time.Time
}

// region is the lesson of the region's worked appeals: all but the last weeks to
// learn from, the last weeks to be measured on.
func (l *Learning) region(ctx context.Context) (*Lesson, error) {
	worked, err := l.Store.ListWorked(ctx, mostWorked)
	if err != nil {
		return nil, err
	}
	book := l.Rubricator.Book()
	out := &Lesson{}
	var examples []classifier.Example
	var at []time.Time
	for _, w := range worked {
		topic, ok := book.Tree.Current(w.Topic)
		if !ok || topic.ByHand {
			continue // «something else» has no words of its own
		}
		place, _ := book.Places.Find(w.Territory)
		e := classifier.Example{
			Text: withoutContacts(w.Text), Place: place.Name.RU, Topic: topic.Code, Category: topic.Category().Code,
			Agency: strconv.FormatInt(w.Agency, 10), Source: classifier.Accepted,
		}
		if w.Chosen {
			e.Source = classifier.Corrected
		}
		examples, at = append(examples, e), append(at, w.At)
	}
	if len(examples) < LeastWorked {
		return nil, errTooFew
	}
	recent := 0
	for recent < len(at) && l.Clock.Now().Sub(at[recent]) < lastWeeks {
		recent++
	}
	// The latest come first.
	n := min(max(recent, leastTested), mostTested, max(leastTested, len(examples)/3))
	out.Test, out.since, out.Learn = examples[:n], at[:n], examples[n:]
	out.From, out.Until = at[len(at)-1], at[n]
	return out, nil
}

// NewLesson makes a lesson of examples from a file, whose topics and agencies are
// codes or names: every fifth is measured on. What names no topic of the tree is
// an error with the first of them.
func (l *Learning) NewLesson(examples []classifier.Example, agency func(name string) (int64, bool)) (*Lesson, error) {
	tree := l.Rubricator.Book().Tree
	named := map[string]*Rubric{}
	for _, leaf := range tree.Leaves() {
		for _, name := range []string{leaf.Name.EN, leaf.Name.RU, leaf.Code} {
			named[foldName(name)] = leaf
		}
	}
	var unknown []string
	out := make([]classifier.Example, 0, len(examples))
	for _, e := range examples {
		leaf := named[foldName(e.Topic)]
		if leaf == nil {
			leaf, _ = tree.Current(e.Topic)
		}
		if leaf == nil {
			if !slices.Contains(unknown, e.Topic) {
				unknown = append(unknown, e.Topic)
			}
			continue
		}
		e.Text, e.Topic, e.Category = withoutContacts(e.Text), leaf.Code, leaf.Category().Code
		id, ok := agency(e.Agency)
		if e.Agency = ""; ok {
			e.Agency = strconv.FormatInt(id, 10)
		}
		out = append(out, e)
	}
	if n := len(unknown); n > 0 {
		return nil, fmt.Errorf("%d topics of the file are not in the rubricator, by code or by name: %q", n, unknown[:min(5, n)])
	}
	if len(out) < LeastWorked {
		return nil, fmt.Errorf("the file has %d examples, at least %d are needed", len(out), LeastWorked)
	}
	lesson := &Lesson{}
	for i, part := range classifier.Folds(out, 5, 1) {
		if i == 0 {
			lesson.Test = part
		} else {
			lesson.Learn = append(lesson.Learn, part...)
		}
	}
	return lesson, nil
}

// judge measures the new model and the one in force on the same texts and says
// whether the new one is to take its place, and why.
func judge(model *classifier.Model, rival *adviser, tree *Tree, lesson *Lesson, seenUntil time.Time) (f Figures, better bool, verdict string) {
	own := model.Measure(lesson.Test)
	f.Own = &own
	if rival.model == nil {
		return f, true, "first"
	}
	was := rival.model.Measure(lesson.Test)
	f.Rival = &was
	if rival.learned {
		f.Versus = rival.id
	}
	for i, e := range lesson.Test {
		if lesson.since != nil && !lesson.since[i].After(seenUntil) {
			continue
		}
		f.Compared++
		mine, theirs := rightAbout(model, e), rightAbout(rival.model, e)
		switch {
		case mine && !theirs:
			f.Gained++
		case theirs && !mine:
			f.Lost++
		}
	}
	newTopic := slices.ContainsFunc(tree.Leaves(), func(r *Rubric) bool { return !rival.model.Knows(r.Code) })
	// Two standard deviations of what luck does to texts that one alone got right.
	luck := 2 * math.Sqrt(float64(f.Lost+f.Gained))
	switch {
	case newTopic && float64(f.Lost-f.Gained) <= luck:
		return f, true, "tree" // the one in force can't suggest it
	case f.Compared < leastTested:
		return f, false, "few_compared"
	case f.Lost > f.Gained:
		return f, false, "worse"
	case !rival.learned:
		return f, true, "first"
	default:
		return f, true, "better"
	}
}

func rightAbout(m *classifier.Model, e classifier.Example) bool {
	top := m.Predict(e.Text, e.Place, 1).Topics
	return len(top) > 0 && top[0].Key == e.Topic
}
