/** Base64 alone: what another block has between these lines is none. */
const certificate = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]*-----END CERTIFICATE-----/g
const keyBegin = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/

/** Does the text begin a private key, also one without its end? */
export const hasPrivateKey = (text: string): boolean => keyBegin.test(text)

/** The certificates of a text, and nothing else of it: only they are sent to be read. Pure. */
export const onlyCertificates = (text: string): string => [...text.matchAll(certificate)].map(([all]) => all).join('\n')

/** The common name of a subject such as "C=SE, O=Acme, CN=agent"; without one, all of it. */
export const commonName = (name: string): string => /(?:^|, )CN=([^,]+)/.exec(name)?.[1] ?? name

const soonDays = 30
const dayMs = 86_400_000

/** Whether a certificate can be used now, and for long enough. */
export function validity(
  { notBefore, notAfter }: { readonly notBefore: string; readonly notAfter: string },
  now: number,
): 'valid' | 'endsSoon' | 'ended' | 'notYet' {
  if (Date.parse(notAfter) <= now) return 'ended'
  if (Date.parse(notBefore) > now) return 'notYet'
  return Date.parse(notAfter) - now < soonDays * dayMs ? 'endsSoon' : 'valid'
}
