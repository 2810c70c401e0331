package portal

import "github.com/otklik/otklik/rubricator"

// otherCode is the branch of the tree for what has no place in it.
const otherCode = "other"

// keep names what the browser remembers of an unsent page of this form.
func (f *form) keep(s step) string { return f.d.Token + ":" + string(s) }

// branches walk the tree inside the form.
func (f *form) branches() linker {
	return func(r *rubricator.Rubric) string { return f.at(stepTopic, "in", r.Code) }
}

// target opens what leaves the frame in a window of its own.
func (f *form) target() string {
	if f.framed {
		return "_blank"
	}
	return "_self"
}
