import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { chromium } from 'playwright'

/**
 * Renders the PNGs of `assets/icons` from `hangar.svg` in chromium; to be run when the SVG changes.
 * The packager makes the icons of Windows and macOS from the largest one.
 */
const folder = join(import.meta.dirname, '..', 'assets', 'icons')
const sizes = [16, 32, 48, 64, 128, 256, 512, 1_024]

const svg = await readFile(join(folder, 'hangar.svg'), 'utf8')
const browser = await chromium.launch({
  executablePath: process.env.HANGAR_CHROMIUM ?? '/usr/bin/chromium',
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
})
try {
  for (const size of sizes) {
    const page = await browser.newPage({ viewport: { width: size, height: size } })
    await page.setContent(`<style>body{margin:0}svg{display:block;width:100vw;height:100vh}</style>${svg}`)
    const png = await page.screenshot({ omitBackground: true })
    const name = size === 1_024 ? 'icon.png' : `${size}x${size}.png`
    await writeFile(join(folder, name), png)
    await page.close()
  }
} finally {
  await browser.close()
}
await writeFile(join(folder, 'public', 'icon.svg'), svg)
