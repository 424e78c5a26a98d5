/**
 * The content security policy of the page, the same for each host (Electron's security checklist, items 7 and 8).
 * `connect` is the only source the page may connect to: `'none'` in the desktop app, which has its MessagePort.
 * `nonce` allows the style elements of the component library, and no others.
 */
export function contentPolicy(nonce: string, connect: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src ${connect}`,
    "frame-src 'none'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "object-src 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types default',
  ].join('; ')
}

/** In every response, also in refusals. */
export const commonHeaders = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  // What no content policy covers: navigation, WebRTC, DNS prefetching, preconnecting. Chromium 152 and later
  // (https://wicg.github.io/connection-allowlists/).
  'connection-allowlist': '(response-origin);webrtc=block',
} as const
