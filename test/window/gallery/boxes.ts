/** One step of the grid. Less comes from how fonts are rendered on a machine. */
const tolerancePx = 4

/**
 * The boxes of all components, a line each: "Component: element left top width height", in px from the corner of its
 * specimen. Runs in the page. Text in the system's monospace font is left out: its width differs between machines.
 */
export function boxesOfPage(): string {
  const lines: string[] = []
  for (const specimen of document.querySelectorAll('section[aria-label]')) {
    const corner = specimen.getBoundingClientRect()
    for (const element of [specimen, ...specimen.querySelectorAll('*')]) {
      const { left, top, width, height } = element.getBoundingClientRect()
      const isLeaf = element === specimen || element.children.length === 0
      if (!isLeaf || width === 0 || height === 0 || element.closest('svg > *, .hidden') !== null) continue
      if (getComputedStyle(element).fontFamily.includes('mono')) continue
      const box = [left - corner.left, top - corner.top, width, height].map(Math.round).join(' ')
      lines.push(`${specimen.ariaLabel}: ${element.localName} ${box}`)
    }
  }
  return `${lines.join('\n')}\n`
}

/** The boxes, where one that is within the tolerance of the stored one counts as that one. Pure. */
export function withinTolerance(boxes: string, stored: string): string {
  const before = stored.split('\n')
  return boxes
    .split('\n')
    .map((line, index) => (isSame(line, before[index] ?? '') ? (before[index] ?? '') : line))
    .join('\n')
}

const parts = /^(?<element>.*) (?<left>-?\d+) (?<top>-?\d+) (?<width>\d+) (?<height>\d+)$/

function isSame(one: string, other: string): boolean {
  const [first, second] = [parts.exec(one)?.groups, parts.exec(other)?.groups]
  return (
    first !== undefined &&
    second !== undefined &&
    first.element === second.element &&
    (['left', 'top', 'width', 'height'] as const).every(
      (side) => Math.abs(Number(first[side]) - Number(second[side])) <= tolerancePx,
    )
  )
}
