import type { Page } from 'playwright'

/** What a person sees move, by the definition of Cumulative Layout Shift: moves within 500 ms of an input do not count. */
export const shiftLimit = 0.02

interface Shift {
  readonly value: number
  /** What moved, for the message of a failure. */
  readonly what: readonly string[]
}

/** Runs before the page loads: records every shift from its first frame on. */
export async function recordShifts(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const shifts: Shift[] = []
    Reflect.set(globalThis, 'shifts', shifts)
    const nameOf = (node: unknown) =>
      node instanceof Element ? `${node.localName} "${(node.textContent ?? '').slice(0, 40)}"` : 'text'
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        // The types of TypeScript do not have the entries of layout shifts.
        const { value, hadRecentInput, sources } = entry as unknown as {
          value: number
          hadRecentInput: boolean
          sources: { node: unknown }[]
        }
        if (!hadRecentInput) shifts.push({ value, what: sources.map(({ node }) => nameOf(node)) })
      }
    }).observe({ type: 'layout-shift', buffered: true })
  })
}

/** All shifts since the last call, or since the page loaded. */
export async function takeShifts(page: Page): Promise<{ readonly sum: number; readonly shifts: readonly Shift[] }> {
  const shifts = await page.evaluate(async () => {
    // Entries are delivered after the frame.
    for (let frame = 0; frame < 3; frame += 1) await new Promise((resolve) => requestAnimationFrame(resolve))
    await new Promise((resolve) => setTimeout(resolve))
    return (Reflect.get(globalThis, 'shifts') as Shift[]).splice(0)
  })
  return { sum: shifts.reduce((sum, { value }) => sum + value, 0), shifts }
}
