import type { Json } from '../lib/rules/substitution.ts'

/** A value below such a name is a secret, however short it is. */
const secretName =
  /pass|pwd|^pw$|secret|token|credential|private|authorization|(api|access|signing|encryption|license).?key|salt|^key$|^pin$|hook/i
/** `secretName` or `tokenType` refer to a secret and are none. */
const referenceName = /(name|ref|refs|type|kind|class|path|mount|enabled|method)$/i

/** A text that is not below such a name is a secret from this length on; a shorter one only if it mixes letters with digits or signs. */
const longTextCharacters = 8
const mixed = /[A-Za-z].*[^A-Za-z.-]|[^A-Za-z.-].*[A-Za-z]/

/** Host names, images, quantities, durations and numbers: they keep an error readable and are no secrets. */
const harmless = /^[a-z0-9-]+(\.[a-z0-9-]+)+(:\d+)?(\/[\w./:@-]*)?$|^v?[\d.]+[a-zA-Z]{0,2}$/

/** The texts in chart values that may be secrets. Secrets do not belong there, but an error must not repeat one. */
export function possibleSecrets(value: Json, name = ''): string[] {
  const named = secretName.test(name) && !referenceName.test(name)
  if (typeof value === 'string') return secretsInText(value, named)
  if (typeof value === 'number') return named ? [String(value)] : []
  if (typeof value !== 'object' || value === null) return []
  // An item of a list has the name of its list.
  return Object.entries(value).flatMap(([key, inner]) => possibleSecrets(inner, Array.isArray(value) ? name : key))
}

function secretsInText(text: string, named: boolean): string[] {
  if (text === '') return []
  const url = URL.parse(text)
  if (url !== null && text.includes('://')) {
    if (!named && !isSecretUrl(url)) return []
    // A program may quote the URL without its host.
    const path = `${url.pathname}${url.search}`
    return path.length >= longTextCharacters ? [text, path] : [text]
  }
  if (named) return [text]
  return (text.length >= longTextCharacters || mixed.test(text)) && !harmless.test(text) ? [text] : []
}

/** A webhook's address is its credential: a part of its path is random. A query or a user name may contain one too. */
function isSecretUrl({ username, password, search, hash, hostname, pathname }: URL): boolean {
  if (`${username}${password}${search}${hash}` !== '') return true
  return /hook/i.test(`${hostname}${pathname}`) || pathname.split('/').some(looksRandom)
}

const randomCharacters = 20
const looksRandom = (segment: string): boolean =>
  segment.length >= randomCharacters || (/\d/.test(segment) && /[A-Z]/.test(segment) && segment.length >= 8)

/** Replaced wherever it occurs from this length on; a shorter one only as a whole word, so that the error stays readable. */
const anywhereCharacters = 6

/** Replaces each secret by `[hidden]`, also in its JSON, URL and base64 form. */
export function redactTexts(text: string, secrets: readonly string[]): string {
  const forms = new Set(secrets.filter((secret) => secret !== '').flatMap(formsOf))
  // The longest first: a short one inside it would leave the rest of it.
  return [...forms]
    .sort((a, b) => b.length - a.length)
    .reduce(
      (rest, form) =>
        form.length >= anywhereCharacters
          ? rest.replaceAll(form, '[hidden]')
          : rest.replaceAll(new RegExp(`(?<![A-Za-z0-9])${escapePattern(form)}(?![A-Za-z0-9])`, 'g'), '[hidden]'),
      text,
    )
}

const escapePattern = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')

const formsOf = (secret: string): string[] => [
  secret,
  JSON.stringify(secret).slice(1, -1),
  encodeURIComponent(secret.toWellFormed()),
  Buffer.from(secret).toString('base64'),
]
