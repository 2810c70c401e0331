// Package document makes what leaves the platform as a file: the official
// letter (PDF), tables (XLSX and CSV), and the QR marks on paper. It knows no
// rights and no words of its own: callers give what may be shown, in words.
package document
