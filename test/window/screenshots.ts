/**
 * Takes screenshots of every view in every state, light and dark, for review:
 * `node test/window/screenshots.ts FOLDER [--sizes SIZE,…] [NAME …]`
 *
 * A size is that of the window, such as 1440x900, or 200%: a window of 1280x800 at a zoom of 200 %. Without sizes: light at
 * 900x700, which shows what breaks, and dark at 1280x800.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { launchChromium } from './chromium.ts'
import { buildWindow, serveFolder } from './serve.ts'
import { waitUntilStable } from './viewState.ts'
import { viewStates } from './viewStates.ts'

const {
  values,
  positionals: [folder = 'out/screenshots', ...names],
} = parseArgs({ allowPositionals: true, options: { sizes: { type: 'string' } } })

interface Shot {
  readonly colorScheme: 'light' | 'dark'
  readonly size: string
}

/** The viewport of a size: zooming makes it smaller, and its pixels larger. */
function viewportOf(size: string) {
  if (size === '200%') return { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 }
  const [width = 0, height = 0] = size.split('x').map(Number)
  if (!(width > 0 && height > 0)) throw new Error(`Not a size: ${size}`)
  return { viewport: { width, height }, deviceScaleFactor: 1 }
}

const shots: readonly Shot[] =
  values.sizes === undefined
    ? [
        { colorScheme: 'light', size: '900x700' },
        { colorScheme: 'dark', size: '1280x800' },
      ]
    : values.sizes
        .split(',')
        .flatMap((size) => (['light', 'dark'] as const).map((colorScheme) => ({ colorScheme, size })))

await mkdir(folder, { recursive: true })
const built = await mkdtemp(join(tmpdir(), 'hangar-window-'))
await buildWindow(built)
const server = await serveFolder(built)
const browser = await launchChromium()
for (const place of viewStates.filter(({ name }) => names.length === 0 || names.includes(name))) {
  for (const { colorScheme, size } of shots) {
    const context = await browser.newContext({ colorScheme, ...viewportOf(size) })
    const page = await context.newPage()
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') console.error(place.name, message.text())
    })
    page.on('pageerror', (error) => console.error(place.name, error.message))
    await page.goto(`${server.origin}/?scene=${place.scene ?? 'usual'}`)
    await page.getByRole('navigation', { name: 'Hangar' }).waitFor()
    page.setDefaultTimeout(6_000)
    await place.go(page).catch((error: Error) => console.error(place.name, error.message.split('\n')[0]))
    await waitUntilStable(page)
    await page.screenshot({ path: join(folder, `${place.name}-${colorScheme}-${size.replace('%', '')}.png`) })
    await context.close()
  }
}
await browser.close()
server.close()
await rm(built, { recursive: true, force: true })
