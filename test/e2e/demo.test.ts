import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type BedIdentity, identityOf, leftoversOf } from '../bed/leftovers.ts'
import { listRecords } from '../bed/record.ts'
import { skipReason } from '../bed/with-bed.ts'
import { type CleanClone, cleanClone } from '../demo/typed.ts'
import { chromiumProgram, launchChromium } from '../window/chromium.ts'
import { loadPage } from '../window/loadPage.ts'
import { openTab } from './drive.ts'

const reason = [skipReason('real'), existsSync(chromiumProgram()) ? '' : 'chromium is missing.']
  .filter(Boolean)
  .join(' ')

/** The programs may have to be built; the cluster and its servers then start within a minute. */
const addressLimitMs = 600_000
const endLimitMs = 90_000

describe.skipIf(reason !== '')(`the demo in a clean clone ${reason}`, () => {
  let clone: CleanClone
  beforeAll(async () => {
    clone = await cleanClone()
  })
  afterAll(() => clone?.remove())

  it(
    '"npm run demo" prints an address, shows the plane there, and leaves nothing after Ctrl-C',
    async () => {
      const typed = clone.type('npm run demo')
      const browser = await launchChromium()
      let identities: BedIdentity[] = []
      try {
        const address = await typed.address(addressLimitMs)
        const startedPids = new Set((await typed.processes()).map(({ pid }) => pid))
        const beds = (await listRecords()).filter(({ supervisor }) => startedPids.has(supervisor.pid))
        identities = await Promise.all(beds.flatMap(({ facts }) => (facts === undefined ? [] : [identityOf(facts)])))
        const [, passphrase = ''] = /Passphrase of the vault, for this demo: (\S+)/.exec(typed.output()) ?? []
        const page = await browser.newPage()
        await loadPage(page, address)
        // Without a keychain the window prompts for the passphrase.
        const input = page.locator('input[name="passphrase"]')
        await input.fill(passphrase)
        await input.press('Enter')
        await input.waitFor({ state: 'detached' })
        await openTab(page, 'demo', 'Overview')
      } finally {
        await browser.close()
        await typed.interrupt(endLimitMs)
      }

      expect(identities.length).toBeGreaterThan(0)
      expect(identities.flatMap(leftoversOf)).toEqual([])
      expect(await typed.processes()).toEqual([])
      expect(await clone.temporary()).toEqual([])
      expect(await readdir(clone.home)).toEqual([])
      expect((await clone.added()).filter((file) => !file.startsWith('out/'))).toEqual([])
    },
    addressLimitMs + endLimitMs + 60_000,
  )
})
