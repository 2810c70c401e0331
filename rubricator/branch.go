package rubricator

// Branch lists the codes of the node and of those above it, the category
// first; of one that is gone its own alone.
func (t *Tree) Branch(code string) []string {
	r, ok := t.Find(code)
	if !ok {
		return []string{code}
	}
	var out []string
	for _, at := range r.Path() {
		out = append(out, at.Code)
	}
	return out
}
