package live

import "context"

// TellAgain reads the log from its beginning.
func (h *Hub) TellAgain(ctx context.Context) error {
	h.skipTo("0")
	_, err := h.step(ctx)
	return err
}
