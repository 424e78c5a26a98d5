import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Desktop, launchDesktop, spawnStandIn, whyNoDesktop } from './harness.ts'

const missing = whyNoDesktop()

describe.skipIf(missing !== undefined)(
  `the desktop app with its own core${missing ? ` (skipped: ${missing})` : ''}`,
  () => {
    let desktop: Desktop
    beforeAll(async () => {
      desktop = await launchDesktop({ environment: { KUBECONFIG: join(import.meta.dirname, 'no-such-kubeconfig') } })
    })
    afterAll(() => desktop?.close())

    it('answers calls of its window through the port', async () => {
      const about = await desktop.page.evaluate(async () => (await window.hangar).settings.about())

      expect(about).toMatchObject({ host: 'desktop', home: join(desktop.folder.path, 'home') })
    })

    it('sends streams to its window', async () => {
      const first = await desktop.page.evaluate(async () => {
        for await (const list of await (await window.hangar).clusters.watchContexts()) return list
        return undefined
      })

      expect(first).toMatchObject({ contexts: expect.any(Array), readAt: expect.any(String) })
    })

    it('runs once: a second start exits and brings the first window to the front', async (context) => {
      if (desktop.runtime !== 'stand-in') return context.skip('Electron is started by its own program here')
      await desktop.evaluate(({ app }) => {
        const second = Promise.withResolvers<boolean>()
        app.once('second-instance', () => second.resolve(true))
        Object.assign(globalThis, { second: second.promise })
      })

      const child = spawnStandIn(desktop.folder, { ...process.env, HANGAR_HOME: join(desktop.folder.path, 'home') })
      const [code] = await once(child, 'exit')

      expect(code).toBe(0)
      expect(await desktop.evaluate(() => (globalThis as unknown as { second: Promise<boolean> }).second)).toBe(true) // set above
      expect(await desktop.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible())).toBe(true)
    })
  },
)
