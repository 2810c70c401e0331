// Package intake checks what a person wrote, whichever door it came through:
// the forms of the portal and the widget, or the API. All of it is pure; what
// is wrong goes to a fault.Check beside the field: text, name, email, phone,
// consent, point, address, territory.
package intake
