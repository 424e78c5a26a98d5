const round = (value: number) => Math.round(value * 10) / 10

/** The path of a line through the values, from zero at the bottom; 2 px stay free for the stroke. */
export function sparkline(values: readonly number[], width: number, height: number): string {
  const highest = Math.max(1, ...values)
  const stepX = (width - 4) / Math.max(1, values.length - 1)
  return values
    .map((value, at) => {
      const y = height - 2 - (value / highest) * (height - 4)
      return `${at === 0 ? 'M' : 'L'}${round(2 + at * stepX)} ${round(y)}`
    })
    .join('')
}
