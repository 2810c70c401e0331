package dashboard

import (
	"net/url"

	"github.com/otklik/otklik/workflow"
)

// cases names a list of the inbox: the one that has exactly the cases that a
// figure counts.
type cases struct {
	Tab       workflow.Tab
	Period    period // the zero period is any time
	Words     string
	Category  string
	Topic     string
	Stage     workflow.Stage
	Territory int64
	Agency    int64
}

// url is the address of the list.
func (l cases) url() string {
	v := url.Values{}
	set := func(name, value string) {
		if value != "" {
			v.Set(name, value)
		}
	}
	if l.Tab == "" {
		l.Tab = workflow.TabAll
	}
	set("tab", string(l.Tab))
	set("q", l.Words)
	set("category", l.Category)
	set("topic", l.Topic)
	set("stage", string(l.Stage))
	setNumber(v, "territory", l.Territory)
	setNumber(v, "agency", l.Agency)
	if !l.Period.From.IsZero() {
		v.Set("from", l.Period.from())
		v.Set("to", l.Period.to())
	}
	return "/console?" + v.Encode()
}

// received are the cases submitted in the period at the place.
func (f filter) received() cases { return cases{Period: f.Period, Territory: f.Territory} }
