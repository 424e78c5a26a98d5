import type { LogRecord } from '../../../preload/contract/logs.ts'
import { redact } from '../../lib/rules/redaction.ts'

const hidden = '***'
/** Before the "@" at most 64 characters (RFC 5321), so that a text without one is read once. */
const email = /(?<![\w.%+-])[\w.%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}(?![\w-])/g
/** 13 to 19 digits in usual groups; the check digit decides. */
const cardNumber = /(?<![\w.-])\d(?:[ -]?\d){12,18}(?![\w.-])/g
const secretName =
  /(?:token|password|passwd|passphrase|secret|api[_-]?key|private[_-]?key|credential|authorization|cookie)/i

/** The check digit of ISO/IEC 7812: ids of that length have one only by chance. */
function hasCheckDigit(text: string): boolean {
  const digits = text.replace(/\D/g, '')
  let sum = 0
  for (let at = 0; at < digits.length; at += 1) {
    const digit = Number(digits[digits.length - 1 - at])
    const doubled = at % 2 === 1 ? digit * 2 : digit
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return sum % 10 === 0
}

/** The text without what looks like a secret, an e-mail address or the number of a payment card. Pure. */
export function redactLine(text: string): string {
  const known = redact(text)
  const withoutEmail = known.includes('@') ? known.replace(email, hidden) : known
  return withoutEmail.replace(cardNumber, (found) => (hasCheckDigit(found) ? hidden : found))
}

/** The same for each text of a record; the same record where nothing is to be hidden. Pure. */
export function redactRecord(record: LogRecord): LogRecord {
  const { raw, message, fields } = record
  const redacted = {
    raw: redactLine(raw),
    message: redactLine(message),
    fields: fields.map(([name, value]): [string, string] => [
      name,
      secretName.test(name) && value !== '' ? hidden : redactLine(value),
    ]),
  }
  const isSame =
    redacted.raw === raw &&
    redacted.message === message &&
    redacted.fields.every(([, value], index) => value === fields[index]?.[1])
  return isSame ? record : { ...record, ...redacted }
}
