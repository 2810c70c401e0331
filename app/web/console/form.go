package console

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/workflow"
)

// input is a field that a form of an action has.
type input string

const (
	inReason   input = "reason"
	inQuick    input = "quick" // a ready sentence before the reason
	inText     input = "text"
	inExecutor input = "executor"
	inAgency   input = "agency"
	inDays     input = "days"

	inItem      input = "item"
	inOutcome   input = "outcome"
	inOpinion   input = "opinion"
	inColleague input = "colleague"
	inTopic     input = "rubric"
)

// form is how an action is asked for. The order of forms is that of the card:
// what moves the case on comes first.
type form struct {
	action workflow.Action
	inputs []input
	key    string   // key of the card, a KeyboardEvent.code
	done   string   // catalogue key of what is said afterwards
	label  string   // catalogue key of the label of its words
	quick  []string // catalogue keys of ready sentences
	danger bool
	page   string // own page instead of a form on the card
}

var forms = []form{
	{action: workflow.Sign, key: "KeyS", done: "console.done.sign", page: "sign", inputs: []input{inReason}, label: "conscience.reason"},
	{action: workflow.SubmitAnswer, key: "KeyR", done: "console.done.submit_answer", page: "answer"},
	{
		action: workflow.GiveOpinion, key: "KeyP", done: "console.done.give_opinion", inputs: []input{inText},
		label: "console.field.opinion",
	},
	{action: workflow.Start, key: "KeyW", done: "console.done.start"},
	{action: workflow.Resume, key: "KeyW", done: "console.done.resume"},
	{action: workflow.Register, key: "KeyG", done: "console.done.register"},
	{action: workflow.Accept, key: "KeyY", done: "console.done.accept"},
	{action: workflow.Assign, key: "KeyA", done: "console.done.assign", inputs: []input{inExecutor}},
	{
		action: workflow.ApproveExtension, key: "KeyY", done: "console.done.approve_extension",
		inputs: []input{inDays, inReason}, label: "console.field.comment",
	},
	{
		action: workflow.DenyExtension, key: "KeyX", done: "console.done.deny_extension", inputs: []input{inReason},
		label: "console.field.reason",
	},
	{
		action: workflow.Return, key: "KeyB", done: "console.done.return", inputs: []input{inQuick, inReason},
		label: "console.field.return", quick: []string{
			"reason.return.formal", "reason.return.not_all", "reason.return.no_proof", "reason.return.language",
		},
	},
	{
		action: workflow.SettleItem, key: "KeyC", done: "console.done.settle_item", inputs: []input{inItem, inOutcome, inText},
		label: "console.field.item_note",
	},
	{
		action: workflow.AddItems, key: "KeyL", done: "console.done.add_items", inputs: []input{inText},
		label: "console.field.items",
	},
	{
		action: workflow.AskOpinion, key: "KeyO", done: "console.done.ask_opinion", inputs: []input{inColleague, inReason},
		label: "console.field.opinion_question", page: string(workflow.AskOpinion),
	},
	{
		action: workflow.DropOpinion, key: "KeyD", done: "console.done.drop_opinion", inputs: []input{inOpinion, inReason},
		label: "console.field.why",
	},
	{
		action: workflow.OpenContacts, key: "KeyG", done: "console.done.open_contacts", inputs: []input{inOpinion, inReason},
		label: "console.field.why",
	},
	{
		action: workflow.DropItem, key: "KeyI", done: "console.done.drop_item", inputs: []input{inItem, inReason},
		label: "console.field.why",
	},
	{
		action: workflow.Uphold, key: "KeyY", done: "console.done.uphold", inputs: []input{inReason},
		label: "console.field.decision",
	},
	{
		action: workflow.SendBack, key: "KeyB", done: "console.done.send_back", inputs: []input{inReason, inAgency},
		label: "console.field.decision",
	},
	{
		action: workflow.Ask, key: "KeyQ", done: "console.done.ask", inputs: []input{inReason},
		label: "console.field.question",
	},
	{
		action: workflow.Redirect, key: "KeyT", done: "console.done.redirect", inputs: []input{inAgency, inQuick, inReason},
		label: "console.field.reason", quick: []string{
			"reason.redirect.owner", "reason.redirect.level", "reason.redirect.territory",
		},
	},
	{
		action: workflow.Retopic, key: "KeyZ", done: "console.done.retopic", inputs: []input{inTopic, inReason},
		label: "console.field.comment", page: string(workflow.Retopic),
	},
	{
		action: workflow.AskExtension, key: "KeyE", done: "console.done.ask_extension", inputs: []input{inDays, inReason},
		label: "console.field.reason",
	},
	{
		action: workflow.Reject, key: "KeyX", done: "console.done.reject", inputs: []input{inQuick, inReason},
		label: "console.field.reason", danger: true, quick: []string{
			"reason.reject.not_a_problem", "reason.reject.outside", "reason.reject.abuse", "reason.reject.repeat",
		},
	},
	{action: workflow.Gather, key: "KeyF", done: "console.done.gather", page: "gather"},
	{action: workflow.Leave, key: "KeyV", done: "console.done.leave"},
	{action: workflow.Split, key: "KeyH", done: "console.done.split", page: "split"},
	{action: workflow.AddNote, key: "KeyM", done: "console.done.note", inputs: []input{inText}, label: "console.field.note"},
}

func formOf(action string) (form, bool) {
	i := slices.IndexFunc(forms, func(f form) bool { return string(f.action) == action })
	if i < 0 {
		return form{}, false
	}
	return forms[i], true
}

// doneWords says what was just done, "" for nothing that we know.
func doneWords(ctx context.Context, action, number string) string {
	if action == draftSaved {
		return ui.T(ctx, "console.done.draft")
	}
	f, ok := formOf(action)
	if !ok {
		return ""
	}
	if n, ok := workflow.ParseNumber(number); ok {
		return n + ": " + ui.T(ctx, f.done)
	}
	return ui.T(ctx, f.done)
}

// actionForm is a form as it is drawn.
type actionForm struct {
	form
	URL       string
	Queue     queue
	Appeal    int64
	Version   int
	Seen      int  // events that the person saw
	Mine      int  // number of the reader's latest event of this action
	Typed     bool // the page brings what was typed
	Next      bool // there is a next case to go on with
	Public    bool // the author reads the words
	Hops      int  // redirects left, where it matters; -1 elsewhere
	Values    map[input]string
	Errors    ui.Errors // by field name
	Executors []ui.Option
	Agencies  []string
	Likely    []likelyAgency // that the words of the appeal speak for
	Away      *away          // the executor whom one has chosen
	Items     []ui.Option
	Awaited   []ui.Option // opinions
	// Colleagues are listed on the page of the form alone: they are many.
	Colleagues []colleague
	Topics     []ui.Option // on the page of the form alone, too
	Had        []string    // agencies to which only the supervisor may send it back
}

// field is the name of an input: several forms stand on one card.
func (f actionForm) field(in input) string { return fieldName(f.action, in) }

func fieldName(action workflow.Action, in input) string { return string(action) + "-" + string(in) }

func (f actionForm) has(in input) bool { return slices.Contains(f.inputs, in) }

// forms makes what the person may do with the case now.
func (h *Handlers) forms(ctx context.Context, by actor.Actor, a *workflow.Appeal, q queue, next bool) ([]actionForm, error) {
	allowed := workflow.Allowed(by, a)
	var out []actionForm
	for _, f := range forms {
		if !slices.Contains(allowed, f.action) {
			continue
		}
		drawn, err := h.form(ctx, f, by, a, q)
		if err != nil {
			return nil, err
		}
		drawn.Next = next
		out = append(out, drawn)
	}
	return out, nil
}

func (h *Handlers) form(ctx context.Context, f form, by actor.Actor, a *workflow.Appeal, q queue) (actionForm, error) {
	name := string(f.action)
	if f.page != "" {
		name = f.page
	}
	out := actionForm{
		form: f, URL: q.url(cardURL(a.ID) + "/" + name), Queue: q, Appeal: a.ID, Version: a.Version, Seen: a.Events, Hops: -1,
		Public: workflow.PublicReason(f.action), Values: map[input]string{},
	}
	if f.action == workflow.Redirect && !by.Has(actor.Supervisor) {
		out.Hops = workflow.MaxHops - a.Hops
	}
	if f.action == workflow.ApproveExtension {
		out.Values[inDays] = strconv.Itoa(a.Asked)
	}
	if out.has(inItem) {
		out.Items = itemOptions(a)
	}
	if out.has(inOpinion) {
		awaited := a.AwaitedOpinions()
		if f.action == workflow.OpenContacts {
			awaited = a.WithoutContacts()
		}
		out.Awaited = awaitedOptions(h.names(ctx), awaited)
	}
	var err error
	if out.has(inExecutor) {
		out.Executors, err = h.executors(ctx, a)
	}
	if out.has(inAgency) {
		for _, one := range h.receivers(a) {
			name := one.Name.In(ui.Lang(ctx))
			if f.action == workflow.Redirect && slices.Contains(a.Past, one.ID) && !by.Has(actor.Supervisor) {
				out.Had = append(out.Had, name)
				continue
			}
			out.Agencies = append(out.Agencies, name)
		}
		out.Likely = h.likelyAgencies(ctx, a, out.Agencies)
	}
	return out, err
}

// executors are those to whom the case can be given, with what they have on
// their desks.
func (h *Handlers) executors(ctx context.Context, a *workflow.Appeal) ([]ui.Option, error) {
	staff := slices.DeleteFunc(slices.Clone(h.cfg.Directory.Staff(a.Agency)), func(u identity.User) bool {
		return u.Disabled || u.ID == a.Executor || !u.Actor().Holds(actor.Executor, a.Agency)
	})
	ids := make([]int64, len(staff))
	for i, u := range staff {
		ids[i] = u.ID
	}
	loads, err := h.cfg.Loads.CountLoads(ctx, ids)
	if err != nil {
		return nil, err
	}
	absences, err := h.cfg.Absences.ListAbsences(ctx, a.Agency, ui.Now(ctx))
	if err != nil {
		return nil, err
	}
	gone := map[int64]*away{}
	for _, u := range staff {
		gone[u.ID] = h.awayIn(ctx, absences, a.Agency, u.ID)
	}
	slices.SortStableFunc(staff, func(x, y identity.User) int { // who is there first, then who has less to do
		switch {
		case (gone[x.ID] == nil) == (gone[y.ID] == nil):
			return loads[x.ID] - loads[y.ID]
		case gone[x.ID] == nil:
			return -1
		default:
			return 1
		}
	})
	var out []ui.Option
	for _, u := range staff {
		load := ui.Plural(ctx, "console.load", loads[u.ID])
		if g := gone[u.ID]; g != nil {
			load = ui.T(ctx, "absence.until", "day", ui.Date(ctx, g.Until)) + ", " + load
		}
		out = append(out, ui.Option{
			Value: strconv.FormatInt(u.ID, 10), Label: ui.T(ctx, "console.executor", "name", u.Name, "load", load),
		})
	}
	return out, nil
}

// receivers are the agencies to which the case can go. The one complained
// about never gets it.
func (h *Handlers) receivers(a *workflow.Appeal) []identity.Agency {
	var out []identity.Agency
	for _, one := range h.cfg.Directory.Agencies() {
		if one.ID != a.Agency && one.ID != a.Against && (len(one.Capabilities) == 0 || slices.Contains(one.Capabilities, "appeals")) {
			out = append(out, one)
		}
	}
	return out
}

// findAgency reads what was typed: a name, a short name, a code, or a part of
// a name that only one agency has.
func (h *Handlers) findAgency(a *workflow.Appeal, typed string) (int64, bool) {
	typed = strings.ToLower(strings.TrimSpace(typed))
	var part []int64
	for _, one := range h.receivers(a) {
		for _, name := range []string{one.Name.RU, one.Name.EN, one.Short.RU, one.Short.EN, one.Code} {
			if name != "" && strings.ToLower(name) == typed {
				return one.ID, true
			}
		}
		if strings.Contains(strings.ToLower(one.Name.RU), typed) || strings.Contains(strings.ToLower(one.Name.EN), typed) {
			part = append(part, one.ID)
		}
	}
	if len(part) == 1 {
		return part[0], true
	}
	return 0, false
}

// command reads what was typed into the form. Values are kept as typed, for
// the form to come again.
func (h *Handlers) command(f *actionForm, a *workflow.Appeal, value func(name string) string, say func(key string) string) (workflow.Command, error) {
	cmd := workflow.Command{Action: f.action, Version: atoi(value("version"))}
	var check fault.Check
	for _, in := range f.inputs {
		typed := value(f.field(in))
		f.Values[in] = typed
		switch in {
		case inReason, inText:
			cmd.Reason = joinLines(cmd.Reason, typed)
		case inQuick:
			if slices.Contains(f.quick, typed) {
				cmd.Reason = say(typed)
			}
		case inExecutor:
			cmd.Executor = int64(atoi(typed))
		case inDays:
			cmd.Days = atoi(typed)
		case inItem:
			cmd.Item = atoi(typed)
		case inOutcome:
			cmd.Outcome = workflow.Outcome(typed)
		case inOpinion:
			cmd.Opinion = atoi(typed)
		case inTopic:
			cmd.Rubric = typed
		case inColleague: // read by whom knows the people: see [Handlers.Act]
		case inAgency:
			if strings.TrimSpace(typed) == "" {
				continue
			}
			id, ok := h.findAgency(a, typed)
			check.That(ok, f.field(in), "console.unknown_agency")
			cmd.Agency = id
		}
	}
	return cmd, check.Err()
}

// errorsOf are the wrong inputs under the names that they have in the form.
func (f actionForm) errorsOf(ctx context.Context, err error) ui.Errors {
	errs := ui.ErrorsOf(ctx, err)
	for i := range errs {
		for _, in := range f.inputs {
			same := errs[i].Name == string(in) || errs[i].Name == string(inReason) && in == inText ||
				errs[i].Name == string(inText) && in == inReason || errs[i].Name == string(inExecutor) && in == inColleague
			if same {
				errs[i].Name = f.field(in)
				break
			}
		}
	}
	return errs
}

func joinLines(a, b string) string {
	return strings.TrimSpace(strings.TrimSpace(a) + "\n" + strings.TrimSpace(b))
}

func atoi(s string) int {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil {
		return 0
	}
	return n
}

func cardURL(id int64) string { return "/console/appeals/" + strconv.FormatInt(id, 10) }
