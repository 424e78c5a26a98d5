/** What a page of the help is about; `docs/guide` has a file for each. */
export type HelpTopic = 'causes' | 'checks' | 'errors'

/**
 * The anchor of a heading, by the rule of the documentation site (`@mdit-vue/shared`), so that both have the same: "tls.reset"
 * is `tls-reset`.
 */
export function anchorOf(heading: string): string {
  const parts = heading
    .normalize('NFKD')
    .replace(/[\u0300-\u036F]/g, '')
    .replace(/[\s~`!@#$%^&*()\-_+=[\]{}|\\;:"'“”‘’<>,.?/]+/g, '-')
    .replace(/^-|-$/g, '')
    .toLowerCase()
  return /^\d/.test(parts) ? `_${parts}` : parts
}

/** The address of a page of the help in this window, or of its heading. */
export const helpAddress = (page: string, heading?: string): string =>
  `#/help/${encodeURIComponent(page)}${heading === undefined ? '' : `/${encodeURIComponent(anchorOf(heading))}`}`
