import { expect, it } from 'vitest'
import { addresses } from './addresses.ts'
import { windowOfTests } from './openWindow.ts'
import { recordShifts, shiftLimit, takeShifts } from './shifts.ts'
import { waitUntilStable } from './viewState.ts'

const openWindow = windowOfTests()

/** As a person with a window of the usual size, and one on a small screen. */
const viewports = [
  { width: 1280, height: 800 },
  { width: 900, height: 700 },
]

const cases = addresses.flatMap((one) => viewports.map((viewport) => ({ ...one, viewport, width: viewport.width })))

it.each(cases)(
  '$address shifts nothing from its first frame on, $width px wide',
  async ({ address, shown, viewport }) => {
    const page = await openWindow({ address, viewport, prepare: recordShifts })
    await page.locator(shown).first().waitFor()
    await waitUntilStable(page)
    const { sum, shifts } = await takeShifts(page)
    expect(sum, JSON.stringify(shifts)).toBeLessThan(shiftLimit)
  },
)
