import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CleanClone, cleanClone } from '../demo/typed.ts'
import { chromiumProgram, launchChromium } from '../window/chromium.ts'

const reason = process.platform === 'linux' && existsSync(chromiumProgram()) ? '' : 'Linux and chromium are needed'

/** A build of the window on a machine with other tests running. */
const addressLimitMs = 120_000
const endLimitMs = 20_000

describe.skipIf(reason !== '')(`the browser host, typed in a clean clone ${reason}`, () => {
  let clone: CleanClone
  beforeAll(async () => {
    clone = await cleanClone()
  })
  afterAll(() => clone?.remove())

  it.each(['npm start', 'npx --no hangar serve'])(
    '"%s" prints an address, serves the window there, and leaves nothing after Ctrl-C',
    async (commandLine) => {
      await clone.reset()
      const typed = clone.type(commandLine)
      const browser = await launchChromium()
      try {
        const page = await browser.newPage()
        await page.goto(await typed.address(addressLimitMs))
        await page.getByText('No planes yet').waitFor()
      } finally {
        await browser.close()
        await typed.interrupt(endLimitMs)
      }

      expect(typed.output()).not.toMatch(/error|unexpected/i)
      expect(await typed.processes()).toEqual([])
      expect(await clone.temporary()).toEqual([])
      expect((await clone.added()).filter((file) => !file.startsWith('out/'))).toEqual([])
      const state = join(clone.home, '.local', 'share', 'hangar')
      expect(await readdir(join(state, 'tmp')).catch(() => [])).toEqual([])
    },
    addressLimitMs + 60_000,
  )

  it(
    'a Ctrl-C during the first build ends it, and leaves nothing',
    async () => {
      await clone.reset()
      const typed = clone.type('npm start')
      await typed.printed('Building', addressLimitMs)
      await typed.interrupt(endLimitMs)

      expect(await typed.processes()).toEqual([])
      expect(await clone.added()).toEqual([])
    },
    addressLimitMs,
  )
})
