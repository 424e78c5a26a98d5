import { styleNonce } from './nonce.ts'

/** The part of Trusted Types that is used here; TypeScript's DOM library does not have them yet. */
interface TrustedTypes {
  createPolicy(name: 'default', rules: { createHTML(text: string): string | null }): unknown
}

/**
 * The page's policy forbids markup from text (`require-trusted-types-for 'script'`). Mantine sets the text of its style
 * elements through `innerHTML`: text without a `<` cannot create an element, so it is allowed, and nothing else is.
 * The page loads this file before any other (index.html).
 */
export function allowPlainText(trustedTypes = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes): void {
  trustedTypes?.createPolicy('default', { createHTML: (text) => (text.includes('<') ? null : text) })
}

allowPlainText()
// react-remove-scroll, which Mantine's dialogs use, reads the nonce under this name.
if (typeof document !== 'undefined') Object.assign(globalThis, { __webpack_nonce__: styleNonce() })
