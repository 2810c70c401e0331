// Package ledger is the public log of a campaign's ballots: entries that are
// only ever added, a Merkle tree over them, signed checkpoints, and the short
// code by which a voter finds their own.
//
// An entry holds a commitment to a ballot, not the ballot: it tells nothing of
// the choice until the ballot is published with its nonce after the count.
package ledger

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// Hash is a SHA-256.
type Hash = [sha256.Size]byte

// Tree is a size and a root: what a checkpoint signs.
type Tree = tlog.Tree

// Entry is one line of the log.
type Entry struct {
	Commitment Hash
	Replaces   Hash // the commitment of the entry that it takes the place of; zero for none
}

// Replacing reports whether the entry takes the place of another.
func (e Entry) Replacing() bool { return e.Replaces != Hash{} }

// Record is the entry as the log has it: the commitment in hex, and after a
// space that of the entry which it replaces. Published files have it as a line.
func (e Entry) Record() []byte {
	if !e.Replacing() {
		return []byte(hex.EncodeToString(e.Commitment[:]))
	}
	return []byte(hex.EncodeToString(e.Commitment[:]) + " " + hex.EncodeToString(e.Replaces[:]))
}

// ParseEntry reads a record.
func ParseEntry(record string) (Entry, error) {
	var e Entry
	first, second, replaces := strings.Cut(record, " ")
	commitment, err := ParseHash(first)
	if err != nil {
		return e, err
	}
	e.Commitment = commitment
	if replaces {
		if e.Replaces, err = ParseHash(second); err != nil {
			return e, err
		}
	}
	if string(e.Record()) != record {
		return e, errors.New("the entry is not written as entries are")
	}
	return e, nil
}

// ParseHash reads 64 hexadecimal digits.
func ParseHash(text string) (Hash, error) {
	var h Hash
	raw, err := hex.DecodeString(text)
	if err != nil || len(raw) != len(h) {
		return h, fmt.Errorf("%.80q is no SHA-256 in hexadecimal digits", text)
	}
	copy(h[:], raw)
	return h, nil
}

// NonceSize is the length of the number that hides a choice, in bytes: nobody
// can find the choice by trying all there are.
const NonceSize = 32

// Commit binds a choice to a campaign without telling it: SHA-256 over a name of
// what is hashed, the campaign's hash, the nonce, and the choice as canonical
// text. The first three have fixed lengths, so nothing can be read in two ways.
func Commit(campaign Hash, choice []byte, nonce [NonceSize]byte) Hash {
	h := sha256.New()
	h.Write([]byte("otklik ballot 1\n"))
	h.Write(campaign[:])
	h.Write(nonce[:])
	h.Write(choice)
	var out Hash
	h.Sum(out[:0])
	return out
}

// Tiles are stored parts of the tree, as golang.org/x/mod/sumdb/tlog cuts it.
type Tiles = tlog.TileReader

// TileHeight is the height of a tile: 256 hashes side by side.
const TileHeight = 8

// Tile is a part of the tree to be stored under its path. It takes the place of
// a shorter one with the same level and number.
type Tile struct {
	Level int
	N     int64
	Body  []byte
}

// Append adds records to a tree and returns the tree that it becomes, with the
// tiles to store. What was stored before is checked against the tree's root on
// the way: a tile that somebody changed is an error.
func Append(tree Tree, stored Tiles, records [][]byte) (Tree, []Tile, error) {
	if len(records) == 0 {
		return tree, nil, nil
	}
	hashes := &overlay{added: map[int64]tlog.Hash{}}
	if tree.N > 0 {
		hashes.base = tlog.TileHashReader(tree, stored)
	}
	size := tree.N
	for _, record := range records {
		made, err := tlog.StoredHashes(size, record, hashes)
		if err != nil {
			return tree, nil, fmt.Errorf("add entry %d: %w", size, err)
		}
		at := tlog.StoredHashIndex(0, size)
		for i, h := range made {
			hashes.added[at+int64(i)] = h
		}
		size++
	}
	root, err := tlog.TreeHash(size, hashes)
	if err != nil {
		return tree, nil, fmt.Errorf("root of %d entries: %w", size, err)
	}
	var tiles []Tile
	for _, t := range tlog.NewTiles(TileHeight, tree.N, size) {
		body, err := tlog.ReadTileData(t, hashes)
		if err != nil {
			return tree, nil, fmt.Errorf("tile %s: %w", t.Path(), err)
		}
		tiles = append(tiles, Tile{Level: t.L, N: t.N, Body: body})
	}
	return Tree{N: size, Hash: root}, tiles, nil
}

// overlay reads hashes that were just made, and those before from the tiles.
type overlay struct {
	added map[int64]tlog.Hash
	base  tlog.HashReader // nil of an empty tree
}

// ReadHashes implements tlog.HashReader.
func (o *overlay) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	var missing []int64
	for i, at := range indexes {
		if h, ok := o.added[at]; ok {
			out[i] = h
		} else {
			missing = append(missing, at)
		}
	}
	if len(missing) == 0 {
		return out, nil
	}
	if o.base == nil {
		return nil, fmt.Errorf("hash %d is not there", missing[0])
	}
	found, err := o.base.ReadHashes(missing)
	if err != nil {
		return nil, err
	}
	for i, at := range indexes {
		if _, ok := o.added[at]; !ok {
			out[i], found = found[0], found[1:]
		}
	}
	return out, nil
}

// Prove returns the hashes by which anybody computes the tree's root from the
// entry at a place, which shows that it is there.
func Prove(tree Tree, stored Tiles, at int64) ([]Hash, error) {
	proof, err := tlog.ProveRecord(tree.N, at, tlog.TileHashReader(tree, stored))
	if err != nil {
		return nil, err
	}
	out := make([]Hash, len(proof))
	for i, h := range proof {
		out[i] = Hash(h)
	}
	return out, nil
}

// CheckProof is nil where the proof shows that the entry is in the tree.
func CheckProof(tree Tree, at int64, e Entry, proof []Hash) error {
	hashes := make(tlog.RecordProof, len(proof))
	for i, h := range proof {
		hashes[i] = tlog.Hash(h)
	}
	return tlog.CheckRecord(hashes, tree.N, tree.Hash, at, tlog.RecordHash(e.Record()))
}

// Builder computes the root of a growing tree with nothing but the tops of its
// full parts: what recounting a million entries needs. The zero value is empty.
type Builder struct {
	size int64
	tops []tlog.Hash // of full parts, the largest first
}

// Add adds an entry.
func (b *Builder) Add(e Entry) {
	h := tlog.RecordHash(e.Record())
	for n := b.size; n&1 == 1; n >>= 1 {
		h = tlog.NodeHash(b.tops[len(b.tops)-1], h)
		b.tops = b.tops[:len(b.tops)-1]
	}
	b.tops = append(b.tops, h)
	b.size++
}

// Tree is what was added until now.
func (b *Builder) Tree() Tree {
	if b.size == 0 {
		return Tree{Hash: tlog.Hash(sha256.Sum256(nil))} // RFC 6962: the hash of nothing
	}
	h := b.tops[len(b.tops)-1]
	for i := len(b.tops) - 2; i >= 0; i-- {
		h = tlog.NodeHash(b.tops[i], h)
	}
	return Tree{N: b.size, Hash: h}
}

// Equal reports whether two trees are the same.
func Equal(a, b Tree) bool { return a.N == b.N && bytes.Equal(a.Hash[:], b.Hash[:]) }
