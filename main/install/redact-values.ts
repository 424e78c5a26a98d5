import type { Json } from '../lib/rules/substitution.ts'

const shortestSecretCharacters = 8
/** Host names, images, URLs, quantities, durations and numbers: they keep an error readable and are no secrets. */
const harmless = /^[a-z0-9-]+(\.[a-z0-9-]+)+(:\d+)?(\/[\w./:@-]*)?$|^[a-z0-9+]+:\/\/[^@]*$|^[\d.]+[a-zA-Z]{0,2}$/

/** The texts in chart values that may be secrets. Secrets do not belong there, but an error must not repeat one. */
export function possibleSecrets(value: Json): string[] {
  if (typeof value === 'string') return value.length >= shortestSecretCharacters && !harmless.test(value) ? [value] : []
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(possibleSecrets)
}

/** Replaces each secret by `[hidden]`, also in its JSON and base64 form. */
export function redactTexts(text: string, secrets: readonly string[]): string {
  let redacted = text
  for (const secret of secrets) {
    for (const form of [secret, JSON.stringify(secret).slice(1, -1), Buffer.from(secret).toString('base64')]) {
      redacted = redacted.replaceAll(form, '[hidden]')
    }
  }
  return redacted
}
