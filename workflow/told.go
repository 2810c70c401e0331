package workflow

// Told is what is compared of an appeal that awaits its first answer: what it
// says, where, and when. Persons are keyed hashes of its author's contacts, none
// where they weren't asked for.
type Told struct {
	Appeal  Appeal
	Persons []uint64
}
