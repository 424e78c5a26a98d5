import { styleNonce } from './nonce.ts'

/** What of the DOM's Trusted Types is used here; TypeScript's library does not have them yet. */
interface TrustedTypes {
  createPolicy(name: 'default', rules: { createHTML(text: string): string | null }): unknown
}

/**
 * The page's policy forbids to make markup out of text (`require-trusted-types-for 'script'`). Mantine sets the text of
 * its style elements through `innerHTML`: text without a `<` can make no element, so it may pass, and nothing else may.
 * The page loads this file before any other (index.html).
 */
export function allowPlainText(trustedTypes = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes): void {
  trustedTypes?.createPolicy('default', { createHTML: (text) => (text.includes('<') ? null : text) })
}

allowPlainText()
// What stops the page's scrolling behind Mantine's dialogs asks for the nonce under this name.
if (typeof document !== 'undefined') Object.assign(globalThis, { __webpack_nonce__: styleNonce() })
