package demo

import (
	"context"
	"fmt"

	"github.com/otklik/otklik/app/participation"
)

// paper prints ballots for the reception, hands out half of them and enters a
// third: most twice by two people, one of whom slips once. In a vote that ends the
// slip is settled; in one that goes on it waits, and so does the last sheet for its
// second entry.
func (h *holding) paper(ctx context.Context) error {
	many := h.gathering.Paper
	if many == 0 {
		return nil
	}
	c := h.campaign
	batches, err := h.Store.ListBatches(ctx, c.ID)
	if err != nil || len(batches) > 0 {
		return err
	}
	organiser, desk := h.people["organiser"], h.people["desk"]
	place := c.Terms.Territories[0].ID
	batch, err := h.Hall.Paper.Print(ctx, organiser, c.ID, many, place)
	if err != nil {
		return err
	}
	for n := range many / 2 {
		taker := participation.Taker{Document: fmt.Sprintf("00 00 %06d", 100_000+n), Territory: place}
		if err := h.Hall.Paper.Issue(ctx, desk, c.ID, taker); err != nil {
			return err
		}
	}
	_, codes, err := h.Hall.Paper.Codes(ctx, organiser, c.ID, batch.N)
	if err != nil {
		return err
	}
	codes = codes[:many/3]
	for n, code := range codes {
		v := h.voter(1_000_000 + n)
		read := participation.Reading{Answers: v.answers(), Spoiled: n == 1}
		if _, err := h.Hall.Paper.Enter(ctx, desk, c.ID, code, read); err != nil {
			return err
		}
		second := read
		switch {
		case h.End == "" && n == len(codes)-1:
			continue
		case n == 2:
			second = participation.Reading{Spoiled: true}
		}
		if _, err := h.Hall.Paper.Enter(ctx, organiser, c.ID, code, second); err != nil {
			return err
		}
		if mark, ok := h.Hall.Paper.Mark(c.ID, code); ok && n == 2 && h.End != "" {
			reason := "Отметки видны, хотя и бледные: голос действителен."
			if _, err := h.Hall.Paper.Settle(ctx, h.people["admin"], c.ID, mark, read, reason); err != nil {
				return err
			}
		}
	}
	return nil
}
