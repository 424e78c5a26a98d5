/** The host's nonce for this load, which permits style elements. Chromium hides it from attributes and selectors. */
export function styleNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? ''
}
