// Shapes of what has no types of its own.

declare module "govuk-frontend" {
  type Component = new (root: Element, config?: object) => object;
  export const Button: Component;
  export const CharacterCount: Component;
  export const Checkboxes: Component;
  export const ErrorSummary: Component;
  export const FileUpload: Component;
  export const Radios: Component;
  export const SkipLink: Component;
  export function createAll(
    component: Component,
    config?: object,
    options?: { scope: Element; onError: (error: unknown) => void },
  ): object[];
}

// Files that the build copies: the import is their hashed address.
declare module "maplibre-gl/dist/maplibre-gl-worker.mjs" {
  const url: string;
  export default url;
}

declare module "maplibre-gl/dist/maplibre-gl.css" {
  const url: string;
  export default url;
}
