import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { buildHelm } from './build-helm.ts'

/** `npm run package`: packages the app for this system into `dist/`, with the helm of the committed list. */
const root = join(import.meta.dirname, '..')

async function must(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<void> {
  const child = spawn(process.execPath, [...args], { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } })
  const [code] = await once(child, 'exit')
  if (code !== 0) process.exit(typeof code === 'number' ? code : 1)
}

const hashes: Record<string, string> = JSON.parse(await readFile(join(root, 'assets/helm/hashes.json'), 'utf8'))
const platform = `${process.platform}-${process.arch}`
if (hashes[platform] === undefined) {
  // A helm whose hash is not in the list is not shipped.
  console.error(
    `assets/helm/hashes.json names no helm for ${platform}: build it on two machines, compare, and add its hash.`,
  )
  process.exit(1)
}
const helm = await buildHelm({ onProgress: ({ text }) => console.error(text) })
await must(['scripts/build.ts'])
await must(['node_modules/electron-builder/cli.js', '--config', 'electron-builder.yml'], {
  HANGAR_HELM_DIR: dirname(helm),
})
