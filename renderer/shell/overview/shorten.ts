/** The width of a text in px. */
export type Measure = (text: string) => number

/** The text as far as it fits, cut at its end: for sentences. */
export function shortenEnd(text: string, widthPx: number, measure: Measure): string {
  if (measure(text) <= widthPx) return text
  const chars = [...text]
  const cutAt = (kept: number): string => `${chars.slice(0, kept).join('').trimEnd()}…`
  // The longest start that fits, by halves: a reason can have hundreds of characters.
  let [fits, tooLong] = [0, chars.length]
  while (tooLong - fits > 1) {
    const middle = Math.floor((fits + tooLong) / 2)
    if (measure(cutAt(middle)) <= widthPx) fits = middle
    else tooLong = middle
  }
  return cutAt(fits)
}

/** The text as far as it fits: names differ at their end as often as at their start, so the middle is cut. */
export function shorten(text: string, widthPx: number, measure: Measure): string {
  if (measure(text) <= widthPx) return text
  const chars = [...text]
  for (let kept = chars.length - 1; kept > 1; kept -= 1) {
    const tail = Math.floor(kept / 3)
    const cut = `${chars
      .slice(0, kept - tail)
      .join('')
      .trimEnd()}…${tail === 0 ? '' : chars.slice(-tail).join('').trimStart()}`
    if (measure(cut) <= widthPx) return cut
  }
  return '…'
}
