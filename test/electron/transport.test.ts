import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Desktop, launchDesktop, whyNoDesktop } from './harness.ts'

const missing = whyNoDesktop()

/** Chromium can be slow on a busy machine. */
const eventually = <T>(read: () => T) => expect.poll(read, { timeout: 20_000 })

describe.skipIf(missing !== undefined)(
  `the transport of the desktop window${missing ? ` (skipped: ${missing})` : ''}`,
  () => {
    let desktop: Desktop
    beforeAll(async () => {
      desktop = await launchDesktop({ core: new URL('./fake-core.ts', import.meta.url).href })
    })
    afterAll(() => desktop?.close())

    it('carries a call and its response', async () => {
      const about = await desktop.page.evaluate(async () => (await window.hangar).settings.about())

      expect(about).toMatchObject({ host: 'desktop', home: '/fake/home' })
    })

    it('carries a typed error with its hint', async () => {
      const failure = await desktop.page.evaluate(async () => {
        const client = await window.hangar
        return client.settings.set({ theme: 'dark' }).catch((error) => ({ code: error.code, hint: error.data.hint }))
      })

      expect(failure).toEqual({ code: 'INPUT_INVALID', hint: 'Choose another.' })
    })

    it('carries a stream, and ends it at its source when the reader stops', async () => {
      const count = await desktop.page.evaluate(async () => {
        let received = 0
        for await (const _list of await (await window.hangar).clusters.watchContexts()) {
          received += 1
          if (received === 3) break
        }
        return received
      })

      expect(count).toBe(3)
      await eventually(() => streams(desktop)).toEqual({ streaming: 0, ended: 1 })
    })

    it('carries an abort to the source of a stream', async () => {
      const reason = await desktop.page.evaluate(async () => {
        const control = new AbortController()
        const lists = await (await window.hangar).clusters.watchContexts(undefined, { signal: control.signal })
        await lists.next()
        const pending = lists.next().then(String, (error: Error) => error.message)
        control.abort(new Error('seen enough'))
        return pending
      })

      expect(reason).toContain('seen enough')
      await eventually(() => streams(desktop)).toEqual({ streaming: 0, ended: 2 })
    })

    it('ends the streams of a page that is reloaded, and gives the new page its own port', async () => {
      await desktop.page.evaluate(async () => {
        const lists = await (await window.hangar).clusters.watchContexts()
        await lists.next()
      })
      expect(await streams(desktop)).toMatchObject({ streaming: 1 })

      await desktop.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.loadURL('app://hangar/'))

      await eventually(() => streams(desktop)).toEqual({ streaming: 0, ended: 3 })
      const about = await desktop.page.evaluate(async () => (await window.hangar).settings.about())
      expect(about.home).toBe('/fake/home')
    })
  },
)

const streams = (desktop: Desktop): Promise<{ streaming: number; ended: number }> =>
  desktop.evaluate(() => ({ ...(globalThis as unknown as { server: { streaming: number; ended: number } }).server })) // set by fake-core.ts
