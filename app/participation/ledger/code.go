package ledger

import (
	"crypto/sha256"
	"encoding/base32"
	"strings"
)

// The receipt of a ballot is the beginning of its commitment and four signs that
// catch slips, in groups of four: 7K3M-9QXT-B2FN-0HVC-5TRW. Eighty bits are
// enough to find one of a billion entries, and somebody who would make two
// ballots with one code has to try 2^40 times for nothing: the whole commitment
// is in the log.
const (
	codeBytes  = 10
	checkBytes = 20 // bits of the check, four signs
	codeSigns  = 20
)

// signs leave out I, L, O and U, which people take for others.
const signs = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

var encoding = base32.NewEncoding(signs).WithPadding(base32.NoPadding)

// Code is the receipt of a commitment.
func Code(commitment Hash) string {
	body := encoding.EncodeToString(commitment[:codeBytes])
	all := body + checkOf(body)
	var groups []string
	for ; all != ""; all = all[4:] {
		groups = append(groups, all[:4])
	}
	return strings.Join(groups, "-")
}

// checkOf are the four signs after the body of a code.
func checkOf(body string) string {
	sum := sha256.Sum256([]byte("otklik receipt 1\n" + body))
	return encoding.EncodeToString(sum[:])[:checkBytes/5]
}

// misread are signs that people write for others, Cyrillic ones that look alike
// among them.
var misread = strings.NewReplacer(
	"O", "0", "I", "1", "L", "1", "О", "0", "А", "A", "В", "B", "Е", "E", "К", "K", "М", "M", "Н", "H", "Р", "P", "С", "C", "Т", "T",
	"Х", "X", "З", "3", " ", "", "-", "", "–", "", "—", "", "\u00a0", "",
)

// Prefix is the beginning of the commitments that a code stands for; false where
// it is mistyped.
func Prefix(code string) ([]byte, bool) {
	code = misread.Replace(strings.ToUpper(strings.TrimSpace(code)))
	if len(code) != codeSigns || checkOf(code[:codeSigns-4]) != code[codeSigns-4:] {
		return nil, false
	}
	raw, err := encoding.DecodeString(code[:codeSigns-4])
	return raw, err == nil
}

// Signs writes bytes in the signs of codes.
func Signs(raw []byte) string { return encoding.EncodeToString(raw) }

// Checked writes the body of a code in groups, with four signs that catch slips.
func Checked(body string) string {
	all := body + checkOf(body)
	var groups []string
	for ; all != ""; all = all[min(4, len(all)):] {
		groups = append(groups, all[:min(4, len(all))])
	}
	return strings.Join(groups, "-")
}

// Body reads a code of so many signs without its check; false where it is mistyped.
func Body(code string, signs int) (string, bool) {
	code = misread.Replace(strings.ToUpper(strings.TrimSpace(code)))
	if len(code) != signs+checkBytes/5 || checkOf(code[:signs]) != code[signs:] {
		return "", false
	}
	return code[:signs], true
}
