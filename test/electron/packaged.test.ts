import { afterEach, describe, expect, it } from 'vitest'
import { type Desktop, launchDesktop, whyNoDesktop } from './harness.ts'

const missing = whyNoDesktop()

describe.skipIf(missing !== undefined)(`developer tools${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let desktop: Desktop
  afterEach(() => desktop?.close())

  /** Whether the tools open, and the roles in the menu that open them or reload the page. */
  const offered = async (packaged: boolean) => {
    desktop = await launchDesktop({ core: new URL('./fake-core.ts', import.meta.url).href, packaged })
    return desktop.evaluate(async ({ BrowserWindow, Menu }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents
      contents?.openDevTools({ mode: 'detach' })
      await new Promise((resolve) => setTimeout(resolve, 500))
      const rolesOf = (menu: Electron.Menu | null): string[] =>
        menu?.items.flatMap(({ role, submenu }) => [role?.toLowerCase() ?? '', ...rolesOf(submenu ?? null)]) ?? []
      return {
        opened: contents?.isDevToolsOpened(),
        roles: rolesOf(Menu.getApplicationMenu()).filter((role) =>
          ['reload', 'forcereload', 'toggledevtools'].includes(role),
        ),
      }
    })
  }

  it('are available in a checkout', async () => {
    expect(await offered(false)).toEqual({ opened: true, roles: ['reload', 'toggledevtools'] })
  })

  it('are neither in the menu nor to be opened in an installed app', async () => {
    expect(await offered(true)).toEqual({ opened: false, roles: [] })
  })
})
