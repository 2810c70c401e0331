// What the map, the tiles and the slider of the weeks share.

export type Shade = { id: number | string; level: number; text: string; url?: string; current?: boolean };

/** An event on the document whose detail is the new shades of the areas. */
export const shadesChanged = "otk:shades";

/** The shades of the styles, from nothing to the darkest. */
export const shades = ["#ffffff", "#e3f0f1", "#c2dfe1", "#93c6ca", "#5aa5ac", "#277f89", "#0b5c68"];
