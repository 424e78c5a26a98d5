import { expect, it } from 'vitest'
import { addresses } from './addresses.ts'
import { demoId } from './fake-backend/planes.ts'
import { windowOfTests } from './openWindow.ts'
import { recordShifts, shiftLimit, takeShifts } from './shifts.ts'
import { waitUntilStable } from './viewState.ts'

const openWindow = windowOfTests()

/** A long run also has the size of a small screen. */
const widths = process.env.HANGAR_LONG === '1' ? [1280, 900] : [1280]

const cases = addresses.flatMap((one) =>
  widths.map((width) => ({ ...one, width, view: one.address.replace(demoId, 'demo') })),
)

it.each(cases)('$view shifts nothing from its first frame on, $width px wide', async ({ address, shown, width }) => {
  const viewport = { width, height: width === 900 ? 700 : 800 }
  const page = await openWindow({ address, viewport, prepare: recordShifts })
  await page.locator(shown).first().waitFor()
  await waitUntilStable(page)
  const { sum, shifts } = await takeShifts(page)
  expect(sum, JSON.stringify(shifts)).toBeLessThan(shiftLimit)
})
