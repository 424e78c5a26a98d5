/**
 * Chromium knows no `app:` scheme, so a page of `app://NAME` is shown to it as one of `https://NAME.app.localhost`: a
 * secure, ordinary origin of its own, as Electron makes of `app:`. Nothing listens there; every request is answered by
 * the handler that the host registered.
 */
const shown = /^https:\/\/([a-z0-9-]+)\.app\.localhost(?=[/?#]|$)/
const real = /^app:\/\/([a-z0-9-]+)(?=[/?#]|$)/

/** The URL or origin as the host knows it. */
export const toHost = (url: string): string => url.replace(shown, 'app://$1')

/** The URL or origin as chromium knows it. */
export const toChromium = (url: string): string => url.replace(real, 'https://$1.app.localhost')
