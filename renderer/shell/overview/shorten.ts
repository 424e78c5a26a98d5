/** Mean widths of characters of Inter, in parts of the size; wide on purpose, since another font can stand in. */
const narrow = /[ijltfrI1.,:;'|! ()[\]]/
const wide = /[mwMW@%…]/

const widthOf = (text: string, sizePx: number): number =>
  [...text].reduce((sum, char) => sum + sizePx * (narrow.test(char) ? 0.32 : wide.test(char) ? 0.86 : 0.56), 0)

/** The text as far as it fits, cut at its end: for sentences. */
export function shortenEnd(text: string, widthPx: number, sizePx: number): string {
  if (widthOf(text, sizePx) <= widthPx) return text
  const chars = [...text]
  while (chars.length > 0 && widthOf(`${chars.join('')}…`, sizePx) > widthPx) chars.pop()
  return `${chars.join('').trimEnd()}…`
}

/** The text as far as it fits: names differ at their end as often as at their start, so the middle is cut. */
export function shorten(text: string, widthPx: number, sizePx: number): string {
  if (widthOf(text, sizePx) <= widthPx) return text
  const chars = [...text]
  for (let kept = chars.length - 1; kept > 1; kept -= 1) {
    const tail = Math.floor(kept / 3)
    const cut = `${chars
      .slice(0, kept - tail)
      .join('')
      .trimEnd()}…${tail === 0 ? '' : chars.slice(-tail).join('').trimStart()}`
    if (widthOf(cut, sizePx) <= widthPx) return cut
  }
  return '…'
}
