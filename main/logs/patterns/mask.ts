/** Stands for what differs between the lines of a pattern. */
export const placeholder = '<*>'

/** Of a longer message, the beginning is its pattern. */
const maxCharacters = 2_000
/** So many words of a message are compared; each is compared with those of many patterns. */
const maxWords = 48

/**
 * What can be a value: a quoted text, a UUID, an IPv6 address, or a run of letters and digits, which is one if it has a digit.
 * Each character is read once or twice, so that the time is linear.
 */
const candidates =
  /"(?:[^"\\]|\\.)*"|(?<![A-Za-z0-9])'[^']*'(?![A-Za-z0-9])|\b[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\b|(?<![\w:])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}(?![\w:])|[A-Za-z0-9]+/g

/** Values side by side are one, such as a time, an IPv4 address with a port, or a version. */
const joined = /<\*>(?:[-.:,/+_]{1,2}<\*>)+/g

/** The first line of a message as words, each with a placeholder for what it has of values. Pure. */
export function maskedWords(message: string): string[] {
  const end = message.search(/[\r\n]/)
  const line = message.slice(0, end === -1 ? maxCharacters : Math.min(end, maxCharacters))
  const masked = line.replace(candidates, masking).replace(joined, placeholder)
  return masked.split(' ', maxWords)
}

function masking(found: string): string {
  const first = found.charCodeAt(0)
  if (found.length > 1 && (first === 0x22 || first === 0x27)) return `${found[0]}${placeholder}${found[0]}`
  return /[\d:-]/.test(found) ? placeholder : found
}
