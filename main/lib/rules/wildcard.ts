/** Whether a text matches a pattern in which "*" stands for any characters. Linear in both: either may be hostile. */
export function matchesWildcard(text: string, pattern: string): boolean {
  const [start = '', ...parts] = pattern.split('*')
  const end = parts.pop()
  if (end === undefined) return text === pattern
  if (!text.startsWith(start) || !text.endsWith(end) || text.length < start.length + end.length) return false
  const last = text.length - end.length
  let at = start.length
  for (const part of parts) {
    const found = text.indexOf(part, at)
    if (found < 0 || found + part.length > last) return false
    at = found + part.length
  }
  return true
}
