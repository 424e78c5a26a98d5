/** A path of a chart value as `helm --set` writes it: a dot in a key has a backslash. Pure. */
export const valuePathText = (path: readonly string[]): string =>
  path.map((key) => key.replaceAll('.', '\\.')).join('.')
